import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deriveKeys } from '../../../../main/ledger/keys.ts';
import { openDatabase } from '../../../../main/ledger/open.ts';
import {
  ROTATION_STEPS,
  rotateLedgerKey,
  settleRotation,
  type RotationStep,
} from '../../../../main/ledger/rotation.ts';
import { openPersonSlot, openRecoveryKeys, readSlots, type SlotKeys } from '../../../../main/ledger/slots.ts';
import { verify } from '../../../../main/ledger/verify.ts';
import { systemRandom } from '../../../../main/platform/ids.ts';
import { addCustomer } from '../../../../main/customers/customers.ts';
import { createFolder, officePlace, openFolder } from '../../../../main/staff/office-folder.ts';
import { fakeDeviceSecrets, tempFolder } from '../../../support/builders.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { OWNER_PASSWORD, QUICK_COST } from '../../../support/temp-office.ts';

let temporary: ReturnType<typeof tempFolder>;
let tools: ReturnType<typeof makeTools>;
let ledgerKey: Buffer;
let recoveryKey: Buffer;
let records = 0;

const makeTools = () => ({
  ...{ clock: createFakeClock(), random: systemRandom, deviceSecrets: fakeDeviceSecrets() },
  onAnchorFailure: () => {},
});
const place = () => officePlace(temporary.folder);

beforeEach(async () => {
  temporary = tempFolder();
  tools = makeTools();
  ledgerKey = systemRandom(32);
  recoveryKey = systemRandom(20);
  const { ledger, release } = await createFolder(
    temporary.folder,
    {
      ...{
        mode: 'live',
        office_name: 'Lakeshore',
        desk_code: 'D1',
        time_zone: 'UTC',
        currency: 'USD',
        locale: 'en-US',
      },
      owner: { person_id: 'owner', name: 'Marisol', password: OWNER_PASSWORD },
      ...{ ledger_id: 'ledger-1', ledgerKey, recoveryKey, cost: QUICK_COST },
    },
    tools,
  );
  let number = 0;
  for (const name of ['Inés Ibarra', 'Rafael Ibáñez', 'Ana Lima']) {
    number += 1;
    const customer = { name, phone: '555-0100', email: '', note: '' };
    addCustomer(ledger, () => `00000000-0000-7000-8000-00000000000${number}`, customer, 'owner');
  }
  const { database } = ledger;
  database.prepare('INSERT INTO secret (name, sealed) VALUES (?, ?)').run('token', ledger.sealSecret('token', 'EAAA'));
  database
    .prepare('INSERT INTO pending_request (attempt_id, idempotency_key, sealed, body_hash) VALUES (?, ?, ?, ?)')
    .run('a1', 'k1', ledger.sealSecret('request a1', '{"amount":1}'), 'hash');
  records = ledger.head.seq;
  ledger.close();
  release();
});
afterEach(() => temporary.dispose());

const slotKeys = async (): Promise<SlotKeys> => {
  const devices = await tools.deviceSecrets.read(temporary.folder);
  const keys = await openPersonSlot(readSlots(temporary.folder), 'owner', OWNER_PASSWORD, devices);
  expect(keys).toEqual(openRecoveryKeys(readSlots(temporary.folder), recoveryKey));
  return keys!;
};
const opens = (key: Buffer): boolean => {
  try {
    openDatabase({ file: place().file, key: deriveKeys(key).page, readonly: true }).close();
    return true;
  } catch {
    return false;
  }
};

/** Opens the folder as the app does, and looks at everything that is in it. */
async function assertWhole(rotated: boolean): Promise<void> {
  const key = settleRotation(place(), await slotKeys(), tools);
  expect(await slotKeys()).toEqual({ current: key, next: null });
  expect(key.equals(ledgerKey)).toBe(!rotated);
  expect(opens(key)).toBe(true);
  expect(opens(ledgerKey)).toBe(!rotated);
  const { ledger, release } = openFolder(temporary.folder, key, tools);
  try {
    const verdict = await verify(ledger.database, (subject, sealed) => ledger.openPersonal(subject, sealed));
    expect(verdict.problems).toEqual([]);
    expect(verdict.records).toBe(records + (rotated ? 1 : 0));
    const facts = ledger.database.prepare("SELECT actor FROM journal WHERE type = 'key.rotated'").pluck().all();
    expect(facts).toEqual(rotated ? ['owner'] : []);
    const names = ledger.database.prepare('SELECT name FROM customer ORDER BY number').pluck().all();
    expect(names).toEqual(['Inés Ibarra', 'Rafael Ibáñez', 'Ana Lima']);
    const sealed = (table: string): Buffer =>
      ledger.database.prepare(`SELECT sealed FROM ${table}`).pluck().get() as Buffer;
    expect(ledger.openSecret('token', sealed('secret'))).toBe('EAAA');
    expect(ledger.openSecret('request a1', sealed('pending_request'))).toBe('{"amount":1}');
  } finally {
    ledger.close();
    release();
  }
  expect(existsSync(`${place().file}.next-key`)).toBe(false);
}

