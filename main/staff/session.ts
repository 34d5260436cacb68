import type { Mode, SessionState } from '../../common/contract/office.ts';
import { AppError } from '../../common/errors.ts';
import { ROLE_PERMISSIONS, type Permission } from '../../common/permissions.ts';
import { PASSWORD_COST } from '../ledger/keys.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { settleRotation } from '../ledger/rotation.ts';
import type { Door, SlotKeys } from '../ledger/slots.ts';
import { readSettings } from '../office/settings.ts';
import { Turns } from '../platform/turns.ts';
import { Breakages } from './breakage.ts';
import {
  closeFolder,
  officeExists,
  officeFolder,
  officePlace,
  openFolder,
  type OpenedFolder,
} from './office-folder.ts';
import { personOf, type Person } from './queries.ts';
import type { Running, SessionPorts } from './session-ports.ts';
import { sessionView } from './session-view.ts';
import { Vault } from './vault.ts';

/**
 * Who is at the desk. Signing in opens the vault; locking and signing out close the screen and leave the ledger open in
 * this process, because money on its way must go on being settled. Only quitting, or changing the office, closes it.
 */
export class Session {
  readonly ports: SessionPorts;
  #opened: (OpenedFolder & { running: Running; mode: Mode; folder: string; ledgerKey: Buffer }) | null = null;
  #person: Person | null = null;
  #locked = false;
  /** The password is one that somebody else has chosen; the desk stays closed until it is replaced. */
  #mustChoose = false;
  readonly #turns = new Turns();
  readonly #broken = new Breakages();
  /** Ends when the office that was left last is closed; its folder cannot be opened before. */
  #closing: Promise<void> = Promise.resolve();

  constructor(ports: SessionPorts) {
    this.ports = ports;
  }

  /** The office to open: the one chosen last, or the one that is there. */
  get mode(): Mode | null {
    const { config, dataFolder } = this.ports;
    const isThere = (mode: Mode): boolean => officeExists(officeFolder(dataFolder, mode));
    return config.get('mode') ?? (['live', 'training'] as const).find(isThere) ?? null;
  }

  get folder(): string | null {
    return this.mode && officeFolder(this.ports.dataFolder, this.mode);
  }

  /** What is open at this moment, with its key; null before the first sign-in, and while the ledger key is changed. */
  get opened(): { folder: string; mode: Mode; ledgerKey: Buffer } | null {
    return this.#opened;
  }

