import { AppError } from '../../common/errors.ts';
import { readRecoveryKey, type PasswordCost } from '../ledger/keys.ts';
import {
  changeSlots,
  makePersonSlot,
  openPersonSlot,
  openRecoveryKeys,
  personSlotOf,
  readPeople,
  readSlots,
  sealLabel,
  type Door,
  type PersonSlot,
  type Slot,
  type SlotKeys,
} from '../ledger/slots.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/ids.ts';
import type { DeviceSecret, DeviceSecrets } from '../platform/secrets-electron.ts';
import type { Person } from './queries.ts';
import { PasswordTries } from './tries.ts';

export type VaultPorts = { readonly clock: Clock; readonly random: Random; readonly deviceSecrets: DeviceSecrets };

/** Whoever has no name on the list yet counts wrong tries under this one. */
const RECOVERY = 'recovery';
/** And whoever is not on it under this one, however many names are made up. */
const UNKNOWN = 'unknown';

/**
 * The slots of one office's folder as staff rules use them: passwords and the recovery key are tried here, counted, and
 * the slots are written anew here. Not for two callers at once; the session takes them one after another.
 */
export class Vault {
  readonly #folder: string;
  readonly #ports: VaultPorts;
  readonly #tries: PasswordTries;

  constructor(folder: string, ports: VaultPorts) {
    this.#folder = folder;
    this.#ports = ports;
    this.#tries = new PasswordTries(folder, ports.clock);
  }

