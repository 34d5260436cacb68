import type { SetupInput } from '../../common/contract/office.ts';
import { AppError } from '../../common/errors.ts';
import { PASSWORD_COST, printRecoveryKey, RECOVERY_KEY_BYTES, type PasswordCost } from '../ledger/keys.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { seedTrainingOffice } from '../training/seed.ts';
import { askForGroups, groupsMatch } from './key-changes.ts';
import { assertNewPassword } from './new-password.ts';
import { createFolder, officeExists, officeFolder } from './office-folder.ts';
import type { Session } from './session.ts';

type Pending = {
  readonly input: SetupInput;
  readonly ledgerKey: Buffer;
  readonly recoveryKey: Buffer;
  readonly groups: string[];
  /** Which two groups are typed back, counted from 1. */
  readonly ask: readonly [number, number];
};

/** The first run. Keys are born in memory; nothing is on the disk before the recovery key has been shown. */
export class Setup {
  readonly #session: Session;
  readonly #newId: () => string;
  readonly #cost: PasswordCost;
  #pending: Pending | null = null;

  constructor(session: Session, newId: () => string, cost: PasswordCost = PASSWORD_COST) {
    this.#session = session;
    this.#newId = newId;
    this.#cost = cost;
  }

  begin(input: SetupInput): { recovery_groups: string[]; ask_groups: number[] } {
    const { dataFolder, random } = this.#session.ports;
    if (officeExists(officeFolder(dataFolder, input.mode))) throw new AppError('setup_done');
    assertNewPassword(input.password);
    const recoveryKey = random(RECOVERY_KEY_BYTES);
    const groups = printRecoveryKey(recoveryKey);
    const ask = askForGroups(random);
    this.#pending = { input, ledgerKey: random(32), recoveryKey, groups, ask };
    return { recovery_groups: groups, ask_groups: [...ask] };
  }

  /** For the printer. */
  get shown(): { office: string; groups: readonly string[] } {
    if (!this.#pending) throw new AppError('setup_not_begun');
    return { office: this.#pending.input.office_name, groups: this.#pending.groups };
  }

  /** Creates the office and signs the owner in. Live books need proof that the key can be read from the paper. */
  finish(typed: readonly string[] | null): Promise<void> {
    // In turn, as a sign-in is: an office that opens beside another would leave that one running behind the screen.
    return this.#session.inTurn(() => this.#finish(typed));
  }

  async #finish(typed: readonly string[] | null): Promise<void> {
    const pending = this.#pending;
    if (!pending) throw new AppError('setup_not_begun');
    const { input, groups, ask } = pending;
    if (typed === null ? input.mode === 'live' : !groupsMatch(typed, groups, ask)) {
      throw new AppError('recovery_key_wrong');
    }
    const { ports } = this.#session;
    const folder = officeFolder(ports.dataFolder, input.mode);
    const person_id = this.#newId();
    ports.announce('setup.progress', { step: 'keys' });
    const opened = await createFolder(
      folder,
      {
        ...input,
        locale: input.currency === 'GBP' || input.currency === 'EUR' ? 'en-GB' : 'en-US',
        owner: { person_id, name: input.owner_name, password: input.password },
        ledger_id: this.#newId(),
        ledgerKey: pending.ledgerKey,
        recoveryKey: pending.recoveryKey,
        cost: this.#cost,
      },
      ports,
    );
    ports.announce('setup.progress', { step: 'customers' });
    if (input.mode === 'training') this.#seed(opened.ledger, person_id);
    ports.announce('setup.progress', { step: 'square' });
    await this.#session.adopt(opened, folder, input.mode, pending.ledgerKey);
    ports.config.set('mode', input.mode);
    this.#pending = null;
    this.#session.enterAs({ person_id, name: input.owner_name, role: 'owner' });
    ports.announce('setup.progress', { step: 'ready' });
  }

  #seed(ledger: Ledger, person_id: string): void {
    seedTrainingOffice(ledger, this.#newId, person_id);
  }
}
