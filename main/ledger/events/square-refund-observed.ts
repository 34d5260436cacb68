import { z } from 'zod';
import type { Posting } from '../accounts.ts';
import { sql, type Database } from '../open.ts';
import { defineEvent } from './event.ts';
import { at_ms, currency } from './shapes.ts';

/** A refund as Square listed it, made here or elsewhere. Written whenever Square's version of it changed. */
const version1 = z.strictObject({
  square_refund_id: z.string(),
  square_payment_id: z.string().nullable(),
  /** The attempt whose payment it gives back; null when this ledger does not know the payment. */
  attempt_id: z.string().nullable(),
  status: z.enum(['PENDING', 'COMPLETED', 'REJECTED', 'FAILED']),
  amount_minor: z.int().min(1),
  currency,
  reason: z.string(),
  /** False for cash and other records, which lie in somebody's drawer and not with Square. */
  settles: z.boolean(),
  created_at_ms: at_ms,
  updated_at_ms: at_ms,
  day: z.string(),
});

const wasBooked = (database: Database, id: string): boolean =>
  sql(database, 'SELECT booked FROM square_refund WHERE square_refund_id = ?').pluck().get(id) === 1;

export const squareRefundObserved = defineEvent({
  type: 'square.refund.observed',
  versions: [version1],
  subjects: body => (body.attempt_id === null ? [] : [body.attempt_id]),
  post(body, { database }) {
    const booked = wasBooked(database, body.square_refund_id);
    const { amount_minor, currency, day } = body;
    const common = { amount_minor, currency, day, customer_id: null };
    if (!booked && counts(body)) return onTheBooks(database, body) ? [refundPosting(body)] : [];
    // Square took it back: a refund can fail days after it was said to be done.
    if (booked && !counts(body)) return [{ debit: 'square_clearing', credit: 'unallocated_receipts', ...common }];
    return [];
  },
  project(body, { database }) {
    const booked = counts(body) && (wasBooked(database, body.square_refund_id) || onTheBooks(database, body));
    sql(
      database,
      `INSERT INTO square_refund (square_refund_id, square_payment_id, attempt_id, status, amount_minor, currency, reason,
         created_at_ms, updated_at_ms, day, settles, booked)
       VALUES (@square_refund_id, @square_payment_id, @attempt_id, @status, @amount_minor, @currency, @reason,
         @created_at_ms, @updated_at_ms, @day, @settles, @booked)
       ON CONFLICT (square_refund_id) DO UPDATE SET status = excluded.status, updated_at_ms = excluded.updated_at_ms,
         booked = excluded.booked, attempt_id = excluded.attempt_id`,
    ).run({ ...body, settles: body.settles ? 1 : 0, booked: booked ? 1 : 0 });
  },
});

type Refund = Pick<Posting, 'amount_minor' | 'currency' | 'day'>;

const refundPosting = ({ amount_minor, currency, day }: Refund): Posting => ({
  ...{ debit: 'unallocated_receipts', credit: 'square_clearing', amount_minor, currency, day },
  customer_id: null,
});

/** What is given back of a payment is on the books when the payment is. Of an unknown payment, at once. */
const onTheBooks = (database: Database, { attempt_id }: { attempt_id: string | null }): boolean =>
  attempt_id === null ||
  sql(database, "SELECT 1 FROM payment WHERE attempt_id = ? AND state IN ('completed', 'recorded')").get(attempt_id) !==
    undefined;

/** Refunds that Square did before the payment's own fact came, which posts them with it. */
export function waitingRefunds(database: Database, attempt_id: string): Posting[] {
  const waiting = sql(
    database,
    `SELECT amount_minor, currency, day FROM square_refund
     WHERE attempt_id = ? AND status = 'COMPLETED' AND settles = 1 AND booked = 0 ORDER BY square_refund_id`,
  ).all(attempt_id) as Refund[];
  return waiting.map(refundPosting);
}

export function bookRefunds(database: Database, attempt_id: string): void {
  sql(
    database,
    "UPDATE square_refund SET booked = 1 WHERE attempt_id = ? AND status = 'COMPLETED' AND settles = 1 AND booked = 0",
  ).run(attempt_id);
}

const counts = (body: z.infer<typeof version1>): boolean => body.status === 'COMPLETED' && body.settles;
