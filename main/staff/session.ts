import type { Announce } from '../../common/contract/index.ts';
import type { Mode, SessionState } from '../../common/contract/office.ts';
import { AppError, type ErrorCode, type ErrorDetails } from '../../common/errors.ts';
import { ROLE_PERMISSIONS, type Permission, type Role } from '../../common/permissions.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openPersonSlot, readPeople, readSlots } from '../ledger/slots.ts';
import { officeDay, readSettings } from '../office/settings.ts';
import type { ConfigStore } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import { officeExists, officeFolder, openFolder, type FolderTools, type OpenedFolder } from './office-folder.ts';
import { PasswordTries } from './tries.ts';

export type Person = { readonly person_id: string; readonly name: string; readonly role: Role };

/** The running parts of an open office, started after its ledger opened and stopped before it closes. */
export type Running = { stop(): Promise<void>; readonly inFlight: number };

export type SessionPorts = FolderTools & {
  readonly dataFolder: string;
  readonly config: ConfigStore;
  readonly announce: Announce;
  readonly log: Log;
  readonly preview: boolean;
  readonly version: string;
  /** Starts the office's outbox, sync and connection. */
  readonly start: (ledger: Ledger, folder: string) => Promise<Running>;
};

/**
 * Who is at the desk. Signing in opens the vault; locking and signing out close the screen and leave the ledger open in
 * this process, because money on its way must go on being settled. Only quitting, or changing the office, closes it.
 */
export class Session {
  readonly ports: SessionPorts;
  #opened: (OpenedFolder & { running: Running; mode: Mode }) | null = null;
  #person: Person | null = null;
  #locked = false;
  #turn: Promise<unknown> = Promise.resolve();
  #broken: { code: ErrorCode; details: ErrorDetails } | null = null;

  constructor(ports: SessionPorts) {
    this.ports = ports;
  }

  /** The office to open: the one chosen last, or the one that is there. */
  get mode(): Mode | null {
    const { config, dataFolder } = this.ports;
    const present = (['live', 'training'] as const).filter(mode => officeExists(officeFolder(dataFolder, mode)));
    return config.get('mode') ?? present[0] ?? null;
  }

  get folder(): string | null {
    return this.mode && officeFolder(this.ports.dataFolder, this.mode);
  }

