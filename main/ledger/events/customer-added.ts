import { z } from 'zod';
import { sql } from '../open.ts';
import { defineEvent } from './event.ts';

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
  project(body, { database, record, open }) {
    const opened = customerPersonal.safeParse(open(body.customer_id, body.personal));
    const { name, phone, email, note } = opened.success ? opened.data : ERASED;
    const digits = phone.replace(/\D/g, '');
    sql(
      database,
      `INSERT INTO customer (customer_id, number, name, sort_name, phone, phone_digits, email, note, added_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(body.customer_id, body.number, name, foldForSearch(name), phone, digits, email, note, record.happened_at_ms);
    sql(database, 'INSERT INTO customer_search (text, customer_id) VALUES (?, ?)').run(
      [foldForSearch(name), digits, foldForSearch(email), `c-${body.number}`].join(' '),
      body.customer_id,
    );
  },
});

/** What is searched: without accents and case, so that "Ines" finds "Inés". */
export function foldForSearch(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}
