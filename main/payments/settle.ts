import type { GatewayPayment, MoneyOutcome } from '../gateway/gateway.ts';
import type { Write } from '../ledger/ledger.ts';
import { officeDay } from '../office/settings.ts';
import { sql } from '../ledger/open.ts';
import { nextReceiptNumber, type PaymentRow } from './queries.ts';

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
  if (used && row.maybe_sent === 1) return { kind: 'unknown', reason: 'answer_mismatch', retry_after_ms: null };
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
      return write.fact('attempt.approved', { attempt_id, square_payment_id, version_token, card });
    }
    case 'declined':
    case 'refused':
      return end(write, row, step, fate, tools);
    case 'cancelled':
      write.fact('attempt.cancelled', { attempt_id, reason: 'hold_ended' });
      return forgetRequest(write, row);
    case 'not_sent': {
      // After an unanswered send, "this one did not leave" says nothing about the one before.
      const type = row.maybe_sent === 1 && step !== 'complete' ? 'attempt.unknown' : 'attempt.not_sent';
      return write.fact(type, { attempt_id, step, reason: fate.reason, next_try_at_ms: tools.later(null) });
    }
    case 'unknown': {
      const next_try_at_ms = tools.later(fate.retry_after_ms);
      return write.fact('attempt.unknown', { attempt_id, step, reason: fate.reason, next_try_at_ms });
    }
  }
}

export function complete(write: Write, row: PaymentRow, payment: GatewayPayment, tools: SettleTools): void {
  write.fact('attempt.completed', {
    attempt_id: row.attempt_id,
    square_payment_id: payment.square_payment_id,
    receipt_number: nextReceiptNumber(write.database, tools.desk),
    card: payment.card,
    day: officeDay(write.database, tools.now_ms),
  });
  forgetRequest(write, row);
}

function confirm(write: Write, row: PaymentRow, payment: GatewayPayment): void {
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

/** A token is kept no longer than it can be needed: it goes in the same commit that ends its attempt. */
export function forgetRequest(write: Write, row: Pick<PaymentRow, 'attempt_id'>): void {
  sql(write.database, 'DELETE FROM pending_request WHERE attempt_id = ?').run(row.attempt_id);
}
