import type { CallInput, CallName, Handlers } from '../../common/contract/index.ts';
import { AppError, type Result } from '../../common/errors.ts';
import { ROLE_PERMISSIONS } from '../../common/permissions.ts';
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
import type { Log } from '../../main/platform/log.ts';
import { Killed, type DiskUser, type SimulatedDisk } from './disk.ts';
import { deskClock, type Scheduler } from './scheduler.ts';
import { PASSWORD, type Visitor } from './staff.ts';

export type DeskPorts = {
  readonly scheduler: Scheduler;
  readonly disk: SimulatedDisk;
  readonly random: Random;
  readonly ledgerKey: Buffer;
  readonly offset_ms: () => number;
  readonly gatewayFor: (life: Life) => Gateway;
  readonly tokenize: (life: Life) => Promise<CardToken>;
  readonly assertRoom: () => void;
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
  isAlive = true;
  visitor: Visitor = { person_id: '', role: 'clerk', locked: true };
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
    const { attempts, outbox, sync } = this;
    const office = { ledger, attempts, outbox, sync, connection, gateway, connected: () => true };
    const handlers = {
      ...paymentHandlers({ office: () => office, cardFields, paper: NO_PAPER, clock, prove }),
      ...customerHandlers({ ledger: () => ledger, newId, clock, announce }),
    } as unknown as Handlers;
    this.#door = openDoor({ handlers, visitor: () => this.#seen(), clock, log, checkAnswers: true });
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
    this.visitor = visitor;
    const answer = this.#door(name, input);
    return answer.then(result => (this.isAlive ? result : new Promise<never>(() => {})));
  }

  async quit(): Promise<void> {
    this.connection.stop();
    await Promise.all([this.outbox.stop(), this.sync.stop()]);
    if (!this.isAlive) return;
    this.ledger.close();
    this.die();
  }

  #seen() {
    const { person_id, role, locked } = this.visitor;
    return { person_id, locked, permissions: ROLE_PERMISSIONS[role] };
  }

  #bug(error: unknown): string {
    if (this.isAlive && !(error instanceof Killed)) this.#ports.onBug(this, error);
    return 'BUG-1';
  }
}

/** The password is right or wrong; how it is stretched is another matter, and slow on purpose. */
const prove = (_person: string, password: string): Promise<void> =>
  password === PASSWORD ? Promise.resolve() : Promise.reject(new AppError('wrong_password'));

const NO_PAPER = {
  toPdf: () => Promise.resolve(Buffer.alloc(0)),
  save: () => Promise.resolve(null),
  print: () => Promise.resolve({ printed: true }),
};

/** The refusals that faults of the disk lead to. They are no bugs. */
export const isDiskRefusal = (error: unknown): boolean =>
  error instanceof AppError &&
  (error.code === 'disk_full' || (error.code === 'ledger_damaged' && error.details['engine'] === 'SQLITE_IOERR_FSYNC'));
