import { plant, type Mutant } from './mutant.ts';

/** Bugs in the ledger, the books, the door, and in what people are shown. */
const QUERIES = 'payments/queries.ts';
const LEDGER = 'ledger/ledger.ts';
const OBSERVED = 'ledger/events/square-payment-observed.ts';

export const keepingMutants: readonly Mutant[] = [
  plant('commits are not flushed', 'ledger/open.ts', "['synchronous', 'FULL', 2],", "['synchronous', 'NORMAL', 1],"),
  plant(
    'an outdated process writes on',
    LEDGER,
    "assert(epoch === this.#epoch, 'this process still owns the ledger');",
    'void epoch;',
  ),
  plant(
    'an opening takes no epoch of its own',
    'ledger/disk.ts',
    'owner_epoch = owner_epoch + 1',
    'owner_epoch = owner_epoch + 0',
  ),
  plant(
    'the anchors are not compared',
    'ledger/anchors.ts',
    "if (hash?.toString('hex') !== anchor.hash) throw",
    'if (hash === null) throw',
  ),
  plant(
    'the anchors are never written',
    'ledger/anchors.ts',
    'cancel ??= options.clock.after(LAG_MS, () => write(false));',
    '',
  ),
  plant(
    'a hash does not cover the one before',
    'ledger/canonical.ts',
    '.update(DOMAIN).update(previous)',
    '.update(DOMAIN)',
  ),
  plant(
    'a hash does not cover the content',
    'ledger/canonical.ts',
    ".update('\\n').update(record.body)",
    ".update('\\n')",
  ),
  plant(
    'a receipt number is skipped',
    'payments/receipt-numbers.ts',
    'lastReceipt(database, name) + 1',
    'lastReceipt(database, name) + 2',
  ),
  plant('a number of an attempt is skipped', QUERIES, 'coalesce(max(number), 0) + 1', 'coalesce(max(number), 0) + 2'),
  plant(
    'cash is booked the wrong way round',
    'ledger/events/tender-recorded.ts',
    "{ debit: account, credit: 'unallocated_receipts',",
    "{ debit: 'unallocated_receipts', credit: account,",
  ),
  plant(
    'a charge is booked to the wrong account',
    'ledger/events/attempt-ended.ts',
    "{ debit: 'square_clearing', credit: 'unallocated_receipts',",
    "{ debit: 'bank', credit: 'unallocated_receipts',",
  ),
  plant('a fee is booked twice', OBSERVED, 'body.fee_minor - (before?.fee_booked_minor ?? 0)', 'body.fee_minor'),
  plant(
    'a payment made elsewhere is booked twice',
    OBSERVED,
    'body.amount_minor > 0 && !before?.booked',
    'body.amount_minor > 0',
  ),
  plant(
    'cash made elsewhere is expected from Square',
    OBSERVED,
    "body.source_type !== 'CASH' && body.source_type !== 'EXTERNAL'",
    "body.source_type !== 'EXTERNAL'",
  ),
  plant(
    'a failed refund stays on the books',
    'ledger/events/square-refund-observed.ts',
    "body.status === 'COMPLETED' && body.settles",
    'body.settles',
  ),
  plant(
    'a refund is never booked',
    'ledger/events/square-refund-observed.ts',
    'if (!booked && counts(body))',
    'if (!booked && !counts(body))',
  ),
  plant(
    'everybody may everything',
    'door.ts',
    "return visitor.permissions.includes(may) ? undefined : 'not_allowed';",
    'return undefined;',
  ),
  plant('a locked desk works on', 'door.ts', "if (visitor.locked) return 'desk_locked';", ''),
  plant(
    'a doubt is shown as cancelled',
    QUERIES,
    "OR (state = 'sending' AND maybe_sent = 1) THEN 'in_doubt'",
    "OR (state = 'sending' AND maybe_sent = 1) THEN 'cancelled'",
  ),
  plant(
    'a capture without an answer is shown as paid',
    QUERIES,
    "OR foreign_payment = 1)) THEN 'held'",
    "OR foreign_payment = 1)) THEN 'paid'",
  ),
];
