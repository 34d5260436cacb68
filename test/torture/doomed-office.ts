import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../main/platform/clock.ts';
import { chargedTwice, readBooks, readRefunds, refundedTwice } from './books-reader.ts';
import { EXPORT } from './chores.ts';
import type { Books, DeskOrder, DeskWord } from './desk-child.ts';
import type { CrashPoint } from '../../main/platform/crash-points.ts';
import { OWN_POINTS } from './crash-list.ts';
import { makeDice, type Dice } from './dice.ts';
import { halfExport } from './half-export.ts';
import { MOMENTS, startKillingProxy, type KillingProxy } from './killing-proxy.ts';
import { foundOffice, makeKeys, type Ack, type OfficeKeys } from './practice-desk.ts';
import type { Startable } from './snapshot.ts';
import { refundAtSquare } from './square-desk.ts';
import { startDeskProcess, startSimulatorProcess, TOKEN, type Desk, type SimulatorProcess } from './victims.ts';

/** One office that is killed again and again, and looked at after each time. */
export type DoomedOptions = {
  readonly program: Startable;
  /** The bundled simulator. */
  readonly square: string;
  readonly folder: string;
  readonly seed: number;
  /** Planted fault: a new idempotency key at every send. */
  readonly newKeys: boolean;
};

export type Kill = { readonly how: string; readonly recovery_ms: number | null; readonly problems: readonly string[] };

/** Where the work is when the process dies: while it starts, while it works, at a point of a call, with Square dead. */
const PLANS = ['early', 'working', ...MOMENTS, 'Square killed', ...OWN_POINTS] as const;
/** The whole ledger is checked every so many lives, and at the end; what was said is checked at every start. */
const WHOLE_EVERY = 6;
const HUNG_MS = 60_000;
/**
 * A moment that does not come: the desk may be offline, or be asking before it sends again. Long enough for a machine
 * that has much else to do; nobody waits for it where the moment comes.
 */
const MOMENT_MS = 5000;
const LABEL_MS = 10_000;

/** Passed only where money is held first and taken afterwards. */
const HOLDING: readonly CrashPoint[] = ['CP13', 'CP14', 'CP15'];
/** Rare labels are struck at once; of the common ones, any of the first passes. */
const RARE: readonly CrashPoint[] = ['CP20', 'CP22', 'CP23', 'CP24', 'CP28', 'CP25', 'CP31', 'CP33', 'CP40'];
const passes = (point: CrashPoint, dice: Dice): number => {
  // At every record of an export, not only near its beginning.
  if (point === 'CP38') return 1 + dice.below(60);
  return RARE.includes(point) ? 1 : 1 + dice.below(4);
};

/** Timers that nobody waits for any more must not keep the whole programme from ending. */
const pause = (time_ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, time_ms).unref());

export class DoomedOffice {
  readonly #options: DoomedOptions;
  readonly #keys: OfficeKeys;
  #simulator!: SimulatorProcess;
  #proxy!: KillingProxy;
  #next!: Desk;
  #life = 0;
  #unchecked: Ack[] = [];
  #told = 0;
  /** What was done beside the payments, and not looked at since. */
  #begun = new Set<CrashPoint>();
  #refunds: string[] = [];
  #plans: readonly (typeof PLANS)[number][] = PLANS;
  acknowledged = 0;

  private constructor(options: DoomedOptions) {
    this.#options = options;
    this.#keys = makeKeys(makeDice(options.seed, 'keys'));
  }

