import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Ledger } from '../../../../main/ledger/ledger.ts';
import { systemRandom } from '../../../../main/platform/ids.ts';
import { copyAsLeft } from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
const copies: { folder: string; dispose: () => void }[] = [];
beforeEach(async () => {
  office = await TempOffice.create();
});
afterEach(async () => {
  for (const copy of copies.splice(0)) copy.dispose();
  await office.close();
});

/** What a power cut leaves of the office now. */
function left(): string {
  const copy = copyAsLeft(office.folder);
  copies.push(copy);
  return copy.folder;
}
const open = (folder: string): Ledger =>
  Ledger.open({
    file: join(folder, 'ledger.db'),
    anchorFolder: join(folder, 'anchors'),
    ledgerKey: office.ledgerKey,
    clock: office.clock,
    random: systemRandom,
  });
function opens(folder: string): number {
  const ledger = open(folder);
  const { seq } = ledger.head;
  ledger.close();
  return seq;
}
const refusal = (folder: string): string => {
  try {
    return `opened at ${opens(folder)}`;
  } catch (error) {
    return (error as { code: string }).code;
  }
};
/** Money is taken and the anchors follow. */
async function work(): Promise<void> {
  office.addCustomer('Walter Brandt');
  await (office.clock as FakeClock).advance(150);
  office.addCustomer('Grace Osei');
  await (office.clock as FakeClock).advance(150);
}
const anchor = (folder: string, copy: 'a' | 'b'): string => join(folder, 'anchors', `anchor-${copy}.json`);

describe('a ledger that lost what its anchors have seen is not opened', () => {
  test('control: as a power cut leaves it, it opens with everything', async () => {
    await work();
    expect(refusal(left())).toBe(`opened at ${office.ledger.head.seq}`);
  });

  test('the journal in the write-ahead log was removed', async () => {
    await work();
    const folder = left();
    rmSync(join(folder, 'ledger.db-wal'));
    rmSync(join(folder, 'ledger.db-shm'));
    expect(refusal(folder)).toBe('ledger_behind_anchor');
  });

  test('an older copy of the whole file was put back', async () => {
    const older = left();
    opens(older);
    await work();
    const folder = left();
    for (const ending of ['-wal', '-shm']) rmSync(join(folder, `ledger.db${ending}`));
    execFileSync('cp', [join(older, 'ledger.db'), join(folder, 'ledger.db')]);
    expect(refusal(folder)).toBe('ledger_behind_anchor');
  });

  test('an older copy was put back with its write-ahead log', async () => {
    office.addCustomer('Owen Cardona');
    const older = left();
    await work();
    const folder = left();
    for (const ending of ['', '-wal', '-shm']) {
      execFileSync('cp', [join(older, `ledger.db${ending}`), join(folder, `ledger.db${ending}`)]);
    }
    expect(refusal(folder)).toBe('ledger_behind_anchor');
  });

  test('the refusal names the record that is missing, and leaves the ledger as it was', async () => {
    await work();
    const folder = left();
    execFileSync('mv', [join(folder, 'ledger.db-wal'), join(folder, 'kept-wal')]);
    rmSync(join(folder, 'ledger.db-shm'));
    expect(() => open(folder)).toThrow(expect.objectContaining({ details: { seq: expect.any(Number) as number } }));
    execFileSync('mv', [join(folder, 'kept-wal'), join(folder, 'ledger.db-wal')]);
    expect(refusal(folder)).toBe(`opened at ${office.ledger.head.seq}`);
  });
});

describe('an anchor alone never stops an honest ledger', () => {
  test('one torn copy is survived, and the other still guards', async () => {
    await work();
    for (const torn of ['a', 'b'] as const) {
      const folder = left();
      const text = readFileSync(anchor(folder, torn), 'utf8');
      writeFileSync(anchor(folder, torn), text.slice(0, text.length / 2));
      expect(refusal(folder)).toBe(`opened at ${office.ledger.head.seq}`);
      const robbed = left();
      writeFileSync(anchor(robbed, torn), '{');
      rmSync(join(robbed, 'ledger.db-wal'));
      rmSync(join(robbed, 'ledger.db-shm'));
      expect(refusal(robbed)).toBe('ledger_behind_anchor');
    }
  });

  test('no anchors, and anchors of a fresh ledger, are fine', async () => {
    const folder = left();
    rmSync(join(folder, 'anchors'), { recursive: true });
    const ledger = open(folder);
    expect(ledger.head.seq).toBe(office.ledger.head.seq);
    ledger.write('desk', write => write.fact('setting.changed', { name: 'locale', value: 'en-GB' }));
    ledger.close();
    expect(readdirSync(join(folder, 'anchors')).sort()).toEqual(['anchor-a.json', 'anchor-b.json']);
  });

  test('an anchor that somebody wrote without the key proves nothing', async () => {
    await work();
    const folder = left();
    const forged = { ...(JSON.parse(readFileSync(anchor(folder, 'a'), 'utf8')) as object), seq: 999_999 };
    writeFileSync(anchor(folder, 'a'), JSON.stringify(forged));
    expect(refusal(folder)).toBe(`opened at ${office.ledger.head.seq}`);
  });

  test('after an orderly end both copies hold the head', () => {
    office.addCustomer('Priya Demir');
    const { seq, hash } = office.ledger.head;
    office.restart();
    for (const copy of ['a', 'b'] as const) {
      expect(JSON.parse(readFileSync(anchor(office.folder, copy), 'utf8'))).toMatchObject({
        seq,
        hash: hash.toString('hex'),
      });
    }
  });

  test('a full disk under the anchors stops no payment', async () => {
    rmSync(join(office.folder, 'anchors'), { recursive: true });
    writeFileSync(join(office.folder, 'anchors'), 'in the way');
    office.addCustomer('Elena Feldman');
    await (office.clock as FakeClock).advance(150);
    expect(office.bugs).toHaveLength(1);
    expect(office.ledger.head.seq).toBeGreaterThan(0);
    rmSync(join(office.folder, 'anchors'));
  });
});
