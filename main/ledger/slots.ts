import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../common/errors.ts';
import { ROLES, type Role } from '../../common/permissions.ts';
import { readTwice, writeTwice } from '../platform/durable-file.ts';
import type { Random } from '../platform/ids.ts';
import {
  deriveKeys,
  labelKey,
  macOf,
  personSlotKey,
  recoverySlotKey,
  sameMac,
  seal,
  sha256Hex,
  unseal,
  type PasswordCost,
} from './keys.ts';

/** The key slots of one ledger: who can open it. Two copies on disk, versioned, each with a check sum and a MAC. */
const personSlot = z.strictObject({
  kind: z.literal('person'),
  person_id: z.string(),
  role: z.enum(ROLES),
  /** The name for the sign-in page, sealed under the device secret. */
  label: z.string(),
  salt: z.string(),
  cost: z.strictObject({ memory_kib: z.int(), passes: z.int(), lanes: z.int() }),
  wrapped: z.string(),
});
const recoverySlot = z.strictObject({ kind: z.literal('recovery'), wrapped: z.string() });
const slotFile = z.strictObject({
  format: z.literal(1),
  ledger_id: z.string(),
  mode: z.enum(['training', 'live']),
  version: z.int(),
  slots: z.array(z.discriminatedUnion('kind', [personSlot, recoverySlot])),
  /** Under a key derived from the ledger key: proves, once open, that nobody added a slot. */
  mac: z.string(),
  /** Over everything before it: tells a torn copy from a whole one without any key. */
  check: z.string(),
});
export type SlotFile = z.infer<typeof slotFile>;
type PersonSlot = z.infer<typeof personSlot>;
type Content = Omit<SlotFile, 'mac' | 'check'>;

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

export function writeSlots(folder: string, content: Content, ledgerKey: Buffer): void {
  const mac = macOf(deriveKeys(ledgerKey).slots, contentText(content));
  writeTwice(folder, NAME, JSON.stringify({ ...content, mac, check: checkOf({ ...content, mac }) }, null, 1));
}

export async function makePersonSlot(options: {
  ledgerKey: Buffer;
  ledgerId: string;
  person_id: string;
  name: string;
  role: Role;
  password: string;
  cost: PasswordCost;
  deviceSecret: Buffer;
  random: Random;
}): Promise<PersonSlot> {
  const salt = options.random(16);
  const key = await personSlotKey(options.password, salt, options.cost, options.deviceSecret);
  const wrapped = seal(key, options.ledgerKey, slotContext(options.ledgerId, options.person_id), options.random);
  const label = seal(
    labelKey(options.deviceSecret),
    Buffer.from(options.name, 'utf8'),
    options.person_id,
    options.random,
  );
  return {
    kind: 'person',
    person_id: options.person_id,
    role: options.role,
    label: label.toString('base64'),
    salt: salt.toString('base64'),
    cost: options.cost,
    wrapped: wrapped.toString('base64'),
  };
}

export function makeRecoverySlot(
  ledgerKey: Buffer,
  ledgerId: string,
  recoveryKey: Buffer,
  random: Random,
): z.infer<typeof recoverySlot> {
  const wrapped = seal(recoverySlotKey(recoveryKey), ledgerKey, slotContext(ledgerId, 'recovery'), random);
  return { kind: 'recovery', wrapped: wrapped.toString('base64') };
}

/** Opens a person's slot. Undefined means the password or the device secret is not the right one. */
export async function openPersonSlot(
  file: SlotFile,
  person_id: string,
  password: string,
  deviceSecret: Buffer,
): Promise<Buffer | undefined> {
  const slot = file.slots.find(one => one.kind === 'person' && one.person_id === person_id) as PersonSlot | undefined;
  if (!slot) return undefined;
  const key = await personSlotKey(password, Buffer.from(slot.salt, 'base64'), slot.cost, deviceSecret);
  return checked(file, unseal(key, Buffer.from(slot.wrapped, 'base64'), slotContext(file.ledger_id, person_id)));
}

/** Opens the recovery slot with the printed key, without password and without device secret. */
export function openRecoverySlot(file: SlotFile, recoveryKey: Buffer): Buffer {
  const slot = file.slots.find(one => one.kind === 'recovery');
  const wrapped = slot ? Buffer.from(slot.wrapped, 'base64') : Buffer.alloc(0);
  const ledgerKey = checked(
    file,
    unseal(recoverySlotKey(recoveryKey), wrapped, slotContext(file.ledger_id, 'recovery')),
  );
  if (!ledgerKey) throw new AppError('recovery_key_wrong');
  return ledgerKey;
}

/** Names for the sign-in page. A label that this computer cannot read means that its device secret is another one. */
export function readPeople(file: SlotFile, deviceSecret: Buffer): { person_id: string; name: string; role: Role }[] {
  return file.slots.flatMap(slot => {
    if (slot.kind !== 'person') return [];
    const name = unseal(labelKey(deviceSecret), Buffer.from(slot.label, 'base64'), slot.person_id);
    if (!name) throw new AppError('keyring_lost');
    return [{ person_id: slot.person_id, name: name.toString('utf8'), role: slot.role }];
  });
}

function checked(file: SlotFile, ledgerKey: Buffer | undefined): Buffer | undefined {
  if (!ledgerKey) return undefined;
  if (!sameMac(file.mac, macOf(deriveKeys(ledgerKey).slots, contentText(file)))) throw new AppError('keys_damaged');
  return ledgerKey;
}

const slotContext = (ledgerId: string, slot: string): string => `${ledgerId}|${slot}|1`;

function contentText(content: Content): string {
  const { format, ledger_id, mode, version, slots } = content;
  return JSON.stringify([format, ledger_id, mode, version, slots]);
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
