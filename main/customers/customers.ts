import type { CustomerCard, CustomerSummary } from '../../common/contract/customers.ts';
import { AppError } from '../../common/errors.ts';
import type { CustomerId } from '../../common/ids.ts';
import { money } from '../../common/money.ts';
import { foldForSearch } from '../ledger/events/customer-added.ts';
import type { Ledger, Write } from '../ledger/ledger.ts';
import { sql, type Database } from '../ledger/open.ts';
import { officeDay, readSettings } from '../office/settings.ts';
import { recentOf, viewOf } from '../payments/queries.ts';
import { TOKEN_LIFE_MS } from '../payments/attempts.ts';

type Row = { customer_id: string; number: number; name: string; phone: string; email: string };
export type NewCustomer = { name: string; phone: string; email: string; note: string };

const COLUMNS = 'customer.customer_id, number, name, phone, email';
const FIRST_NUMBER = 1001;
/** A short word can be found in thousands of names. Only so many are looked at; typing one more letter narrows it. */
const LOOKED_AT = 400;

const summaryOf = (row: Row): CustomerSummary => ({
  customer_id: row.customer_id as CustomerId,
  code: `C-${row.number}`,
  name: row.name,
  phone: row.phone,
  email: row.email,
});

/** Finds customers by any part of name, telephone number, e-mail address or code, the best match first. */
export function searchCustomers(
  database: Database,
  text: string,
  limit: number,
): { found: CustomerSummary[]; more: boolean } {
  const words = foldForSearch(text)
    .split(/[\s\p{Cc}]+/u)
    .filter(word => word !== '');
  const rows = words.length === 0 ? lastAdded(database, limit + 1) : matches(database, words, limit + 1);
  return { found: rows.slice(0, limit).map(summaryOf), more: rows.length > limit };
}

function lastAdded(database: Database, limit: number): Row[] {
  return sql(database, `SELECT ${COLUMNS} FROM customer ORDER BY number DESC LIMIT ?`).all(limit) as Row[];
}

function matches(database: Database, words: readonly string[], limit: number): Row[] {
  const long = words.map(asSearched).filter(word => word.length >= 3);
  const candidates = long.length > 0 ? byTrigram(database, long) : byShortWord(database, words[0]!);
  const kept = candidates.filter(row => words.every(word => haystack(row).includes(asSearched(word))));
  return kept
    .sort((left, right) => rank(left, words) - rank(right, words) || left.name.localeCompare(right.name))
    .slice(0, limit);
}

/** A telephone number is stored as digits, so separators typed with it are dropped before looking. */
const asSearched = (word: string): string => (/^[\d().+-]+$/.test(word) ? word.replace(/\D/g, '') || word : word);

function byTrigram(database: Database, words: readonly string[]): Row[] {
  const query = words.map(word => `"${word.replaceAll('"', '""')}"`).join(' AND ');
  return sql(
    database,
    `SELECT ${COLUMNS} FROM (SELECT customer_id FROM customer_search WHERE customer_search MATCH ? LIMIT ${LOOKED_AT})
     JOIN customer USING (customer_id)`,
  ).all(query) as Row[];
}

/** One or two letters are too short for the index of letter triples: names that begin so first, then any that hold them. */
function byShortWord(database: Database, word: string): Row[] {
  const beginning = sql(
    database,
    `SELECT ${COLUMNS} FROM customer WHERE sort_name >= ? AND sort_name < ? ORDER BY sort_name LIMIT ${LOOKED_AT}`,
  ).all(word, `${word}\u{10ffff}`) as Row[];
  if (beginning.length === LOOKED_AT) return beginning;
  const within = sql(
    database,
    `SELECT ${COLUMNS} FROM customer WHERE instr(sort_name, ?) > 1 LIMIT ${LOOKED_AT - beginning.length}`,
  ).all(word) as Row[];
  return [...beginning, ...within];
}

const haystack = (row: Row): string =>
  [foldForSearch(row.name), row.phone.replace(/\D/g, ''), foldForSearch(row.email), `c-${row.number}`].join(' ');

/** A name that begins with what was typed comes first, then one with a word that does, then the rest. */
function rank(row: Row, words: readonly string[]): number {
  const name = foldForSearch(row.name);
  if (name.startsWith(words[0]!)) return 0;
  return name.split(' ').some(part => part.startsWith(words[0]!)) ? 1 : 2;
}

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

function findCustomer(database: Database, customer_id: string): Row | undefined {
  return sql(database, `SELECT ${COLUMNS} FROM customer WHERE customer_id = ?`).get(customer_id) as Row | undefined;
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
      `SELECT coalesce(sum(CASE WHEN credit_account = 'unallocated_receipts' THEN amount_minor ELSE -amount_minor END), 0)
       FROM posting WHERE customer_id = ? AND 'unallocated_receipts' IN (credit_account, debit_account)`,
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
    note: String(sql(database, 'SELECT note FROM customer WHERE customer_id = ?').pluck().get(customer_id)),
    unallocated: money(unallocated, currency),
    paid_this_year: money(paid, currency),
    last_payment: last ? { amount: last.amount, day: last.day, happened_at_ms: last.happened_at_ms } : null,
    recent,
  };
}
