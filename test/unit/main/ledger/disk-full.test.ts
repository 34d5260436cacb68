import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Ledger } from '../../../../main/ledger/ledger.ts';
import { openDatabase, sql } from '../../../../main/ledger/open.ts';
import { deriveKeys } from '../../../../main/ledger/keys.ts';
import { verify } from '../../../../main/ledger/verify.ts';
import { systemRandom } from '../../../../main/platform/ids.ts';
import { copyAsLeft, openNothing, tempFolder } from '../../../support/builders.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

/** A disk of its own that really runs full. Needs the right to mount one. */
const mountPoint = tempFolder('tillside-disk-');
const mounted = mount();
if (!mounted) process.stdout.write('NOT RUN: a ledger on a really full disk (no right to mount a tmpfs)\n');

function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tillside-test', mountPoint.folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!mounted)('a really full disk', () => {
  const ledgerKey = randomBytes(32);
  const { folder } = mountPoint;
  const options = {
    file: join(folder, 'ledger.db'),
    anchorFolder: join(folder, 'anchors'),
    ledgerKey,
    clock: createFakeClock(),
    random: systemRandom,
    onAnchorFailure: () => {},
  };
  let acknowledged = 0;
  let ledger: Ledger;
  const add = (): void => {
    ledger.write('desk', write =>
      write.fact('setting.changed', { name: 'office_name', value: `${acknowledged + 1} ${'x'.repeat(4000)}` }),
    );
    acknowledged += 1;
  };
  beforeAll(() => {
    ledger = Ledger.create(options, { ledger_id: 'full', mode: 'training', desk: 'D1', incarnation: 1 });
  });
  afterAll(() => {
    if (ledger.database.open) ledger.database.close();
    execFileSync('umount', [folder]);
    mountPoint.dispose();
  });

  test('refuses the write that does not fit, by name, and keeps every fact that was acknowledged', async () => {
    const fill = (): void => {
      for (let index = 0; index < 2000; index += 1) add();
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'disk_full' }));
    expect(acknowledged).toBeGreaterThan(50);
    expect(ledger.head.seq).toBe(acknowledged);
    expect(sql(ledger.database, 'SELECT max(seq) FROM journal').pluck().get()).toBe(acknowledged);
    // As a power cut would leave it, on a disk with room.
    const left = copyAsLeft(folder);
    const reopened = openDatabase({ file: join(left.folder, 'ledger.db'), key: deriveKeys(ledgerKey).page });
    expect(await verify(reopened, openNothing)).toMatchObject({ ok: true, records: acknowledged });
    reopened.close();
    left.dispose();
  });

  test('goes on where it stopped as soon as there is room', () => {
    expect(add).toThrow(expect.objectContaining({ code: 'disk_full' }));
    execFileSync('mount', ['-o', 'remount,size=12m', folder]);
    add();
    expect(ledger.head.seq).toBe(acknowledged);
    ledger.close();
    ledger = Ledger.open(options);
    expect(ledger.head.seq).toBe(acknowledged);
    writeFileSync(join(folder, 'other'), 'room');
  });
});
