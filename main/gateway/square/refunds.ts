import type { Square } from 'square';
import type { Currency } from '../../../common/money.ts';
import type { GatewayRefund, RefundOutcome, RefundRequest } from '../gateway.ts';
import { fromSquareMoney, toSquareMoney } from './money.ts';

/** Refunds in Square's words: how one is asked for, and what its answer is worth. */

/**
 * Always linked to its payment, so that Square sends the money back to where it came from, or records it where it only
 * recorded the payment. Our reference is the reason: it is what a search of Square's list can find it by.
 */
export const refundFields = (request: RefundRequest): Square.RefundPaymentRequest => ({
  idempotencyKey: request.idempotency_key,
  amountMoney: toSquareMoney(request.amount),
  paymentId: request.square_payment_id,
  reason: request.reference,
});

/** As much of the bytes as their answer must agree with. */
export type SentRefund = {
  readonly idempotency_key: string;
  readonly amount_money: { readonly amount: number; readonly currency: Currency };
  readonly payment_id: string;
  readonly reason: string;
};

/** A 2xx is definite only when it holds a refund that agrees with what was asked. */
export function refundAnswer(
  answer: { refund?: Square.PaymentRefund; errors?: Square.Error_[] },
  sent: SentRefund,
): RefundOutcome {
  const refund = readRefund(answer.refund);
  if (!refund || (answer.errors?.length ?? 0) > 0) {
    return { kind: 'unknown', reason: 'answer_unreadable', retry_after_ms: null };
  }
  const { amount, currency } = sent.amount_money;
  const agrees =
    refund.amount.minor === amount &&
    refund.amount.currency === currency &&
    refund.square_payment_id === sent.payment_id &&
    // An answer that leaves the reason out contradicts nothing.
    (refund.reason === '' || refund.reason === sent.reason);
  return agrees ? { kind: 'accepted', refund } : { kind: 'unknown', reason: 'answer_mismatch', retry_after_ms: null };
}

const REFUND_STATUSES = ['PENDING', 'COMPLETED', 'REJECTED', 'FAILED'] as const;
const RECORDED_ONLY: readonly (string | null | undefined)[] = ['CASH', 'EXTERNAL'];

/** Undefined for what is not a whole refund. */
export function readRefund(refund: Square.PaymentRefund | undefined): GatewayRefund | undefined {
  const amount = fromSquareMoney(refund?.amountMoney);
  const status = REFUND_STATUSES.find(known => known === refund?.status);
  const created_at_ms = Date.parse(refund?.createdAt ?? '');
  const updated_at_ms = Date.parse(refund?.updatedAt ?? refund?.createdAt ?? '');
  if (!refund?.id || !amount || !status || Number.isNaN(created_at_ms) || Number.isNaN(updated_at_ms)) return undefined;
  return {
    square_refund_id: refund.id,
    square_payment_id: refund.paymentId ?? null,
    status,
    amount,
    reason: refund.reason ?? '',
    settles: !RECORDED_ONLY.includes(refund.destinationType),
    created_at_ms,
    updated_at_ms,
  };
}
