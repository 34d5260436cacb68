import type { PromiseView } from '../../common/contract/promises.ts';
import { money, type Currency } from '../../common/money.ts';
import { sql, type Database } from '../ledger/open.ts';
import { MADE_ELSEWHERE } from '../payments/refund-lines.ts';

export type PromiseRow = {
  readonly promise_id: string;
  readonly customer_id: string;
  readonly amount_minor: number;
  readonly currency: Currency;
  readonly due_on: string;
  readonly day: string;
  readonly made_at_ms: number;
  readonly ended: 'replaced' | 'withdrawn' | null;
  readonly made_by: string | null;
  readonly received_minor: number;
};

/**
 * What came in after the promise was given, up to its day: payments of this customer that are done, less what was given
 * back of them. A refund that may still come through counts as given back.
 */
const RECEIVED = `(SELECT coalesce(sum(payment.amount_minor
    - coalesce((SELECT sum(amount_minor) FROM refund WHERE refund.attempt_id = payment.attempt_id AND state <> 'refused'), 0)
    - coalesce((SELECT sum(amount_minor) FROM square_refund AS seen WHERE seen.attempt_id = payment.attempt_id
        AND status IN ('PENDING', 'COMPLETED') AND ${MADE_ELSEWHERE}), 0)
  ), 0) FROM payment WHERE payment.customer_id = promise.customer_id AND payment.state IN ('recorded', 'completed')
    AND payment.happened_at_ms >= promise.made_at_ms AND payment.day <= promise.due_on)`;

const SELECT = `SELECT promise.*, person.name AS made_by, ${RECEIVED} AS received_minor FROM promise
  LEFT JOIN person ON person.person_id = promise.actor`;

export function findPromise(database: Database, promise_id: string): PromiseRow | undefined {
  return sql(database, `${SELECT} WHERE promise_id = ?`).get(promise_id) as PromiseRow | undefined;
}

/** The newest first. */
export function promisesOf(database: Database, customer_id: string): PromiseRow[] {
  return sql(database, `${SELECT} WHERE promise.customer_id = ? ORDER BY promise.rowid DESC`).all(
    customer_id,
  ) as PromiseRow[];
}

export function stateOf(row: PromiseRow, today: string): PromiseView['state'] {
  if (row.ended !== null) return row.ended;
  if (row.received_minor >= row.amount_minor) return 'kept';
  return row.due_on < today ? 'broken' : 'open';
}

export function viewOfPromise(row: PromiseRow, today: string): PromiseView {
  return {
    promise_id: row.promise_id as PromiseView['promise_id'],
    amount: money(row.amount_minor, row.currency),
    due_on: row.due_on,
    made_on: row.day,
    made_by: row.made_by,
    state: stateOf(row, today),
    received: money(row.received_minor, row.currency),
  };
}
