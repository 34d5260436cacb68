import type { CallInput, CallName, Handlers } from '../../common/contract/index.ts';
import { AppError, type Result } from '../../common/errors.ts';
import { customerHandlers } from '../../main/customers/handlers.ts';
import { openDoor } from '../../main/door.ts';
import type { Gateway } from '../../main/gateway/gateway.ts';
import { Ledger } from '../../main/ledger/ledger.ts';
import { Attempts, type CardFields, type CardToken } from '../../main/payments/attempts.ts';
import { Connection } from '../../main/payments/connection.ts';
import { paymentHandlers } from '../../main/payments/handlers.ts';
import { Outbox } from '../../main/payments/outbox.ts';
import { Sync } from '../../main/payments/sync.ts';
import type { Clock } from '../../main/platform/clock.ts';
import { makeIds, type Random } from '../../main/platform/ids.ts';
import type { DeskConfig } from '../../main/platform/config.ts';
import type { Log } from '../../main/platform/log.ts';
import { staffHandlers } from '../../main/staff/handlers.ts';
import { personOf } from '../../main/staff/queries.ts';
import { Session } from '../../main/staff/session.ts';
import { Killed, type DiskUser, type SimulatedDisk } from './disk.ts';
import { deskClock, type Scheduler } from './scheduler.ts';
import type { Visitor } from './staff.ts';
import { CHEAP, type StaffRoom } from './staff-room.ts';

export type DeskPorts = {
  readonly scheduler: Scheduler;
  readonly disk: SimulatedDisk;
  readonly random: Random;
  readonly ledgerKey: Buffer;
  readonly room: StaffRoom;
  readonly offset_ms: () => number;
  readonly gatewayFor: (life: Life) => Gateway;
  readonly tokenize: (life: Life) => Promise<CardToken>;
  readonly assertRoom: () => void;
  /** Work that needs a thread of its own and so real time: the world stands still until it is done. */
  readonly inRealTime: <Value>(work: Promise<Value>) => Promise<Value>;
  /** What the desk itself calls a bug. */
  readonly onBug: (life: Life, error: unknown) => void;
  readonly onDeath: (life: Life) => void;
};

/** One life of the desk's process: from the opening of the ledger until it is killed or quits. */
export class Life implements DiskUser {
  readonly name: string;
  readonly ledger: Ledger;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly attempts: Attempts;
  readonly sync: Sync;
  readonly clock: Clock;
  readonly session: Session;
  isAlive = true;
  readonly #ports: DeskPorts;
  readonly #door: (name: unknown, input: unknown) => Promise<Result<unknown>>;

