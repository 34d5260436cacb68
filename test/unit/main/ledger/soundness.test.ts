import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deriveKeys } from '../../../../main/ledger/keys.ts';
import type { Ledger } from '../../../../main/ledger/ledger.ts';
import { openDatabase } from '../../../../main/ledger/open.ts';
import { checkItself } from '../../../../main/ledger/self-check.ts';
import { PROJECTIONS } from '../../../../main/ledger/events/index.ts';
import { silentLog } from '../../../../main/platform/log.ts';
import { openFolder } from '../../../../main/staff/office-folder.ts';
import { cardOf, cashOf } from '../../../support/builders.ts';
import { TempOffice } from '../../../support/temp-office.ts';

/** What older copies of single pages do, played row by row: the row is as it was, and so is the time of its last change. */
let office: TempOffice;
let ledger: Ledger | undefined;
let release = (): void => {};
let folder: string;

beforeEach(async () => {
  office = await TempOffice.create();
  await office.take(cardOf(office, { again_because: 'first' }));
  await office.take(cashOf(office, { again_because: 'second' }));
  await office.settle();
  folder = `${office.folder}-closed`;
  office.restart();
  // Copied by another process: the owner of a ledger must not open its files in any other way.
  execFileSync('cp', ['-R', office.folder, folder]);
});
afterEach(async () => {
  ledger?.database.close();
  ledger = undefined;
  release();
  await office.close();
  execFileSync('rm', ['-r', folder]);
});

/** Changes the closed ledger without anybody counting. */
function tamper(text: string): void {
  const database = openDatabase({ file: join(folder, 'ledger.db'), key: deriveKeys(office.ledgerKey).page });
  database.pragma('recursive_triggers=OFF');
  const triggers = database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
  database.exec(text);
  for (const { sql: made } of triggers) database.exec(made);
  database.close();
}

function open(): Ledger {
  const tools = { clock: office.clock, random: office.random, deviceSecrets: office.deviceSecrets };
  const opened = openFolder(folder, office.ledgerKey, { ...tools, onAnchorFailure: () => {} });
  release = opened.release;
  ledger = opened.ledger;
  return ledger;
}

const states = (of: Ledger): unknown[] =>
  of.database.prepare('SELECT state FROM payment ORDER BY number').pluck().all();
const rename = (of: Ledger): void =>
  of.write('owner', write => write.fact('setting.changed', { name: 'office_name', value: 'Other' }));

describe('an older copy of a page', () => {
  test('an untouched ledger is sound, and its check finds nothing', async () => {
    const opened = open();
    expect(opened.unsound).toEqual([]);
    expect(await checkItself(opened, silentLog)).toMatchObject({ ok: true, differing: [] });
  });

  test('is mended while other work has its turn, and one that is cut short has changed nothing', async () => {
    const before = open();
    for (let number = 0; number < 1200; number += 1) {
      before.write('owner', write => write.fact('setting.changed', { name: 'office_name', value: `Name ${number}` }));
    }
    before.close();
    release();
    tamper("UPDATE payment SET state = 'ready', receipt_number = NULL, tick = 1 WHERE tender = 'card'");
    const opened = open();
    const cut = opened.mend({
      progress: done => {
        if (done === 1000 && opened.database.inTransaction) throw new Error('cut short');
      },
    });
    await expect(cut).rejects.toThrow('cut short');
    expect([states(opened), opened.unsound]).toEqual([['ready', 'recorded'], ['payment']]);
    let turns = 0;
    let running = true;
    const otherWork = (): void => {
      turns += 1;
      if (running) setImmediate(otherWork);
    };
    const turnsAt: number[] = [];
    otherWork();
    await opened.mend({ progress: () => void (opened.database.inTransaction && turnsAt.push(turns)) });
    running = false;
    // After 500 and 1,000 records, and at the end of the last step.
    expect(turnsAt).toHaveLength(3);
    expect(turnsAt[1]).toBeGreaterThan(turnsAt[0]!);
    expect(turnsAt[2]).toBeGreaterThan(turnsAt[1]!);
    expect([states(opened), opened.unsound]).toEqual([['completed', 'recorded'], []]);
  });

  test('of the payments stops every word about money until they are made anew', async () => {
    tamper("UPDATE payment SET state = 'ready', receipt_number = NULL, tick = 1 WHERE tender = 'card'");
    const opened = open();
    expect(opened.unsound).toEqual(['payment']);
    expect(() => rename(opened)).toThrow(expect.objectContaining({ code: 'ledger_damaged' }));
    await opened.mend();
    expect(states(opened)).toEqual(['completed', 'recorded']);
    rename(opened);
    expect(await checkItself(opened, silentLog)).toMatchObject({ ok: true });
  });

  test.each(PROJECTIONS.filter(table => table !== 'customer_search'))(
    'of %s, with rows missing, is noticed wherever there were any',
    table => {
      const before = office.ledger.database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
      tamper(`DELETE FROM ${table}`);
      expect(open().unsound).toEqual(before === 0 ? [] : [table]);
    },
  );

  test('of what the journal cannot bring back is refused', () => {
    tamper('DELETE FROM subject_key');
    expect(open).toThrow(expect.objectContaining({ code: 'ledger_damaged', details: { table: 'subject_key' } }));
  });

  test('of the sums themselves is refused, because they then prove nothing', () => {
    tamper('UPDATE watermark SET rows = rows - 1, ticks = ticks - 3');
    expect(open).toThrow(expect.objectContaining({ code: 'ledger_damaged' }));
  });
});

describe('the check of a running desk', () => {
  test('mends what no sum is kept of, and goes on', async () => {
    await office.addCustomer('Ines Moreau');
    const opened = office.ledger;
    opened.database.exec('DELETE FROM customer_search');
    expect(await checkItself(opened, silentLog)).toMatchObject({ ok: false, differing: ['customer_search'] });
    expect(opened.database.prepare('SELECT count(*) FROM customer_search').pluck().get()).toBe(1);
    rename(opened);
  });

  test('ends the taking of money when the journal is wrong, and says what it found', async () => {
    tamper("UPDATE journal SET actor = 'somebody' WHERE seq = 3");
    const opened = open();
    const said: unknown[] = [];
    opened.onCondemned(error => said.push(error));
    await checkItself(opened, silentLog);
    expect(said).toEqual([expect.objectContaining({ code: 'ledger_damaged' })]);
    expect(String((said[0] as { details: { journal: string } }).details.journal)).toContain('Record D1/1/3');
    expect(() => rename(opened)).toThrow(expect.objectContaining({ code: 'ledger_damaged' }));
  });
});
