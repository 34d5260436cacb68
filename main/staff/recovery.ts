import { AppError } from '../../common/errors.ts';
import { deriveKeys, PASSWORD_COST, type PasswordCost } from '../ledger/keys.ts';
import { openDatabase } from '../ledger/open.ts';
import { changeSlots, makePersonSlot, readSlots, sealLabel, type Slot } from '../ledger/slots.ts';
import { settleRotation } from '../ledger/rotation.ts';
import type { DeviceSecret } from '../platform/secrets-electron.ts';
import { assertNewPassword } from './new-password.ts';
import { ledgerFile, officePlace, type FolderTools } from './office-folder.ts';
import { peopleOf, type Person } from './queries.ts';
import type { Session } from './session.ts';

export type NewPassword = { readonly person_id: string; readonly password: string; readonly cost: PasswordCost };

/**
 * Lets a person in with a new password, given the ledger key, which the recovery key opened. Where the device secret is
 * still there, everybody else's password goes on working; where it is not, as on another computer, a new one is made
 * and the others need a new password, which the owner sets. Slots of people who were removed go. Throws
 * person_not_found, keyring_unavailable, keys_damaged, and what opening the ledger throws.
 */
export async function recoverFolder(
  folder: string,
  ledgerKey: Buffer,
  { person_id, password, cost }: NewPassword,
  tools: Pick<FolderTools, 'random' | 'deviceSecrets'>,
): Promise<void> {
  const { random } = tools;
  const people = peopleIn(folder, ledgerKey);
  const person = people.find(one => one.person_id === person_id);
  if (!person) throw new AppError('person_not_found');
  const device = await deviceOf(folder, tools);
  const ledgerId = readSlots(folder).ledger_id;
  const made = await makePersonSlot({ ...person, ledgerKey, ledgerId, password, cost, device, random });
  const names = new Map(people.map(one => [one.person_id, one.name]));
  changeSlots(folder, ledgerKey, slots =>
    slots.flatMap((slot): Slot[] => {
      if (slot.kind !== 'person') return [slot];
      if (slot.person_id === person_id) return [made];
      const name = names.get(slot.person_id);
      return name === undefined ? [] : [{ ...slot, label: sealLabel(slot.person_id, name, device, random) }];
    }),
  );
  const known = readSlots(folder).slots.some(slot => slot.kind === 'person' && slot.person_id === person_id);
  if (!known) changeSlots(folder, ledgerKey, slots => [made, ...slots]);
}

async function deviceOf(folder: string, { deviceSecrets }: Pick<FolderTools, 'deviceSecrets'>): Promise<DeviceSecret> {
  if (await isLost(folder, { deviceSecrets })) return deviceSecrets.create(folder);
  return (await deviceSecrets.read(folder))[0];
}

/** Who belongs to the office, read from its ledger beside whoever has it open. */
function peopleIn(folder: string, ledgerKey: Buffer): Person[] {
  const database = openDatabase({ file: ledgerFile(folder), key: deriveKeys(ledgerKey).page, readonly: true });
  try {
    return peopleOf(database);
  } finally {
    database.close();
  }
}

/** A key that was proven and then left lying is proven again. */
const PROOF_LASTS_MS = 10 * 60_000;

type Proven = { readonly folder: string; readonly ledgerKey: Buffer; readonly until_ms: number };

/** The way in with the printed key: first the key, then who of the owners it is and their new password. */
export class Recovery {
  readonly #session: Session;
  #proven: Proven | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Throws recovery_key_wrong, too_many_tries, and what opening the ledger throws. */
  open(typed: string): Promise<{ owners: { person_id: string; name: string }[]; device_secret: 'kept' | 'lost' }> {
    const session = this.#session;
    return session.inTurn(async () => {
      const { vault, ports } = session;
      const folder = session.folder!;
      this.#proven = null;
      const keys = vault.openWithRecoveryKey(typed);
      const ledgerKey = session.opened?.ledgerKey ?? settleRotation(officePlace(folder), keys, ports);
      const device_secret = (await isLost(folder, ports)) ? 'lost' : 'kept';
      const owners = ownersIn(folder, ledgerKey).map(({ person_id, name }) => ({ person_id, name }));
      this.#proven = { folder, ledgerKey, until_ms: ports.clock.now() + PROOF_LASTS_MS };
      return { owners, device_secret };
    });
  }

  /** Sets the owner's new password and signs them in. Throws recovery_not_begun, password_common, person_not_found. */
  finish(person_id: string, password: string): Promise<void> {
    const session = this.#session;
    return session.inTurn(async () => {
      const { ports, folder, mode } = session;
      const proven = this.#proven;
      if (!proven || !mode || proven.folder !== folder || ports.clock.now() > proven.until_ms) {
        throw new AppError('recovery_not_begun');
      }
      assertNewPassword(password);
      const { ledgerKey } = proven;
      const owner = ownersIn(folder, ledgerKey).find(one => one.person_id === person_id);
      if (!owner) throw new AppError('person_not_found');
      const device_secret = (await isLost(folder, ports)) ? 'made_anew' : 'kept';
      await recoverFolder(folder, ledgerKey, { person_id, password, cost: ports.cost ?? PASSWORD_COST }, ports);
      if (!session.opened) await session.open(folder, mode, { current: ledgerKey, next: null });
      session.ledger.write(person_id, write => write.fact('key.recovery_used', { device_secret }));
      session.vault.forgetTries(person_id);
      this.#proven = null;
      session.enterAs(owner);
    });
  }
}

const ownersIn = (folder: string, ledgerKey: Buffer): Person[] =>
  peopleIn(folder, ledgerKey).filter(person => person.role === 'owner');

/** A keyring that only cannot be reached now is no lost one: that is thrown, and tried again later. */
async function isLost(folder: string, { deviceSecrets }: Pick<FolderTools, 'deviceSecrets'>): Promise<boolean> {
  try {
    await deviceSecrets.read(folder);
    return false;
  } catch (error) {
    if (error instanceof AppError && error.code === 'keyring_lost') return true;
    throw error;
  }
}
