import { z } from 'zod';
import { assert } from '../../../common/errors.ts';
import type { Posting } from '../accounts.ts';
import { sql, type Database } from '../open.ts';
import { defineEvent, type FactContext } from './event.ts';
import { currency, typed } from './shapes.ts';

/** The words on an invoice may tell why somebody sees a doctor or a lawyer: they are sealed with their customer. */
export const invoicePersonal = z.strictObject({ descriptions: z.array(z.string()), note: z.string() });
const content = {
  customer_id: z.string(),
  number: z.string(),
  issued_on: z.string(),
  due_on: z.string().nullable(),
  currency,
  lines: z.array(z.strictObject({ net_minor: z.int(), tax_minor: z.int() })).min(1),
  personal: z.string(),
  /** The business day on which it is posted. */
  day: z.string(),
};
const version1 = z.strictObject({ invoice_id: z.string(), ...content });
type Body = z.infer<typeof version1>;
type Owed = { readonly customer_id: string; readonly net_minor: number; readonly tax_minor: number };

/** Owed by a customer: what was earned, and what the state gets of it. */
function owedPostings(
  { customer_id, net_minor, tax_minor }: Owed,
  common: { currency: string; day: string },
): Posting[] {
  const to = (credit: 'revenue' | 'tax_payable', amount_minor: number): Posting[] =>
    amount_minor === 0 ? [] : [moved(credit, amount_minor, { customer_id, ...common })];
  return [...to('revenue', net_minor), ...to('tax_payable', tax_minor)];
}

/** An amount below zero moves the other way. */
function moved(
  credit: 'revenue' | 'tax_payable',
  amount_minor: number,
  rest: Omit<Posting, 'debit' | 'credit' | 'amount_minor'>,
): Posting {
  return amount_minor > 0
    ? { debit: 'receivable', credit, amount_minor, ...rest }
    : { debit: credit, credit: 'receivable', amount_minor: -amount_minor, ...rest };
}

const negated = ({ customer_id, net_minor, tax_minor }: Owed): Owed => ({
  ...{ customer_id, net_minor: -net_minor, tax_minor: -tax_minor },
});

const sums = ({ lines }: Pick<Body, 'lines'>) => ({
  net_minor: lines.reduce((sum, line) => sum + line.net_minor, 0),
  tax_minor: lines.reduce((sum, line) => sum + line.tax_minor, 0),
});

function owedNow(database: Database, invoice_id: string): Owed & { currency: string } {
  const row = sql(database, 'SELECT customer_id, net_minor, tax_minor, currency FROM invoice WHERE invoice_id = ?').get(
    invoice_id,
  );
  assert(row !== undefined, 'the invoice is known');
  return row as Owed & { currency: string };
}

function columnsOf(body: Body, { open }: FactContext) {
  const opened = invoicePersonal.safeParse(open(body.customer_id, body.personal));
  const { descriptions, note } = opened.success ? opened.data : { descriptions: [], note: '' };
  const { net_minor, tax_minor } = sums(body);
  const lines = body.lines.map((line, index) => ({ ...line, description: descriptions[index] ?? '' }));
  return {
    ...{ invoice_id: body.invoice_id, number: body.number, issued_on: body.issued_on, due_on: body.due_on },
    ...{ about: descriptions[0] ?? '', lines: JSON.stringify(lines), note },
    ...{ net_minor, tax_minor, total_minor: net_minor + tax_minor },
  };
}

export const invoiceAdded = defineEvent({
  type: 'invoice.added',
  versions: [version1],
  subjects: body => [body.invoice_id, body.customer_id],
  post: body => owedPostings({ customer_id: body.customer_id, ...sums(body) }, body),
  project(body, context) {
    const { customer_id, currency: unit } = body;
    sql(
      context.database,
      `INSERT INTO invoice (invoice_id, customer_id, number, about, lines, note, issued_on, due_on, currency, net_minor,
         tax_minor, total_minor, paid_minor, added_at_ms)
       VALUES (@invoice_id, @customer_id, @number, @about, @lines, @note, @issued_on, @due_on, @currency, @net_minor,
         @tax_minor, @total_minor, 0, @added_at_ms)`,
    ).run({ ...columnsOf(body, context), customer_id, currency: unit, added_at_ms: context.record.happened_at_ms });
  },
});

/** What it says now, whole. What it said before is posted back, and stays in the journal. */
export const invoiceChanged = defineEvent({
  type: 'invoice.changed',
  versions: [version1],
  subjects: body => [body.invoice_id, body.customer_id],
  post(body, { database }) {
    const now = { customer_id: body.customer_id, ...sums(body) };
    const before = owedNow(database, body.invoice_id);
    if (before.net_minor === now.net_minor && before.tax_minor === now.tax_minor) return [];
    return [...owedPostings(negated(before), body), ...owedPostings(now, body)];
  },
  project(body, context) {
    const { changes } = sql(
      context.database,
      `UPDATE invoice SET number = @number, about = @about, lines = @lines, note = @note, issued_on = @issued_on,
         due_on = @due_on, net_minor = @net_minor, tax_minor = @tax_minor, total_minor = @total_minor
       WHERE invoice_id = @invoice_id AND voided_at_ms IS NULL`,
    ).run(columnsOf(body, context));
    assert(changes === 1, 'an invoice that is owed was changed');
  },
});

/** It is owed no more. The payments that paid it were detached before, in the same commit. */
export const invoiceVoided = defineEvent({
  type: 'invoice.voided',
  versions: [z.strictObject({ invoice_id: z.string(), day: z.string(), typed })],
  subjects: body => [body.invoice_id],
  post(body, { database }) {
    const before = owedNow(database, body.invoice_id);
    return owedPostings(negated(before), { currency: before.currency, day: body.day });
  },
  project(body, { database, record }) {
    const { changes } = sql(
      database,
      'UPDATE invoice SET voided_at_ms = ? WHERE invoice_id = ? AND voided_at_ms IS NULL AND paid_minor = 0',
    ).run(record.happened_at_ms, body.invoice_id);
    assert(changes === 1, 'an invoice that is owed and not paid was voided');
  },
});