  /** Opens the ledger and starts everything over it. Throws the refusals of `Ledger.open`. */
  constructor(name: string, ports: DeskPorts) {
    this.name = name;
    this.#ports = ports;
    const { scheduler, disk, random, ledgerKey } = ports;
    const clock = deskClock(scheduler, this, ports.offset_ms);
    this.clock = clock;
    const ledger = Ledger.open({
      ...{ file: 'simulated', anchorFolder: 'simulated', ledgerKey, clock, random },
      disk: disk.seenBy(this),
      onAnchorFailure: () => {},
    });
    this.ledger = ledger;
    const real = ports.gatewayFor(this);
    const gateway = (): Gateway => real;
    const newId = makeIds(clock, random);
    const announce = (): void => {};
    const log: Log = { info: () => {}, bug: (_event, error) => this.#bug(error) };
    const connection = new Connection(clock, async () => (await real.getLocation('L1')).kind !== 'unreachable');
    this.connection = connection;
    this.outbox = new Outbox({ ledger, gateway, connection, clock, random, announce, log });
    const cardFields: CardFields = { state: () => ({ phase: 'live' }), tokenize: () => ports.tokenize(this) };
    this.attempts = new Attempts({
      ...{ ledger, gateway, connection, clock, newId, announce, cardFields },
      assertRoom: ports.assertRoom,
      drive: attempt_id => this.outbox.drive(attempt_id).then(() => this.outbox.pump()),
    });
    const sighted = (attempt_id: string): void => void this.outbox.drive(attempt_id);
    this.sync = new Sync({ ledger, gateway, connection, clock, newId, announce, log, sighted });
    ledger.onCommit(() => this.sync.soon());
    this.session = this.#startSession(clock, log);
    const { attempts, outbox, sync, session } = this;
    const office = { ledger, attempts, outbox, sync, connection, gateway, connected: () => true };
    const prove = (person_id: string, password: string): Promise<void> =>
      ports.inRealTime(session.prove(person_id, password));
    const handlers = {
      ...paymentHandlers({ office: () => office, cardFields, paper: NO_PAPER, clock, prove }),
      ...staffHandlers({ ...NOT_HERE, session, log, newId }),
      ...customerHandlers({ ledger: () => ledger, newId, clock, announce }),
    } as unknown as Handlers;
    this.#door = openDoor({ handlers, visitor: () => this.#visitor(), clock, log, checkAnswers: true });
  }

  /** What the app does after its parts are made. */
  start(): void {
    this.outbox.recover();
    void this.connection.check().then(online => (online ? this.sync.now() : undefined));
  }

  alive = (): boolean => this.isAlive;

  die = (): void => {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#ports.scheduler.forget(this);
    this.#ports.onDeath(this);
  };

  /** Asks through the real door, as the page would. A dead process answers nothing. */
  ask<Name extends CallName>(name: Name, input: CallInput<Name>, visitor: Visitor): Promise<Result<unknown>> {
    this.sit(visitor);
    const answer = this.#door(name, input);
    return answer.then(result => (this.isAlive ? result : new Promise<never>(() => {})));
  }

  /** The same, for whoever sits there. Undefined when the process died before it could answer. */
  async askAsIs<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<unknown> | undefined> {
    const result = await this.#door(name, input);
    return this.isAlive ? result : undefined;
  }

  async quit(): Promise<void> {
    this.connection.stop();
    await this.session.close();
    if (!this.isAlive) return;
    this.die();
  }

  /** Signing in has its own turn, see `staff-people.ts`; here somebody takes the chair who did that before. */
  sit({ person_id, locked }: Visitor): void {
    const { session } = this;
    if (session.opened === null) return;
    const person = personOf(this.ledger.database, person_id);
    if (!person) return session.signOut();
    session.enterAs(person);
    if (locked) session.lock();
  }

  #visitor() {
    const { session } = this;
    return { person_id: session.person?.person_id ?? null, locked: session.locked, permissions: session.permissions() };
  }

  #startSession(clock: Clock, log: Log): Session {
    const { room, random, ledgerKey } = this.#ports;
    const { dataFolder, deviceSecrets, folder } = room;
    const { ledger, outbox, sync, attempts } = this;
    const session = new Session({
      ...{ clock, random, deviceSecrets, dataFolder, log, config: trainingOnly, cost: CHEAP, preview: false },
      ...{ version: '0', announce: () => {}, onAnchorFailure: () => {} },
      start: () =>
        Promise.resolve({
          stop: () => Promise.all([outbox.stop(), sync.stop()]).then(() => {}),
          get inFlight() {
            return outbox.busy + attempts.inFlight;
          },
        }),
    });
    // What fails in it was condemned before; whoever asks for anything then is told.
    session.adopt({ ledger, release: () => {} }, folder, 'training', ledgerKey).catch(error => this.#bug(error));
    return session;
  }

  #bug(error: unknown): string {
    if (this.isAlive && !(error instanceof Killed)) this.#ports.onBug(this, error);
    return 'BUG-1';
  }
}

const DESK: DeskConfig = { mode: 'training', theme: 'system', contrast: 'system', bounds: null };
const trainingOnly = { get: <Name extends keyof DeskConfig>(name: Name) => DESK[name], set: () => {} };

/** Nobody sets up an office here, prints a recovery key, or changes the ledger key. */
const NOT_HERE = {
  setup: undefined as never,
  print: () => Promise.resolve({ printed: true }),
  onAppearance: () => {},
  copyFirst: () => Promise.reject(new AppError('copy_failed')),
};

const NO_PAPER = {
  toPdf: () => Promise.resolve(Buffer.alloc(0)),
  save: () => Promise.resolve(null),
  print: () => Promise.resolve({ printed: true }),
};

/** The refusals that faults of the disk lead to. They are no bugs. */
export const isDiskRefusal = (error: unknown): boolean =>
  error instanceof AppError &&
  (error.code === 'disk_full' || (error.code === 'ledger_damaged' && error.details['engine'] === 'SQLITE_IOERR_FSYNC'));
