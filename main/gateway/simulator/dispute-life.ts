/** How a dispute begins, by the published amounts, and how it ends on the clock: in time with a decision, or lost. */
import { DISPUTE_ANSWER_MS } from './assumptions.ts';
import type { Change, PaymentRecord } from './records.ts';
import type { DisputeRecord, DisputeState } from './records-disputes.ts';
import { iso, type World } from './world.ts';

/** The reasons of the amounts 88.01 to 88.09, in their order. */
const REASONS = [
  'AMOUNT_DIFFERS',
  'CANCELLED',
  'DUPLICATE',
  'NO_KNOWLEDGE',
  'NOT_AS_DESCRIBED',
  'NOT_RECEIVED',
  'PAID_BY_OTHER_MEANS',
  'CUSTOMER_REQUESTS_CREDIT',
  'EMV_LIABILITY_SHIFT',
];
const FIRST_AMOUNT = 8_801;

/** Why a payment of this amount will be disputed, or null when it will not. */
export function disputeReason(amount_minor: number): string | null {
  return REASONS[amount_minor - FIRST_AMOUNT] ?? null;
}

/** The dispute of a payment whose time has come; none when nothing of the payment is left. */
export function openDispute(world: World, { payment }: PaymentRecord, at_ms: number): Change[] {
  const left = (payment.approved_money ?? payment.total_money).amount - (payment.refunded_money?.amount ?? 0);
  const reason = disputeReason(payment.amount_money.amount);
  if (left <= 0 || reason === null) return [];
  const id = world.id('', 22);
  const at = iso(at_ms);
  const due_at_ms = at_ms + DISPUTE_ANSWER_MS;
  const dispute = {
    id,
    dispute_id: id,
    amount_money: { amount: left, currency: payment.total_money.currency },
    reason,
    state: 'EVIDENCE_REQUIRED' as const,
    due_at: iso(due_at_ms),
    disputed_payment: { payment_id: payment.id },
    card_brand: String(payment.card_details?.card['card_brand']),
    created_at: at,
    updated_at: at,
    reported_at: at,
    brand_dispute_id: world.id('', 12).toUpperCase(),
    version: 1,
    location_id: payment.location_id,
  };
  return [{ table: 'disputes', id, value: { dispute, hidden: { due_at_ms, funds: 'held' } } }];
}

/** The record in its next state, with what that means for the money. */
export function moved(
  record: DisputeRecord,
  state: DisputeState,
  at_ms: number,
  due_at_ms: number | null = null,
): DisputeRecord {
  const funds = state === 'WON' ? 'returned' : state === 'PROCESSING' ? 'held' : 'taken';
  const { dispute } = record;
  return {
    dispute: { ...dispute, state, updated_at: iso(at_ms), version: dispute.version + 1 },
    hidden: { due_at_ms, funds },
  };
}

/** The bank decides, or the seller's time to answer is over. */
export function settleDispute(world: World, record: DisputeRecord, at_ms: number): Change[] {
  const answered = record.dispute.state === 'PROCESSING';
  const value = moved(record, answered ? world.settings.dispute_outcome : 'LOST', at_ms);
  return [{ table: 'disputes', id: value.dispute.id, value }];
}

/** Whether an open or lost dispute stands in the way of a refund. */
export function blocksRefund(world: World, paymentId: string): boolean {
  return world.books
    .all('disputes')
    .some(({ dispute }) => dispute.disputed_payment.payment_id === paymentId && dispute.state !== 'WON');
}
