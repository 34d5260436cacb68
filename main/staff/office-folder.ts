import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Mode } from '../../common/contract/office.ts';
import type { Currency } from '../../common/money.ts';
import { anchorFiles } from '../ledger/anchors.ts';
import { Ledger } from '../ledger/ledger.ts';
import { claimFolder } from '../ledger/open.ts';
import type { RotationPlace } from '../ledger/rotation.ts';
import type { PasswordCost } from '../ledger/keys.ts';
import { makePersonSlot, makeRecoverySlot, slotsExist, writeSlots } from '../ledger/slots.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/ids.ts';
import type { DeviceSecrets } from '../platform/secrets-electron.ts';

/** Where one office of this desk lives. Training and live are two folders that share nothing. */
export function officeFolder(dataFolder: string, mode: Mode): string {
  return join(dataFolder, mode);
}

export const ledgerFile = (folder: string): string => join(folder, 'ledger.db');
export const officePlace = (folder: string): RotationPlace => ({
  ...{ folder, file: ledgerFile(folder), anchorFolder: join(folder, 'anchors') },
});
/**
 * A folder whose slots are gone but whose anchors are there was an office, because anchors follow the slots: that is
 * damage, which a copy repairs, and no place for a new office.
 */
export const officeExists = (folder: string): boolean =>
  slotsExist(folder) || anchorFiles(officePlace(folder).anchorFolder).read().length > 0;

export type FolderTools = {
  readonly clock: Clock;
  readonly random: Random;
  readonly deviceSecrets: DeviceSecrets;
  readonly onAnchorFailure: (error: unknown) => void;
};

export type OpenedFolder = { readonly ledger: Ledger; readonly release: () => void };

/** Opens the ledger of a folder for this process alone. Throws the refusals of `claimFolder` and `Ledger.open`. */
export function openFolder(folder: string, ledgerKey: Buffer, tools: FolderTools): OpenedFolder {
  const release = claimFolder(folder);
  try {
    return { ledger: Ledger.open(ledgerOptions(folder, ledgerKey, tools)), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Closes a ledger once everything over it has stopped. The folder is free again whatever goes wrong. */
export async function closeFolder({ ledger, release }: OpenedFolder, stop: () => Promise<void>): Promise<void> {
  try {
    await stop();
    ledger.close();
  } finally {
    release();
  }
}

export type NewOffice = {
  readonly mode: Mode;
  readonly office_name: string;
  readonly desk_code: string;
  readonly time_zone: string;
  readonly currency: Currency;
  readonly locale: string;
  readonly owner: { readonly person_id: string; readonly name: string; readonly password: string };
  readonly ledger_id: string;
  readonly ledgerKey: Buffer;
  readonly recoveryKey: Buffer;
  readonly cost: PasswordCost;
};

/** Makes a new office: device secret, ledger with its first facts, and last the slots, which are what makes it exist. */
export async function createFolder(folder: string, office: NewOffice, tools: FolderTools): Promise<OpenedFolder> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const release = claimFolder(folder);
  let made: Ledger | null = null;
  try {
    const device = await tools.deviceSecrets.create(folder);
    const { ledgerKey, ledger_id, owner, mode } = office;
    const person = await makePersonSlot({
      ...{ ledgerKey, device, ledgerId: ledger_id, person_id: owner.person_id, name: owner.name },
      ...{ role: 'owner', password: owner.password, cost: office.cost, random: tools.random },
    });
    const recovery = makeRecoverySlot(ledgerKey, ledger_id, office.recoveryKey, tools.random);
    const ledger = createLedger(folder, office, tools);
    made = ledger;
    ledger.write(owner.person_id, write => {
      const personal = write.sealPersonal(owner.person_id, { name: owner.name });
      write.fact('staff.added', { person_id: owner.person_id, role: 'owner', personal });
      const { office_name, time_zone, currency, locale } = office;
      for (const [name, value] of Object.entries({ office_name, time_zone, currency, locale })) {
        write.fact('setting.changed', { name: name as 'office_name', value });
      }
      write.fact('setting.changed', { name: 'two_phase', value: 'on' });
    });
    writeSlots(folder, { format: 1, ledger_id, mode, version: 1, slots: [person, recovery] }, ledgerKey);
    return { ledger, release };
  } catch (error) {
    // Without slots nobody has its key. Its anchors would make it look like an office whose slots were lost.
    made?.close();
    rmSync(officePlace(folder).anchorFolder, { recursive: true, force: true });
    release();
    throw error;
  }
}

/**
 * A ledger file without slots is what a set-up left that was cut short: its key was never written down, so nobody can
 * read it and nothing can be in it. It is put aside, never deleted.
 */
function createLedger(folder: string, office: NewOffice, tools: FolderTools): Ledger {
  const options = ledgerOptions(folder, office.ledgerKey, tools);
  const { ledger_id, mode, desk_code } = office;
  for (const ending of ['', '-wal', '-shm']) {
    const left = `${options.file}${ending}`;
    if (existsSync(left)) renameSync(left, `${left}.unfinished-${tools.clock.now()}`);
  }
  return Ledger.create(options, { ledger_id, mode, desk: desk_code, incarnation: 1 });
}

function ledgerOptions(folder: string, ledgerKey: Buffer, tools: FolderTools) {
  const { clock, random, onAnchorFailure } = tools;
  const { file, anchorFolder } = officePlace(folder);
  return { file, anchorFolder, ledgerKey, clock, random, onAnchorFailure };
}
