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

/**
 * The customer of the payment comes with the fact. The first version said nothing of a customer, and what it posted
 * stands for nobody; it replays to the same postings.
 */
const version2 = version1.extend({ customer_id: z.string().nullable() });
type Body = z.infer<typeof version1> & { readonly customer_id?: string | null };

type Known = { readonly booked: 0 | 1; readonly customer_id: string | null };
const knownRefund = (database: Database, id: string): Known | undefined =>
  sql(database, 'SELECT booked, customer_id FROM square_refund WHERE square_refund_id = ?').get(id) as
    Known | undefined;

/** Posts what Square gives back. No other fact does, so a refund is booked once, whoever hears of it first. */
export const squareRefundObserved = defineEvent({
  type: 'square.refund.observed',
  versions: [version1, version2],
  subjects: body => (body.attempt_id === null ? [] : [body.attempt_id]),
  post(body: Body, { database }) {
    const known = knownRefund(database, body.square_refund_id);
    const booked = known?.booked === 1;
    const { amount_minor, currency, day } = body;
    if (!booked && counts(body)) {
      return onTheBooks(database, body) ? [refundPosting({ ...body, customer_id: body.customer_id ?? null })] : [];
    }
    // Square took it back: a refund can fail days after it was said to be done. It returns to whom it was booked for.
    const common = { amount_minor, currency, day, customer_id: known?.customer_id ?? null };
    if (booked && !counts(body)) return [{ debit: 'square_clearing', credit: 'unallocated_receipts', ...common }];
    return [];
  },
  project(body: Body, { database }) {
    const known = knownRefund(database, body.square_refund_id);
    const wasBooked = known?.booked === 1;
    const booked = counts(body) && (wasBooked || onTheBooks(database, body));
    const customer_id = (wasBooked ? known.customer_id : body.customer_id) ?? null;
    sql(
      database,
      `INSERT INTO square_refund (square_refund_id, square_payment_id, attempt_id, status, amount_minor, currency, reason,
         created_at_ms, updated_at_ms, day, settles, booked, customer_id)
       VALUES (@square_refund_id, @square_payment_id, @attempt_id, @status, @amount_minor, @currency, @reason,
         @created_at_ms, @updated_at_ms, @day, @settles, @booked, @customer_id)
       ON CONFLICT (square_refund_id) DO UPDATE SET status = excluded.status, updated_at_ms = excluded.updated_at_ms,
         booked = excluded.booked, attempt_id = excluded.attempt_id, customer_id = excluded.customer_id`,
    ).run({ ...body, settles: body.settles ? 1 : 0, booked: booked ? 1 : 0, customer_id });
  },
});

type Refund = Pick<Posting, 'amount_minor' | 'currency' | 'day' | 'customer_id'>;

const refundPosting = ({ amount_minor, currency, day, customer_id }: Refund): Posting => ({
  ...{ debit: 'unallocated_receipts', credit: 'square_clearing', amount_minor, currency, day, customer_id },
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
    `SELECT amount_minor, currency, day, customer_id FROM square_refund
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

const counts = (body: Body): boolean => body.status === 'COMPLETED' && body.settles;
