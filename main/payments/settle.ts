import type { GatewayPayment, MoneyOutcome } from '../gateway/gateway.ts';
import { WATCH_MS } from '../ledger/events/attempt-doubt.ts';
import type { Write } from '../ledger/ledger.ts';
import { allocateAsPlanned } from '../invoices/allocations.ts';
import { officeDay } from '../office/settings.ts';
import { evidenceHash } from './evidence.ts';
import type { PaymentRow } from './queries.ts';
import { nextReceiptNumber } from './receipt-numbers.ts';
import { forgetRequest } from './requests.ts';
import { crashPoint } from '../platform/crash-points.ts';

export type Step = 'create' | 'complete' | 'record';

/** What settling needs beside the answer: which desk numbers the receipt, when it is, and when to ask again. */
export type SettleTools = {
  readonly desk: string;
  readonly now_ms: number;
  later(retry_after_ms: number | null): number;
};

/**
 * "This token was used already", after a send without an answer, may well mean: by that very send. It is believed only
 * when no earlier send is open.
 */
export function believable(row: PaymentRow, outcome: MoneyOutcome): MoneyOutcome {
  const used = outcome.kind === 'declined' && outcome.reason === 'token_used';
  if (used && row.maybe_sent === 1) return { kind: 'unknown', reason: 'token_used_before', retry_after_ms: null };
  return outcome;
}

/** Writes Square's word, or its silence, down: state, postings, receipt number and forgotten token in one commit. */
export function settle(write: Write, row: PaymentRow, step: Step, fate: MoneyOutcome, tools: SettleTools): void {
  const { attempt_id } = row;
  switch (fate.kind) {
    case 'completed':
      return step === 'record' ? confirm(write, row, fate.payment) : complete(write, row, fate.payment, tools);
    case 'approved': {
      const { square_payment_id, version_token, card } = fate.payment;
      write.fact('attempt.approved', { attempt_id, square_payment_id, version_token, card });
      return crashPoint('CP13');
    }
    case 'declined':
    case 'refused':
      return end(write, row, step, fate, tools);
    case 'cancelled':
      write.fact('attempt.cancelled', {
        ...{ attempt_id, reason: 'hold_ended' },
        square_payment_id: fate.payment.square_payment_id,
      });
      return forgetRequest(write, row);
    case 'not_sent': {
      // After an unanswered send, "this one did not leave" says nothing about the one before.
      const type = row.maybe_sent === 1 && step !== 'complete' ? 'attempt.unknown' : 'attempt.not_sent';
      return write.fact(type, { attempt_id, step, reason: fate.reason, next_try_at_ms: tools.later(null) });
    }
    case 'unknown': {
      const next_try_at_ms = tools.later(fate.retry_after_ms);
      // Square's answer contradicts the request: repeating it cannot help, and neither can a search for what was asked.
      if (fate.reason === 'answer_mismatch' && step === 'create') {
        return handOver(write, row, 'answer_mismatch', next_try_at_ms);
      }
      return write.fact('attempt.unknown', { attempt_id, step, reason: fate.reason, next_try_at_ms });
    }
  }
}

export function complete(write: Write, row: PaymentRow, payment: GatewayPayment, tools: SettleTools): void {
  const day = officeDay(write.database, tools.now_ms);
  write.fact('attempt.completed', {
    attempt_id: row.attempt_id,
    square_payment_id: payment.square_payment_id,
    receipt_number: nextReceiptNumber(write.database, tools.desk),
    card: payment.card,
    day,
  });
  allocateAsPlanned(write, row.attempt_id, day);
  forgetRequest(write, row);
  crashPoint('CP17');
}

/** Square's own payment, found by asking: the end of a doubt, or of a capture without an answer. */
export function settleSighting(write: Write, row: PaymentRow, payment: GatewayPayment, tools: SettleTools): void {
  const { attempt_id } = row;
  const { square_payment_id, version_token, card, status } = payment;
  if (status === 'COMPLETED') return complete(write, row, payment, tools);
  if (status === 'APPROVED') {
    return write.fact('attempt.approved', { attempt_id, square_payment_id, version_token, card });
  }
  if (status === 'PENDING') return;
  if (status === 'FAILED' && row.state !== 'capture_unknown') {
    write.fact('attempt.declined', { attempt_id, reason: 'generic', square_code: 'FAILED', square_payment_id });
  } else {
    write.fact('attempt.cancelled', { attempt_id, reason: 'hold_ended', square_payment_id });
  }
  forgetRequest(write, row);
}

export function handOver(
  write: Write,
  row: PaymentRow,
  reason: 'too_long' | 'answer_mismatch' | 'amount_differs',
  next_try_at_ms: number,
): void {
  const { attempt_id } = row;
  const evidence_hash = evidenceHash(write.database, attempt_id);
  write.fact('attempt.handed_over', { attempt_id, reason, evidence_hash, next_try_at_ms });
}

type Closing =
  | { readonly because: 'searches' }
  | { readonly because: 'person'; readonly reason: string; readonly approved_by: string };

/** The request and its token are forgotten with it: from here on nothing of this attempt can be sent any more. */
export function closeNotCharged(write: Write, row: PaymentRow, closing: Closing, now_ms: number): void {
  const { attempt_id } = row;
  const byPerson = closing.because === 'person' ? closing : null;
  write.fact('attempt.closed_not_charged', {
    ...{ attempt_id, because: closing.because },
    typed: byPerson && typedReason(write, row, byPerson.reason),
    approved_by: byPerson?.approved_by ?? null,
    evidence_hash: evidenceHash(write.database, attempt_id),
    watched_until_ms: now_ms + WATCH_MS,
  });
  forgetRequest(write, row);
}

export function confirm(write: Write, row: PaymentRow, payment: GatewayPayment): void {
  write.fact('record.confirmed', { attempt_id: row.attempt_id, square_payment_id: payment.square_payment_id });
  forgetRequest(write, row);
}

type Ending = Extract<MoneyOutcome, { kind: 'declined' | 'refused' }>;

function end(write: Write, row: PaymentRow, step: Step, fate: Ending, tools: SettleTools): void {
  const { attempt_id } = row;
  const { square_code } = fate;
  if (step === 'complete') {
    // A capture is not declined: the hold is gone or the request was wrong. The look-up by id tells which.
    const next_try_at_ms = tools.later(null);
    return write.fact('attempt.unknown', { attempt_id, step, reason: square_code, next_try_at_ms });
  }
  if (step === 'record') write.fact('record.refused', { attempt_id, square_code });
  else if (fate.kind === 'refused') write.fact('attempt.refused', { attempt_id, reason: fate.reason, square_code });
  else {
    const { reason, square_payment_id } = fate;
    write.fact('attempt.declined', { attempt_id, reason, square_code, square_payment_id });
  }
  forgetRequest(write, row);
}

/** What a person typed about a payment may name its customer, so it can be erased with the customer. */
export function typedReason(write: Write, row: Pick<PaymentRow, 'attempt_id' | 'customer_id'>, reason: string) {
  const subject_id = row.customer_id ?? row.attempt_id;
  return { subject_id, sealed: write.sealPersonal(subject_id, { reason }) };
}
