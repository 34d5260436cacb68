import type { RefundLine } from '../../common/contract/payments.ts';
import { money, type Currency, type Money } from '../../common/money.ts';

/**
 * True in SQL for a row `seen` of square_refund that no refund of this desk stands behind. A second one under the same
 * reference is not ours: it stands out, as a second charge does.
 */
export const MADE_ELSEWHERE = `NOT EXISTS (SELECT 1 FROM refund AS own WHERE own.attempt_id = seen.attempt_id AND (
  own.square_refund_id = seen.square_refund_id OR (own.square_refund_id IS NULL AND own.reference = seen.reason
  AND own.amount_minor = seen.amount_minor)))`;

/** The refunds of a row `payment`, oldest first, as a column of SQL. */
export const REFUNDS_OF_PAYMENT = `(SELECT json_group_array(json_array(refund_id, reference, kind, state, amount_minor, at_ms))
  FROM (SELECT refund_id, reference, kind, state, amount_minor, happened_at_ms AS at_ms FROM refund
      WHERE refund.attempt_id = payment.attempt_id
    UNION ALL SELECT NULL, NULL, CASE settles WHEN 1 THEN 'square' ELSE 'other' END,
      CASE status WHEN 'PENDING' THEN 'pending' WHEN 'COMPLETED' THEN 'completed' ELSE 'refused' END,
      amount_minor, created_at_ms FROM square_refund AS seen
      WHERE seen.attempt_id = payment.attempt_id AND ${MADE_ELSEWHERE}
    ORDER BY at_ms)) AS refunds_json`;

type Line = [string | null, string | null, RefundLine['kind'], RefundLine['state'], number, number];

/** The refunds of a payment, and their sum: null when there was none that may count. */
export function refundsOf(refunds_json: string, currency: Currency): { refunded: Money | null; refunds: RefundLine[] } {
  const refunds = (JSON.parse(refunds_json) as Line[]).map(
    ([refund_id, reference, kind, state, minor, happened_at_ms]): RefundLine => {
      return { refund_id, reference, kind, state, amount: money(minor, currency), happened_at_ms };
    },
  );
  const counted = refunds.filter(({ state }) => state !== 'refused');
  const sum = counted.reduce((total, { amount }) => total + amount.minor, 0);
  return { refunded: counted.length > 0 ? money(sum, currency) : null, refunds };
}
