import type { Handlers } from '../../common/contract/index.ts';
import { ATTEMPT_WORDS, type AttemptWord, type Receipt, type Way } from '../../common/contract/payments.ts';
import { AppError } from '../../common/errors.ts';
import type { AttemptId } from '../../common/ids.ts';
import { money } from '../../common/money.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readSettings } from '../office/settings.ts';
import type { PaperPorts } from '../receipts/paper.ts';
import { receiptHtml, receiptOf } from '../receipts/receipts.ts';
import type { Attempts, CardFields } from './attempts.ts';
import { TOKEN_LIFE_MS } from './attempts.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import type { Connection } from './connection.ts';
import { evidenceOf } from './evidence.ts';
import { evidenceHtml } from './evidence-paper.ts';
import { WayOut } from './way-out.ts';
import type { Outbox } from './outbox.ts';
import {
  inStates,
  listActivity,
  openRefunds,
  openWork,
  viewOf,
  type ActivityFilter,
  type PaymentRow,
} from './queries.ts';
import { proofOf } from './proof.ts';
import type { Sync } from './sync.ts';
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
  readonly gateway: () => Gateway | null;
};

type Needs = {
  readonly office: () => PaymentsOffice;
  readonly cardFields: CardFields;
  readonly paper: PaperPorts;
  readonly clock: Clock;
  /** Proves who is deciding about money, by their password. */
  readonly prove: (person_id: string, password: string) => Promise<void>;
};

export function paymentHandlers(needs: Needs) {
  const { office, cardFields, paper } = needs;
  const receipt = (attempt_id: string, copy: boolean): Receipt => {
    const { ledger, attempts } = office();
    return receiptOf(ledger, attempts.view(attempt_id), copy);
  };
  const size = (): 'A4' | 'Letter' => paperSize(office());
  return {
    ...decisionHandlers(needs),
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
    'payments.take': (input, who) =>
      office().attempts.take(input, who.person_id, who.permissions.includes('payments.resolve')),
    'payments.get': ({ attempt_id }) => {
      const { attempts, ledger } = office();
      return {
        attempt: attempts.view(attempt_id),
        timeline: timelineOf(ledger.database, attempt_id, (...sealed) => ledger.openPersonal(...sealed)),
      };
    },
    'payments.ask_now': async ({ attempt_id }) => {
      const { attempts, outbox, connection } = office();
      if (connection.online || (await connection.check())) await outbox.drive(attempt_id);
      return attempts.view(attempt_id);
    },
    'payments.cancel_queued': ({ attempt_id }, who) => office().attempts.cancelQueued(attempt_id, who.person_id),
    'activity.list': filter => activity(office(), filter),
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

function activity({ ledger }: PaymentsOffice, filter: ActivityFilter) {
  const { database } = ledger;
  const { currency } = readSettings(database);
  const { rows, more, groups } = listActivity(database, filter, currency);
  const zero = Object.fromEntries(ATTEMPT_WORDS.map(word => [word, 0])) as Record<AttemptWord, number>;
  const counts = { ...zero, ...Object.fromEntries(groups.map(group => [group.word, group.count])) };
  const sums = { ...zero, ...Object.fromEntries(groups.map(group => [group.word, group.sum])) };
  return {
    rows: rows.map(row => viewOf(database, row, TOKEN_LIFE_MS)),
    more,
    counts,
    sums: Object.fromEntries(ATTEMPT_WORDS.map(word => [word, money(sums[word], currency)])) as never,
  };
}

const paperSize = ({ ledger }: PaymentsOffice): 'A4' | 'Letter' =>
  readSettings(ledger.database).locale === 'en-US' ? 'Letter' : 'A4';

/** What people decide about money that is in doubt or turned up late, and the paper that goes with it. */
function decisionHandlers({ office, paper, clock, prove }: Needs) {
  const wayOut = (): WayOut => new WayOut({ ...office(), clock, prove });
  return {
    'payments.close_doubt': (decision, who) => wayOut().closeDoubt(decision, who.person_id),
    'payments.settle_found': (decision, who) => wayOut().settleFound(decision, who.person_id),
    'payments.save_evidence': async ({ attempt_id }) => {
      const { ledger, attempts } = office();
      const attempt = attempts.view(attempt_id);
      const html = evidenceHtml(evidenceOf(ledger.database, attempt_id), attempt, readSettings(ledger.database));
      const pdf = await paper.toPdf(html, paperSize(office()));
      return { path: await paper.save(`Evidence ${attempt.reference}.pdf`, 'pdf', pdf) };
    },
  } satisfies Partial<Handlers>;
}

function whyNotCard(office: PaymentsOffice, cardFields: CardFields): Way['unavailable_because'] {
  if (!office.connected()) return 'not_connected';
  if (!office.connection.online) return 'offline';
  return cardFields.state().phase === 'failed' ? 'fields_not_ready' : null;
}

function syncState({ ledger, outbox, sync, connection }: PaymentsOffice) {
  const { database } = ledger;
  const { currency } = readSettings(database);
  const open = openWork(database);
  const doubtful = inStates(database, ['unknown', 'manual', 'capture_unknown']);
  const found = inStates(database, ['orphan']);
  const manual = doubtful.filter(row => row.state === 'manual');
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
    for_people: {
      ...{ found_later: found.length, manual: manual.length },
      first: ((found[0] ?? manual[0])?.attempt_id ?? null) as AttemptId | null,
    },
    refunds: openRefunds(database),
    paused_because: outbox.paused,
    next_try_at_ms: connection.online ? planned : connection.next_probe_at_ms,
  };
}
