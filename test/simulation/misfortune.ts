import { AppError } from '../../common/errors.ts';
import { Ledger } from '../../main/ledger/ledger.ts';
import BetterSqlite3 from 'better-sqlite3';
import type { Database } from '../../main/ledger/open.ts';
import type { CrashPoint } from '../../main/platform/crash-points.ts';
import type { CommitFault } from './disk.ts';
import type { Fault } from './faults.ts';
import { OUTSIDE } from './scheduler.ts';
import { feeOf, type BookedPayment } from './square-shapes.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;
const CAME_TO_NOTHING: ReadonlySet<string> = new Set(['declined', 'invalid', 'cancelled', 'closed_not_charged']);
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const COMMIT_FAULTS: readonly CommitFault[] = [
  ...(['full_before', 'full_within', 'io_error', 'kill_before_commit', 'kill_after_commit'] as const),
];

/** What happens to the desk from outside: power, disk, clock, network, other devices. */
export class Misfortune {
  readonly #world: World;
  readonly #copies: { readonly bytes: Buffer; readonly seq: number }[] = [];
  readonly #kinds: Readonly<Partial<Record<Fault, () => boolean>>>;

  constructor(world: World) {
    this.#world = world;
    this.#kinds = {
      outage: () => {
        world.outage(this.#some([5000, MINUTE_MS, 20 * MINUTE_MS]));
        return true;
      },
      outage_of_payments: () => this.#outageOfPayments(),
      kill: () => this.#kill('kill'),
      power_cut: () => this.#powerCut(),
      kill_at_call: () => this.#dieAt('call'),
      kill_at_reply: () => this.#dieAt('reply'),
      kill_at_slots: () => this.#dieAtPoint('CP31'),
      kill_at_tries: () => this.#dieAtPoint('CP25'),
      quit: () => this.#quit(),
      second_process: () => this.#secondProcess(),
      suspend: () => this.#suspend(),
      anchors_lost: () => this.#anchors('anchors_lost', () => world.template.disk.anchors.clear()),
      anchor_torn: () => this.#anchors('anchor_torn', () => void world.template.disk.anchors.set('a', '{"seq":')),
      anchor_full: () => this.#anchorFull(),
      old_copy: () => this.#oldCopy(),
      no_room: () => this.#noRoom(),
      clock_forward: () => this.#clock('clock_forward', this.#some([MINUTE_MS, 3 * HOUR_MS, 2 * DAY_MS])),
      clock_back: () => this.#clock('clock_back', -this.#some([MINUTE_MS, 3 * HOUR_MS, 2 * DAY_MS])),
      clock_hour: () => this.#clock('clock_hour', this.#some([HOUR_MS, -HOUR_MS])),
      clock_years: () => this.#clock('clock_years', this.#some([3 * 365 * DAY_MS, -5 * 365 * DAY_MS])),
      booked_late: () => this.#bookedLate(),
      foreign_payment: () => this.#foreign(),
      foreign_refund: () => this.#refund(),
      fee_changed: () => this.#feeChanged(),
      hold_ended: () => this.#voidElsewhere(),
      ...Object.fromEntries(COMMIT_FAULTS.map(fault => [fault, () => this.#atCommit(fault)])),
    };
  }

  /** One misfortune of those that the mood is fond of. */
  strike(): void {
    const { mood } = this.#world;
    const fault = mood.pick(Object.keys(this.#kinds) as Fault[]);
    if (fault) this.#kinds[fault]!();
  }

  #some(values: readonly number[]): number {
    return this.#world.dice.pick(values);
  }

  #hit(fault: Fault): true {
    this.#world.hit(fault, this.#world.evidence.states());
    return true;
  }

  /** From outside, faults end by themselves after a while. */
  #later(delay_ms: number, what: string, work: () => void): void {
    this.#world.scheduler.plan(delay_ms, OUTSIDE, what, work);
  }

  #outageOfPayments(): boolean {
    const { line } = this.#world;
    line.paymentsDown = true;
    this.#later(this.#some([10_000, MINUTE_MS, 30 * MINUTE_MS]), 'payments back', () => (line.paymentsDown = false));
    return true;
  }

  #kill(fault: Fault): boolean {
    const { life } = this.#world;
    if (!life) return false;
    this.#hit(fault);
    life.die();
    return true;
  }

  #powerCut(): boolean {
    if (!this.#kill('power_cut')) return false;
    this.#world.template.disk.cutPower();
    const lost = this.#world.evidence.afterPowerCut();
    if (lost !== undefined) this.#world.find('I26', lost);
    if (this.#world.dice.chance(0.4)) this.#away();
    return true;
  }

  #dieAt(moment: 'call' | 'reply'): boolean {
    this.#world.line.dieAt = moment;
    return true;
  }

