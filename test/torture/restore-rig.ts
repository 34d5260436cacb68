import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptView } from '../../common/contract/payments.ts';
import { CatchUp } from '../../main/copies/catch-up.ts';
import { Copies } from '../../main/copies/copies.ts';
import { Restore } from '../../main/copies/restore.ts';
import { finishSwitch, switchOffice } from '../../main/copies/switch.ts';
import { createSquareGateway } from '../../main/gateway/square/adapter.ts';
import type { Gateway } from '../../main/gateway/gateway.ts';
import { startSimulator, type Simulator } from '../../main/gateway/simulator/simulator.ts';
import { printRecoveryKey } from '../../main/ledger/keys.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { readSlots } from '../../main/ledger/slots.ts';
import { Attempts, type CardFields } from '../../main/payments/attempts.ts';
import { Connection } from '../../main/payments/connection.ts';
import { Outbox } from '../../main/payments/outbox.ts';
import { Sync } from '../../main/payments/sync.ts';
import type { StartChild } from '../../main/platform/child.ts';
import { makeIds } from '../../main/platform/ids.ts';
import type { Log } from '../../main/platform/log.ts';
import { openFolder } from '../../main/staff/office-folder.ts';
import { recoverFolder } from '../../main/staff/recovery.ts';
import {
  cardOf,
  cashOf,
  checkOf,
  dollars,
  fakeDeviceSecrets,
  leasedClock,
  scriptedFields,
} from '../support/builders.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import type { Dice } from './dice.ts';
import { foundOffice, makeKeys, PERSON, type OfficeKeys } from './practice-desk.ts';
import { workHere } from './restore-worker.ts';

const QUICK_COST = { memory_kib: 8192, passes: 1, lanes: 1 };
export const NEW_PASSWORD = 'a new long password';

/** What lives as long as the process that opened the office. */
type Life = {
  readonly ledger: Ledger;
  readonly attempts: Attempts;
  readonly outbox: Outbox;
  readonly sync: Sync;
  readonly connection: Connection;
  readonly catchUp: CatchUp;
  readonly copies: Copies;
  readonly end: () => void;
};

/** An office whose disk can be lost: the real ledger, copies and restore, and a Square that outlives all of them. */
export class RestoreRig {
  readonly clock: FakeClock = createFakeClock();
  readonly dice: Dice;
  readonly keys: OfficeKeys;
  readonly dataFolder: string;
  readonly copyFolder: string;
  readonly simulator: Simulator;
  readonly bugs: string[] = [];
  readonly restore: Restore;
  readonly #gateway: Gateway;
  readonly #startChild: StartChild;
  readonly #newId: () => string;
  readonly #deviceSecrets = fakeDeviceSecrets();
  #life: Life | null = null;
  #lineDrops = false;
  /** A child process that ends while it switches the folders; undefined switches them here. */
  switchFolders: ((dataFolder: string, mode: 'training' | 'live', now_ms: number) => Promise<void>) | undefined;

  private constructor(folder: string, dice: Dice, simulator: Simulator, clock: FakeClock, startChild: StartChild) {
    this.clock = clock;
    this.dice = dice;
    this.keys = makeKeys(dice);
    this.dataFolder = join(folder, 'data');
    this.copyFolder = join(folder, 'stick');
    this.simulator = simulator;
    this.#startChild = startChild;
    this.#newId = makeIds(clock, dice.bytes);
    const { baseUrl: base_url, token: access_token, locationId: location_id } = simulator;
    const connection = { base_url, access_token, location_id, currency: 'USD', timeout_ms: 2000 } as const;
    this.#gateway = createSquareGateway({ environment: 'simulator', ...connection });
    this.restore = this.newRestore();
  }

  static async create(folder: string, dice: Dice, startChild: StartChild = workHere): Promise<RestoreRig> {
    const clock = createFakeClock();
    const simulator = await startSimulator({ clock, random: dice.bytes, token: 'EAAA-restore-drill' });
    simulator.control.settings.location.currency = 'USD';
    const rig = new RestoreRig(folder, dice, simulator, clock, startChild);
    mkdirSync(rig.dataFolder, { recursive: true });
    mkdirSync(rig.copyFolder, { recursive: true });
    const opened = await foundOffice(rig.office, rig.keys, clock, dice, dice.chance(0.7));
    opened.ledger.close();
    opened.release();
    await rig.open();
    return rig;
  }

