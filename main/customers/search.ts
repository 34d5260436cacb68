import type { CustomerSummary } from '../../common/contract/customers.ts';
import { parseAmount } from '../../common/money.ts';
import { foldForSearch } from '../ledger/events/customer-added.ts';
import { sql, type Database } from '../ledger/open.ts';
import { readSettings } from '../office/settings.ts';
import { COLUMNS, summaryOf, type CustomerRow } from './customers.ts';

/** A short word can be found in thousands of names. Only so many are looked at; typing one more letter narrows it. */
const LOOKED_AT = 400;

type Found = CustomerRow & { readonly because?: CustomerSummary['because'] };

/**
 * Finds customers by any part of name, telephone number, e-mail address or code, the best match first; then by an
 * invoice's number, by an amount that is owed or was paid, and by the last four digits of a card they paid with.
 */
export function searchCustomers(
  database: Database,
  text: string,
  limit: number,
  archived = false,
): { found: CustomerSummary[]; more: boolean } {
  const words = foldForSearch(text)
    .split(/[\s\p{Cc}]+/u)
    .filter(word => word !== '');
  const wanted: Wanted = { limit: limit + 1, archived };
  const rows = words.length === 0 ? lastAdded(database, wanted) : matches(database, words, wanted);
  const only = words.length === 1 && rows.length < wanted.limit ? byMoney(database, text.trim(), wanted) : [];
  const known = new Set(rows.map(row => row.customer_id));
  const all: Found[] = [...rows, ...only.filter(row => !known.has(row.customer_id))];
  const found = all.slice(0, limit).map(row => ({
    ...summaryOf(row),
    ...(row.because === undefined ? {} : { because: row.because }),
  }));
  return { found, more: all.length > limit };
}

type Wanted = { readonly limit: number; readonly archived: boolean };
/** In SQL: those who were put away are left out unless they are asked for. */
const HERE = '(customer.archived_at_ms IS NULL OR @archived = 1)';
const flag = ({ archived }: Wanted) => ({ archived: archived ? 1 : 0 });

/** What is typed alone and holds a digit may be an invoice, an amount or a card. Each customer once, for the first of them. */
function byMoney(database: Database, text: string, wanted: Wanted): Found[] {
  if (!/\d/.test(text) || text.length < 2) return [];
  const parsed = parseAmount(text, readSettings(database).currency);
  const values = { ...flag(wanted), text: text.toLowerCase(), minor: 'money' in parsed ? parsed.money.minor : -1 };
  const read = (from: string): (CustomerRow & { what: Because['what']; told: string })[] =>
    sql(database, `SELECT ${COLUMNS}, ${from} AND ${HERE} LIMIT ${LOOKED_AT}`).all(values) as never;
  const rows = [
    ...read(`'invoice' AS what, invoice.number AS told FROM invoice JOIN customer USING (customer_id)
             WHERE instr(lower(invoice.number), @text) > 0`),
    ...read(`'open_amount' AS what, invoice.number AS told FROM invoice JOIN customer USING (customer_id)
             WHERE total_minor - paid_minor = @minor AND voided_at_ms IS NULL`),
    ...read(`'card' AS what, card_brand || ' ' || card_last4 AS told FROM payment JOIN customer USING (customer_id)
             WHERE card_last4 = @text`),
    ...read(`'payment_amount' AS what, receipt_number AS told FROM payment JOIN customer USING (customer_id)
             WHERE amount_minor = @minor AND receipt_number IS NOT NULL`),
  ];
  const first = new Map<string, Found>();
  for (const { what, told, ...row } of rows) {
    if (!first.has(row.customer_id)) first.set(row.customer_id, { ...row, because: { what, text: told } });
  }
  return [...first.values()].slice(0, wanted.limit);
}
type Because = NonNullable<CustomerSummary['because']>;

function lastAdded(database: Database, wanted: Wanted): CustomerRow[] {
  return sql(database, `SELECT ${COLUMNS} FROM customer WHERE ${HERE} ORDER BY number DESC LIMIT @limit`).all({
    ...{ limit: wanted.limit, ...flag(wanted) },
  }) as CustomerRow[];
}

function matches(database: Database, words: readonly string[], wanted: Wanted): CustomerRow[] {
  const long = words.map(asSearched).filter(word => word.length >= 3);
  const candidates = long.length > 0 ? byTrigram(database, long, wanted) : byShortWord(database, words[0]!, wanted);
  const kept = candidates.filter(row => words.every(word => haystack(row).includes(asSearched(word))));
  return kept
    .sort((left, right) => rank(left, words) - rank(right, words) || left.name.localeCompare(right.name))
    .slice(0, wanted.limit);
}

/** A telephone number is stored as digits, so separators typed with it are dropped before looking. */
const asSearched = (word: string): string => (/^[\d().+-]+$/.test(word) ? word.replace(/\D/g, '') || word : word);

function byTrigram(database: Database, words: readonly string[], wanted: Wanted): CustomerRow[] {
  const query = words.map(word => `"${word.replaceAll('"', '""')}"`).join(' AND ');
  return sql(
    database,
    `SELECT ${COLUMNS} FROM (SELECT customer_id FROM customer_search WHERE customer_search MATCH @query LIMIT ${LOOKED_AT})
     JOIN customer USING (customer_id) WHERE ${HERE}`,
  ).all({ query, ...flag(wanted) }) as CustomerRow[];
}

/** One or two letters are too short for the index of letter triples: names that begin so first, then any that hold them. */
function byShortWord(database: Database, word: string, wanted: Wanted): CustomerRow[] {
  const values = { word, end: `${word}\u{10ffff}`, ...flag(wanted) };
  const beginning = sql(
    database,
    `SELECT ${COLUMNS} FROM customer WHERE sort_name >= @word AND sort_name < @end AND ${HERE}
     ORDER BY sort_name LIMIT ${LOOKED_AT}`,
  ).all(values) as CustomerRow[];
  if (beginning.length === LOOKED_AT) return beginning;
  const within = sql(
    database,
    `SELECT ${COLUMNS} FROM customer WHERE instr(sort_name, @word) > 1 AND ${HERE}
     LIMIT ${LOOKED_AT - beginning.length}`,
  ).all({ word, ...flag(wanted) }) as CustomerRow[];
  return [...beginning, ...within];
}

const haystack = (row: CustomerRow): string =>
  [foldForSearch(row.name), row.phone.replace(/\D/g, ''), foldForSearch(row.email), `c-${row.number}`].join(' ');

/** A name that begins with what was typed comes first, then one with a word that does, then the rest. */
function rank(row: CustomerRow, words: readonly string[]): number {
  const name = foldForSearch(row.name);
  if (name.startsWith(words[0]!)) return 0;
  return name.split(' ').some(part => part.startsWith(words[0]!)) ? 1 : 2;
}
