import type { Handlers } from '../../common/contract/index.ts';
import type { AttemptWord, Receipt, Way } from '../../common/contract/payments.ts';
import { AppError } from '../../common/errors.ts';
import { money } from '../../common/money.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readSettings } from '../office/settings.ts';
import type { PaperPorts } from '../receipts/paper.ts';
import { receiptHtml, receiptOf } from '../receipts/receipts.ts';
import type { Attempts, CardFields } from './attempts.ts';
import { TOKEN_LIFE_MS } from './attempts.ts';
import type { Connection } from './connection.ts';
import type { Outbox } from './outbox.ts';
import { inStates, listActivity, openWork, viewOf, type PaymentRow } from './queries.ts';
import { proofOf, type Sync } from './sync.ts';
import { tenders } from './tenders/index.ts';
import { timelineOf } from './timeline.ts';

/** The running parts of the open office that these calls need. */
export type PaymentsOffice = {
  readonly ledger: Ledger;
  readonly attempts: Attempts;
  readonly outbox: Outbox;
  readonly sync: Sync;
  readonly connection: Connection;
  readonly connected: () => boolean;
};

type Needs = {
  readonly office: () => PaymentsOffice;
  readonly cardFields: CardFields;
  readonly paper: PaperPorts;
};

export function paymentHandlers({ office, cardFields, paper }: Needs) {
  const receipt = (attempt_id: string, copy: boolean): Receipt => {
    const { ledger, attempts } = office();
    return receiptOf(ledger, attempts.view(attempt_id), copy);
  };
  const size = (): 'A4' | 'Letter' => (readSettings(office().ledger.database).locale === 'en-US' ? 'Letter' : 'A4');
  return {
    'payments.new': () => ({ attempt_id: office().attempts.newAttemptId() as never }),
    'payments.ways': ({ channel, amount }) =>
      tenders.map((tender): Way => {
        const unavailable_because = tender.kind === 'charged' ? whyNotCard(office(), cardFields) : null;
        return {
          tender: tender.id,
          key: tender.key,
          available: unavailable_because === null,
          unavailable_because,
          cost: amount && amount.minor > 0 ? tender.cost(amount, channel) : null,
          moves_money: tender.kind === 'charged',
        };
      }),
    'payments.take': (input, who) => office().attempts.take(input, who.person_id),
    'payments.get': ({ attempt_id }) => {
      const { attempts, ledger } = office();
      return { attempt: attempts.view(attempt_id), timeline: timelineOf(ledger.database, attempt_id) };
    },
    'payments.ask_now': async ({ attempt_id }) => {
      const { attempts, outbox, connection } = office();
      if (connection.online || (await connection.check())) await outbox.drive(attempt_id);
      return attempts.view(attempt_id);
    },
    'payments.cancel_queued': ({ attempt_id }, who) => office().attempts.cancelQueued(attempt_id, who.person_id),
    'activity.list': filter => {
      const { database } = office().ledger;
      const { currency } = readSettings(database);
      const { rows, more, groups } = listActivity(database, filter, currency);
      const zero = Object.fromEntries(WORDS.map(word => [word, 0])) as Record<AttemptWord, number>;
      const counts = { ...zero, ...Object.fromEntries(groups.map(group => [group.word, group.count])) };
      const sums = { ...zero, ...Object.fromEntries(groups.map(group => [group.word, group.sum])) };
      return {
        rows: rows.map(row => viewOf(row, TOKEN_LIFE_MS)),
        more,
        counts,
        sums: Object.fromEntries(WORDS.map(word => [word, money(sums[word], currency)])) as never,
      };
    },
    'receipts.get': ({ attempt_id }) => receipt(attempt_id, false),
    'receipts.save_pdf': async ({ attempt_id }) => {
      const made = receipt(attempt_id, false);
      const pdf = await paper.toPdf(receiptHtml(made), size());
      return { path: await paper.save(`Receipt ${made.receipt_number}.pdf`, 'pdf', pdf) };
    },
    'receipts.print': async ({ attempt_id }) => {
      const { printed } = await paper.print(receiptHtml(receipt(attempt_id, false)), size());
      if (!printed) throw new AppError('print_failed');
      return {};
    },
    'sync.state': () => syncState(office()),
    'sync.now': async () => {
      const now = office();
      if (await now.connection.check()) {
        now.outbox.resume();
        await now.sync.now();
      }
      return syncState(now);
    },
    'sync.proof': range => ({ days: proofOf(office().ledger.database, range, office().sync.last_synced_ms) }),
  } satisfies Partial<Handlers>;
}

const WORDS: readonly AttemptWord[] = [
  'working',
  'queued',
  'in_doubt',
  'held',
  'paid',
  'declined',
  'refused',
  'cancelled',
  'not_charged',
];

function whyNotCard(office: PaymentsOffice, cardFields: CardFields): Way['unavailable_because'] {
  if (!office.connected()) return 'not_connected';
  if (!office.connection.online) return 'offline';
  return cardFields.state().phase === 'failed' ? 'fields_not_ready' : null;
}

function syncState({ ledger, outbox, sync, connection }: PaymentsOffice) {
  const { database } = ledger;
  const { currency } = readSettings(database);
  const open = openWork(database);
  const doubtful = inStates(database, ['unknown', 'capture_unknown']);
  const unsure = new Set(doubtful.map(row => row.attempt_id));
  const total = (rows: readonly PaymentRow[]) => ({
    count: rows.length,
    sum: money(
      rows.reduce((sum, row) => sum + row.amount_minor, 0),
      currency,
    ),
  });
  const planned = open.map(row => row.next_try_at_ms!).sort((left, right) => left - right)[0] ?? null;
  return {
    online: connection.online,
    since_ms: connection.since_ms,
    last_synced_ms: sync.last_synced_ms,
    queued: total(open.filter(row => !unsure.has(row.attempt_id))),
    in_doubt: total(doubtful),
    paused_because: outbox.paused,
    next_try_at_ms: connection.online ? planned : connection.next_probe_at_ms,
  };
}
