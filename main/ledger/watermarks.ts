import { sql, type Database } from './open.ts';

/**
 * How many rows a table has and when each of them was last written, added up beside the table by triggers, so that every
 * writer keeps it up without knowing. A page that is whole and rightly encrypted may still be an older copy of itself: a
 * disk that never wrote the newer one, or somebody who put it back. Then rows are missing or carry an older time, and
 * the sums differ. The journal is counted too: an older page of the sums themselves, with tables to match, is behind it.
 */
type Sums = { readonly rows: number; readonly ticks: number };

/** What a table needs to be watched. `key` is its primary key; null for a table whose rows carry `seq` and never change. */
export function watched(table: string, key: string | null): string {
  const entry = `INSERT INTO watermark (name, rows, ticks, clock)
    SELECT '${table}', count(*), ${key === null ? 'coalesce(sum(seq), 0)' : '0'}, 0 FROM ${table};`;
  const marked = (event: string, change: string): string =>
    `CREATE TRIGGER ${table}_marked_${event} AFTER ${event} ON ${table} ${change} END;`;
  const sums = (change: string): string => `UPDATE watermark SET ${change} WHERE name = '${table}';`;
  if (key === null) {
    return `${entry}
    ${marked('insert', `BEGIN ${sums('rows = rows + 1, ticks = ticks + NEW.seq')}`)}
    ${marked('delete', `BEGIN ${sums('rows = rows - 1, ticks = ticks - OLD.seq')}`)}`;
  }
  const stamp = `UPDATE ${table} SET tick = (SELECT clock FROM watermark WHERE name = '${table}') WHERE ${key} = NEW.${key};`;
  return `ALTER TABLE ${table} ADD COLUMN tick INTEGER NOT NULL DEFAULT 0;
    ${entry}
    ${marked('insert', `BEGIN ${sums('clock = clock + 1, rows = rows + 1, ticks = ticks + clock + 1')} ${stamp}`)}
    ${marked('update', `WHEN NEW.tick = OLD.tick BEGIN ${sums('clock = clock + 1, ticks = ticks - OLD.tick + clock + 1')} ${stamp}`)}
    ${marked('delete', `BEGIN ${sums('rows = rows - 1, ticks = ticks - OLD.tick')}`)}`;
}

/** The tables that are not as they were left. Empty when all is well. `journal` was counted already. */
export function tablesOutOfStep(database: Database, journal: Sums): string[] {
  const marks = sql(database, 'SELECT name, rows, ticks FROM watermark').all() as ({ name: string } & Sums)[];
  return marks
    .filter(({ name, rows, ticks }) => {
      const found = name === 'journal' ? journal : sumsOf(database, name);
      return found.rows !== rows || found.ticks !== ticks;
    })
    .map(({ name }) => name);
}

function sumsOf(database: Database, table: string): Sums {
  const carries = columnsOf(database, table).includes(TICK) ? TICK : 'seq';
  // The table itself and none of its indexes, which are checked against it elsewhere.
  const text = `SELECT count(*) AS rows, coalesce(sum(${carries}), 0) AS ticks FROM ${table} NOT INDEXED`;
  return sql(database, text).get() as Sums;
}

/** After the projections were made anew: what is there now is how it is meant to be. */
export function settleWatermarks(database: Database): void {
  for (const name of sql(database, 'SELECT name FROM watermark').pluck().all() as string[]) {
    const { rows, ticks } = sumsOf(database, name);
    sql(database, 'UPDATE watermark SET rows = ?, ticks = ? WHERE name = ?').run(rows, ticks, name);
  }
}

/** When a row was written last. Not among what a table says, and different after a rebuild. */
const TICK = 'tick';

function columnsOf(database: Database, table: string): string[] {
  return (database.pragma(`table_info(${table})`) as { name: string }[]).map(column => column.name);
}

/** The columns that mean something. */
export const tellingColumns = (database: Database, table: string): string[] =>
  columnsOf(database, table).filter(name => name !== TICK);

/**
 * Lets the sums be, for a database that is thrown away or about to be filled anew. The answer puts the triggers back.
 * Without triggers a table is emptied as a whole, whatever an older page makes of the order of its rows.
 */
export function stopWatching(database: Database): () => void {
  const triggers = database
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_marked\\_%' ESCAPE '\\'")
    .all() as { name: string; sql: string }[];
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
  return () => {
    for (const { sql: text } of triggers) database.exec(text);
  };
}

/**
 * The first watched tables and their keys. A table that a later migration makes is watched there, with `watched`.
 * Not among them: the identity, the search index (made from the customers), the bookmarks of lists and the probe.
 */
const FIRST: readonly (readonly [table: string, key: string | null])[] = [
  ['journal', null],
  ['journal_subject', null],
  ['posting', null],
  ['payment', 'attempt_id'],
  ['square_payment', 'square_payment_id'],
  ['square_refund', 'square_refund_id'],
  ['lost_payment', 'attempt_id'],
  ['setting', 'name'],
  ['person', 'person_id'],
  ['customer', 'customer_id'],
  ['pending_request', 'attempt_id'],
  ['subject_key', 'subject_id'],
  ['secret', 'name'],
];

/** Part of the first migration. */
export const FIRST_WATERMARKS = `
    CREATE TABLE watermark (
      name TEXT PRIMARY KEY, rows INTEGER NOT NULL, ticks INTEGER NOT NULL, clock INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    ${FIRST.map(([table, key]) => watched(table, key)).join('\n')}`;
