import type { CustomerCard, CustomerSummary } from '../../common/contract/customers.ts';
import { AppError } from '../../common/errors.ts';
import type { CustomerId } from '../../common/ids.ts';
import { money } from '../../common/money.ts';
import type { Ledger, Write } from '../ledger/ledger.ts';
import { sql, type Database } from '../ledger/open.ts';
import { officeDay, readSettings } from '../office/settings.ts';
import { recentOf, viewOf } from '../payments/queries.ts';
import { TOKEN_LIFE_MS } from '../payments/attempts.ts';

export type CustomerRow = {
  customer_id: string;
  number: number;
  name: string;
  phone: string;
  email: string;
  archived_at_ms: number | null;
};
export type NewCustomer = { name: string; phone: string; email: string; note: string };

export const COLUMNS =
  'customer.customer_id, customer.number, customer.name, customer.phone, customer.email, customer.archived_at_ms';
const FIRST_NUMBER = 1001;

export const summaryOf = (row: CustomerRow): CustomerSummary => ({
  customer_id: row.customer_id as CustomerId,
  code: `C-${row.number}`,
  name: row.name,
  phone: row.phone,
  email: row.email,
  ...(row.archived_at_ms === null ? {} : { archived: true }),
});

export function addCustomer(ledger: Ledger, newId: () => string, person: NewCustomer, actor: string): CustomerSummary {
  const customer_id = newId();
  ledger.write(actor, write => insertCustomer(write, customer_id, person));
  return summaryOf(findCustomer(ledger.database, customer_id)!);
}

/** Adds one customer inside an open write; for adding many in one commit. */
export function insertCustomer(write: Write, customer_id: string, person: NewCustomer): void {
  const number = Number(
    sql(write.database, `SELECT coalesce(max(number) + 1, ${FIRST_NUMBER}) FROM customer`).pluck().get(),
  );
  write.fact('customer.added', { customer_id, number, personal: write.sealPersonal(customer_id, { ...person }) });
}

/** Throws customer_not_found. Nothing is written where nothing would change. */
export function changeCustomer(
  ledger: Ledger,
  customer_id: string,
  person: NewCustomer,
  actor: string,
): CustomerSummary {
  const { database } = ledger;
  ledger.write(actor, write => {
    const row = findCustomer(database, customer_id);
    if (!row) throw new AppError('customer_not_found');
    const { name, phone, email, note } = person;
    const known = [row.name, row.phone, row.email, noteOf(database, customer_id)];
    if (JSON.stringify(known) === JSON.stringify([name, phone, email, note])) return;
    write.fact('customer.changed', { customer_id, personal: write.sealPersonal(customer_id, { ...person }) });
  });
  return summaryOf(findCustomer(database, customer_id)!);
}

/** Puts a customer away, or takes them back. Throws customer_not_found. */
export function archiveCustomer(
  ledger: Ledger,
  customer_id: string,
  archived: boolean,
  actor: string,
): CustomerSummary {
  const { database } = ledger;
  ledger.write(actor, write => {
    const row = findCustomer(database, customer_id);
    if (!row) throw new AppError('customer_not_found');
    if ((row.archived_at_ms !== null) !== archived) write.fact('customer.archived', { customer_id, archived });
  });
  return summaryOf(findCustomer(database, customer_id)!);
}

const noteOf = (database: Database, customer_id: string): string =>
  String(sql(database, 'SELECT note FROM customer WHERE customer_id = ?').pluck().get(customer_id));

function findCustomer(database: Database, customer_id: string): CustomerRow | undefined {
  return sql(database, `SELECT ${COLUMNS} FROM customer WHERE customer_id = ?`).get(customer_id) as
    CustomerRow | undefined;
}

/** What Collect shows of a customer: who it is, what was received and not allocated, and the last payments. */
export function customerCard(database: Database, customer_id: string, now_ms: number): CustomerCard {
  const row = findCustomer(database, customer_id);
  if (!row) throw new AppError('customer_not_found');
  const { currency } = readSettings(database);
  const year = officeDay(database, now_ms).slice(0, 4);
  const unallocated = Number(
    sql(
      database,
      `SELECT coalesce(sum(unallocated.amount_minor), 0) FROM payment JOIN unallocated USING (attempt_id)
       WHERE payment.customer_id = ?`,
    )
      .pluck()
      .get(customer_id),
  );
  const paid = Number(
    sql(
      database,
      `SELECT coalesce(sum(amount_minor), 0) FROM payment
       WHERE customer_id = ? AND state IN ('recorded', 'completed') AND day >= ?`,
    )
      .pluck()
      .get(customer_id, `${year}-01-01`),
  );
  const recent = recentOf(database, customer_id, 10).map(payment => viewOf(database, payment, TOKEN_LIFE_MS));
  const last = recent.find(payment => payment.word === 'paid');
  return {
    customer: summaryOf(row),
    note: noteOf(database, customer_id),
    unallocated: money(unallocated, currency),
    paid_this_year: money(paid, currency),
    last_payment: last ? { amount: last.amount, day: last.day, happened_at_ms: last.happened_at_ms } : null,
    recent,
  };
}
