import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRecoverySlot, makePersonSlot, writeSlots } from '../../main/ledger/slots.ts';
import type { PasswordCost } from '../../main/ledger/keys.ts';
import type { DeviceSecrets } from '../../main/platform/secrets-electron.ts';
import { officeFolder } from '../../main/staff/office-folder.ts';
import { fakeDeviceSecrets } from '../support/builders.ts';
import { makeDice } from '../torture/dice.ts';
import { workFolder } from '../torture/work-folder.ts';
import { PASSWORD, STAFF, type Person } from './staff.ts';

/** As cheap as a guess can be: what a guess costs is shown elsewhere. */
export const CHEAP: PasswordCost = { memory_kib: 8, passes: 1, lanes: 1 };
export const LEDGER_ID = 'ledger-simulated';

const SLOTS = ['slots-a.json', 'slots-b.json'] as const;

/** What somebody knows of their own password, and how often they were wrong since. */
export type Memory = {
  /** More than one when a change was cut short, or was answered with an error: then nobody knows which of them counts. */
  passwords: readonly string[];
  /** True when the last word of the desk was that the password is set. */
  certain: boolean;
  wrong: number;
  /** By the desk's clock. */
  wrong_at_ms: number;
};

/**
 * What of the staff side outlives a process and is not the ledger: key slots and counted tries in a folder, the keyring
 * of the computer, and what people remember. Put back before every run.
 */
export class StaffRoom {
  readonly dataFolder: string;
  readonly #ledgerKey: Buffer;
  readonly #atStart = new Map<string, string>();
  deviceSecrets: DeviceSecrets = fakeDeviceSecrets();
  readonly memories = new Map<string, Memory>();

  /** Without a folder of the caller it makes one that goes away with the process. */
  constructor(ledgerKey: Buffer, dataFolder?: string) {
    this.#ledgerKey = ledgerKey;
    if (dataFolder === undefined) {
      const own = workFolder('staff-room');
      process.on('exit', own.dispose);
      this.dataFolder = own.folder;
    } else {
      this.dataFolder = dataFolder;
    }
    mkdirSync(this.folder, { recursive: true });
  }

  get folder(): string {
    return officeFolder(this.dataFolder, 'training');
  }

  /** The passwords that somebody believes are theirs. */
  passwordsOf(person_id: string): readonly string[] {
    return this.memories.get(person_id)?.passwords ?? [PASSWORD];
  }

  /** Those who know their password for sure; all, when nobody does. */
  surely(people: readonly Person[]): readonly Person[] {
    const sure = people.filter(({ person_id }) => this.memories.get(person_id)?.certain);
    return sure.length > 0 ? sure : people;
  }

  /** A right password ends the count of wrong ones; whether it was right is not looked at, so nothing is expected of it. */
  proves(person_id: string): void {
    const memory = this.memories.get(person_id);
    if (memory) memory.wrong = 0;
  }

  async begin(): Promise<void> {
    this.deviceSecrets = fakeDeviceSecrets(makeDice(1, 'keyring').bytes);
    const device = await this.deviceSecrets.create(this.folder);
    if (this.#atStart.size === 0) await this.#make(device);
    for (const [name, text] of this.#atStart) writeFileSync(join(this.folder, name), text);
    rmSync(join(this.folder, 'password-tries.json'), { force: true });
    this.memories.clear();
    for (const { person_id } of STAFF) {
      this.memories.set(person_id, { passwords: [PASSWORD], certain: true, wrong: 0, wrong_at_ms: 0 });
    }
  }

  async #make(device: Awaited<ReturnType<DeviceSecrets['create']>>): Promise<void> {
    const { bytes } = makeDice(1, 'slots');
    const common = { ledgerKey: this.#ledgerKey, ledgerId: LEDGER_ID, device, cost: CHEAP, random: bytes };
    const people = [];
    for (const { person_id, role } of STAFF) {
      people.push(await makePersonSlot({ ...common, person_id, role, name: `Person ${role}`, password: PASSWORD }));
    }
    const recovery = makeRecoverySlot(this.#ledgerKey, LEDGER_ID, bytes(20), bytes);
    const content = { format: 1, ledger_id: LEDGER_ID, mode: 'training', version: 1 } as const;
    writeSlots(this.folder, { ...content, slots: [...people, recovery] }, this.#ledgerKey);
    for (const name of SLOTS) this.#atStart.set(name, readFileSync(join(this.folder, name), 'utf8'));
  }
}