  get ledger(): Ledger {
    if (!this.#opened) throw new AppError(this.#person ? 'keys_changing' : 'not_signed_in');
    return this.#opened.ledger;
  }

  get inFlight(): number {
    return this.#opened?.running.inFlight ?? 0;
  }

  get person(): Person | null {
    return this.#person;
  }

  /** True while no call but those of the door itself may be answered. */
  get locked(): boolean {
    return this.#locked || this.#mustChoose;
  }

  get mustChoose(): boolean {
    return this.#mustChoose;
  }

  /** The slots of the office that is chosen. Throws not_signed_in where there is none. */
  get vault(): Vault {
    if (!this.folder || !officeExists(this.folder)) throw new AppError('not_signed_in');
    return new Vault(this.folder, this.ports);
  }

  permissions(): readonly Permission[] {
    return this.#person ? ROLE_PERMISSIONS[this.#person.role] : [];
  }

  state(): Promise<SessionState> {
    return sessionView(this);
  }

  get phase(): SessionState['phase'] {
    if (this.#broken.current) return 'broken';
    if (!this.folder || !officeExists(this.folder)) return 'setup';
    if (!this.#person) return 'signed_out';
    if (this.#locked) return 'locked';
    return this.#mustChoose ? 'choose_password' : 'open';
  }

  get broken(): SessionState['broken'] {
    return this.#broken.current;
  }

  /** For the sign-in page. None, and a broken office, when this computer cannot even read the names. */
  async people(): Promise<Door[]> {
    if (!this.folder || !officeExists(this.folder)) return [];
    try {
      return await this.vault.people();
    } catch (error) {
      this.#refuse(error);
      return [];
    }
  }

  /** Opens the ledger, or proves the password again when it is open already. */
  signIn(person_id: string, password: string): Promise<void> {
    return this.inTurn(() => this.#signIn(person_id, password));
  }

  unlock(password: string): Promise<void> {
    return this.inTurn(async () => {
      const person = this.#person;
      if (!person) throw new AppError('not_signed_in');
      const { must_choose } = await this.#proven(this.vault, person.person_id, password);
      // Somebody signed out, or was removed, while the password was looked at.
      if (this.#person?.person_id !== person.person_id) throw new AppError('not_signed_in');
      this.enterAs(this.#person, must_choose);
    });
  }

  /**
   * One at a time: side by side, many passwords could be tried before the first wrong one is counted, and two changes of
   * the slots would each undo the other.
   */
  inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#turns.take(work);
  }

  async #signIn(person_id: string, password: string): Promise<void> {
    const { folder, mode, vault } = this;
    if (!folder || !mode) throw new AppError('not_signed_in');
    const keys = await this.#proven(vault, person_id, password);
    if (!this.#opened) await this.open(folder, mode, keys);
    const { ledger, ledgerKey } = this.#opened!;
    const person = personOf(ledger.database, person_id);
    // Only where a removal was cut short, or the ledger is an older one: its word counts.
    if (!person) throw new AppError('person_not_found');
    const { cost = PASSWORD_COST, log } = this.ports;
    await vault.freshen(ledgerKey, person, password, cost).catch(error => log.bug('freshen', error));
    this.enterAs(person, keys.must_choose);
  }

  async #proven(vault: Vault, person_id: string, password: string): Promise<SlotKeys & { must_choose: boolean }> {
    try {
      return await vault.open(person_id, password);
    } catch (error) {
      if (error instanceof AppError && error.code === 'wrong_password') this.ports.log.info('sign_in.refused');
      this.#refuse(error);
      throw error;
    }
  }

  /** Throws what a wrong password throws. For a deed that a second pair of eyes, or the same ones again, must allow. */
  prove(person_id: string, password: string): Promise<void> {
    return this.inTurn(async () => void (await this.#proven(this.vault, person_id, password)));
  }

  /** Runs `work` with the ledger key, alone, once the person at the desk has proven with their password who they are. */
  withProof<Value>(password: string, work: (ledgerKey: Buffer, person: Person) => Promise<Value>): Promise<Value> {
    return this.inTurn(async () => {
      const person = this.#person;
      const opened = this.#opened;
      if (!person || !opened) throw new AppError('not_signed_in');
      await this.#proven(this.vault, person.person_id, password);
      return work(opened.ledgerKey, person);
    });
  }

  /** Opens the office, after what a change of the ledger key left was finished or undone. */
  async open(folder: string, mode: Mode, keys: SlotKeys): Promise<void> {
    this.#broken.current = null;
    await this.#closing;
    try {
      const ledgerKey = settleRotation(officePlace(folder), keys, this.ports);
      await this.adopt(openFolder(folder, ledgerKey, this.ports), folder, mode, ledgerKey);
    } catch (error) {
      this.#refuse(error);
      throw error;
    }
  }

  /** Takes over a freshly opened or created office and starts it. */
  async adopt(opened: OpenedFolder, folder: string, mode: Mode, ledgerKey: Buffer): Promise<void> {
    let condemned: AppError | null = null;
    try {
      opened.ledger.onCondemned(error => {
        condemned = error;
        this.#giveUp(error);
      });
      const running = await this.ports.start(opened.ledger, folder);
      if (condemned) await running.stop();
      // While it was started the disk failed: it is not to be used, and nobody is to be told that it opened.
      if (condemned) throw condemned;
      this.#opened = { ...opened, mode, folder, ledgerKey, running };
    } catch (error) {
      opened.ledger.close();
      opened.release();
      throw error;
    }
  }

  /** Puts a person at the desk whose right to be there was proven. */
  enterAs(person: Person, mustChoose = false): void {
    this.#person = person;
    this.#locked = false;
    this.#mustChoose = mustChoose;
    this.ports.log.info('signed_in', { role: person.role });
    this.ports.announce('session.changed', {});
  }

  /** Looks the person at the desk up again: another role, or no place here any more. */
  personChanged(): void {
    if (!this.#person) return;
    this.#person = personOf(this.ledger.database, this.#person.person_id) ?? null;
    if (!this.#person) this.signOut();
    else this.ports.announce('session.changed', {});
  }

  passwordChosen(): void {
    this.#mustChoose = false;
    this.ports.announce('session.changed', {});
  }

  /** After how many idle minutes the desk is to be locked; null while there is nothing to lock. */
  get idle_minutes(): number | null {
    return this.#opened && this.#person && !this.#locked ? readSettings(this.ledger.database).idle_minutes : null;
  }

  lock(): void {
    if (!this.#person) return;
    this.#locked = true;
    this.ports.announce('session.changed', {});
  }

  signOut(): void {
    this.#leave();
    this.ports.announce('session.changed', {});
  }

  /** Goes to the other office of this desk, or to its set-up when there is none yet. */
  switchMode(mode: Mode): Promise<void> {
    // In turn: beside a sign-in, the screen would show training while the live ledger opens behind it.
    return this.inTurn(async () => {
      if (this.inFlight > 0) throw new AppError('queue_not_empty');
      await this.close();
      this.#broken.current = null;
      // Where nothing changes nothing is written: the office may be opened anew because its disk fails.
      if (this.ports.config.get('mode') !== mode) this.ports.config.set('mode', mode);
      this.ports.announce('session.changed', {});
    });
  }

  async close(): Promise<void> {
    this.#leave();
    await this.closeOffice();
  }

  #leave(): void {
    this.#person = null;
    this.#locked = false;
    this.#mustChoose = false;
  }

  /** Stops the office and closes its ledger; whoever is at the desk stays there. */
  closeOffice(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    if (!opened) return this.#closing;
    const closed = closeFolder(opened, () => opened.running.stop());
    this.#closing = closed.catch(() => undefined);
    return closed;
  }

  /** The disk failed or the journal is damaged: the office closes, and the page says why. Trying again opens it anew. */
  #giveUp(error: AppError): void {
    this.#refuse(error);
    void this.close().catch((problem: unknown) => this.ports.log.bug('session.close', problem));
  }

  /** What only another screen can help with. Everything else is the caller's to show. */
  #refuse(error: unknown): void {
    if (!this.#broken.take(error)) return;
    this.ports.log.info('office.refused', { code: this.#broken.current!.code });
    this.ports.announce('session.changed', {});
  }
}
