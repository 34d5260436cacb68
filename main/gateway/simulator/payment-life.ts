/** How a payment moves by itself and by request: capture, void, expiry of a hold, bank debits, fees, refunds. */
import { BANK_DELAY_MS, DISPUTE_DELAY_MS, FEES } from './assumptions.ts';
import { disputeReason, openDispute } from './dispute-life.ts';
import { errorDetail } from './errors.ts';
import type { Change, Payment, PaymentRecord, RefundRecord } from './records.ts';
import { iso, type World } from './world.ts';

/** What happens to a payment by itself at `at_ms`: a hold ends, a bank answers, the fee arrives, its payer disputes it. */
export function settlePayment(world: World, record: PaymentRecord, at_ms: number): Change[] {
  const { payment, hidden } = record;
  const saved = (value: PaymentRecord): Change => ({ table: 'payments', id: payment.id, value });
  if (payment.status === 'APPROVED') {
    const completes = payment.delay_action === 'COMPLETE';
    return [saved(completes ? capture(world, record, at_ms) : voided(world, record, at_ms, 'expiry'))];
  }
  if (payment.status === 'PENDING') return [saved(endBankDebit(world, record, at_ms))];
  if (hidden.fee_at_ms === undefined) return [saved(addFee(world, record, at_ms))];
  // The fee and the dispute come each at a time of their own; what is due now is done, and the other waits.
  const charged = hidden.fee_at_ms !== null && hidden.fee_at_ms <= at_ms ? addFee(world, record, at_ms) : record;
  const disputed_ms = hidden.disputed_from_ms;
  const disputes = disputed_ms !== null && disputed_ms <= at_ms;
  const disputed_from_ms = disputes ? null : disputed_ms;
  const due_at_ms = earliest(charged.hidden.fee_at_ms ?? null, disputed_from_ms);
  const value = { ...charged, hidden: { ...charged.hidden, due_at_ms, disputed_from_ms } };
  return [saved(value), ...(disputes ? openDispute(world, value, at_ms) : [])];
}

function earliest(...moments: (number | null)[]): number | null {
  const open = moments.filter(moment => moment !== null);
  return open.length === 0 ? null : Math.min(...open);
}

/** Gives a changed payment its new time and version token. */
export function touched(world: World, payment: Payment, at_ms: number): Payment {
  return { ...payment, updated_at: iso(at_ms), version_token: world.id('', 32) };
}

/** COMPLETED. The fee follows later, on a read of its own. */
export function capture(world: World, record: PaymentRecord, at_ms: number): PaymentRecord {
  const { capabilities: _gone, ...rest } = record.payment;
  const payment = touched(world, { ...rest, status: 'COMPLETED' }, at_ms);
  payment.receipt_url = receiptUrl(payment.id);
  if (payment.card_details) {
    payment.card_details = {
      ...payment.card_details,
      status: 'CAPTURED',
      card_payment_timeline: { ...payment.card_details.card_payment_timeline, captured_at: iso(at_ms) },
    };
  }
  const disputed = payment.card_details !== undefined && disputeReason(payment.amount_money.amount) !== null;
  const fee_at_ms = record.hidden.fee ? at_ms + world.settings.fee_delay_ms : null;
  const disputed_from_ms = disputed ? at_ms + DISPUTE_DELAY_MS : null;
  const due_at_ms = earliest(fee_at_ms, disputed_from_ms);
  const hidden = { ...record.hidden, due_at_ms, fee_at_ms, disputed_from_ms };
  return { payment, hidden };
}

export function receiptUrl(paymentId: string): string {
  return `https://squareupsandbox.com/receipt/preview/${paymentId}`;
}

/** CANCELED. A canceled payment has no receipt. */
export function voided(world: World, record: PaymentRecord, at_ms: number, by: 'request' | 'expiry'): PaymentRecord {
  const { capabilities: _gone, receipt_number: _number, receipt_url: _url, ...rest } = record.payment;
  const payment = touched(world, { ...rest, status: 'CANCELED' }, at_ms);
  payment.approved_money = { amount: 0, currency: payment.amount_money.currency };
  if (payment.card_details) {
    payment.card_details = {
      ...payment.card_details,
      status: 'VOIDED',
      card_payment_timeline: { ...payment.card_details.card_payment_timeline, voided_at: iso(at_ms) },
    };
  }
  return { payment, hidden: { ...record.hidden, due_at_ms: null, canceled_by: by } };
}

/** When a bank debit that starts now leaves PENDING. */
export function bankDue(now_ms: number): number {
  return now_ms + BANK_DELAY_MS;
}

function endBankDebit(world: World, record: PaymentRecord, at_ms: number): PaymentRecord {
  const code = record.hidden.bank_failure;
  if (code === null) return capture(world, record, at_ms);
  const payment = touched(world, { ...record.payment, status: 'FAILED' }, at_ms);
  payment.approved_money = { amount: 0, currency: payment.amount_money.currency };
  payment.bank_account_details = {
    ...payment.bank_account_details,
    errors: [errorDetail(code, `The bank refused the debit: '${code}'.`)],
  };
  return { payment, hidden: { ...record.hidden, due_at_ms: null } };
}

function addFee(world: World, record: PaymentRecord, at_ms: number): PaymentRecord {
  const { rate, fixed } = FEES[record.hidden.fee ?? 'online'];
  const { amount, currency } = record.payment.approved_money ?? record.payment.total_money;
  const fee = Math.min(amount, Math.round((amount * rate) / 10_000) + fixed);
  const payment = touched(world, record.payment, at_ms);
  payment.processing_fee = [{ effective_at: iso(at_ms), type: 'INITIAL', amount_money: { amount: fee, currency } }];
  return { payment, hidden: { ...record.hidden, due_at_ms: null, fee_at_ms: null } };
}

/** The end of a pending refund, and what it means for its payment. */
export function settleRefund(world: World, record: RefundRecord, at_ms: number): Change[] {
  const status = record.hidden.outcome;
  const refund = { ...record.refund, status, updated_at: iso(at_ms) };
  const hidden = { ...record.hidden, due_at_ms: null };
  const paymentRecord = world.books.get('payments', refund.payment_id ?? '');
  const change: Change = { table: 'refunds', id: refund.id, value: { refund, hidden } };
  if (status === 'COMPLETED' || !paymentRecord) return [change];
  const value = withoutRefund(world, paymentRecord, refund.amount_money.amount, status === 'FAILED', at_ms);
  return [change, { table: 'payments', id: value.payment.id, value }];
}

// A refused refund gives its amount back to the payment; what FAILED can never be refunded again.
function withoutRefund(
  world: World,
  record: PaymentRecord,
  amount: number,
  lost: boolean,
  at_ms: number,
): PaymentRecord {
  const payment = touched(world, record.payment, at_ms);
  const refunded = payment.refunded_money ?? { amount: 0, currency: payment.amount_money.currency };
  payment.refunded_money = { ...refunded, amount: refunded.amount - amount };
  const lost_minor = record.hidden.lost_minor + (lost ? amount : 0);
  return { payment, hidden: { ...record.hidden, lost_minor } };
}
