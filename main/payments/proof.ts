import { addDays } from '../../common/time.ts';
import { money, type Currency } from '../../common/money.ts';
import { sql, type Database } from '../ledger/open.ts';
import { readSettings } from '../office/settings.ts';
import { MADE_ELSEWHERE } from './refund-lines.ts';

type Sum = { count: number; sum: number };
/** Square's list may lag this long behind its own answer before a missing payment counts as a difference. */
const PATIENCE_MS = 5 * 60_000;

/** Per day: created here, confirmed there, still waiting, made elsewhere, and every difference by name. */
export function proofOf(database: Database, range: { from: string; to: string }, last_synced_ms: number | null) {
  const { currency } = readSettings(database);
  const rows = sql(
    database,
    `SELECT payment.day, payment.attempt_id, payment.reference, payment.state, payment.amount_minor, payment.sync, payment.finished_at_ms,
       payment.foreign_payment, seen.status, own.attempt_id AS same_reference, seen.amount_minor AS seen_minor
     FROM payment LEFT JOIN square_payment AS seen ON seen.square_payment_id = payment.square_payment_id
     LEFT JOIN payment AS own ON payment.foreign_payment = 1 AND own.reference = payment.reference
       AND own.foreign_payment = 0
     WHERE payment.day BETWEEN ? AND ? AND payment.state IN ('recorded', 'completed', 'orphan')`,
  ).all(range.from, range.to) as ProofRow[];
  const days = new Map<string, ProofRow[]>();
  for (const row of rows) days.set(row.day, [...(days.get(row.day) ?? []), row]);
  const refunds = refundsByDay(database, range);
  const odd = oddRefunds(database, range);
  const proofs = [];
  for (let day = range.to; day >= range.from; day = addDays(day, -1)) {
    const found = days.get(day) ?? [];
    const refunded = refunds.get(day) ?? { all: none(), elsewhere: none() };
    const differences = odd.filter(one => one.day === day).map(({ day: _day, ...one }) => one);
    if (found.length > 0 || refunded.all.count > 0 || differences.length > 0) {
      const proof = proofDay(day, found, { currency, last_synced_ms, refunded });
      proofs.push({ ...proof, differences: [...proof.differences, ...differences] });
    }
  }
  return proofs;
}

/** Refunds that Square has done or is doing, by day, and how many of them no desk of this ledger asked for. */
function refundsByDay(database: Database, range: { from: string; to: string }): Map<string, Refunded> {
  const found = sql(
    database,
    `SELECT day, count(*) AS count, sum(amount_minor) AS sum, coalesce(sum(elsewhere), 0) AS foreign_count,
       coalesce(sum(amount_minor) FILTER (WHERE elsewhere), 0) AS foreign_sum
     FROM (SELECT day, amount_minor, ${MADE_ELSEWHERE} AS elsewhere FROM square_refund AS seen
       WHERE day BETWEEN ? AND ? AND status IN ('PENDING', 'COMPLETED')) GROUP BY day`,
  ).all(range.from, range.to) as (Sum & { day: string; foreign_count: number; foreign_sum: number })[];
  return new Map(
    found.map(({ day, count, sum, foreign_count, foreign_sum }) => [
      day,
      { all: { count, sum }, elsewhere: { count: foreign_count, sum: foreign_sum } },
    ]),
  );
}

/**
 * What Square made a second time under a reference of ours, and what it did not give back after all while nothing was
 * given back instead: somebody waits for that money.
 */
function oddRefunds(database: Database, { from, to }: { from: string; to: string }) {
  return sql(
    database,
    `SELECT seen.day, seen.attempt_id, own.reference, 'refunded_twice' AS why FROM square_refund AS seen
       JOIN refund AS own ON own.attempt_id = seen.attempt_id AND own.reference = seen.reason
       WHERE seen.day BETWEEN @from AND @to AND seen.status IN ('PENDING', 'COMPLETED') AND ${MADE_ELSEWHERE}
     UNION ALL SELECT day, attempt_id, reference, 'refund_failed' FROM refund AS lost
       WHERE day BETWEEN @from AND @to AND state = 'refused' AND refusal IN ('failed', 'rejected') AND NOT EXISTS (
         SELECT 1 FROM refund AS later WHERE later.attempt_id = lost.attempt_id AND later.state <> 'refused'
         AND later.happened_at_ms >= lost.happened_at_ms)
     ORDER BY 1, 3`,
  ).all({ from, to }) as { day: string; attempt_id: string; reference: string; why: string }[];
}

type Refunded = { readonly all: Sum; readonly elsewhere: Sum };

type ProofRow = {
  day: string;
  attempt_id: string;
  reference: string;
  amount_minor: number;
  sync: string;
  finished_at_ms: number | null;
  foreign_payment: 0 | 1;
  status: string | null;
  state: string;
  /** An own attempt under whose reference a payment was found that the attempt did not make: charged twice. */
  same_reference: string | null;
  seen_minor: number | null;
};

type DayFacts = { readonly currency: Currency; readonly last_synced_ms: number | null; readonly refunded: Refunded };

function proofDay(day: string, rows: readonly ProofRow[], { currency, last_synced_ms, refunded }: DayFacts) {
  const sums = { created: none(), confirmed: none(), waiting: none(), foreign: none() };
  const differences: { attempt_id: string; reference: string; why: string }[] = [];
  const count = (sum: Sum, row: ProofRow): void => {
    sum.count += 1;
    sum.sum += row.amount_minor;
  };
  for (const row of rows) {
    if (row.foreign_payment === 1) {
      count(sums.foreign, row);
      if (row.same_reference !== null) {
        differences.push({ attempt_id: row.attempt_id, reference: row.reference, why: 'charged_twice' });
      }
      continue;
    }
    if (row.state === 'orphan') {
      differences.push({ attempt_id: row.attempt_id, reference: row.reference, why: 'found_later' });
      continue;
    }
    count(sums.created, row);
    const why = verdict(row, last_synced_ms);
    if (why === 'confirmed') count(sums.confirmed, row);
    else if (why === 'waiting') count(sums.waiting, row);
    else differences.push({ attempt_id: row.attempt_id, reference: row.reference, why });
  }
  const asMoney = ({ count: number, sum }: Sum) => ({ count: number, sum: money(sum, currency) });
  return {
    day,
    created: asMoney(sums.created),
    confirmed: asMoney(sums.confirmed),
    waiting: asMoney(sums.waiting),
    foreign: asMoney(sums.foreign),
    refunded: asMoney(refunded.all),
    refunded_elsewhere: asMoney(refunded.elsewhere),
    differences,
  };
}

const none = (): Sum => ({ count: 0, sum: 0 });

function verdict(row: ProofRow, last_synced_ms: number | null): string {
  if (row.sync === 'refused') return 'refused';
  if (row.status === 'COMPLETED') return row.seen_minor === row.amount_minor ? 'confirmed' : 'amount_differs';
  if (row.status === 'CANCELED' || row.status === 'FAILED') return 'status_differs';
  const finished = row.finished_at_ms ?? 0;
  const looked = row.sync === 'confirmed' && last_synced_ms !== null && last_synced_ms > finished + PATIENCE_MS;
  return looked ? 'not_at_square' : 'waiting';
}