describe('changing the ledger key', () => {
  test('every password and the recovery key open the ledger as before, and the old key opens nothing', async () => {
    const made = await rotateLedgerKey(place(), ledgerKey, 'owner', tools);
    expect(made.failure).toBeNull();
    expect((await slotKeys()).current).toEqual(made.ledgerKey);
    await assertWhole(true);
  });

  test('twice is as good as once', async () => {
    const first = await rotateLedgerKey(place(), ledgerKey, 'owner', tools);
    const second = await rotateLedgerKey(place(), first.ledgerKey, 'owner', tools);
    expect(second.failure).toBeNull();
    expect(opens(first.ledgerKey)).toBe(false);
    expect(opens(second.ledgerKey)).toBe(true);
  });

  test('the anchors guard the file under the new key too', async () => {
    const older = readFileSync(place().file);
    const { ledgerKey: key } = await rotateLedgerKey(place(), ledgerKey, 'owner', tools);
    const rotated = readFileSync(place().file);
    const { ledger, release } = openFolder(temporary.folder, key, tools);
    ledger.write('owner', write => write.fact('setting.changed', { name: 'office_name', value: 'Other' }));
    ledger.close();
    release();
    writeFileSync(place().file, rotated);
    expect(() => openFolder(temporary.folder, key, tools)).toThrow(
      expect.objectContaining({ code: 'ledger_behind_anchor' }),
    );
    writeFileSync(place().file, older);
    expect(() => openFolder(temporary.folder, key, tools)).toThrow(expect.objectContaining({ code: 'ledger_damaged' }));
  });

  test.each(ROTATION_STEPS)('something that fails after %s is told, and the ledger opens with one key', async step => {
    const fail = (reached: RotationStep): void => {
      if (reached === step) throw new Error('the disk is gone');
    };
    const made = await rotateLedgerKey(place(), ledgerKey, 'owner', { ...tools, onStep: fail });
    expect(String(made.failure)).toContain('the disk is gone');
    const rotated = ROTATION_STEPS.indexOf(step) >= ROTATION_STEPS.indexOf('switched');
    expect(opens(made.ledgerKey)).toBe(true);
    await assertWhole(rotated);
  });

  test('a column of bytes that nobody told how it is sealed stops it before anything is changed', async () => {
    const database = openDatabase({ file: place().file, key: deriveKeys(ledgerKey).page });
    database.exec('CREATE TABLE later (id INTEGER PRIMARY KEY, sealed BLOB) STRICT');
    database.close();
    const made = await rotateLedgerKey(place(), ledgerKey, 'owner', tools);
    expect(String(made.failure)).toContain('later.sealed');
    expect(await slotKeys()).toEqual({ current: ledgerKey, next: null });
  });

  test('a sealed value that does not open stops it, and the ledger stays as it was', async () => {
    const database = openDatabase({ file: place().file, key: deriveKeys(ledgerKey).page });
    database.prepare('UPDATE secret SET sealed = ?').run(systemRandom(40));
    database.close();
    const made = await rotateLedgerKey(place(), ledgerKey, 'owner', tools);
    expect(made.failure).toMatchObject({ code: 'ledger_damaged' });
    expect(made.ledgerKey).toEqual(ledgerKey);
    expect(opens(ledgerKey)).toBe(true);
  });

  test('a ledger that was put back to an older copy does not get a new key, which would hide it', async () => {
    const before = readFileSync(place().file);
    const { ledger, release } = openFolder(temporary.folder, ledgerKey, tools);
    ledger.write('owner', write => write.fact('setting.changed', { name: 'office_name', value: 'Later' }));
    ledger.close();
    release();
    writeFileSync(place().file, before);
    const made = await rotateLedgerKey(place(), ledgerKey, 'owner', tools);
    expect(made).toMatchObject({ ledgerKey, failure: { code: 'ledger_behind_anchor' } });
    expect(await slotKeys()).toEqual({ current: ledgerKey, next: null });
  });
});
