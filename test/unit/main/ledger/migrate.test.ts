import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate, SCHEMA_VERSION } from '../../../../main/ledger/migrate.ts';
import { defineMigration } from '../../../../main/ledger/migrations/migration.ts';
import { migrations } from '../../../../main/ledger/migrations/index.ts';
import { openDatabase, type Database } from '../../../../main/ledger/open.ts';
import { tempFolder } from '../../../support/builders.ts';
import { TempOffice } from '../../../support/temp-office.ts';

const key = randomBytes(32);
const temporary = tempFolder();
afterAll(temporary.dispose);
let file: string;
let count = 0;
beforeEach(() => {
  file = join(temporary.folder, `ledger-${(count += 1)}.db`);
});

const good = defineMigration({
  version: SCHEMA_VERSION + 10,
  name: 'good',
  up: 'CREATE TABLE drawer (a TEXT) STRICT;',
});
const bad = defineMigration({
  version: SCHEMA_VERSION + 20,
  name: 'bad',
  up: 'CREATE TABLE half (a TEXT) STRICT; INSERT INTO half VALUES (1); CREATE TABLE nonsense (;',
});
const tables = (database: Database): string[] =>
  database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all() as string[];
const versionOf = (database: Database): unknown => database.pragma('user_version', { simple: true });

function oldLedger(): Database {
  const database = openDatabase({ file, key, create: true });
  migrate(database, null);
  database.exec("INSERT INTO setting (name, value) VALUES ('office_name', 'before')");
  return database;
}

describe('migrations', () => {
  test('rise, and the newest is the schema version', () => {
    const versions = migrations.map(migration => migration.version as number);
    expect(versions).toEqual([...new Set(versions)].sort((left, right) => left - right));
    expect(SCHEMA_VERSION).toBe(migrations.at(-1)!.version);
  });

  test('a second run changes nothing and makes no copy', () => {
    const database = oldLedger();
    migrate(database, { file, key });
    expect(versionOf(database)).toBe(SCHEMA_VERSION);
    expect(existsSync(`${file}.before-${SCHEMA_VERSION}`)).toBe(false);
    database.close();
  });

  test('a whole copy that opens with the same key is made before the first step', () => {
    const database = oldLedger();
    migrate(database, { file, key }, [...migrations, good]);
    expect(versionOf(database)).toBe(SCHEMA_VERSION + 10);
    database.close();
    const copy = openDatabase({ file: `${file}.before-${SCHEMA_VERSION}`, key, readonly: true });
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(copy.pragma('cipher', { simple: true })).toBe('sqlcipher');
    expect(versionOf(copy)).toBe(SCHEMA_VERSION);
    expect(tables(copy)).not.toContain('drawer');
    expect(copy.prepare('SELECT value FROM setting').pluck().get()).toBe('before');
    copy.close();
    expect(() => openDatabase({ file: `${file}.before-${SCHEMA_VERSION}`, key: randomBytes(32) })).toThrow();
  });

  test('a step that fails leaves neither its tables nor its version, and can be tried again', () => {
    const database = oldLedger();
    expect(() => migrate(database, { file, key }, [...migrations, good, bad])).toThrow();
    expect(versionOf(database)).toBe(SCHEMA_VERSION + 10);
    expect(tables(database)).toContain('drawer');
    expect(tables(database)).not.toContain('half');
    expect(() => migrate(database, { file, key }, [...migrations, good, bad])).toThrow(/syntax|half|STRICT|datatype/i);
    const repaired = defineMigration({ ...bad, up: 'CREATE TABLE whole (a TEXT) STRICT;' });
    migrate(database, { file, key }, [...migrations, good, repaired]);
    expect(versionOf(database)).toBe(SCHEMA_VERSION + 20);
    database.close();
  });

  test('a migration that is tried again makes its copy again', () => {
    const database = oldLedger();
    const failing = defineMigration({ ...bad, version: SCHEMA_VERSION + 10 });
    expect(() => migrate(database, { file, key }, [...migrations, failing])).toThrow(
      /syntax|STRICT|datatype|cannot store/i,
    );
    migrate(database, { file, key }, [...migrations, good]);
    expect(versionOf(database)).toBe(SCHEMA_VERSION + 10);
    database.close();
  });

  test('a ledger of a newer app is refused and left as it is', async () => {
    const office = await TempOffice.create();
    const { database } = office.ledger;
    database.pragma(`user_version=${SCHEMA_VERSION + 10}`);
    const before = tables(database);
    expect(() => migrate(database, null)).toThrow(expect.objectContaining({ code: 'ledger_newer' }));
    expect(() => office.restart()).toThrow(expect.objectContaining({ code: 'ledger_newer' }));
    const { deriveKeys } = await import('../../../../main/ledger/keys.ts');
    const page = deriveKeys(office.ledgerKey).page;
    const after = openDatabase({ file: join(office.folder, 'ledger.db'), key: page });
    expect(tables(after)).toEqual(before);
    expect(versionOf(after)).toBe(SCHEMA_VERSION + 10);
    after.pragma(`user_version=${SCHEMA_VERSION}`);
    after.close();
    office.restart();
    await office.close();
  });
});