  get ledger(): Ledger {
    if (!this.#opened) throw new AppError('not_signed_in');
    return this.#opened.ledger;
  }

  get inFlight(): number {
    return this.#opened?.running.inFlight ?? 0;
  }

  get person(): Person | null {
    return this.#person;
  }

  get locked(): boolean {
    return this.#locked;
  }

  permissions(): readonly Permission[] {
    return this.#person ? ROLE_PERMISSIONS[this.#person.role] : [];
  }

  async state(): Promise<SessionState> {
    const { config, preview, version, dataFolder } = this.ports;
    const mode = this.mode;
    const other: Mode = mode === 'training' ? 'live' : 'training';
    const people = await this.#people();
    const waits = new PasswordTries(this.folder ?? dataFolder, this.ports.clock);
    return {
      phase: this.#phase(),
      mode,
      people,
      person: this.#person ? { ...this.#person, permissions: [...this.permissions()] } : null,
      office: this.#office(),
      broken: this.#broken,
      wait_ms: Math.max(0, ...people.map(person => waits.wait_ms(person.person_id))),
      preview,
      other_mode: mode && officeExists(officeFolder(dataFolder, other)) ? other : null,
      version,
      appearance: { theme: config.get('theme'), contrast: config.get('contrast') },
    };
  }

  #phase(): SessionState['phase'] {
    if (this.#broken) return 'broken';
    if (!this.folder || !officeExists(this.folder)) return 'setup';
    if (!this.#person) return 'signed_out';
    return this.#locked ? 'locked' : 'open';
  }

  #office(): SessionState['office'] {
    if (!this.#opened || !this.#person) return null;
    const { database, identity } = this.#opened.ledger;
    const { office_name, currency, time_zone, locale } = readSettings(database);
    const today = officeDay(database, this.ports.clock.now());
    return { name: office_name, desk: identity.desk, currency, time_zone, locale, today };
  }

  /** Names come out of the slots with the device secret alone; when they do not, this computer cannot open the ledger. */
  async #people(): Promise<Person[]> {
    const { folder } = this;
    if (!folder || !officeExists(folder)) return [];
    try {
      return readPeople(readSlots(folder), await this.ports.deviceSecrets.read(folder));
    } catch (error) {
      this.#refuse(error);
      return [];
    }
  }

  /** Opens the ledger, or proves the password again when it is open already. */
  signIn(person_id: string, password: string): Promise<void> {
    return this.#inTurn(() => this.#signIn(person_id, password));
  }

  unlock(password: string): Promise<void> {
    return this.#inTurn(() => this.#unlock(password));
  }

  /** One password at a time: side by side, many could be tried before the first wrong one is counted. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #signIn(person_id: string, password: string): Promise<void> {
    const { folder, mode } = this;
    if (!folder || !mode || !officeExists(folder)) throw new AppError('not_signed_in');
    const ledgerKey = await this.#checkedKey(folder, person_id, password);
    if (!this.#opened) await this.#open(folder, mode, ledgerKey);
    const people = await this.#people();
    this.#enter(people.find(one => one.person_id === person_id)!);
  }

  async #unlock(password: string): Promise<void> {
    if (!this.#person || !this.folder) throw new AppError('not_signed_in');
    await this.#checkedKey(this.folder, this.#person.person_id, password);
    this.#enter(this.#person);
  }

  async #checkedKey(folder: string, person_id: string, password: string): Promise<Buffer> {
    const tries = new PasswordTries(folder, this.ports.clock);
    const wait_ms = tries.wait_ms(person_id);
    if (wait_ms > 0) throw new AppError('too_many_tries', { wait_ms });
    const ledgerKey = await this.#slotKey(folder, person_id, password);
    if (!ledgerKey) {
      tries.countWrong(person_id);
      this.ports.log.info('sign_in.refused');
      throw new AppError('wrong_password', { wait_ms: tries.wait_ms(person_id) });
    }
    tries.forget(person_id);
    return ledgerKey;
  }

  async #slotKey(folder: string, person_id: string, password: string): Promise<Buffer | undefined> {
    try {
      return await openPersonSlot(readSlots(folder), person_id, password, await this.ports.deviceSecrets.read(folder));
    } catch (error) {
      this.#refuse(error);
      throw error;
    }
  }

  async #open(folder: string, mode: Mode, ledgerKey: Buffer): Promise<void> {
    let opened: OpenedFolder;
    try {
      opened = openFolder(folder, ledgerKey, this.ports);
    } catch (error) {
      this.#refuse(error);
      throw error;
    }
    await this.adopt(opened, folder, mode);
  }

  /** Takes over a freshly opened or created office and starts it. */
  async adopt(opened: OpenedFolder, folder: string, mode: Mode): Promise<void> {
    try {
      this.#opened = { ...opened, mode, running: await this.ports.start(opened.ledger, folder) };
    } catch (error) {
      opened.ledger.close();
      opened.release();
      throw error;
    }
  }

  #enter(person: Person): void {
    this.#person = person;
    this.#locked = false;
    this.ports.log.info('signed_in', { role: person.role });
    this.ports.announce('session.changed', {});
  }

  /** After set-up the owner is at the desk without typing the password a third time. */
  enterAs(person: Person): void {
    this.#enter(person);
  }

  lock(): void {
    if (!this.#person) return;
    this.#locked = true;
    this.ports.announce('session.changed', {});
  }

  signOut(): void {
    this.#person = null;
    this.#locked = false;
    this.ports.announce('session.changed', {});
  }

  /** Goes to the other office of this desk, or to its set-up when there is none yet. */
  async switchMode(mode: Mode): Promise<void> {
    if (this.inFlight > 0) throw new AppError('queue_not_empty');
    await this.close();
    this.#broken = null;
    this.ports.config.set('mode', mode);
    this.ports.announce('session.changed', {});
  }

  async close(): Promise<void> {
    this.#person = null;
    this.#locked = false;
    const opened = this.#opened;
    this.#opened = null;
    if (!opened) return;
    await opened.running.stop();
    opened.ledger.close();
    opened.release();
  }

  /** What only another screen can help with. Everything else is the caller's to show. */
  #refuse(error: unknown): void {
    if (!(error instanceof AppError) || !BREAKING.has(error.code)) return;
    this.#broken = { code: error.code, details: error.details };
    this.ports.log.info('office.refused', { code: error.code });
    this.ports.announce('session.changed', {});
  }
}

const BREAKING: ReadonlySet<ErrorCode> = new Set([
  'ledger_newer',
  'ledger_damaged',
  'ledger_behind_anchor',
  'ledger_in_use',
  'ledger_missing',
  'keys_damaged',
  'keyring_unavailable',
  'keyring_lost',
  'disk_full',
]);