  /** Names come out of the slots with the device secret alone; when they do not, this computer cannot open the ledger. */
  async people(): Promise<Door[]> {
    return readPeople(readSlots(this.#folder), await this.#ports.deviceSecrets.read(this.#folder));
  }

  wait_ms(person_id: string): number {
    return this.#tries.wait_ms(person_id);
  }

  /** Throws too_many_tries, wrong_password (after counting it), password_needed, and what reading the slots throws. */
  async open(person_id: string, password: string): Promise<SlotKeys & { must_choose: boolean }> {
    const file = readSlots(this.#folder);
    const counted = personSlotOf(file, person_id) ? person_id : UNKNOWN;
    this.#assertMayTry(counted);
    const devices = await this.#ports.deviceSecrets.read(this.#folder);
    const keys = await openPersonSlot(file, person_id, password, devices);
    if (!keys) throw this.#wrong(counted, 'wrong_password');
    this.#tries.forget(person_id);
    return { ...keys, must_choose: personSlotOf(file, person_id)?.must_choose ?? false };
  }

  /** True when this is the password that the person has now. Does not count: the caller has proven who they are. */
  async isPasswordOf(person_id: string, password: string): Promise<boolean> {
    const devices = await this.#ports.deviceSecrets.read(this.#folder);
    const file = readSlots(this.#folder);
    const slot = personSlotOf(file, person_id);
    if (!slot || !devices.some(({ id }) => id === slot.device)) return false;
    return (await openPersonSlot(file, person_id, password, devices)) !== undefined;
  }

  /** Throws too_many_tries and recovery_key_wrong. What cannot be a key at all is a slip and is not counted. */
  openWithRecoveryKey(typed: string): SlotKeys {
    this.#assertMayTry(RECOVERY);
    const recoveryKey = readRecoveryKey(typed);
    try {
      const keys = openRecoveryKeys(readSlots(this.#folder), recoveryKey);
      this.#tries.forget(RECOVERY);
      return keys;
    } catch (error) {
      if (error instanceof AppError && error.code === 'recovery_key_wrong') throw this.#wrong(RECOVERY, error.code);
      throw error;
    }
  }

  forgetTries(person_id: string): void {
    this.#tries.forget(person_id);
  }

  /** Makes a person's slot anew, with a new password. A person who has none yet gets one. */
  async setPassword(
    ledgerKey: Buffer,
    person: Person,
    password: string,
    how: { cost: PasswordCost; must_choose: boolean },
  ): Promise<void> {
    const devices = await this.#ports.deviceSecrets.read(this.#folder);
    const slot = await this.#makeSlot(ledgerKey, person, password, how, devices[0]);
    await this.#rewrite(ledgerKey, devices, slots => put(slots, slot));
    this.#tries.forget(person.person_id);
  }

  setRole(ledgerKey: Buffer, { person_id, role }: Person): Promise<void> {
    return this.#changed(ledgerKey, slots =>
      slots.map(slot => (slot.kind === 'person' && slot.person_id === person_id ? { ...slot, role } : slot)),
    );
  }

  replaceRecovery(ledgerKey: Buffer, recovery: (ledgerId: string) => Slot): Promise<void> {
    const { ledger_id } = readSlots(this.#folder);
    return this.#changed(ledgerKey, slots => [...slots.filter(slot => slot.kind !== 'recovery'), recovery(ledger_id)]);
  }

  /**
   * Takes a person's slot away, in both copies, and renews the device secret: everybody else's slot moves to it at their
   * next sign-in, and once all have, what the removed person may have kept of the old files opens nothing.
   */
  async remove(ledgerKey: Buffer, person_id: string): Promise<void> {
    await this.#changed(ledgerKey, slots => without(slots, person_id));
    await this.#ports.deviceSecrets.renew(this.#folder);
    await this.#changed(ledgerKey, slots => slots);
    this.#tries.forget(person_id);
  }

  /** After a right password: moves the slot to the newest device secret and to today's cost of a guess. */
  async freshen(ledgerKey: Buffer, person: Person, password: string, cost: PasswordCost): Promise<void> {
    const devices = await this.#ports.deviceSecrets.read(this.#folder);
    const slot = personSlotOf(readSlots(this.#folder), person.person_id);
    if (!slot) return;
    if (slot.device === devices[0].id && slot.cost.memory_kib * slot.cost.passes >= cost.memory_kib * cost.passes) {
      return;
    }
    const { must_choose } = slot;
    const fresh = await this.#makeSlot(ledgerKey, person, password, { cost, must_choose }, devices[0]);
    await this.#rewrite(ledgerKey, devices, slots => put(slots, fresh));
  }

  async #changed(ledgerKey: Buffer, change: (slots: readonly Slot[]) => readonly Slot[]): Promise<void> {
    await this.#rewrite(ledgerKey, await this.#ports.deviceSecrets.read(this.#folder), change);
  }

  /** Every writing puts the names under the newest device secret; after it, secrets that no slot needs are forgotten. */
  async #rewrite(
    ledgerKey: Buffer,
    devices: readonly [DeviceSecret, ...DeviceSecret[]],
    change: (slots: readonly Slot[]) => readonly Slot[],
  ): Promise<void> {
    const { random, deviceSecrets } = this.#ports;
    const names = new Map(readPeople(readSlots(this.#folder), devices).map(door => [door.person_id, door.name]));
    const used: string[] = [];
    changeSlots(this.#folder, ledgerKey, slots =>
      change(slots).map(slot => {
        if (slot.kind !== 'person') return slot;
        used.push(slot.device);
        const name = names.get(slot.person_id);
        return name === undefined ? slot : { ...slot, label: sealLabel(slot.person_id, name, devices[0], random) };
      }),
    );
    await deviceSecrets.keep(this.#folder, used);
  }

  #makeSlot(
    ledgerKey: Buffer,
    { person_id, name, role }: Person,
    password: string,
    { cost, must_choose }: { cost: PasswordCost; must_choose: boolean },
    device: DeviceSecret,
  ): Promise<PersonSlot> {
    const ledgerId = readSlots(this.#folder).ledger_id;
    const { random } = this.#ports;
    return makePersonSlot({ ledgerKey, ledgerId, person_id, name, role, password, cost, device, must_choose, random });
  }

  #assertMayTry(who: string): void {
    const wait_ms = this.#tries.wait_ms(who);
    if (wait_ms > 0) throw new AppError('too_many_tries', { wait_ms });
  }

  #wrong(who: string, code: 'wrong_password' | 'recovery_key_wrong'): AppError {
    this.#tries.countWrong(who);
    return new AppError(code, { wait_ms: this.#tries.wait_ms(who) });
  }
}

const without = (slots: readonly Slot[], person_id: string): Slot[] =>
  slots.filter(slot => slot.kind !== 'person' || slot.person_id !== person_id);

/** In its old place, so that nobody's tile moves because a password was changed; a new one goes to the end. */
function put(slots: readonly Slot[], made: PersonSlot): Slot[] {
  const isTheirs = (slot: Slot): boolean => slot.kind === 'person' && slot.person_id === made.person_id;
  if (slots.some(isTheirs)) return slots.map(slot => (isTheirs(slot) ? made : slot));
  const people = slots.filter(slot => slot.kind === 'person');
  return [...people, made, ...slots.filter(slot => slot.kind !== 'person')];
}
