import { plant, type Mutant } from './mutant.ts';

/** Bugs in the ladder, the watch, the way out, and in reading Square's lists. */
const LADDER = 'payments/ladder.ts';
const RESOLVER = 'payments/resolver.ts';
const WAY_OUT = 'payments/way-out.ts';
const SYNC = 'payments/sync.ts';

export const doubtingMutants: readonly Mutant[] = [
  plant(
    'an earlier doubt does not stop the next charge',
    'payments/duplicates.ts',
    'if (doubt && !(passes && mayPassDoubt)) {',
    'if (doubt && Number.isNaN(0)) {',
  ),
  plant(
    'a cancel that succeeds is taken for not charged',
    RESOLVER,
    "this.#write(row, write => told(write, asked.kind === 'ok' ? 'done' : 'no_answer'));",
    `this.#write(row, write => {
      told(write, asked.kind === 'ok' ? 'done' : 'no_answer');
      if (asked.kind === 'ok') closeNotCharged(write, findPayment(write.database, attempt_id)!, { because: 'searches' }, clock.now());
    });`,
  ),
  plant(
    'one search is proof enough',
    LADDER,
    'row.not_found_since_cancel >= SEARCHES_AFTER_CANCEL',
    'row.not_found >= 1',
  ),
  plant(
    'a search that was not answered counts',
    LADDER,
    "if (page.kind !== 'ok') return { kind: 'no_answer', reason: page.kind };",
    "if (page.kind !== 'ok') return { kind: 'not_found' };",
  ),
  plant(
    'any payment of the same amount is taken for ours',
    LADDER,
    'if (payment.reference !== row.reference) continue;',
    'if (payment.amount.minor !== row.amount_minor) continue;',
  ),
  // Not here: "old news from a search overwrites better news". An attempt is driven by one at a time, so nothing can
  // write better news between a search and its answer; the check before that write is a second lock, and the mutant
  // "two drives of one attempt at once" takes away the first.
  {
    name: 'a manager closes a doubt without a search',
    edits: [
      {
        file: `main/${WAY_OUT}`,
        text: 'this.#assertOldEnough(this.#doubtful(attempt_id));\n      await this.#searched(attempt_id, gateway);',
        becomes: 'this.#assertOldEnough(this.#doubtful(attempt_id));',
      },
      {
        file: `main/${WAY_OUT}`,
        text: "throw new AppError('square_unreachable');\n      await this.#searched(attempt_id, gateway);",
        becomes: "throw new AppError('square_unreachable');",
      },
    ],
  },
  plant('nobody watches after a doubt was closed', SYNC, 'if (own) contradicts(write, own, payment);', ''),
  plant('lists are read without an overlap', SYNC, 'OVERLAP_MS = 10 * 60_000', 'OVERLAP_MS = 0'),
  {
    name: 'how far a list was read is kept before what was read',
    edits: [
      { file: `main/${SYNC}`, text: 'OVERLAP_MS = 10 * 60_000', becomes: 'OVERLAP_MS = 0' },
      {
        file: `main/${SYNC}`,
        text: 'for (const payment of page.value.payments) this.#observe(payment);',
        becomes: `const until_ms = spanOf(page.value.payments).newest_ms + 1;
      if (until_ms > 1) this.#ports.ledger.write('desk', write => keepListReadUntil(write, 'payments', until_ms));
      for (const payment of page.value.payments) this.#observe(payment);`,
      },
    ],
  },
  plant(
    "the desk's clock says how far a list was read",
    SYNC,
    'cursor === null ? newest_ms : Math.min(before_ms, oldest_ms, began_ms);',
    'clock.now();',
  ),
  plant(
    'an entry that changed while a list was read counts as its newest',
    SYNC,
    'cursor === null ? newest_ms : Math.min(before_ms, oldest_ms, began_ms);',
    'newest_ms;',
  ),
  plant('the same news is written down again', SYNC, 'if (known && !isNews(known, payment)) return;', ''),
  plant('a payment made elsewhere is taken for ours', SYNC, '        foreign: !own,\n', '        foreign: false,\n'),
  plant('refunds are not read', SYNC, 'for (const refund of page.value.refunds) this.#observeRefund(refund);', ''),
];
