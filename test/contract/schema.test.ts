import { expect, test } from 'vitest';
import { migrate, SCHEMA_VERSION } from '../../main/ledger/migrate.ts';
import { PROJECTIONS } from '../../main/ledger/events/index.ts';
import { openScratchDatabase, type Database } from '../../main/ledger/open.ts';

/** The tables as every ledger has them. Shipped migrations are frozen: a difference needs a new one, never an edit. */
function schemaOf(database: Database): string {
  const rows = database
    .prepare(
      "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'customer_search_%' ORDER BY type, name",
    )
    .all() as { type: string; name: string; sql: string }[];
  const body = rows.map(({ type, name, sql }) => `-- ${type} ${name}\n${sql.replace(/\s+/g, ' ')};`).join('\n\n');
  return `-- Schema version ${SCHEMA_VERSION}\n\n${body}\n`;
}

function migrated(): Database {
  const database = openScratchDatabase();
  migrate(database, null);
  return database;
}

test('a new ledger has exactly the committed schema', async () => {
  await expect(schemaOf(migrated())).toMatchFileSnapshot('./schema.sql');
});

test('every table is STRICT, but for the search index, which cannot be', () => {
  const tables = migrated().pragma('table_list') as { schema: string; name: string; type: string; strict: number }[];
  const loose = tables.filter(
    table => table.schema === 'main' && table.strict === 0 && !table.name.startsWith('sqlite_'),
  );
  expect(loose.map(table => table.name).filter(name => !name.startsWith('customer_search'))).toEqual([]);
});

test('every table is the journal, kept beside it on purpose, or a projection that a rebuild makes anew', () => {
  const names = migrated().prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
  const kept = [
    'journal',
    'ledger_identity',
    'subject_key',
    'pending_request',
    'secret',
    'sync_cursor',
    'watermark',
    'probe',
  ];
  const known = new Set<string>([...kept, ...PROJECTIONS]);
  expect(names.filter(name => !known.has(name) && !name.startsWith('customer_search_'))).toEqual([]);
  expect([...known].filter(name => !names.includes(name))).toEqual([]);
});

test('every table is watched for older copies of its pages, but for those that say nothing of their own', () => {
  const database = migrated();
  const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
  const watched = database.prepare('SELECT name FROM watermark').pluck().all() as string[];
  const aside = ['ledger_identity', 'watermark', 'sync_cursor', 'probe'];
  const loose = names.filter(name => !name.startsWith('customer_search') && !name.startsWith('sqlite_'));
  expect(loose.filter(name => !watched.includes(name)).sort()).toEqual(aside.sort());
});
