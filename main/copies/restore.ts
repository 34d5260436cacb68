import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Announce } from '../../common/contract/index.ts';
import type { FoundCopyView, RestorePlan } from '../../common/contract/copies.ts';
import type { Mode } from '../../common/contract/office.ts';
import { AppError } from '../../common/errors.ts';
import type { FileFacts } from '../ledger/copy.ts';
import { beginRestoredIncarnation } from '../ledger/incarnation.ts';
import { deriveKeys, readRecoveryKey, type PasswordCost } from '../ledger/keys.ts';
import { openRecoverySlot, readSlots } from '../ledger/slots.ts';
import type { StartChild } from '../platform/child.ts';
import { readTwice, writeTwice } from '../platform/durable-file.ts';
import { assertNewPassword } from '../staff/new-password.ts';
import { officeFolder, openFolder, type FolderTools } from '../staff/office-folder.ts';
import type { FoundCopy } from './jobs.ts';
import { restoringFolder, switchOffice } from './switch.ts';
import { startWork, type Work } from './worker.ts';

export type RestorePorts = FolderTools & {
  readonly dataFolder: string;
  readonly announce: Announce;
  readonly startChild: StartChild;
  readonly cost: PasswordCost;
  /** True while the office of this mode is there and opens as it should: it is then not to be replaced. */
  readonly isHealthy: (mode: Mode) => boolean;
  /** Gives this computer a device secret and this person a slot with a new password, in the given folder. */
  readonly recover: (
    folder: string,
    ledgerKey: Buffer,
    person: { person_id: string; password: string; cost: PasswordCost },
    tools: FolderTools,
  ) => Promise<void>;
  /** The last step, where a test ends the process. */
  readonly switchOffice?: (dataFolder: string, mode: Mode, now_ms: number) => void | Promise<void>;
  /** Lets go of whatever is open, before the folders are renamed. */
  readonly closeOffice: () => Promise<void>;
};

type Begun = {
  readonly found: FoundCopy;
  readonly ledgerKey: Buffer;
  readonly facts: FileFacts;
  readonly incarnation: number;
};

/**
 * Brings an office back from a copy, on this computer or on a new one. First aside, proven whole; then, with a person and
 * a password, as the next incarnation; last, by renames, in its place. Until the renames nothing that was there changes.
 */
export class Restore {
  readonly #ports: RestorePorts;
  #found: readonly FoundCopy[] = [];
  #begun: Begun | null = null;
  #work: Work<unknown> | null = null;

  constructor(ports: RestorePorts) {
    this.#ports = ports;
  }

