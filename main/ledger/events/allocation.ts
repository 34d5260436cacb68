import { z } from 'zod';
import { assert } from '../../../common/errors.ts';
import type { Account, Posting } from '../accounts.ts';
import { sql, type Database } from '../open.ts';
import { defineEvent } from './event.ts';
import { currency, minor, typed } from './shapes.ts';

/** A part of a payment pays an invoice, or is kept as the customer's credit where there is no invoice. */
const made = z.strictObject({
  allocation_id: z.string(),
  attempt_id: z.string(),
  line: z.int().min(1),
  invoice_id: z.string().nullable(),
  customer_id: z.string(),
  amount_minor: minor,
  currency,
  day: z.string(),
});
type Made = Omit<z.infer<typeof made>, 'day'>;

const accountOf = ({ invoice_id }: Pick<Made, 'invoice_id'>): Account =>
  invoice_id === null ? 'customer_credit' : 'receivable';

export const allocationMade = defineEvent({
  type: 'allocation.made',
  versions: [made],
  subjects: ({ attempt_id, customer_id, invoice_id }) => [attempt_id, customer_id, ...(invoice_id ? [invoice_id] : [])],
  post: body => {
    const { customer_id, amount_minor, day } = body;
    const common = { customer_id, amount_minor, currency: body.currency, day };
    return [{ debit: 'unallocated_receipts', credit: accountOf(body), ...common }];
  },
  project(body, { database, record }) {
    sql(
      database,
      `INSERT INTO allocation (allocation_id, attempt_id, line, invoice_id, customer_id, amount_minor, currency, day,
         made_at_ms)
       VALUES (@allocation_id, @attempt_id, @line, @invoice_id, @customer_id, @amount_minor, @currency, @day, @made_at_ms)`,
    ).run({ ...body, made_at_ms: record.happened_at_ms });
    pay(database, body.invoice_id, body.amount_minor);
  },
});

/** Taken back: the money is unallocated again, and the invoice is owed again. */
export const allocationReversed = defineEvent({
  type: 'allocation.reversed',
  versions: [
    z.strictObject({
      allocation_id: z.string(),
      attempt_id: z.string(),
      because: z.enum(['moved', 'given_back', 'voided', 'credit_used']),
      typed: typed.nullable(),
      day: z.string(),
    }),
  ],
  subjects: body => [body.attempt_id],
  post(body, { database }): Posting[] {
    const before = standing(database, body.allocation_id);
    const { customer_id, amount_minor, currency: unit } = before;
    const common = { customer_id, amount_minor, currency: unit, day: body.day };
    return [{ debit: accountOf(before), credit: 'unallocated_receipts', ...common }];
  },
  project(body, { database, record }) {
    const before = standing(database, body.allocation_id);
    sql(database, 'UPDATE allocation SET reversed_at_ms = ? WHERE allocation_id = ?').run(
      record.happened_at_ms,
      body.allocation_id,
    );
    pay(database, before.invoice_id, -before.amount_minor);
  },
});

/** Money that came without a customer is somebody's after all. It stays unallocated, as theirs. */
export const paymentAssigned = defineEvent({
  type: 'payment.assigned',
  versions: [
    z.strictObject({ attempt_id: z.string(), customer_id: z.string(), typed: typed.nullable(), day: z.string() }),
  ],
  subjects: body => [body.attempt_id, body.customer_id],
  post({ attempt_id, customer_id, day }, { database }): Posting[] {
    const row = sql(
      database,
      `SELECT payment.customer_id, payment.currency, unallocated.amount_minor
       FROM payment JOIN unallocated USING (attempt_id) WHERE attempt_id = ?`,
    ).get(attempt_id) as { customer_id: string | null; currency: string; amount_minor: number } | undefined;
    if (!row || row.amount_minor < 0) return [];
    const { amount_minor, currency: unit } = row;
    const common = { amount_minor, currency: unit, day };
    return [
      { debit: 'unallocated_receipts', credit: 'transfers', customer_id: row.customer_id, ...common },
      { debit: 'transfers', credit: 'unallocated_receipts', customer_id, ...common },
    ];
  },
  project({ attempt_id, customer_id }, { database }) {
    const { changes } = sql(database, 'UPDATE payment SET customer_id = ? WHERE attempt_id = ?').run(
      customer_id,
      attempt_id,
    );
    assert(changes === 1, 'one payment became somebody’s');
  },
});

function standing(database: Database, allocation_id: string): Made {
  const row = sql(database, 'SELECT * FROM allocation WHERE allocation_id = ? AND reversed_at_ms IS NULL').get(
    allocation_id,
  );
  assert(row !== undefined, 'an allocation that stands is taken back');
  return row as Made;
}

function pay(database: Database, invoice_id: string | null, amount_minor: number): void {
  if (invoice_id === null) return;
  const { changes } = sql(
    database,
    'UPDATE invoice SET paid_minor = paid_minor + ? WHERE invoice_id = ? AND voided_at_ms IS NULL',
  ).run(amount_minor, invoice_id);
  assert(changes === 1, 'an invoice that is owed was paid');
}
