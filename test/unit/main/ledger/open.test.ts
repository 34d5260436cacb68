import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../../../main/ledger/migrate.ts';
import { openDatabase, openScratchDatabase, type Database } from '../../../../main/ledger/open.ts';
import { tempFolder } from '../../../support/builders.ts';

const temporary = tempFolder();
const file = join(temporary.folder, 'ledger.db');
const key = randomBytes(32);
afterAll(temporary.dispose);

/** What the ledger's promises rest on; each of these is off or weaker by the engine's own default. */
const REQUIRED: Record<string, unknown> = {
  cipher: 'sqlcipher',
  journal_mode: 'wal',
  synchronous: 2,
  temp_store: 2,
  foreign_keys: 1,
  recursive_triggers: 1,
  trusted_schema: 0,
  secure_delete: 1,
  cell_size_check: 1,
  mmap_size: 0,
};
const pragmasOf = (database: Database): Record<string, unknown> =>
  Object.fromEntries(Object.keys(REQUIRED).map(name => [name, database.pragma(name, { simple: true })]));

const GENESIS = `INSERT INTO journal VALUES ('D1', 1, 1, 'setting.changed', 1, 'a', 1, 1, '{}', zeroblob(32), zeroblob(32))`;

beforeAll(() => {
  const database = openDatabase({ file, key, create: true });
  migrate(database, null);
  expect(pragmasOf(database)).toEqual(REQUIRED);
  database.exec(GENESIS);
  database.exec("INSERT INTO posting VALUES ('D1', 1, 1, 1, 'bank', 'revenue', NULL, 5, 'USD', '2026-01-15')");
  database.close();
});

describe('every pragma holds', () => {
  test('on an opened ledger, and on one that is opened again and again', () => {
    for (let round = 0; round < 3; round += 1) {
      const database = openDatabase({ file, key });
      expect(pragmasOf(database)).toEqual(REQUIRED);
      database.close();
    }
  });

  test('on a ledger that is opened to read, which can then not be written', () => {
    const database = openDatabase({ file, key, readonly: true });
    expect(pragmasOf(database)).toEqual(REQUIRED);
    expect(() => database.exec('DELETE FROM posting')).toThrow(/readonly/);
    database.close();
  });

  test('beside another connection that has the ledger open', () => {
    const owner = openDatabase({ file, key });
    const reader = openDatabase({ file, key, readonly: true });
    expect(pragmasOf(reader)).toEqual(REQUIRED);
    expect(reader.prepare('SELECT count(*) FROM journal').pluck().get()).toBe(1);
    reader.close();
    owner.close();
  });

  test('in the scratch ledger, as far as they mean something in memory', () => {
    const database = openScratchDatabase();
    for (const name of ['foreign_keys', 'recursive_triggers', 'trusted_schema', 'secure_delete', 'cell_size_check']) {
      expect(database.pragma(name, { simple: true }), name).toBe(REQUIRED[name]);
    }
    database.close();
  });
});

describe('the journal of a reopened ledger only grows', () => {
  test.each([
    ["UPDATE journal SET body = '{}'"],
    ['UPDATE OR REPLACE journal SET seq = 1'],
    ['DELETE FROM journal'],
    ['DELETE FROM journal WHERE seq = 1'],
    [GENESIS.replace('INSERT', 'INSERT OR REPLACE').replace("'{}'", `'{"x":1}'`)],
    [GENESIS.replace('INSERT', 'REPLACE')],
    [`${GENESIS} ON CONFLICT DO UPDATE SET body = 'x'`],
  ])('%s', statement => {
    const database = openDatabase({ file, key });
    expect(() => database.exec(statement)).toThrow('the journal only grows');
    expect(database.prepare('SELECT body FROM journal').pluck().all()).toEqual(['{}']);
    database.close();
  });
});

describe('what cannot be true is refused by the tables themselves', () => {
  test.each([
    ["INSERT INTO posting VALUES ('D1', 1, 2, 1, 'bank', 'bank', NULL, 5, 'USD', '2026-01-15')", /CHECK/],
    ["INSERT INTO posting VALUES ('D1', 1, 2, 1, 'bank', 'revenue', NULL, 0, 'USD', '2026-01-15')", /CHECK/],
    ["INSERT INTO posting VALUES ('D1', 1, 2, 1, 'bank', 'revenue', NULL, -5, 'USD', '2026-01-15')", /CHECK/],
    [
      "INSERT INTO posting VALUES ('D1', 1, 2, 1, 'bank', 'revenue', NULL, 9007199254740992, 'USD', '2026-01-15')",
      /CHECK/,
    ],
    ["INSERT INTO posting VALUES ('D1', 1, 2, 1, 'bank', 'revenue', NULL, 1.5, 'USD', '2026-01-15')", /REAL/],
    ["INSERT INTO posting VALUES ('D1', 1, 2, 1, 'bank', 'revenue', NULL, 'five', 'USD', '2026-01-15')", /TEXT/],
    ["INSERT INTO posting VALUES ('D1', 1, 2, 1, 'bank', 'revenue', NULL, 5, 'US', '2026-01-15')", /CHECK/],
    ["INSERT INTO posting VALUES ('D1', 1, 2, 1, 'bank', 'revenue', NULL, 5, 'USD', 'today')", /CHECK/],
    ["INSERT INTO posting VALUES ('D1', 1, 1, 1, 'bank', 'revenue', NULL, 5, 'USD', '2026-01-15')", /UNIQUE/],
    ["INSERT INTO journal VALUES ('D1', 1, 0, 't', 1, 'a', 1, 1, '{}', zeroblob(32), zeroblob(32))", /CHECK/],
    ["INSERT INTO journal VALUES ('D1', 1, 2, 't', 1, 'a', 1, 1, '{}', zeroblob(31), zeroblob(32))", /CHECK/],
    ["INSERT INTO journal VALUES ('D1', 1, 2, 't', 1, 'a', 1, 1, '{}', zeroblob(32), zeroblob(33))", /CHECK/],
    ["INSERT INTO journal VALUES ('D1', 1, 2, 't', 1, 'a', 'noon', 1, '{}', zeroblob(32), zeroblob(32))", /TEXT/],
    ["INSERT INTO ledger_identity VALUES (2, 'x', 'training', 'D1', 1, 0, 1)", /CHECK/],
    ["INSERT INTO ledger_identity VALUES (1, 'x', 'play', 'D1', 1, 0, 1)", /CHECK/],
    ["INSERT INTO setting (name, value) VALUES ('a', NULL)", /NOT NULL/],
  ])('%s', (statement, why) => {
    const database = openDatabase({ file, key });
    expect(() => database.exec(statement)).toThrow(why);
    database.close();
  });
});

describe('opening is refused', () => {
  test('with a wrong key, and the ledger is not harmed by the try', () => {
    expect(() => openDatabase({ file, key: randomBytes(32) })).toThrow(
      expect.objectContaining({ code: 'ledger_damaged' }),
    );
    const database = openDatabase({ file, key });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  });

  test('when there is no ledger, and none is made', () => {
    const nowhere = join(temporary.folder, 'none.db');
    for (const readonly of [false, true]) {
      expect(() => openDatabase({ file: nowhere, key, readonly })).toThrow(
        expect.objectContaining({ code: 'ledger_missing' }),
      );
    }
    expect(existsSync(nowhere)).toBe(false);
  });

  test('with a key of another length', () => {
    expect(() => openDatabase({ file, key: randomBytes(16) })).toThrow('32 bytes');
  });
});