  #dieAtPoint(point: CrashPoint): boolean {
    this.#world.dieAtPoint = point;
    return true;
  }

  /** Nobody is at the desk for a night or a weekend; Square goes on. */
  #away(): void {
    this.#world.scheduler.leap(this.#some([HOUR_MS, 14 * HOUR_MS, 40 * HOUR_MS, 4 * DAY_MS, 10 * DAY_MS]));
    this.#world.note('time went by');
  }

  #quit(): boolean {
    const { life } = this.#world;
    if (!life) return false;
    this.#hit('quit');
    void life.quit();
    this.#later(TIME_TO_QUIT_MS, 'away', () => {
      if (!life.isAlive && !this.#world.calm && this.#world.dice.chance(0.5)) this.#away();
    });
    return true;
  }

  /** The lock was lost, and a second process opens the ledger beside the first. */
  #secondProcess(): boolean {
    const first = this.#world.life;
    if (!first) return false;
    this.#hit('second_process');
    if (this.#world.startDesk() !== undefined) return false;
    this.#later(this.#some([100, 30_000]), 'first process ends', () => first.die());
    return true;
  }

  #suspend(): boolean {
    this.#hit('suspend');
    this.#away();
    return true;
  }

  #anchors(fault: Fault, damage: () => void): boolean {
    if (!this.#kill(fault)) return false;
    damage();
    return true;
  }

  #anchorFull(): boolean {
    const { disk } = this.#world.template;
    disk.anchorFull = true;
    this.#hit('anchor_full');
    this.#later(MINUTE_MS, 'anchor room', () => (disk.anchorFull = false));
    return true;
  }

  /** An older copy of the ledger stands in its place at the next start. It must be refused, and the right one opens. */
  #oldCopy(): boolean {
    const { disk, ledgerKey } = this.#world.template;
    const { evidence, dice } = this.#world;
    const anchored = Math.max(
      0,
      ...[...disk.anchors.values()].map(text => /"seq":(\d+)/.exec(text)?.[1] ?? 0).map(Number),
    );
    const older = this.#copies.find(copy => copy.seq < anchored);
    if (this.#copies.length < 2) this.#copies.push({ bytes: disk.copy(), seq: evidence.seq });
    if (!older) return false;
    this.#hit('old_copy');
    const database: Database = new BetterSqlite3(older.bytes);
    const anchors = { read: () => [...disk.anchors.values()], write: () => {} };
    try {
      const clock = { now: () => this.#world.scheduler.now_ms, after: () => () => {} };
      const disk_ = { open: () => database, create: () => database, anchors };
      Ledger.open({ file: 'copy', anchorFolder: 'copy', ledgerKey, clock, random: dice.bytes, disk: disk_ });
      this.#world.find('I8', `a copy of record ${older.seq} was opened although the anchors know ${anchored}`);
    } catch (error) {
      const refused = error instanceof AppError && error.code === 'ledger_behind_anchor';
      if (!refused) this.#world.find('I8', `an old copy ends with ${String(error)}`);
    } finally {
      if (database.open) database.close();
    }
    return true;
  }

  #noRoom(): boolean {
    this.#world.noRoom = true;
    this.#later(MINUTE_MS, 'room again', () => (this.#world.noRoom = false));
    return true;
  }

  #clock(fault: Fault, by_ms: number): boolean {
    this.#hit(fault);
    this.#world.deskOffset_ms += by_ms;
    // Sooner or later somebody, or a time server, puts it right.
    const wrong_ms = this.#world.deskOffset_ms;
    this.#later(this.#some([10 * MINUTE_MS, 60 * MINUTE_MS]), 'clock put right', () => {
      if (this.#world.deskOffset_ms === wrong_ms) this.#world.deskOffset_ms = 0;
    });
    return true;
  }

  /** A request may be worked on after everybody was told that it came to nothing. */
  #bookedLate(): boolean {
    const { books, dice, evidence } = this.#world;
    const ended = [...evidence.shadows.values()].filter(
      ({ state, tender, key, foreign }) =>
        !foreign && tender === 'card' && CAME_TO_NOTHING.has(state) && !books.payments.some(one => one.key === key),
    );
    if (ended.length === 0) return false;
    const { state, reference, amount_minor, key } = dice.pick(ended);
    this.#world.hit('booked_late', [state]);
    books.bookLate(reference, amount_minor, key, dice.chance(0.5));
    return true;
  }

  #foreign(): boolean {
    this.#hit('foreign_payment');
    this.#world.books.takeElsewhere(this.#world.dice);
    return true;
  }

  #captured(): BookedPayment | undefined {
    const { books, dice } = this.#world;
    const found = books.payments.filter(one => one.status === 'COMPLETED' && one.source_type === 'CARD');
    return found.length > 0 ? dice.pick(found) : undefined;
  }

  #refund(): boolean {
    const { books, dice } = this.#world;
    const payment = this.#captured();
    const left = payment ? payment.amount.minor - payment.refunded_minor : 0;
    if (!payment || left <= 0) return false;
    this.#world.hit('foreign_refund', this.#world.evidence.statesOfSquareId(payment.square_payment_id));
    books.refundElsewhere(payment, dice.chance(0.5) ? left : 1 + dice.below(left), dice.chance(0.3));
    return true;
  }

  #feeChanged(): boolean {
    const payment = this.#captured();
    if (!payment || payment.fee_minor === 0) return false;
    this.#world.hit('fee_changed', this.#world.evidence.statesOfSquareId(payment.square_payment_id));
    this.#world.books.setFee(payment, this.#some([0, feeOf(payment) + 7, Math.max(0, feeOf(payment) - 5)]));
    return true;
  }

  /** Somebody gives a hold back on another device. The books count it when it ends. */
  #voidElsewhere(): boolean {
    const { books, dice } = this.#world;
    const held = books.payments.filter(({ status }) => status === 'APPROVED');
    if (held.length > 0) books.voidElsewhere(dice.pick(held));
    return held.length > 0;
  }

  #atCommit(fault: CommitFault): boolean {
    this.#world.commitFault = { fault, in: 1 + this.#world.dice.below(4) };
    return true;
  }

  /** Every fault that lasts is over. */
  end(): void {
    const world = this.#world;
    Object.assign(world.line, { down: false, paymentsDown: false, troubled: false, dieAt: null });
    world.commitFault = null;
    world.noRoom = false;
    world.template.disk.anchorFull = false;
    world.deskOffset_ms = 0;
  }
}

const TIME_TO_QUIT_MS = 25_000;
