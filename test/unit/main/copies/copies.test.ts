import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findCopies } from '../../../../main/copies/jobs.ts';
import { copyFile, folderName, manifestFile, readManifest } from '../../../../main/copies/manifest.ts';
import { EVERY_MONEY_FACTS } from '../../../../main/copies/copies.ts';
import { makeDice } from '../../../torture/dice.ts';
import { RestoreRig } from '../../../torture/restore-rig.ts';
import { forkWorker, workHere } from '../../../torture/restore-worker.ts';
import { countFacts, tempFolder, textsInFiles } from '../../../support/builders.ts';

const PERSON = 'person-of-the-test';
let rig: RestoreRig;
let dispose: () => void;
beforeEach(async () => {
  const temp = tempFolder('tillside-copies-');
  dispose = temp.dispose;
  const name = expect.getState().currentTestName ?? '';
  rig = await RestoreRig.create(
    temp.folder,
    makeDice(9, name),
    name.includes('child process') ? forkWorker() : workHere,
  );
});
afterEach(async () => {
  await rig.close();
  dispose();
});

const found = () => findCopies({ kind: 'find', folder: rig.copyFolder, ledger_id: null });
const place = (): string => join(rig.copyFolder, folderName(rig.ledger.identity));
const files = (): string[] => readdirSync(place()).sort();
/** Lets the desk's own clock run until it has made that many copies. While a child process works, the clock stands. */
async function untilCopied(count: number, newest_seq = 0): Promise<void> {
  const { copies } = rig.life;
  const done = (): boolean => found().length >= count && found()[0]!.manifest.head_seq > newest_seq;
  for (let tries = 0; !done() || copies.view().working; tries += 1) {
    if (tries > 900) throw new Error(`there are ${found().length} copies`);
    if (copies.view().working) await new Promise(resolve => setTimeout(resolve, 10));
    else await rig.clock.advance(1000);
  }
}

describe('a copy', () => {
  test('holds the head, the sums and the keys of its time, and tells so beside it', async () => {
    await rig.takeCash(12_00);
    await rig.settle();
    await rig.makeCopy();
    const [{ manifest, whole }] = found() as [ReturnType<typeof found>[0]];
    expect(whole).toBe(true);
    expect(manifest).toMatchObject({
      ...{ ledger_id: rig.ledger.identity.ledger_id, mode: 'training', desk: 'D1', incarnation: 1, payments: 1 },
      ...{ head_seq: rig.ledger.head.seq, head_hash: rig.ledger.head.hash.toString('hex') },
      sums: [{ currency: 'USD', postings: 1, sum: '1200' }],
    });
    expect(manifest.slots).toContain('"recovery"');
  });

  test('and what stands beside it give away no name, no key and no payment', async () => {
    await rig.takeCash(12_00);
    await rig.makeCopy();
    const secrets = ['Marisol', 'SQLite format', rig.keys.ledgerKey, rig.recoveryText, 'tender.recorded', 'D1-000001'];
    expect(textsInFiles(rig.copyFolder, secrets)).toEqual([]);
  });

  test('is made while money is taken, and holds one state of it', async () => {
    const copying = rig.makeCopy();
    for (let count = 1; count <= 20; count += 1) await rig.takeCash(count * 100);
    await copying;
    const [{ manifest }] = found() as [ReturnType<typeof found>[0]];
    const sum = rig.ledger.database
      .prepare('SELECT coalesce(sum(amount_minor), 0) FROM posting WHERE seq <= ?')
      .pluck()
      .get(manifest.head_seq);
    expect(manifest.sums.map(one => one.sum).join('') || '0').toBe(String(sum));
  });

  test('is made after every 25 payments, and when the day has changed', async () => {
    await rig.makeCopy();
    for (let count = 1; count < EVERY_MONEY_FACTS; count += 1) await rig.takeCash(count * 100);
    await rig.clock.advance(10_000);
    expect(found()).toHaveLength(1);
    const copied = found()[0]!.manifest.head_seq;
    await rig.takeCash(99_00);
    await untilCopied(1, copied);
    await rig.takeCash(100_00);
    rig.clock.jump(24 * 3600_000);
    await untilCopied(2);
    expect(found()[0]!.manifest.payments).toBe(EVERY_MONEY_FACTS + 1);
  });
});

describe('what is no copy', () => {
  test.each(['.partial', '.new'])(
    'a file that was left unfinished as %s is not found, and is swept away',
    async ending => {
      await rig.makeCopy();
      writeFileSync(join(place(), `1${ending}`), 'half');
      expect(found()).toHaveLength(1);
      await rig.takeCash(1_00);
      await rig.makeCopy();
      expect(files().some(name => name.endsWith(ending))).toBe(false);
    },
  );

  test('a whole file whose description was never written is none, and is swept away', async () => {
    await rig.makeCopy();
    const [{ manifest }] = found() as [ReturnType<typeof found>[0]];
    rmSync(join(place(), manifestFile(manifest.copy_id)));
    expect(found()).toEqual([]);
    await rig.makeCopy();
    expect(files()).toHaveLength(2);
  });

  test('a description with one changed letter is none', async () => {
    await rig.makeCopy();
    const [{ manifest }] = found() as [ReturnType<typeof found>[0]];
    const text = readFileSync(join(place(), manifestFile(manifest.copy_id)), 'utf8');
    expect(readManifest(text)).not.toBeNull();
    expect(readManifest(text.replace('"payments": 0', '"payments": 1'))).toBeNull();
    expect(readManifest(text.slice(0, -10))).toBeNull();
  });

  test('a copy with one changed byte is refused, and the office stays as it is', async () => {
    await rig.takeCash(1_00);
    await rig.makeCopy();
    const [{ manifest }] = found() as [ReturnType<typeof found>[0]];
    const file = join(place(), copyFile(manifest.copy_id));
    const bytes = readFileSync(file);
    bytes[bytes.length - 100]! ^= 1;
    writeFileSync(file, bytes);
    await rig.restore.find(rig.copyFolder);
    await expect(rig.restore.begin(0, rig.recoveryText)).rejects.toMatchObject({ code: 'copy_not_whole' });
    expect(readdirSync(rig.dataFolder)).not.toContain('training.restoring');
    await expect(rig.life.copies.test(rig.recoveryText, PERSON)).rejects.toMatchObject({ code: 'copy_not_whole' });
  });
});

