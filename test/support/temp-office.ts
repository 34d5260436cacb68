import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TakeInput } from '../../common/contract/payments.ts';
import { AppError } from '../../common/errors.ts';
import type { Currency } from '../../common/money.ts';
import { addCustomer } from '../../main/customers/customers.ts';
import type { Gateway } from '../../main/gateway/gateway.ts';
import { createSquareGateway } from '../../main/gateway/square/adapter.ts';
import { startSimulator, type Simulator } from '../../main/gateway/simulator/simulator.ts';
import type { PasswordCost } from '../../main/ledger/keys.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { verify, type Verdict } from '../../main/ledger/verify.ts';
import { Attempts } from '../../main/payments/attempts.ts';
import { Connection } from '../../main/payments/connection.ts';
import { Outbox } from '../../main/payments/outbox.ts';
import { findPayment, type PaymentRow } from '../../main/payments/queries.ts';
import { Sync } from '../../main/payments/sync.ts';
import { WayOut } from '../../main/payments/way-out.ts';
import { RefundOutbox } from '../../main/refunds/outbox.ts';
import { Refunds } from '../../main/refunds/refunds.ts';
import { RefundWayOut } from '../../main/refunds/way-out.ts';
import type { Clock } from '../../main/platform/clock.ts';
import { makeIds, type Random } from '../../main/platform/ids.ts';
import type { Log } from '../../main/platform/log.ts';
import { createFolder, openFolder } from '../../main/staff/office-folder.ts';
import {
  fakeDeviceSecrets,
  leasedClock,
  scriptedFields,
  seenBy,
  type Interrupt,
  type ScriptedFields,
} from './builders.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import type { TempOfficeOptions } from './temp-office-options.ts';

/** The cheapest cost that the algorithm takes, so that a suite with many offices stays quick. */
export const QUICK_COST: PasswordCost = { memory_kib: 8192, passes: 1, lanes: 1 };
export const OWNER_PASSWORD = 'correct horse battery';

/** What lives as long as the process that opened the office. */
type Life = {
  readonly ledger: Ledger;
  readonly attempts: Attempts;
  readonly outbox: Outbox;
  readonly sync: Sync;
  readonly connection: Connection;
  readonly wayOut: WayOut;
  readonly refunds: Refunds;
  readonly refundOutbox: RefundOutbox;
  readonly refundWayOut: RefundWayOut;
  readonly end: () => void;
};

const SIMULATOR_TOKEN = 'EAAA-temp-office';

/**
 * A whole office in a temporary folder without Electron: the real ledger, the real simulator over HTTP, the real
 * adapter, attempts, outbox and sync. Only the keyring, the card fields and (by default) the clock are stand-ins.
 */
export class TempOffice {
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: () => string;
  readonly simulator: Simulator;
  readonly ledgerKey: Buffer;
  readonly recoveryKey: Buffer;
  readonly person_id: string;
  readonly deviceSecrets: ReturnType<typeof fakeDeviceSecrets>;
  readonly fields: ScriptedFields = scriptedFields(() => this.clock.now());
  readonly announced: { name: string; payload: unknown }[] = [];
  readonly logged: { event: string; details: object }[] = [];
  readonly bugs: unknown[] = [];
  interrupt: Interrupt | null = null;
  room: () => void = () => {};
  connected: boolean;
  readonly #gateway: Gateway;
  #life!: Life;

  private constructor(
    made: Pick<TempOffice, 'folder' | 'clock' | 'random' | 'newId' | 'simulator' | 'ledgerKey' | 'recoveryKey'> &
      Pick<TempOffice, 'person_id' | 'deviceSecrets' | 'connected'>,
    gateway: Gateway,
  ) {
    this.folder = made.folder;
    this.clock = made.clock;
    this.random = made.random;
    this.newId = made.newId;
    this.simulator = made.simulator;
    this.ledgerKey = made.ledgerKey;
    this.recoveryKey = made.recoveryKey;
    this.person_id = made.person_id;
    this.deviceSecrets = made.deviceSecrets;
    this.connected = made.connected;
    this.#gateway = gateway;
  }

