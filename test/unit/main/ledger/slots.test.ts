import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemRandom } from '../../../../main/platform/ids.ts';
import type { DeviceSecret } from '../../../../main/platform/secrets-electron.ts';
import { canonicalJson } from '../../../../main/ledger/canonical.ts';
import { deriveKeys, unseal } from '../../../../main/ledger/keys.ts';
import {
  changeSlots,
  giveNextKey,
  keepOneKey,
  makePersonSlot,
  makeRecoverySlot,
  openPersonSlot,
  openRecoveryKeys,
  openRecoverySlot,
  readPeople,
  readSlots,
  slotsExist,
  writeSlots,
  type SlotFile,
} from '../../../../main/ledger/slots.ts';
import { tempFolder } from '../../../support/builders.ts';
import { OWNER_PASSWORD, QUICK_COST } from '../../../support/temp-office.ts';

const ledgerKey = randomBytes(32);
const recoveryKey = randomBytes(20);
const newDevice = (id: string): DeviceSecret => ({ id, secret: randomBytes(32) });
const device = newDevice('one');
const person = (person_id: string, key = ledgerKey) =>
  makePersonSlot({
    ...{
      ledgerKey: key,
      ledgerId: 'ledger-1',
      person_id,
      name: 'Inés Ibarra',
      role: 'owner',
      password: OWNER_PASSWORD,
    },
    ...{ cost: QUICK_COST, device, random: systemRandom },
  });

let temporary: ReturnType<typeof tempFolder>;
beforeEach(async () => {
  temporary = tempFolder();
  const slots = [await person('p1'), makeRecoverySlot(ledgerKey, 'ledger-1', recoveryKey, systemRandom)];
  writeSlots(temporary.folder, { format: 1, ledger_id: 'ledger-1', mode: 'live', version: 1, slots }, ledgerKey);
});
afterEach(() => temporary.dispose());

const copy = (name: 'a' | 'b'): string => join(temporary.folder, `slots-${name}.json`);
/** Writes both copies with a right check sum, as someone without the ledger key can. */
function forge(change: (file: SlotFile) => void): void {
  const file = readSlots(temporary.folder);
  change(file);
  const { format, ledger_id, mode, version, slots, rotating, mac } = file;
  const check = createHash('sha256')
    .update(canonicalJson([format, ledger_id, mode, version, slots, rotating]) + mac)
    .digest('hex');
  for (const name of ['a', 'b'] as const) writeFileSync(copy(name), JSON.stringify({ ...file, check }));
}
const openAs = async (password: string, known = device) =>
  (await openPersonSlot(readSlots(temporary.folder), 'p1', password, [known]))?.current;

describe('the slots', () => {
  test('the right password on the right computer opens the ledger key', async () => {
    expect(await openAs(OWNER_PASSWORD)).toEqual(ledgerKey);
    expect(readPeople(readSlots(temporary.folder), [newDevice('newer'), device])).toEqual([
      { person_id: 'p1', name: 'Inés Ibarra', role: 'owner', must_choose: false, usable: true },
    ]);
  });

  test('a wrong password, another computer and an unknown person open nothing', async () => {
    expect(await openAs(`${OWNER_PASSWORD}x`)).toBeUndefined();
    expect(await openAs('')).toBeUndefined();
    expect(await openAs(OWNER_PASSWORD, { id: 'one', secret: randomBytes(32) })).toBeUndefined();
    const file = readSlots(temporary.folder);
    for (const nobody of ['p2', 'recovery', '__proto__']) {
      expect(await openPersonSlot(file, nobody, OWNER_PASSWORD, [device])).toBeUndefined();
    }
  });

  test('on another computer even the names stay closed, and it says that the keyring is lost', () => {
    expect(() => readPeople(readSlots(temporary.folder), [newDevice('one')])).toThrow(
      expect.objectContaining({ code: 'keyring_lost' }),
    );
    expect(readFileSync(copy('a'), 'utf8')).not.toContain('Ibarra');
  });

  test('a slot made with a device secret that is gone says that a new password is needed', async () => {
    await expect(openAs(OWNER_PASSWORD, newDevice('another'))).rejects.toMatchObject({ code: 'password_needed' });
  });

  test('the recovery key opens without password and computer; another one is refused', () => {
    const file = readSlots(temporary.folder);
    expect(openRecoverySlot(file, recoveryKey)).toEqual(ledgerKey);
    expect(() => openRecoverySlot(file, randomBytes(20))).toThrow(
      expect.objectContaining({ code: 'recovery_key_wrong' }),
    );
  });

  test('the ledger key is in neither copy, bare or encoded', () => {
    for (const name of ['a', 'b'] as const) {
      const text = readFileSync(copy(name), 'utf8');
      for (const coding of ['hex', 'base64', 'latin1'] as const) expect(text).not.toContain(ledgerKey.toString(coding));
    }
  });
});

