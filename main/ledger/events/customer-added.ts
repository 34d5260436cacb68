import { z } from 'zod';
import { sql, type Database } from '../open.ts';
import { defineEvent, type FactContext } from './event.ts';

const version1 = z.strictObject({ customer_id: z.string(), number: z.int(), personal: z.string() });
export const customerPersonal = z.strictObject({
  name: z.string(),
  phone: z.string(),
  email: z.string(),
  note: z.string(),
});

const ERASED = { name: 'Erased customer', phone: '', email: '', note: '' };

export const customerAdded = defineEvent({
  type: 'customer.added',
  versions: [version1],
  subjects: body => [body.customer_id],
  project(body, context) {
    const { database, record } = context;
    const { customer_id, number } = body;
    const columns = customerColumns(body, context);
    sql(
      database,
      `INSERT INTO customer (customer_id, number, name, sort_name, phone, phone_digits, email, note, added_at_ms)
       VALUES (@customer_id, @number, @name, @sort_name, @phone, @phone_digits, @email, @note, @added_at_ms)`,
    ).run({ ...columns, customer_id, number, added_at_ms: record.happened_at_ms });
    indexCustomer(database, { ...columns, customer_id, number });
  },
});

/** What is personal of a customer, opened and made ready to be searched. */
export function customerColumns(body: { customer_id: string; personal: string }, { open }: FactContext) {
  const opened = customerPersonal.safeParse(open(body.customer_id, body.personal));
  const { name, phone, email, note } = opened.success ? opened.data : ERASED;
  return { name, sort_name: foldForSearch(name), phone, phone_digits: phone.replace(/\D/g, ''), email, note };
}

type Indexed = ReturnType<typeof customerColumns> & { customer_id: string; number: number };

export function indexCustomer(database: Database, customer: Indexed): void {
  const { sort_name, phone_digits, email, number, customer_id } = customer;
  sql(database, 'INSERT INTO customer_search (text, customer_id) VALUES (?, ?)').run(
    [sort_name, phone_digits, foldForSearch(email), `c-${number}`].join(' '),
    customer_id,
  );
}

/** What is searched: without accents and case, so that "Ines" finds "Inés". */
export function foldForSearch(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}
