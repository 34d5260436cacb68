import { z } from 'zod';
import type { Posting } from '../accounts.ts';
import { sql, type Database } from '../open.ts';
import { insertPayment, setColumns } from './attempt-states.ts';
import { defineEvent } from './event.ts';
import { at_ms, card, currency } from './shapes.ts';

/** A payment as Square listed it, ours or one made elsewhere. Written whenever Square's version of it changed. */
const version1 = z.strictObject({
  square_payment_id: z.string(),
  /** The attempt it belongs to; for a payment made elsewhere, an id given to it when it was first seen. */
  attempt_id: z.string(),
  foreign: z.boolean(),
  status: z.enum(['APPROVED', 'PENDING', 'COMPLETED', 'CANCELED', 'FAILED']),
  source_type: z.string(),
  amount_minor: z.int().min(0),
  fee_minor: z.int(),
  refunded_minor: z.int().min(0),
  currency,
  reference: z.string().nullable(),
  card: card.nullable(),
  created_at_ms: at_ms,
  updated_at_ms: at_ms,
  day: z.string(),
});
type Body = z.infer<typeof version1>;
type Known = { booked: number; fee_booked_minor: number };

const known = (database: Database, id: string): Known | undefined =>
  sql(database, 'SELECT booked, fee_booked_minor FROM square_payment WHERE square_payment_id = ?').get(id) as
    Known | undefined;

/** A fee is on the books when its payment is: before that, it waits in the projection for the payment's own fact. */
const onTheBooks = (database: Database, body: Body): boolean =>
  settles(body) &&
  (body.foreign ||
    sql(database, "SELECT 1 FROM payment WHERE attempt_id = ? AND state IN ('completed', 'recorded')").get(
      body.attempt_id,
    ) !== undefined);

/** Square settles these to the bank; cash and other records made elsewhere lie in somebody else's drawer. */
const settles = (body: Body): boolean =>
  body.status === 'COMPLETED' && body.source_type !== 'CASH' && body.source_type !== 'EXTERNAL';

export const squarePaymentObserved = defineEvent({
  type: 'square.payment.observed',
  versions: [version1],
  subjects: body => [body.attempt_id],
  post(body, { database }) {
    const before = known(database, body.square_payment_id);
    const common = { currency: body.currency, day: body.day, customer_id: null };
    const postings: Posting[] = [];
    if (body.foreign && settles(body) && body.amount_minor > 0 && !before?.booked) {
      postings.push({
        debit: 'square_clearing',
        credit: 'unallocated_receipts',
        amount_minor: body.amount_minor,
        ...common,
      });
    }
    const fee = onTheBooks(database, body) ? body.fee_minor - (before?.fee_booked_minor ?? 0) : 0;
    return [...postings, ...feePostings(fee, common)];
  },
  project(body, context) {
    const { database } = context;
    const before = known(database, body.square_payment_id);
    const { foreign, card: _card, ...columns } = body;
    const fee_booked_minor = onTheBooks(database, body) ? body.fee_minor : (before?.fee_booked_minor ?? 0);
    sql(
      database,
      `INSERT INTO square_payment (square_payment_id, attempt_id, status, source_type, amount_minor, currency, fee_minor,
         refunded_minor, reference, created_at_ms, updated_at_ms, day, booked, fee_booked_minor)
       VALUES (@square_payment_id, @attempt_id, @status, @source_type, @amount_minor, @currency, @fee_minor,
         @refunded_minor, @reference, @created_at_ms, @updated_at_ms, @day, @booked, @fee_booked_minor)
       ON CONFLICT (square_payment_id) DO UPDATE SET status = excluded.status, fee_minor = excluded.fee_minor,
         refunded_minor = excluded.refunded_minor, updated_at_ms = excluded.updated_at_ms, booked = excluded.booked,
         fee_booked_minor = excluded.fee_booked_minor`,
    ).run({
      ...columns,
      fee_booked_minor,
      booked: before?.booked || (foreign && settles(body)) ? 1 : 0,
    });
    if (foreign) projectForeign(body, context.record, database);
    else if (onTheBooks(database, body)) setColumns(database, body.attempt_id, { fee_minor: body.fee_minor });
  },
});

/** A fee that came, or changed, or was given back. */
export function feePostings(fee_minor: number, common: Omit<Posting, 'debit' | 'credit' | 'amount_minor'>): Posting[] {
  if (fee_minor > 0) return [{ debit: 'square_fees', credit: 'square_clearing', amount_minor: fee_minor, ...common }];
  if (fee_minor < 0) return [{ debit: 'square_clearing', credit: 'square_fees', amount_minor: -fee_minor, ...common }];
  return [];
}

/** Foreign payments stand in Activity too, flagged: money that nobody at this desk took. */
function projectForeign(body: Body, record: { desk: string; incarnation: number }, database: Database): void {
  const state = body.status === 'COMPLETED' ? 'completed' : body.status === 'APPROVED' ? 'approved' : 'cancelled';
  const present = sql(database, 'SELECT 1 FROM payment WHERE attempt_id = ?').get(body.attempt_id);
  const columns = { fee_minor: settles(body) ? body.fee_minor : null };
  if (present) return setColumns(database, body.attempt_id, { ...columns, state });
  if (body.amount_minor === 0) return;
  insertPayment(database, {
    attempt_id: body.attempt_id,
    number: 0,
    reference: body.reference ?? body.square_payment_id,
    desk: record.desk,
    incarnation: record.incarnation,
    tender: body.source_type === 'CASH' ? 'cash' : body.source_type === 'EXTERNAL' ? 'check' : 'card',
    channel: 'desk',
    customer_id: null,
    amount_minor: body.amount_minor,
    currency: body.currency,
    state,
    day: body.day,
    happened_at_ms: body.created_at_ms,
    actor: 'square',
    sync: 'confirmed',
    square_payment_id: body.square_payment_id,
    card_brand: body.card?.brand ?? null,
    card_last4: body.card?.last4 ?? null,
    foreign_payment: 1,
    ...columns,
  });
}