  static async found(options: DoomedOptions): Promise<DoomedOffice> {
    const office = new DoomedOffice(options);
    const dice = makeDice(options.seed, 'office');
    mkdirSync(office.#books, { recursive: true });
    const two_phase = dice.chance(0.6);
    if (!two_phase) office.#plans = PLANS.filter(plan => !HOLDING.some(point => point === plan));
    const { ledger, release } = await foundOffice(office.#desk, office.#keys, systemClock, dice, two_phase);
    ledger.close();
    release();
    office.#simulator = await office.#startSquare(0);
    office.#proxy = await startKillingProxy(() => office.#simulator.port);
    office.#next = office.#spare();
    return office;
  }

  get #desk(): string {
    return join(this.#options.folder, 'office');
  }
  get #books(): string {
    return join(this.#options.folder, 'books');
  }
  get #cache(): string {
    return join(this.#options.folder, '..', 'compile-cache');
  }
  #spare(): Desk {
    return startDeskProcess(this.#options.program, this.#cache);
  }
  #startSquare(port: number): Promise<SimulatorProcess> {
    return startSimulatorProcess(this.#options.square, this.#cache, this.#books, port);
  }

  /** A process that was loaded while the one before it lived, given its order. */
  async #start(settle: boolean, crash: DeskOrder['crash']): Promise<{ desk: Desk; given: number }> {
    const desk = this.#next;
    await desk.loaded;
    this.#life += 1;
    const order: DeskOrder = {
      folder: this.#desk,
      keys: this.#keys,
      seed: this.#options.seed,
      life: this.#life,
      base_url: `http://127.0.0.1:${this.#proxy.port}`,
      token: TOKEN,
      location_id: this.#simulator.location_id,
      acks: this.#unchecked,
      settle,
      newKeys: this.#options.newKeys,
      crash,
      told: this.#told,
      begun: [...this.#begun],
      refunds: this.#refunds,
      whole: settle || this.#life % WHOLE_EVERY === 0,
    };
    const given = this.#unchecked.length;
    desk.order(order);
    if (!settle) this.#next = this.#spare();
    return { desk, given };
  }

  async #plan(dice: Dice): Promise<(typeof PLANS)[number]> {
    if (this.#options.newKeys) return dice.pick(MOMENTS);
    const plan = dice.pick(this.#plans);
    if (plan !== 'CP24') return plan;
    const refund = await refundAtSquare(this.#simulator, this.#books, dice);
    if ('none' in refund) return 'working';
    this.#refunds.push(refund.id);
    return plan;
  }

  /** One life from start to SIGKILL, and what the books and the next start say about it. */
  async liveAndDie(): Promise<Kill> {
    const dice = makeDice(this.#options.seed, `kill ${this.#life + 1}`);
    const plan = await this.#plan(dice);
    const point = OWN_POINTS.find(one => one === plan);
    const { desk, given } = await this.#start(false, point ? { point, count: passes(point, dice) } : null);
    const problems: string[] = [];
    if (point) this.#begun.add(point);
    let recovery_ms: number | null = null;
    let how: string = plan;
    const checked = new Promise<void>(resolve => {
      desk.hear(word => {
        if (word.kind === 'opened') recovery_ms = word.took_ms;
        if (word.kind === 'ack') this.#heard(word.ack);
        if (word.kind === 'told') this.#told = word.count;
        if (word.kind === 'broken') problems.push(word.what);
        if (word.kind === 'checked') {
          problems.push(...word.problems);
          this.#unchecked.splice(0, given);
          this.#begun = new Set(point ? [point] : []);
        }
        if (word.kind === 'checked' || word.kind === 'broken') resolve();
      });
    });
    if (plan === 'early') await Promise.race([pause(dice.below(120)), desk.gone]);
    else {
      const end = await Promise.race([checked, desk.gone.then(() => 'gone'), pause(HUNG_MS).then(() => 'hung')]);
      // Some labels are passed while it starts.
      if (point && end === 'gone') how = point;
      else if (end !== undefined) problems.push(`the desk was ${end} before it had checked its ledger`);
      else if (problems.length === 0) how = await this.#strike(plan, desk, dice);
    }
    desk.kill();
    await desk.gone;
    this.#proxy.disarm();
    problems.push(...chargedTwice(readBooks(this.#books)), ...refundedTwice(readRefunds(this.#books)));
    if (how === 'CP38') problems.push(...(await halfExport(join(this.#desk, EXPORT))));
    return { how, recovery_ms, problems };
  }

  #heard(ack: Ack): void {
    this.#unchecked.push(ack);
    this.acknowledged += 1;
  }

  async #strike(plan: (typeof PLANS)[number], desk: Desk, dice: Dice): Promise<string> {
    if (OWN_POINTS.some(one => one === plan)) {
      const came = await Promise.race([desk.gone.then(() => true), pause(LABEL_MS).then(() => false)]);
      return came ? plan : `label did not come: ${plan}`;
    }
    const moment = MOMENTS.find(one => one === plan);
    if (moment) {
      const count = moment === 'before connect' ? 1 + dice.below(2) : 1 + dice.below(6);
      this.#proxy.arm(moment, count, () => desk.kill());
      const came = await Promise.race([desk.gone.then(() => true), pause(MOMENT_MS).then(() => false)]);
      return came ? moment : 'moment did not come';
    }
    await Promise.race([pause(dice.below(150)), desk.gone]);
    if (plan === 'Square killed') {
      await this.#simulator.kill();
      this.#simulator = await this.#startSquare(this.#simulator.port);
      await pause(dice.below(150));
    }
    return plan;
  }

  /** Lets the desk finish in peace and compares its ledger with Square's books, payment by payment. */
  async settle(): Promise<string[]> {
    const { desk } = await this.#start(true, null);
    const problems: string[] = [];
    const word = await new Promise<DeskWord | undefined>(resolve => {
      const timer = setTimeout(() => resolve(undefined), HUNG_MS);
      desk.hear(one => {
        if (one.kind === 'checked') problems.push(...one.problems);
        if (one.kind !== 'settled' && one.kind !== 'broken') return;
        clearTimeout(timer);
        resolve(one);
      });
    });
    desk.kill();
    await desk.gone;
    if (word?.kind !== 'settled')
      return [...problems, `the desk did not settle: ${word ? JSON.stringify(word) : 'hung'}`];
    return [...problems, ...word.problems, ...this.#differences(word.books)];
  }

  #differences({ payments, refunds }: Books): string[] {
    const booked = readBooks(this.#books).filter(({ status }) => status === 'APPROVED' || status === 'COMPLETED');
    const byId = new Map(booked.map(payment => [payment.id, payment]));
    const known = new Set(payments.map(({ square_payment_id }) => square_payment_id));
    const given = new Map(readRefunds(this.#books).map(refund => [refund.id, refund.status]));
    return [
      ...chargedTwice(booked),
      ...[...given]
        .filter(([id]) => !refunds.some(refund => refund.square_refund_id === id))
        .map(([id]) => `Square gave ${id} back, which the ledger does not know`),
      ...refunds
        .filter(({ square_refund_id, status, booked: is }) => {
          return given.get(square_refund_id) !== status || (is === 1) !== (status === 'COMPLETED');
        })
        .map(one => `refund ${JSON.stringify(one)} is ${given.get(one.square_refund_id)} at Square`),
      ...booked
        .filter(({ id }) => !known.has(id))
        .map(({ reference, status }) => `Square holds ${reference} (${status}), which the ledger does not know`),
      ...payments.flatMap(payment => {
        if (payment.state !== 'completed' && payment.state !== 'recorded') return [];
        const there = byId.get(payment.square_payment_id ?? '');
        if (there?.status === 'COMPLETED' && there.amount_minor === payment.amount_minor) return [];
        return [`the ledger has ${payment.reference} as ${payment.state}, Square as ${there?.status ?? 'nothing'}`];
      }),
    ];
  }

  /** For a control: everything on the desk's disk as it is now, to be put back later. Only while no desk lives. */
  copyAside(): void {
    cpSync(this.#desk, `${this.#desk}-aside`, { recursive: true });
  }
  putBack(): void {
    rmSync(this.#desk, { recursive: true });
    cpSync(`${this.#desk}-aside`, this.#desk, { recursive: true });
  }

  async close(): Promise<void> {
    this.#next.kill();
    await this.#proxy.close();
    await this.#simulator.kill();
    rmSync(this.#options.folder, { recursive: true, force: true });
  }
}
