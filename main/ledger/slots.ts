import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { AppError, assert } from '../../common/errors.ts';
import { ROLES, type Role } from '../../common/permissions.ts';
import { readTwice, writeTwice } from '../platform/durable-file.ts';
import type { Random } from '../platform/ids.ts';
import type { DeviceSecret } from '../platform/secrets-electron.ts';
import { canonicalJson } from './canonical.ts';
import {
  deriveKeys,
  keyPairOf,
  labelKey,
  macOf,
  makeKeyPair,
  personSlotKey,
  recoveryPair,
  sameMac,
  seal,
  sealFor,
  sha256Hex,
  unseal,
  unsealWith,
  type PasswordCost,
} from './keys.ts';

/**
 * The key slots of one ledger: who can open it. Two copies on disk, versioned, each with a check sum and a MAC. A slot
 * holds one ledger key, or two while the key is being changed: the present one, then the next one.
 */
const sealedKeys = z.array(z.string()).min(1).max(2);
const personSlot = z.strictObject({
  kind: z.literal('person'),
  person_id: z.string(),
  role: z.enum(ROLES),
  /** The name for the sign-in page, sealed under the newest device secret. */
  label: z.string(),
  /** Which device secret the password is joined with. One that is gone makes the slot useless on this computer. */
  device: z.string(),
  /** True while the password is one that somebody else has chosen. */
  must_choose: z.boolean(),
  salt: z.string(),
  cost: z.strictObject({ memory_kib: z.int(), passes: z.int(), lanes: z.int() }),
  public: z.string(),
  /** The private half, under password and device secret. */
  private: z.string(),
  keys: sealedKeys,
});
const recoverySlot = z.strictObject({ kind: z.literal('recovery'), public: z.string(), keys: sealedKeys });
const slot = z.discriminatedUnion('kind', [personSlot, recoverySlot]);
const slotFile = z.strictObject({
  format: z.literal(1),
  ledger_id: z.string(),
  mode: z.enum(['training', 'live']),
  version: z.int(),
  slots: z.array(slot),
  /** Who began to change the ledger key; only while every slot holds two. */
  rotating: z.strictObject({ person_id: z.string() }).nullable(),
  /** Under a key derived from the ledger key: proves, once open, that nobody added a slot. */
  mac: z.string(),
  /** Over everything before it: tells a torn copy from a whole one without any key. */
  check: z.string(),
});
export type SlotFile = z.infer<typeof slotFile>;
export type PersonSlot = z.infer<typeof personSlot>;
export type Slot = z.infer<typeof slot>;
type Content = Omit<SlotFile, 'mac' | 'check'>;

/** What a slot opens to. `next` is there while a change of the ledger key is not finished. */
export type SlotKeys = { readonly current: Buffer; readonly next: Buffer | null };

const NAME = 'slots';

export function slotsExist(folder: string): boolean {
  return ['a', 'b'].some(copy => existsSync(join(folder, `${NAME}-${copy}.json`)));
}

/** The newest whole copy. Throws keys_damaged when neither copy is whole. */
export function readSlots(folder: string): SlotFile {
  const whole = readTwice(folder, NAME).flatMap(text => {
    const parsed = slotFile.safeParse(parseJson(text));
    return parsed.success && parsed.data.check === checkOf(parsed.data) ? [parsed.data] : [];
  });
  const newest = whole.sort((left, right) => right.version - left.version)[0];
  if (!newest) throw new AppError('keys_damaged');
  return newest;
}

export function writeSlots(
  folder: string,
  content: Omit<Content, 'rotating'> & Partial<Pick<Content, 'rotating'>>,
  ledgerKey: Buffer,
): void {
  const whole = { rotating: null, ...content };
  const mac = macOf(deriveKeys(ledgerKey).slots, contentText(whole));
  writeTwice(folder, NAME, JSON.stringify({ ...whole, mac, check: checkOf({ ...whole, mac }) }, null, 1));
}

