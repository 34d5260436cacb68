import type { KeyStep } from '../../common/contract/people.ts';
import { AppError } from '../../common/errors.ts';
import { printRecoveryKey, RECOVERY_KEY_BYTES, tidyRecoveryText } from '../ledger/keys.ts';
import { rotateLedgerKey, type RotationStep } from '../ledger/rotation.ts';
import { makeRecoverySlot } from '../ledger/slots.ts';
import { readSettings } from '../office/settings.ts';
import type { Random } from '../platform/ids.ts';
import { officePlace } from './office-folder.ts';
import type { Session } from './session.ts';

/** Which two of the eight groups are typed back, counted from 1: proof that the paper can be read. */
export function askForGroups(random: Random): readonly [number, number] {
  const first = random(1)[0]! % 7;
  const second = first + 1 + (random(1)[0]! % (7 - first));
  return [first + 1, second + 1];
}

export function groupsMatch(
  typed: readonly string[],
  groups: readonly string[],
  ask: readonly [number, number],
): boolean {
  return ask.every((group, index) => tidyRecoveryText(typed[index] ?? '') === groups[group - 1]);
}

/** What the person at the desk sees of the steps of `rotation.ts`: the one that is being done. */
const NEXT_STEP: Record<RotationStep, KeyStep> = {
  both_keys: 'file',
  file_made: 'check',
  file_verified: 'switch',
  switched: 'finish',
  recorded: 'finish',
  one_key: 'finish',
};

/** Makes a verified copy of the open ledger; throws when it cannot, and then nothing is changed. */
export type CopyFirst = () => Promise<void>;

type Pending = {
  readonly by: string;
  readonly recoveryKey: Buffer;
  readonly groups: readonly string[];
  readonly ask: readonly [number, number];
};

/**
 * A new recovery key, and a new ledger key. The recovery key comes first and by itself: whatever then becomes of the
 * ledger key, the paper that was typed back is the one that counts.
 */
export class KeyChanges {
  readonly #session: Session;
  readonly #copyFirst: CopyFirst;
  #pending: Pending | null = null;

  constructor(session: Session, copyFirst: CopyFirst) {
    this.#session = session;
    this.#copyFirst = copyFirst;
  }

  /** Shows a new recovery key; the old one goes on counting. Throws what a wrong proof throws. */
  begin(proof: string): Promise<{ recovery_groups: string[]; ask_groups: number[] }> {
    return this.#session.withProof(proof, async (_ledgerKey, person) => {
      const { random } = this.#session.ports;
      const recoveryKey = random(RECOVERY_KEY_BYTES);
      const groups = printRecoveryKey(recoveryKey);
      const ask = askForGroups(random);
      this.#pending = { by: person.person_id, recoveryKey, groups, ask };
      return { recovery_groups: groups, ask_groups: [...ask] };
    });
  }

  /** For the printer. */
  get shown(): { office: string; groups: readonly string[] } {
    const office = readSettings(this.#session.ledger.database).office_name;
    return { office, groups: this.#begun().groups };
  }

  /**
   * Makes the shown key count once two of its groups were typed back, then changes the ledger key if that is wished.
   * Throws recovery_key_wrong, recovery_not_begun, queue_not_empty; what else goes wrong leaves the ledger key as it was.
   */
  async accept(typed: readonly string[], change_ledger_key: boolean): Promise<void> {
    const session = this.#session;
    const { groups, ask, recoveryKey, by } = this.#begun();
    if (!groupsMatch(typed, groups, ask)) throw new AppError('recovery_key_wrong');
    if (change_ledger_key && session.inFlight > 0) throw new AppError('queue_not_empty');
    await session.inTurn(async () => {
      const { opened, vault, ledger, ports } = session;
      if (!opened) throw new AppError('not_signed_in');
      const { ledgerKey } = opened;
      await vault.replaceRecovery(ledgerKey, ledgerId =>
        makeRecoverySlot(ledgerKey, ledgerId, recoveryKey, ports.random),
      );
      vault.forgetTries('recovery');
      ledger.write(by, write => write.fact('key.recovery_renewed', {}));
      this.#pending = null;
    });
    if (change_ledger_key) await this.#changeLedgerKey();
  }

  /** With the office closed: nobody writes meanwhile. It is open again afterwards, with the key that then counts. */
  #changeLedgerKey(): Promise<void> {
    const session = this.#session;
    return session.inTurn(async () => {
      const { opened, person, ports } = session;
      if (!opened || !person) throw new AppError('not_signed_in');
      if (session.inFlight > 0) throw new AppError('queue_not_empty');
      const { folder, mode, ledgerKey } = opened;
      const tell = (step: KeyStep): void => ports.announce('keys.progress', { step });
      tell('copy');
      await this.#copyFirst();
      if (session.inFlight > 0) throw new AppError('queue_not_empty');
      tell('slots');
      await session.closeOffice();
      const { clock, random } = ports;
      const made = await rotateLedgerKey(officePlace(folder), ledgerKey, person.person_id, {
        ...{ clock, random },
        onStep: step => tell(NEXT_STEP[step]),
      });
      try {
        await session.open(folder, mode, { current: made.ledgerKey, next: null });
      } catch (error) {
        // Nobody may stand at a desk without books. The next sign-in opens it, or says why it cannot.
        session.signOut();
        throw error;
      }
      if (made.failure === null) return;
      ports.log.bug('keys.change', made.failure);
      throw made.failure;
    });
  }

  #begun(): Pending {
    if (!this.#pending || this.#pending.by !== this.#session.person?.person_id) {
      throw new AppError('recovery_not_begun');
    }
    return this.#pending;
  }
}