  static async create(options: TempOfficeOptions = {}): Promise<TempOffice> {
    const clock = options.clock ?? createFakeClock();
    const random = options.random ?? (length => randomBytes(length));
    const newId = makeIds(clock, random);
    const folder = mkdtempSync(join(tmpdir(), 'tillside-office-'));
    const simulator = await startSimulator({ clock: options.square_clock ?? clock, random, token: SIMULATOR_TOKEN });
    const currency = options.currency ?? 'USD';
    simulator.control.settings.location.currency = currency;
    const gateway = createSquareGateway({
      environment: 'simulator',
      base_url: simulator.baseUrl,
      access_token: simulator.token,
      location_id: simulator.locationId,
      currency,
      timeout_ms: options.timeout_ms ?? 2000,
    });
    const keys = { ledgerKey: random(32), recoveryKey: random(20), person_id: newId() };
    const deviceSecrets = fakeDeviceSecrets(random);
    const connected = options.connected ?? true;
    const office = new TempOffice(
      { folder, clock, random, newId, simulator, deviceSecrets, connected, ...keys },
      gateway,
    );
    await office.#found(options, currency);
    return office;
  }

  async #found(options: TempOfficeOptions, currency: Currency): Promise<void> {
    const { newId, person_id, ledgerKey, recoveryKey } = this;
    const opened = await createFolder(
      this.folder,
      {
        mode: options.mode ?? 'training',
        office_name: 'Lakeshore Dental',
        desk_code: options.desk_code ?? 'D1',
        time_zone: options.time_zone ?? 'America/Chicago',
        currency,
        locale: 'en-US',
        owner: { person_id, name: 'Marisol Ortiz', password: OWNER_PASSWORD },
        ledger_id: newId(),
        ...{ ledgerKey, recoveryKey, cost: QUICK_COST },
      },
      this.#tools(this.clock),
    );
    if (options.two_phase === false) {
      opened.ledger.write(person_id, write => write.fact('setting.changed', { name: 'two_phase', value: 'off' }));
    }
    opened.ledger.close();
    opened.release();
    this.#begin();
  }

  #tools(clock: Clock) {
    const { random, deviceSecrets } = this;
    return { clock, random, deviceSecrets, onAnchorFailure: (error: unknown) => this.bugs.push(error) };
  }

  /** Opens the ledger and starts everything that lives with it, as a start of the app does. */
  #begin(): void {
    const lease = leasedClock(this.clock);
    const { clock } = lease;
    const { newId, random } = this;
    const { ledger, release } = openFolder(this.folder, this.ledgerKey, this.#tools(clock));
    const square = seenBy(this.#gateway, lease.alive, (call, moment) => this.interrupt?.(call, moment));
    const gateway = (): Gateway | null => (this.connected ? square : null);
    const announce = (name: string, payload: unknown): void => void this.announced.push({ name, payload });
    const log: Log = {
      info: (event, details = {}) => void this.logged.push({ event, details }),
      bug: (_event, error) => `BUG-${this.bugs.push(error)}`,
    };
    const connection = new Connection(clock, async () => {
      return (await square.getLocation(this.simulator.locationId)).kind !== 'unreachable';
    });
    const sending = { ledger, gateway, connection, clock, random, announce, log };
    const refundOutbox = new RefundOutbox({ ...sending, onPaused: why => (outbox.paused = why) });
    const outbox = new Outbox({ ...sending, onResume: () => refundOutbox.resume() });
    const taking = { ledger, gateway, connection, clock, newId, announce, assertRoom: () => this.room() };
    const refunds = new Refunds({ ...taking, outbox: refundOutbox, readSquare: id => sync.lookAt(id) });
    const attempts = new Attempts({
      ...{ ...taking, cardFields: this.fields },
      drive: attempt_id => outbox.drive(attempt_id).then(() => outbox.pump()),
    });
    const sighted = (attempt_id: string): void => void outbox.drive(attempt_id).then(() => outbox.pump());
    const heard = refundOutbox.after(announce);
    const sync = new Sync({ ledger, gateway, connection, clock, newId, announce: heard, log, sighted });
    ledger.onCommit(() => sync.soon());
    const end = (): void => {
      lease.end();
      connection.stop();
      ledger.close();
      release();
    };
    const prove = (_person: string, password: string): Promise<void> =>
      password === OWNER_PASSWORD ? Promise.resolve() : Promise.reject(new AppError('wrong_password'));
    const wayOut = new WayOut({ ledger, gateway, attempts, outbox, clock, prove });
    const refundWayOut = new RefundWayOut({ ledger, gateway, refundOutbox, clock, announce, prove });
    this.#life = { ledger, attempts, outbox, sync, connection, wayOut, refunds, refundOutbox, refundWayOut, end };
    for (const sender of [outbox, refundOutbox]) sender.recover();
  }

  get ledger(): Ledger {
    return this.#life.ledger;
  }
  get attempts(): Attempts {
    return this.#life.attempts;
  }
  get outbox(): Outbox {
    return this.#life.outbox;
  }
  get sync(): Sync {
    return this.#life.sync;
  }
  get connection(): Connection {
    return this.#life.connection;
  }
  get wayOut(): WayOut {
    return this.#life.wayOut;
  }
  get refunds(): Refunds {
    return this.#life.refunds;
  }
  get refundWayOut(): RefundWayOut {
    return this.#life.refundWayOut;
  }

  take(input: TakeInput) {
    return this.attempts.take(input, this.person_id);
  }

  addCustomer(name: string, rest: { phone?: string; email?: string; note?: string } = {}) {
    return addCustomer(this.ledger, this.newId, { name, phone: '', email: '', note: '', ...rest }, this.person_id);
  }

  row(attempt_id: string): PaymentRow {
    return findPayment(this.ledger.database, attempt_id)!;
  }

  /** What Square's books hold of this office, and how much of it was taken. */
  charges(reference?: string) {
    return this.simulator.control
      .payments()
      .filter(payment => reference === undefined || payment['reference_id'] === reference);
  }

  async setNetwork(state: 'up' | 'down'): Promise<void> {
    await this.simulator.control.setNetwork(state);
    await this.connection.check();
  }

  /** Waits in real time until nothing is on its way to Square. Timers of the clock are not run. */
  async settle(longest_ms = 5000): Promise<void> {
    for (const began_ms = Date.now(); this.outbox.busy + this.#life.refundOutbox.busy + this.attempts.inFlight > 0;) {
      if (Date.now() - began_ms > longest_ms) throw new Error('the office does not come to rest');
      await new Promise(resolve => setTimeout(resolve, 1));
    }
  }

  /** Lets time pass in steps, with real answers between them, until `done` holds. Only with the fake clock. */
  async passTimeUntil(done: () => boolean, step_ms = 1000, longest_ms = 3_600_000): Promise<void> {
    const clock = this.clock as FakeClock;
    for (let passed_ms = 0; !done(); passed_ms += step_ms) {
      if (passed_ms > longest_ms) throw new Error('what was waited for did not happen in time');
      await clock.advance(step_ms);
      await this.settle();
      await this.sync.now();
    }
  }

  verify(): Promise<Verdict> {
    return verify(this.ledger.database, (subject, sealed) => this.ledger.openPersonal(subject, sealed));
  }

  /** The process dies where it stands, and the app is started again on the same folder. */
  restart(): void {
    this.#life.end();
    this.interrupt = null;
    this.#begin();
  }

  /** Quits in order and deletes the folder. */
  async close(): Promise<void> {
    this.interrupt = null;
    this.connection.stop();
    await Promise.all([this.outbox.stop(), this.#life.refundOutbox.stop(), this.sync.stop()]);
    this.#life.end();
    await this.simulator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
