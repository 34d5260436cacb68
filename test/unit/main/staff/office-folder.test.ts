import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFolder } from '../../../../main/ledger/open.ts';
import { readSlots } from '../../../../main/ledger/slots.ts';
import { systemRandom } from '../../../../main/platform/ids.ts';
import { createFolder, officeExists, openFolder } from '../../../../main/staff/office-folder.ts';
import { fakeDeviceSecrets, tempFolder } from '../../../support/builders.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { OWNER_PASSWORD, QUICK_COST } from '../../../support/temp-office.ts';

const OPEN = fileURLToPath(new URL('../../../../main/ledger/open.ts', import.meta.url));
let temporary: ReturnType<typeof tempFolder>;
const children: ChildProcess[] = [];
beforeEach(() => {
  temporary = tempFolder();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  temporary.dispose();
});

/** Another process that claims the folder and stays; answers what it says first. */
async function otherProcess(): Promise<{ says: string; child: ChildProcess }> {
  const script = `
    import { claimFolder } from ${JSON.stringify(OPEN)};
    try { claimFolder(${JSON.stringify(temporary.folder)}); console.log('claimed'); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.code); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const says = await new Promise<string>(resolve => child.stdout.once('data', data => resolve(String(data).trim())));
  return { says, child };
}

describe('a folder belongs to one process', () => {
  test('a second process is refused while the first lives, and may come after', async () => {
    const release = claimFolder(temporary.folder);
    expect((await otherProcess()).says).toBe('ledger_in_use');
    release();
    expect((await otherProcess()).says).toBe('claimed');
    expect(() => claimFolder(temporary.folder)).toThrow(expect.objectContaining({ code: 'ledger_in_use' }));
  });

  test('an owner that is killed leaves the folder free', async () => {
    const { says, child } = await otherProcess();
    expect(says).toBe('claimed');
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    claimFolder(temporary.folder)();
  });

  test('the same process cannot claim it twice', () => {
    const release = claimFolder(temporary.folder);
    expect(() => claimFolder(temporary.folder)).toThrow(expect.objectContaining({ code: 'ledger_in_use' }));
    release();
  });
});

describe('a new office', () => {
  const tools = {
    ...{
      clock: createFakeClock(),
      random: systemRandom,
      deviceSecrets: fakeDeviceSecrets(),
      onAnchorFailure: () => {},
    },
  };
  const wish = (ledgerKey: Buffer) => ({
    ...{ mode: 'live' as const, office_name: 'Lakeshore', desk_code: 'D7', time_zone: 'UTC', currency: 'USD' as const },
    ...{ locale: 'en-US', owner: { person_id: 'p1', name: 'Marisol', password: OWNER_PASSWORD }, ledger_id: 'l1' },
    ...{ ledgerKey, recoveryKey: systemRandom(20), cost: QUICK_COST },
  });

  test('exists from the moment its slots are written, and opens with its key alone', async () => {
    const key = systemRandom(32);
    const { ledger, release } = await createFolder(temporary.folder, wish(key), tools);
    expect(officeExists(temporary.folder)).toBe(true);
    expect(ledger.identity).toMatchObject({ mode: 'live', desk: 'D7', incarnation: 1 });
    expect(() => openFolder(temporary.folder, key, tools)).toThrow(expect.objectContaining({ code: 'ledger_in_use' }));
    ledger.close();
    release();
    const reopened = openFolder(temporary.folder, key, tools);
    expect(reopened.ledger.head.seq).toBe(6);
    reopened.ledger.close();
    reopened.release();
    expect(() => openFolder(temporary.folder, systemRandom(32), tools)).toThrow(
      expect.objectContaining({ code: 'ledger_damaged' }),
    );
    expect(() => claimFolder(temporary.folder)()).not.toThrow();
  });

  test('that was cut short before its slots is begun again, and the remains are put aside, not deleted', async () => {
    const first = await createFolder(temporary.folder, wish(systemRandom(32)), tools);
    first.ledger.close();
    first.release();
    for (const copy of ['a', 'b']) rmSync(join(temporary.folder, `slots-${copy}.json`));
    // A set-up that is cut short has not come to its anchors: they follow the slots.
    rmSync(join(temporary.folder, 'anchors'), { recursive: true });
    expect(officeExists(temporary.folder)).toBe(false);
    const second = await createFolder(temporary.folder, wish(systemRandom(32)), tools);
    expect(second.ledger.head.seq).toBe(6);
    expect(readdirSync(temporary.folder).some(name => name.startsWith('ledger.db.unfinished-'))).toBe(true);
    second.ledger.close();
    second.release();
  });

  test('whose key slots are gone is not taken for none: no empty ledger is made beside the old one', async () => {
    const { ledger, release } = await createFolder(temporary.folder, wish(systemRandom(32)), tools);
    ledger.close();
    release();
    for (const copy of ['a', 'b']) rmSync(join(temporary.folder, `slots-${copy}.json`));
    expect(officeExists(temporary.folder)).toBe(true);
    expect(() => readSlots(temporary.folder)).toThrow(expect.objectContaining({ code: 'keys_damaged' }));
  });

  test('that could not write its slots leaves nothing that looks like an office', async () => {
    mkdirSync(join(temporary.folder, 'slots-b.json'));
    await expect(createFolder(temporary.folder, wish(systemRandom(32)), tools)).rejects.toThrow();
    await tools.clock.advance(1000);
    rmSync(join(temporary.folder, 'slots-b.json'), { recursive: true });
    expect(officeExists(temporary.folder)).toBe(false);
    const { ledger, release } = await createFolder(temporary.folder, wish(systemRandom(32)), tools);
    ledger.close();
    release();
  });

  test('whose ledger file is gone is not silently made anew', async () => {
    const key = systemRandom(32);
    const { ledger, release } = await createFolder(temporary.folder, wish(key), tools);
    ledger.close();
    release();
    rmSync(join(temporary.folder, 'ledger.db'));
    expect(() => openFolder(temporary.folder, key, tools)).toThrow(expect.objectContaining({ code: 'ledger_missing' }));
    expect(existsSync(join(temporary.folder, 'ledger.db'))).toBe(false);
  });
});