  get office(): string {
    return join(this.dataFolder, 'training');
  }
  get ledgerKey(): Buffer {
    return Buffer.from(this.keys.ledgerKey, 'hex');
  }
  get recoveryText(): string {
    return printRecoveryKey(Buffer.from(this.keys.recoveryKey, 'hex')).join(' ');
  }
  get life(): Life {
    if (!this.#life) throw new Error('the office is closed');
    return this.#life;
  }
  get ledger(): Ledger {
    return this.life.ledger;
  }

  newRestore(dataFolder = this.dataFolder): Restore {
    return new Restore({
      ...this.#tools(),
      ...{ dataFolder, announce: () => {}, startChild: this.#startChild, cost: QUICK_COST, recover: recoverFolder },
      isHealthy: () => false,
      closeOffice: () => Promise.resolve(),
      switchOffice: (folder, mode, now_ms) => (this.switchFolders ?? switchOffice)(folder, mode, now_ms),
    });
  }

  #tools() {
    const { clock, bugs } = this;
    const onAnchorFailure = (error: unknown): void => void bugs.push(String(error));
    return { clock, random: this.dice.bytes, deviceSecrets: this.#deviceSecrets, onAnchorFailure };
  }

  /** A start of the app: everything that lives with the office, put together as `openOffice` does. */
  async open(): Promise<void> {
    finishSwitch(this.dataFolder, 'training');
    const lease = leasedClock(this.clock);
    const { clock } = lease;
    const { ledger, release } = openFolder(this.office, this.ledgerKey, { ...this.#tools(), clock });
    await ledger.mend();
    const announce = (name: string): void => {
      if (name === 'sync.changed') this.#life?.catchUp.look();
    };
    const log: Log = {
      info: () => {},
      bug: (event, error) =>
        `BUG-${this.bugs.push(`${event}: ${error instanceof Error ? error.stack : String(error)}`)}`,
    };
    const square = this.#gateway;
    const gateway = (): Gateway | null => (this.#life?.catchUp.pending === false ? square : null);
    const ports = { ledger, clock, announce, log, newId: this.#newId };
    const connection = new Connection(clock, async () => {
      return (await square.getLocation(this.simulator.locationId)).kind !== 'unreachable';
    });
    const outbox = new Outbox({ ...ports, gateway, connection, random: this.dice.bytes });
    const attempts = new Attempts({
      ...{ ...ports, gateway: () => square, connection, cardFields: this.#cardFields() },
      assertRoom: () => this.life.catchUp.assertDone(),
      drive: attempt_id => outbox.drive(attempt_id).then(() => outbox.pump()),
    });
    const sighted = (attempt_id: string): void => void outbox.drive(attempt_id).then(() => outbox.pump());
    const sync = new Sync({ ...ports, gateway: () => square, connection, sighted });
    const catchUp = new CatchUp({
      ...{ ledger, clock, announce, log, connected: () => true, last_synced_ms: () => sync.last_synced_ms },
      onDone: () => outbox.resume(),
    });
    const { dataFolder } = this;
    const copies = new Copies({
      ...{
        ledger,
        dataFolder,
        clock: this.clock,
        announce,
        log,
        startChild: this.#startChild,
        app_version: '0.0.0-test',
      },
      ...{ ledgerFile: join(this.office, 'ledger.db'), slots: () => JSON.stringify(readSlots(this.office)) },
    });
    const end = (): void => {
      lease.end();
      copies.stop();
      connection.stop();
      ledger.close();
      release();
    };
    this.#life = { ledger, attempts, outbox, sync, connection, catchUp, copies, end };
    outbox.recover();
  }

  #cardFields(): CardFields {
    const fields = scriptedFields(() => this.clock.now());
    return {
      state: () => fields.state(),
      tokenize: async request => {
        const token = await fields.tokenize(request);
        if (this.#lineDrops) await this.simulator.control.setNetwork('down');
        return token;
      },
    };
  }

  /** The process ends where it stands. */
  async die(): Promise<void> {
    const { outbox, sync, end } = this.life;
    await Promise.all([outbox.stop(), sync.stop()]);
    end();
    this.#life = null;
  }

  takeCash(minor: number): Promise<AttemptView> {
    return this.#take(cashOf(this.#desk, { amount: dollars(minor) }));
  }
  takeCheck(minor: number): Promise<AttemptView> {
    return this.#take(checkOf(this.#desk, { amount: dollars(minor) }));
  }
  takeCard(minor: number): Promise<AttemptView> {
    return this.#take(cardOf(this.#desk, { amount: dollars(minor) }));
  }
  get #desk() {
    return { newId: this.#newId };
  }
  #take(input: Parameters<Attempts['take']>[0]): Promise<AttemptView> {
    return this.life.attempts.take(input, PERSON);
  }

  /** The card was typed, and the line drops before anything is sent: the card is queued. */
  async queueCard(minor: number): Promise<AttemptView> {
    this.#lineDrops = true;
    const view = await this.takeCard(minor);
    this.#lineDrops = false;
    return view;
  }

  async setNetwork(state: 'up' | 'down'): Promise<void> {
    await this.simulator.control.setNetwork(state);
    await this.life.connection.check();
  }

  async makeCopy(): Promise<void> {
    const { copies } = this.life;
    if (copies.view().first) await copies.make();
    else await copies.choose('first', this.copyFolder, PERSON);
  }

  /** The disk is lost: nothing of the office is left on this computer. */
  destroy(): void {
    rmSync(this.office, { recursive: true, force: true });
  }

  /** From the newest copy, by the same steps as the page. */
  async restoreNewest(index = 0): Promise<void> {
    await this.restore.find(this.copyFolder);
    await this.restore.begin(index, this.recoveryText);
    await this.restore.finish(PERSON, NEW_PASSWORD);
  }

  /** Waits in real time until nothing is on its way to Square. */
  async settle(): Promise<void> {
    const { outbox, attempts } = this.life;
    for (const began_ms = Date.now(); outbox.busy > 0 || attempts.inFlight > 0;) {
      if (Date.now() - began_ms > 10_000) throw new Error('the desk does not come to rest');
      await new Promise(resolve => setTimeout(resolve, 1));
    }
  }

  /** Lets time pass, with Square's lists read in between, until `done` holds. */
  async passTimeUntil(done: () => boolean, step_ms = 20_000, longest_ms = 4 * 3600_000): Promise<void> {
    for (let passed_ms = 0; !done(); passed_ms += step_ms) {
      if (passed_ms > longest_ms) throw new Error('what was waited for did not happen in time');
      await this.clock.advance(step_ms);
      await this.settle();
      await this.life.sync.now();
    }
    await this.settle();
  }

  async close(): Promise<void> {
    if (this.#life) await this.die();
    await this.simulator.close();
  }
}