/** Writes both copies anew with other slots. Throws keys_damaged when the present ones are not this ledger key's. */
export function changeSlots(
  folder: string,
  ledgerKey: Buffer,
  change: (slots: readonly Slot[]) => readonly Slot[],
): void {
  const { format, ledger_id, mode, version, slots, rotating } = assertMac(readSlots(folder), ledgerKey);
  assert(rotating === null, 'the slots are not changed while the ledger key is');
  writeSlots(folder, { format, ledger_id, mode, version: version + 1, slots: [...change(slots)] }, ledgerKey);
}

/** The first step of a change of the ledger key: every slot holds the present and the next one. */
export function giveNextKey(options: {
  folder: string;
  current: Buffer;
  next: Buffer;
  person_id: string;
  random: Random;
}): void {
  const { folder, current, next, random, person_id } = options;
  const { format, ledger_id, mode, version, slots } = assertMac(readSlots(folder), current);
  const both = slots.map(one => ({
    ...one,
    keys: [one.keys[0]!, sealKey(one.public, next, ledger_id, nameOf(one), random)],
  }));
  writeSlots(folder, { format, ledger_id, mode, version: version + 1, slots: both, rotating: { person_id } }, current);
}

/** The last step: one of the two stays. Does nothing when only one is there. */
export function keepOneKey(folder: string, keys: SlotKeys, kept: 'current' | 'next'): void {
  if (!keys.next) return;
  const { format, ledger_id, mode, version, slots } = assertMac(readSlots(folder), keys.current);
  const one = slots.map(each => ({ ...each, keys: [each.keys[kept === 'current' ? 0 : 1]!] }));
  writeSlots(folder, { format, ledger_id, mode, version: version + 1, slots: one }, keys[kept]!);
}

export async function makePersonSlot(options: {
  ledgerKey: Buffer;
  ledgerId: string;
  person_id: string;
  name: string;
  role: Role;
  password: string;
  cost: PasswordCost;
  device: DeviceSecret;
  must_choose?: boolean;
  random: Random;
}): Promise<PersonSlot> {
  const { ledgerKey, ledgerId, person_id, device, cost, random } = options;
  const salt = random(16);
  const key = await personSlotKey(options.password, salt, cost, device.secret);
  const pair = makeKeyPair(() => random(32));
  const publicHalf = pair.public.toString('base64');
  return {
    ...{ kind: 'person', person_id, role: options.role, device: device.id, cost },
    label: sealLabel(person_id, options.name, device, random),
    must_choose: options.must_choose ?? false,
    salt: salt.toString('base64'),
    public: publicHalf,
    private: seal(key, pair.private, slotContext(ledgerId, person_id), random).toString('base64'),
    keys: [sealKey(publicHalf, ledgerKey, ledgerId, person_id, random)],
  };
}

export function makeRecoverySlot(ledgerKey: Buffer, ledgerId: string, recoveryKey: Buffer, random: Random): Slot {
  const publicHalf = recoveryPair(recoveryKey).public.toString('base64');
  return { kind: 'recovery', public: publicHalf, keys: [sealKey(publicHalf, ledgerKey, ledgerId, 'recovery', random)] };
}

/**
 * Opens a person's slot. Undefined means that the password is not the right one. Throws password_needed when the slot
 * was made with a device secret that this computer does not have, so that no password can open it.
 */
export async function openPersonSlot(
  file: SlotFile,
  person_id: string,
  password: string,
  devices: readonly DeviceSecret[],
): Promise<SlotKeys | undefined> {
  const found = personSlotOf(file, person_id);
  if (!found) return undefined;
  const device = devices.find(one => one.id === found.device);
  if (!device) throw new AppError('password_needed');
  const key = await personSlotKey(password, Buffer.from(found.salt, 'base64'), found.cost, device.secret);
  const half = unseal(key, Buffer.from(found.private, 'base64'), slotContext(file.ledger_id, person_id));
  return half && keysIn(file, found, keyPairOf(half), person_id);
}