  /** Every copy that lies in the folder or one folder below it. Throws copy_folder_away. */
  async find(folder: string): Promise<FoundCopyView[]> {
    const { startChild, clock } = this.#ports;
    this.#found = await startWork(startChild, clock, { kind: 'find', folder, ledger_id: null }).result;
    return this.#found.map(({ manifest, whole }, index) => ({
      index,
      ...{ whole, mode: manifest.mode, desk: manifest.desk, office_name: manifest.office_name },
      ...{ made_at_ms: manifest.made_at_ms, payments: manifest.payments, bytes: manifest.bytes },
      newest_payment_ms: manifest.newest_payment_ms,
    }));
  }

  /**
   * Opens a found copy with the recovery key, brings it aside and proves it. Throws recovery_key_wrong, copy_not_whole,
   * restore_office_exists, ledger_newer, disk_full, copies_cancelled.
   */
  async begin(index: number, recoveryKey: string): Promise<RestorePlan> {
    const { dataFolder, startChild, clock, announce, isHealthy } = this.#ports;
    const found = this.#found[index];
    if (!found) throw new AppError('copy_none');
    const { manifest } = found;
    if (isHealthy(manifest.mode)) throw new AppError('restore_office_exists');
    if (this.#work) throw new AppError('copies_busy');
    this.#begun = null;
    const into = emptied(restoringFolder(dataFolder, manifest.mode));
    try {
      writeTwice(into, 'slots', manifest.slots);
      const ledgerKey = openRecoverySlot(readSlots(into), readRecoveryKey(recoveryKey));
      const { page, field } = deriveKeys(ledgerKey);
      const keys = { page: page.toString('hex'), field: field.toString('hex') };
      const work = startWork(
        startChild,
        clock,
        { kind: 'check', from: found.folder, copy_id: manifest.copy_id, into, keys },
        { progress: (step, done, of) => announce('copies.progress', { work: 'restore', step, done, of }) },
      );
      this.#work = work;
      const facts = await work.result;
      this.#begun = { found, ledgerKey, facts, incarnation: this.#nextIncarnation(found) };
      return planOf(found, facts);
    } catch (error) {
      rmSync(into, { recursive: true, force: true });
      throw error;
    } finally {
      this.#work = null;
    }
  }

  /** Above every incarnation that any copy, any anchor and any folder put aside remembers. */
  #nextIncarnation({ manifest }: FoundCopy): number {
    const { dataFolder } = this.#ports;
    const inCopies = this.#found
      .filter(one => one.manifest.ledger_id === manifest.ledger_id)
      .map(one => one.manifest.incarnation);
    const folders = readdirSync(dataFolder).filter(
      name => name === manifest.mode || name.startsWith(`${manifest.mode}.`),
    );
    const inAnchors = folders
      .flatMap(name => readTwice(join(dataFolder, name, 'anchors'), 'anchor'))
      .map(text => anchoredIncarnation(text, manifest.ledger_id));
    return Math.max(manifest.incarnation, ...inCopies, ...inAnchors) + 1;
  }

  /** Makes the proven copy the office of this desk. Answers its mode; the caller signs the person in. */
  async finish(person_id: string, password: string): Promise<Mode> {
    const begun = this.#begun;
    if (!begun) throw new AppError('restore_not_begun');
    if (!ownersIn(begun.facts).some(one => one.person_id === person_id)) throw new AppError('person_not_found');
    assertNewPassword(password);
    const { dataFolder, clock, recover, closeOffice, cost } = this.#ports;
    const { mode, copy_id, made_at_ms, sha256 } = begun.found.manifest;
    const folder = restoringFolder(dataFolder, mode);
    this.#begun = null;
    try {
      const { ledger, release } = openFolder(folder, begun.ledgerKey, this.#ports);
      try {
        const copy = { copy_id, made_at_ms, sha256 };
        const { incarnation } = begun;
        beginRestoredIncarnation(ledger, { incarnation, actor: person_id, copy, now_ms: clock.now() });
      } finally {
        ledger.close();
        release();
      }
      await recover(folder, begun.ledgerKey, { person_id, password, cost }, this.#ports);
      await closeOffice();
      keepSimulator(officeFolder(dataFolder, mode), folder);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    await (this.#ports.switchOffice ?? switchOffice)(dataFolder, mode, clock.now());
    return mode;
  }

  /** Gives up what was begun. The copy stays where it is; so does the office. */
  cancel(): void {
    this.#work?.cancel();
    const begun = this.#begun;
    this.#begun = null;
    if (begun) {
      rmSync(restoringFolder(this.#ports.dataFolder, begun.found.manifest.mode), { recursive: true, force: true });
    }
  }
}

function emptied(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function anchoredIncarnation(text: string, ledger_id: string): number {
  try {
    const anchor = JSON.parse(text) as { ledger_id?: unknown; incarnation?: unknown };
    return anchor.ledger_id === ledger_id && Number.isSafeInteger(anchor.incarnation) ? Number(anchor.incarnation) : 0;
  } catch {
    return 0;
  }
}

/** A training office has its Square inside its folder. It outlives the ledger, as the real one does. */
function keepSimulator(from: string, into: string): void {
  const simulator = join(from, 'simulator');
  if (existsSync(simulator)) cpSync(simulator, join(into, basename(simulator)), { recursive: true });
}

function planOf({ manifest }: FoundCopy, facts: FileFacts): RestorePlan {
  return {
    ...{ mode: manifest.mode, office_name: facts.office_name, desk: facts.desk, made_at_ms: manifest.made_at_ms },
    ...{ payments: facts.payments, newest_payment_ms: facts.newest_payment_ms, records: facts.records },
    people: ownersIn(facts).map(({ person_id, name }) => ({ person_id, name, role: 'owner' })),
  };
}

/** The key on the paper is the owner's, so it makes a password for an owner; the owner sets everybody else's. */
const ownersIn = (facts: FileFacts) => facts.people.filter(person => person.role === 'owner');
