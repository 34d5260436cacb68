import { z } from 'zod';
import { declineReason, refusalReason } from '../../../common/contract/payments.ts';
import type { FactContext } from './event.ts';
import { defineEvent } from './event.ts';
import { moveAttempt } from './attempt-states.ts';
import { sql, type Database } from '../open.ts';
import { card } from './shapes.ts';
import { feePostings } from './square-payment-observed.ts';
import { bookRefunds, waitingRefunds } from './square-refund-observed.ts';

/** Authorised, not captured: a hold on the customer's card. Not posted, because no money has moved. */
export const attemptApproved = defineEvent({
  type: 'attempt.approved',
  versions: [
    z.strictObject({
      attempt_id: z.string(),
      square_payment_id: z.string(),
      version_token: z.string().nullable(),
      card: card.nullable(),
    }),
  ],
  subjects: body => [body.attempt_id],
  project(body, { database }) {
    moveAttempt(database, body.attempt_id, 'approved', {
      square_payment_id: body.square_payment_id,
      version_token: body.version_token,
      next_try_at_ms: null,
      ...cardColumns(body.card),
    });
  },
});

/** Square took the money. The receipt number is given here, in the same commit. */
export const attemptCompleted = defineEvent({
  type: 'attempt.completed',
  versions: [
    z.strictObject({
      attempt_id: z.string(),
      square_payment_id: z.string(),
      receipt_number: z.string(),
      card: card.nullable(),
      day: z.string(),
    }),
  ],
  subjects: body => [body.attempt_id],
  post(body, { database }) {
    const payment = sql(database, 'SELECT amount_minor, currency, customer_id FROM payment WHERE attempt_id = ?').get(
      body.attempt_id,
    ) as { amount_minor: number; currency: string; customer_id: string | null };
    const { currency } = payment;
    return [
      { debit: 'square_clearing', credit: 'unallocated_receipts', day: body.day, ...payment },
      ...feePostings(waitingFee(database, body.square_payment_id), { currency, day: body.day, customer_id: null }),
      ...waitingRefunds(database, body.attempt_id),
    ];
  },
  project(body, { database, record }) {
    const fee = waitingFee(database, body.square_payment_id);
    if (fee !== 0) {
      sql(database, 'UPDATE square_payment SET fee_booked_minor = fee_minor WHERE square_payment_id = ?').run(
        body.square_payment_id,
      );
    }
    bookRefunds(database, body.attempt_id);
    moveAttempt(database, body.attempt_id, 'completed', {
      ...(fee === 0 ? {} : { fee_minor: fee }),
      square_payment_id: body.square_payment_id,
      receipt_number: body.receipt_number,
      day: body.day,
      sync: 'confirmed',
      ...cardColumns(body.card),
      ...ended(record),
    });
  },
});

export const attemptDeclined = defineEvent({
  type: 'attempt.declined',
  versions: [
    z.strictObject({
      attempt_id: z.string(),
      reason: declineReason,
      square_code: z.string(),
      square_payment_id: z.string().nullable(),
    }),
  ],
  subjects: body => [body.attempt_id],
  project(body, { database, record }) {
    moveAttempt(database, body.attempt_id, 'declined', {
      decline: body.reason,
      square_payment_id: body.square_payment_id,
      ...ended(record),
    });
  },
});

/** Square refused the request itself, before any bank was asked. Nothing was charged. */
export const attemptRefused = defineEvent({
  type: 'attempt.refused',
  versions: [z.strictObject({ attempt_id: z.string(), reason: refusalReason, square_code: z.string() })],
  subjects: body => [body.attempt_id],
  project(body, { database, record }) {
    moveAttempt(database, body.attempt_id, 'invalid', { refusal: body.reason, ...ended(record) });
  },
});

export const attemptCancelled = defineEvent({
  type: 'attempt.cancelled',
  versions: [
    z.strictObject({
      attempt_id: z.string(),
      reason: z.enum(['restart', 'card_fields', 'person', 'hold_ended', 'given_back']),
      /** What Square had made of it, whose end this is; null when nothing had left the desk. */
      square_payment_id: z.string().nullable(),
    }),
  ],
  subjects: body => [body.attempt_id],
  project(body, { database, record }) {
    const { attempt_id, square_payment_id } = body;
    moveAttempt(database, attempt_id, 'cancelled', {
      ...ended(record),
      ...(square_payment_id === null ? {} : { square_payment_id }),
    });
  },
});

/** What Square was seen to keep for a payment whose own fact comes only now. */
function waitingFee(database: Database, square_payment_id: string): number {
  const waiting = sql(
    database,
    "SELECT fee_minor - fee_booked_minor FROM square_payment WHERE square_payment_id = ? AND status = 'COMPLETED'",
  )
    .pluck()
    .get(square_payment_id);
  return (waiting as number | undefined) ?? 0;
}

const ended = (record: FactContext['record']) => ({ next_try_at_ms: null, finished_at_ms: record.happened_at_ms });

/** Square's own word about the card wins over what the fields said; silence keeps what was known. */
const cardColumns = (known: { brand: string; last4: string } | null) =>
  known ? { card_brand: known.brand, card_last4: known.last4 } : {};