export function personSlotOf(file: SlotFile, person_id: string): PersonSlot | undefined {
  return file.slots.find(one => one.kind === 'person' && one.person_id === person_id) as PersonSlot | undefined;
}

/** Opens the recovery slot with the printed key, without password and without device secret: the present ledger key. */
export function openRecoverySlot(file: SlotFile, recoveryKey: Buffer): Buffer {
  return openRecoveryKeys(file, recoveryKey).current;
}

export function openRecoveryKeys(file: SlotFile, recoveryKey: Buffer): SlotKeys {
  const found = file.slots.find(one => one.kind === 'recovery');
  const keys = found && keysIn(file, found, recoveryPair(recoveryKey), 'recovery');
  if (!keys) throw new AppError('recovery_key_wrong');
  return keys;
}

export type Door = {
  readonly person_id: string;
  readonly name: string;
  readonly role: Role;
  /** The password is one that somebody else has chosen. */
  readonly must_choose: boolean;
  /** False when no password opens this slot on this computer, so that a new one has to be set. */
  readonly usable: boolean;
};

/** Names for the sign-in page. A label that this computer cannot read means that its device secret is another one. */
export function readPeople(file: SlotFile, devices: readonly DeviceSecret[]): Door[] {
  return file.slots.flatMap(one => {
    if (one.kind !== 'person') return [];
    const { person_id, role, must_choose, device } = one;
    const label = Buffer.from(one.label, 'base64');
    const name = devices.map(({ secret }) => unseal(labelKey(secret), label, person_id)).find(text => text);
    if (!name) throw new AppError('keyring_lost');
    const usable = devices.some(({ id }) => id === device);
    return [{ person_id, name: name.toString('utf8'), role, must_choose, usable }];
  });
}

/** The name for the sign-in page, sealed so that this computer can read it and a stolen disk cannot. */
export function sealLabel(person_id: string, name: string, device: DeviceSecret, random: Random): string {
  return seal(labelKey(device.secret), Buffer.from(name, 'utf8'), person_id, random).toString('base64');
}

function keysIn(file: SlotFile, found: Slot, pair: ReturnType<typeof keyPairOf>, name: string): SlotKeys | undefined {
  const open = (sealed: string | undefined): Buffer | undefined =>
    sealed === undefined
      ? undefined
      : unsealWith(pair, Buffer.from(sealed, 'base64'), slotContext(file.ledger_id, name));
  const current = open(found.keys[0]);
  if (!current) return undefined;
  assertMac(file, current);
  const next = open(found.keys[1]) ?? null;
  if ((next === null) !== (file.rotating === null)) throw new AppError('keys_damaged');
  return { current, next };
}

function assertMac(file: SlotFile, ledgerKey: Buffer): SlotFile {
  if (!sameMac(file.mac, macOf(deriveKeys(ledgerKey).slots, contentText(file)))) throw new AppError('keys_damaged');
  return file;
}

function sealKey(publicHalf: string, ledgerKey: Buffer, ledgerId: string, name: string, random: Random): string {
  const context = slotContext(ledgerId, name);
  return sealFor(Buffer.from(publicHalf, 'base64'), ledgerKey, context, random).toString('base64');
}

const nameOf = (one: Slot): string => (one.kind === 'person' ? one.person_id : 'recovery');
const slotContext = (ledgerId: string, name: string): string => `${ledgerId}|${name}|1`;

function contentText(content: Content): string {
  const { format, ledger_id, mode, version, slots, rotating } = content;
  // Canonical, because reading gives the fields back in another order than they were written in.
  return canonicalJson([format, ledger_id, mode, version, slots, rotating]);
}

function checkOf(file: Omit<SlotFile, 'check'>): string {
  return sha256Hex(contentText(file) + file.mac);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
