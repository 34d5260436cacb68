import { readReference } from '../ledger/incarnation.ts';
import type { LedgerIdentity } from '../ledger/ledger.ts';
import { sql, type Database } from '../ledger/open.ts';

/** How many facts moved money since a record of this desk's chain, counted no further than `limit`. */
export function moneyFactsAfter(
  database: Database,
  { desk, incarnation }: LedgerIdentity,
  seq: number,
  limit: number,
): number {
  return Number(
    sql(
      database,
      `SELECT count(*) FROM (SELECT DISTINCT seq FROM posting WHERE desk = ? AND incarnation = ? AND seq > ? LIMIT ?)`,
    )
      .pluck()
      .get(desk, incarnation, seq, limit),
  );
}

/** Payments that came in after a record of this desk's chain, read from the journal's end alone. */
export function paymentsAfter(database: Database, { desk, incarnation }: LedgerIdentity, seq: number): number {
  return Number(
    sql(
      database,
      `SELECT count(*) FROM journal WHERE desk = ? AND incarnation = ? AND seq > ?
       AND type IN ('tender.recorded', 'attempt.completed')`,
    )
      .pluck()
      .get(desk, incarnation, seq),
  );
}

export type SeenPayment = {
  readonly incarnation: number;
  readonly seq: number;
  readonly attempt_id: string;
  readonly square_payment_id: string;
  readonly foreign: boolean;
  readonly status: string;
  readonly source_type: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly reference: string | null;
  readonly day: string;
};

/** What Square's list has told this desk after a place in the journal, in the order in which it was heard. */
export function observedAfter(
  database: Database,
  desk: string,
  after: { incarnation: number; seq: number },
): SeenPayment[] {
  const rows = sql(
    database,
    `SELECT incarnation, seq, body FROM journal WHERE desk = ? AND (incarnation, seq) > (?, ?)
     AND type = 'square.payment.observed' ORDER BY incarnation, seq`,
  ).all(desk, after.incarnation, after.seq) as { incarnation: number; seq: number; body: string }[];
  return rows.map(({ body, ...place }) => ({ ...(JSON.parse(body) as SeenPayment), ...place }));
}

/** A reference of this desk whose number its ledger never gave: made by it, after the copy that it was restored from. */
export function isLost(database: Database, { desk, incarnation }: LedgerIdentity, seen: SeenPayment): boolean {
  const named = seen.reference === null || !seen.foreign ? null : readReference(desk, seen.reference);
  if (!named || named.incarnation > incarnation || seen.amount_minor < 1) return false;
  const known = sql(
    database,
    'SELECT coalesce(max(number), 0) FROM payment WHERE desk = ? AND incarnation = ? AND foreign_payment = 0',
  )
    .pluck()
    .get(desk, named.incarnation) as number;
  const marked = sql(database, 'SELECT 1 FROM lost_payment WHERE attempt_id = ?').get(seen.attempt_id);
  return named.number > known && marked === undefined;
}

/** Recorded by hand before the restore, not yet confirmed, and found at Square all the same. */
export function confirmedMeanwhile(database: Database): { attempt_id: string; square_payment_id: string }[] {
  return sql(
    database,
    `SELECT payment.attempt_id, seen.square_payment_id FROM payment
     JOIN square_payment AS seen ON seen.attempt_id = payment.attempt_id
     WHERE payment.state = 'recorded' AND payment.sync = 'queued' AND payment.foreign_payment = 0
       AND seen.status = 'COMPLETED'`,
  ).all() as { attempt_id: string; square_payment_id: string }[];
}

/** What the restore brought back from Square: how many, and how much. */
export function lostPayments(database: Database): { count: number; sum: number } {
  return sql(
    database,
    `SELECT count(*) AS count, coalesce(sum(payment.amount_minor), 0) AS sum FROM lost_payment
     JOIN payment USING (attempt_id) WHERE payment.state IN ('recorded', 'completed')`,
  ).get() as { count: number; sum: number };
}

/** Whether this ledger ever knew Square: a connection that was kept, or a payment that Square told of. */
export function everKnewSquare(database: Database): boolean {
  const setting = sql(
    database,
    `SELECT 1 FROM journal WHERE type = 'setting.changed' AND json_extract(body, '$.name') = 'square_connection' LIMIT 1`,
  ).get();
  return setting !== undefined || sql(database, 'SELECT 1 FROM square_payment LIMIT 1').get() !== undefined;
}
