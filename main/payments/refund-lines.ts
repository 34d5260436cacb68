import type { RefundLine } from '../../common/contract/payments.ts';
import { money, type Currency, type Money } from '../../common/money.ts';
import { sql, type Database } from '../ledger/open.ts';

/**
 * True in SQL for a row `seen` of square_refund that no refund of this desk stands behind. A second one under the same
 * reference is not ours: it stands out, as a second charge does.
 */
export const MADE_ELSEWHERE = `NOT EXISTS (SELECT 1 FROM refund AS own WHERE own.attempt_id = seen.attempt_id AND (
  own.square_refund_id = seen.square_refund_id OR (own.square_refund_id IS NULL AND own.reference = seen.reason
  AND own.amount_minor = seen.amount_minor)))`;

type Line = {
  readonly refund_id: string | null;
  readonly reference: string | null;
  readonly kind: RefundLine['kind'];
  readonly state: RefundLine['state'];
  readonly amount_minor: number;
  readonly at_ms: number;
};

/** The refunds of a payment, oldest first, and their sum: null when there was none that may count. */
export function refundsOf(
  database: Database,
  { attempt_id, currency }: { readonly attempt_id: string; readonly currency: Currency },
): { refunded: Money | null; refunds: RefundLine[] } {
  const lines = sql(
    database,
    `SELECT refund_id, reference, kind, state, amount_minor, happened_at_ms AS at_ms FROM refund WHERE attempt_id = @attempt_id
     UNION ALL SELECT NULL, NULL, CASE settles WHEN 1 THEN 'square' ELSE 'other' END,
       CASE status WHEN 'PENDING' THEN 'pending' WHEN 'COMPLETED' THEN 'completed' ELSE 'refused' END,
       amount_minor, created_at_ms FROM square_refund AS seen WHERE attempt_id = @attempt_id AND ${MADE_ELSEWHERE}
     ORDER BY at_ms, refund_id`,
  ).all({ attempt_id }) as Line[];
  const counted = lines.filter(({ state }) => state !== 'refused');
  const sum = counted.reduce((total, { amount_minor }) => total + amount_minor, 0);
  return {
    refunded: counted.length > 0 ? money(sum, currency) : null,
    refunds: lines.map(({ amount_minor, at_ms, ...line }) => ({
      ...line,
      amount: money(amount_minor, currency),
      happened_at_ms: at_ms,
    })),
  };
}