describe('a folder that is away', () => {
  test('is said, tried again later, and stops no payment', async () => {
    await rig.makeCopy();
    renameSync(rig.copyFolder, `${rig.copyFolder}-away`);
    await expect(rig.life.copies.make()).rejects.toMatchObject({ code: 'copy_folder_away' });
    const { first } = rig.life.copies.view();
    expect(first?.trouble).toMatchObject({ code: 'copy_folder_away' });
    expect(first?.last).not.toBeNull();
    expect((await rig.takeCash(5_00)).word).toBe('paid');
    expect(existsSync(rig.copyFolder)).toBe(false);
    renameSync(`${rig.copyFolder}-away`, rig.copyFolder);
    rig.clock.jump(25 * 3600_000);
    await untilCopied(2);
    expect(rig.life.copies.view().first?.trouble).toBeNull();
  });

  test('of two, the other one still gets its copy', async () => {
    const second = `${rig.copyFolder}-2`;
    mkdirSync(second);
    await rig.makeCopy();
    await rig.life.copies.choose('second', second, PERSON);
    rmSync(second, { recursive: true });
    await rig.takeCash(5_00);
    await expect(rig.life.copies.make()).rejects.toMatchObject({ code: 'copy_folder_away' });
    expect(rig.life.copies.view()).toMatchObject({ first: { trouble: null }, not_copied: 0 });
  });

  test('a place that cannot be written to is away as well', async () => {
    const file = `${rig.copyFolder}-file`;
    writeFileSync(file, '');
    await expect(rig.life.copies.choose('first', file, PERSON)).rejects.toMatchObject({ code: 'copy_folder_away' });
  });
});

describe('test my backup', () => {
  test('says what would come back and what would be missing, and journals it', async () => {
    await rig.takeCash(1_00);
    await rig.makeCopy();
    expect(rig.life.copies.view()).toMatchObject({ tested: null, test_due: true });
    await rig.takeCash(2_00);
    await rig.takeCash(3_00);
    await rig.life.copies.test(rig.recoveryText.toLowerCase(), PERSON);
    expect(rig.life.copies.view()).toMatchObject({
      tested: { payments: 1, missing: 2, by: 'Marisol Ortiz' },
      test_due: false,
    });
    expect(countFacts(rig.ledger.database, 'copy.tested')).toBe(1);
    expect(existsSync(join(rig.dataFolder, 'training.testing'))).toBe(false);
    rig.clock.jump(366 * 24 * 3600_000);
    expect(rig.life.copies.view().test_due).toBe(true);
  });

  test('a wrong key proves nothing, and nothing is left of it', async () => {
    await rig.makeCopy();
    const wrong = rig.recoveryText.replace(/^./, letter => (letter === '7' ? '8' : '7'));
    await expect(rig.life.copies.test(wrong, PERSON)).rejects.toMatchObject({ code: 'recovery_key_wrong' });
    expect(countFacts(rig.ledger.database, 'copy.tested')).toBe(0);
    expect(existsSync(join(rig.dataFolder, 'training.testing'))).toBe(false);
  });

  test('control: a copy of another past of the same ledger is not taken for this one', async () => {
    await rig.takeCash(1_00);
    await rig.makeCopy();
    const before = `${rig.dataFolder}-before`;
    await rig.die();
    cpSync(rig.office, before, { recursive: true });
    await rig.open();
    await rig.takeCash(2_00);
    await rig.makeCopy();
    await rig.die();
    // The folder is put back to an earlier state, and its anchors with it; then it lives on differently.
    rmSync(rig.office, { recursive: true });
    cpSync(before, rig.office, { recursive: true });
    await rig.open();
    await rig.takeCash(77_00);
    await expect(rig.life.copies.test(rig.recoveryText, PERSON)).rejects.toMatchObject({ code: 'copy_differs' });
  });

  test('without a copy there is nothing to test', async () => {
    await expect(rig.life.copies.test(rig.recoveryText, PERSON)).rejects.toMatchObject({ code: 'copy_none' });
  });
});

test('the key is in no argument and in no variable of the child process', async () => {
  const seen: string[] = [];
  const copying = rig.makeCopy();
  for (let look = 0; look < 40; look += 1) {
    try {
      seen.push(
        execFileSync('sh', ['-c', 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null || true'], {
          encoding: 'latin1',
        }),
      );
    } catch {
      // A process that ended in between.
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  await copying;
  const { page, field } = rig.ledger.keys;
  expect(seen.some(text => text.includes('copies-worker'))).toBe(true);
  for (const key of [page.toString('hex'), field.toString('hex'), rig.keys.ledgerKey]) {
    expect(seen.some(text => text.includes(key))).toBe(false);
  }
});