describe('damage to the slot file', () => {
  test.each(['a', 'b'] as const)('copy %s torn, emptied or filled with noise is survived', async damaged => {
    const whole = readFileSync(copy(damaged), 'utf8');
    for (const text of [
      '',
      whole.slice(0, 300),
      'noise',
      '{}',
      '[]',
      'null',
      whole.replace('"version": 1', '"version": 9'),
    ]) {
      writeFileSync(copy(damaged), text);
      expect(await openAs(OWNER_PASSWORD)).toEqual(ledgerKey);
    }
  });

  test('both copies damaged is said, and the office still counts as existing', () => {
    for (const name of ['a', 'b'] as const) writeFileSync(copy(name), '{"format":1}');
    expect(() => readSlots(temporary.folder)).toThrow(expect.objectContaining({ code: 'keys_damaged' }));
    expect(slotsExist(temporary.folder)).toBe(true);
  });

  test('of two whole copies the newer counts', () => {
    const older = readFileSync(copy('b'), 'utf8');
    const { format, ledger_id, mode, slots } = readSlots(temporary.folder);
    writeSlots(temporary.folder, { format, ledger_id, mode, slots, version: 2 }, ledgerKey);
    writeFileSync(copy('a'), older);
    expect(readSlots(temporary.folder).version).toBe(2);
  });

  test('a slot that somebody added, took away or gave another role is refused, although its check sum is right', async () => {
    const added = await person('intruder', randomBytes(32));
    const before = readFileSync(copy('a'), 'utf8');
    const forgeries: ((file: SlotFile) => void)[] = [
      file => file.slots.push(added),
      file => file.slots.splice(1, 1),
      file => Object.assign(file.slots[0]!, { role: 'auditor' }),
      file => Object.assign(file, { version: 7 }),
      file => Object.assign(file.slots[0]!, { must_choose: true }),
      file => Object.assign(file, { rotating: { person_id: 'p1' } }),
    ];
    for (const forgery of forgeries) {
      for (const name of ['a', 'b'] as const) writeFileSync(copy(name), before);
      forge(forgery);
      await expect(openAs(OWNER_PASSWORD)).rejects.toMatchObject({ code: 'keys_damaged' });
    }
  });
});

describe('changing the slots', () => {
  const other = randomBytes(32);
  const begin = (): void =>
    giveNextKey({
      ...{ folder: temporary.folder, current: ledgerKey, next: other, person_id: 'p1', random: systemRandom },
    });

  test('while the ledger key is changed every slot opens to both keys, and to one afterwards', async () => {
    begin();
    const file = readSlots(temporary.folder);
    const both = { current: ledgerKey, next: other };
    expect(await openPersonSlot(file, 'p1', OWNER_PASSWORD, [device])).toEqual(both);
    expect(openRecoveryKeys(file, recoveryKey)).toEqual(both);
    keepOneKey(temporary.folder, both, 'next');
    const after = readSlots(temporary.folder);
    expect(await openPersonSlot(after, 'p1', OWNER_PASSWORD, [device])).toEqual({ current: other, next: null });
    expect(openRecoveryKeys(after, recoveryKey)).toEqual({ current: other, next: null });
    expect(after.rotating).toBeNull();
  });

  test('an undone change leaves the key that was there', async () => {
    begin();
    keepOneKey(temporary.folder, { current: ledgerKey, next: other }, 'current');
    expect(await openAs(OWNER_PASSWORD)).toEqual(ledgerKey);
  });

  test('who has the old ledger key and the new slots, but no password, does not get the new one', () => {
    begin();
    keepOneKey(temporary.folder, { current: ledgerKey, next: other }, 'next');
    const text = readFileSync(copy('a'), 'utf8');
    const { slots } = readSlots(temporary.folder);
    const old = deriveKeys(ledgerKey);
    for (const slot of slots) {
      for (const key of [ledgerKey, old.page, old.field, old.anchor, old.slots]) {
        expect(unseal(key, Buffer.from(slot.keys[0]!, 'base64').subarray(65), 'ledger-1|p1|1')).toBeUndefined();
      }
    }
    expect(text).not.toContain(other.toString('hex'));
    expect(text).not.toContain(other.toString('base64'));
  });

  test('with another ledger key, or in the middle of a change of the key, nothing is written', () => {
    const before = readFileSync(copy('a'), 'utf8');
    expect(() => changeSlots(temporary.folder, other, slots => slots)).toThrow(
      expect.objectContaining({ code: 'keys_damaged' }),
    );
    expect(readFileSync(copy('a'), 'utf8')).toBe(before);
    begin();
    expect(() => changeSlots(temporary.folder, ledgerKey, slots => slots)).toThrow(/not changed while/);
  });

  test('both copies are written anew, each with the next version', () => {
    changeSlots(temporary.folder, ledgerKey, slots => slots.slice(1));
    for (const name of ['a', 'b'] as const) {
      expect(JSON.parse(readFileSync(copy(name), 'utf8'))).toMatchObject({ version: 2, slots: [{ kind: 'recovery' }] });
    }
  });
});
