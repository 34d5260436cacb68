import { createHash } from 'node:crypto';
import type { CallName } from '../../common/contract/index.ts';
import { AppError, type Result } from '../../common/errors.ts';
import { listenToCrashPoints, type CrashPoint } from '../../main/platform/crash-points.ts';
import { makeDice, type Dice } from '../torture/dice.ts';
import { isDiskRefusal, Life } from './desk.ts';
import { Killed, type CommitFault } from './disk.ts';
import { ENDED, Evidence } from './evidence.ts';
import { Coverage, Mood, type Fault } from './faults.ts';
import { Line, type Sent } from './line.ts';
import { People, viewsIn } from './people.ts';
import { OUTSIDE, Scheduler, settled } from './scheduler.ts';
import { SquareBooks } from './square-books.ts';
import { habitsOf } from './square-shapes.ts';
import { typeCard } from './card-entry.ts';
import type { Person } from './staff.ts';
import type { Template } from './template.ts';

const MINUTE_MS = 60_000;
/** Lines of the trace are added to its sum by the hundred, because each call costs more than its line. */
const LINES_AT_ONCE = 100;

/** A failure of the desk, found in a run. */
export type Finding = { readonly invariant: string; readonly what: string };

/** What a process with an outdated epoch stumbles over. */
const OUTDATED = ['still owns the ledger', 'an open attempt has its request'];

/** One simulated office with its Square, its people and its misfortunes. Everything follows from the seed. */
export class World {
  readonly seed: number;
  readonly dice: Dice;
  readonly scheduler = new Scheduler();
  readonly coverage = new Coverage();
  readonly mood: Mood;
  readonly books: SquareBooks;
  readonly line: Line;
  readonly evidence: Evidence;
  readonly people: People;
  readonly template: Template;
  readonly findings: Finding[] = [];
  /** Lines of what happened, when somebody wants to read them. */
  readonly trace: string[] | null;
  life: Life | null = null;
  events = 0;
  lives = 0;
  deskOffset_ms = 0;
  noRoom = false;
  #restarting: Life | null = null;
  commitFault: { fault: CommitFault; in: number } | null = null;
  calm = false;
  /** Where the process dies next while slots or tries are written. */
  dieAtPoint: CrashPoint | null = null;
  readonly #inRealTime = new Set<Promise<unknown>>();
  #lines: string[] = [];
  readonly #hash = createHash('sha256');

  constructor(seed: number, template: Template, keepTrace: boolean) {
    this.seed = seed;
    this.template = template;
    this.trace = keepTrace ? [] : null;
    this.dice = makeDice(seed, 'world');
    this.mood = new Mood(this.dice);
    this.books = new SquareBooks(this.scheduler, habitsOf(this.dice));
    this.evidence = new Evidence(template.disk.connection, this.books);
    this.line = new Line({
      ...{ scheduler: this.scheduler, dice: this.dice, mood: this.mood, books: this.books },
      hit: (fault, sent) => this.hit(fault, this.evidence.statesOf(sent), sent.name),
      onSend: sent => this.#onSend(sent),
      note: text => this.note(text),
    });
    this.people = new People({
      dice: this.dice,
      life: () => this.life,
      hit: (fault, attempt_id) => this.hit(fault, this.#statesOf(attempt_id)),
      told: (name, result) => this.#told(name, result),
      refused: attempt_id => void this.evidence.refused.add(attempt_id),
      asks: (attempt_id, person_id) => this.evidence.roles.asks(attempt_id, person_id),
      accepted: what => this.evidence.wronglyAccepted.push(what),
      openAttempts: () => this.attempts(true),
      allAttempts: () => this.attempts(false),
      present: () => this.present(),
      gone: () => this.evidence.roles.everybody().filter(person_id => this.evidence.roles.at(person_id) === null),
      decides: (attempt_id, person_id) => void this.evidence.deciders.add(`${attempt_id} ${person_id}`),
      room: template.room,
    });
    listenToCrashPoints(point => this.#atPoint(point));
    this.books.onHoldEnded = payment =>
      this.hit('hold_ended', this.evidence.statesOfSquareId(payment.square_payment_id));
    this.books.onLag = () => this.hit('list_lags', this.evidence.states());
    this.books.onForgotten = key => this.hit('key_forgotten', [this.evidence.byKey.get(key)?.state ?? 'none']);
    this.books.onFee = payment => this.hit('fee_late', this.evidence.statesOfSquareId(payment.square_payment_id));
    template.disk.fault = (moment, touches) => this.#commitFault(moment, touches);
    template.disk.onCommit = user => this.#committed(user as Life);
    if (this.books.habits.clockOffset_ms !== 0) this.hit('square_clock', ['none']);
  }

  /** Who belongs to the office now, by the ledger's word. */
  present(): Person[] {
    return this.evidence.roles.everybody().flatMap(person_id => {
      const role = this.evidence.roles.at(person_id);
      return role === null ? [] : [{ person_id, role }];
    });
  }

  inRealTime<Value>(work: Promise<Value>): Promise<Value> {
    const done: Promise<unknown> = work.catch(() => {}).finally(() => this.#inRealTime.delete(done));
    this.#inRealTime.add(done);
    return work;
  }

  /** Waits for what needs real time, and for everything that follows from it at once. */
  async realTime(): Promise<void> {
    while (this.#inRealTime.size > 0) {
      await Promise.all(this.#inRealTime);
      await settled();
    }
  }

  #atPoint(point: CrashPoint): void {
    const { life } = this;
    if (point !== this.dieAtPoint || !life) return;
    this.dieAtPoint = null;
    this.hit(point === 'CP25' ? 'kill_at_tries' : 'kill_at_slots', this.evidence.states());
    life.die();
    throw new Killed(`killed at ${point}`);
  }

  note(text: string): void {
    const line = `${this.scheduler.now_ms} ${text}`;
    this.#lines.push(line);
    this.trace?.push(line);
    if (this.#lines.length >= LINES_AT_ONCE) this.#hashLines();
  }

  /** The sum over everything that happened: the same seed gives the same. */
  get traceHash(): string {
    this.#hashLines();
    return this.#hash.copy().digest('hex');
  }

  #hashLines(): void {
    this.#hash.update(this.#lines.splice(0).join('\n'));
  }

  hit(fault: Fault, states: Iterable<string>, about = ''): void {
    const found = [...states];
    this.coverage.count(fault, found);
    this.note(`! ${fault} ${about} [${found.join(' ')}]`);
  }

  find(invariant: string, what: string): void {
    this.findings.push({ invariant, what });
    this.note(`FOUND ${invariant} ${what}`);
  }

  #statesOf(attempt_id: string | null): string[] {
    if (attempt_id === null) return this.evidence.states();
    return [this.evidence.shadows.get(attempt_id)?.state ?? 'none'];
  }

  attempts(open: boolean): string[] {
    const found: string[] = [];
    for (const { attempt_id, state, foreign } of this.evidence.shadows.values()) {
      if (!foreign && (!open || !ENDED.has(state))) found.push(attempt_id);
    }
    return found;
  }

  /** Starts the process. Answers the refusal of the ledger, if it refuses. */
  startDesk(): unknown {
    const name = `life ${(this.lives += 1)}`;
    try {
      const life = new Life(name, {
        scheduler: this.scheduler,
        disk: this.template.disk,
        random: this.dice.bytes,
        ledgerKey: this.template.ledgerKey,
        room: this.template.room,
        inRealTime: work => this.inRealTime(work),
        offset_ms: () => this.deskOffset_ms,
        gatewayFor: one => this.line.gatewayOf(one, one.alive, one.die),
        tokenize: one => typeCard(this, one),
        assertRoom: () => this.#assertRoom(),
        onBug: (one, error) => this.#bug(one, error),
        onDeath: one => this.#died(one),
      });
      this.evidence.newestEpoch = this.epoch();
      this.#epochs.set(life, this.evidence.newestEpoch);
      this.life = life;
      this.note(`start ${name}`);
      life.start();
      return undefined;
    } catch (error) {
      if (error instanceof Killed) return undefined;
      return error;
    }
  }

  readonly #epochs = new WeakMap<Life, number>();

  epoch(): number {
    const { connection } = this.template.disk;
    return connection.prepare('SELECT owner_epoch FROM ledger_identity').pluck().get() as number;
  }

  /** After a death somebody starts the app again, sooner or later. */
  startLater(delay_ms: number): void {
    this.scheduler.plan(delay_ms, OUTSIDE, 'start', () => {
      if (this.life) return;
      const refusal = this.startDesk();
      if (isDiskRefusal(refusal)) return this.startLater(30_000);
      if (refusal !== undefined) {
        this.find('opening', `the ledger does not open: ${String(refusal)}`);
        this.events = Number.MAX_SAFE_INTEGER;
      }
    });
  }

  #died(life: Life): void {
    this.note(`${life.name} ended`);
    if (this.life !== life) return;
    this.life = null;
    this.startLater(this.dice.pick([2000, 20_000, 5 * MINUTE_MS]));
  }

  #bug(life: Life, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const text = error instanceof Error ? `${message} ${error.stack?.split('\n')[1]?.trim() ?? ''}` : message;
    this.note(`bug in ${life.name}: ${message} ${JSON.stringify((error as { details?: object }).details ?? {})}`);
    if (isDiskRefusal(error)) return this.#afterDiskError(error);
    if (life !== this.life && OUTDATED.some(words => text.includes(words))) return;
    this.find('no bugs', text);
  }

  /** True from an error of the disk until the app is started again. */
  get diskBroken(): boolean {
    return this.#restarting !== null && this.#restarting === this.life;
  }

  /** After an error of the disk nothing more is written until the app is started again, and people do that. */
  #afterDiskError(error: unknown): void {
    const { life } = this;
    if (!life || (error as { code?: string }).code !== 'ledger_damaged' || this.#restarting === life) return;
    this.#restarting = life;
    const delay_ms = this.calm ? 1000 : this.dice.pick([1000, 30_000, 2 * MINUTE_MS]);
    this.scheduler.plan(delay_ms, OUTSIDE, 'started again', () => life.die());
  }

  /** The line goes, and comes back by itself. */
  outage(duration_ms: number): void {
    this.line.down = true;
    this.scheduler.plan(duration_ms, OUTSIDE, 'line back', () => (this.line.down = false));
  }

  #assertRoom(): void {
    if (!this.noRoom) return;
    this.hit('no_room', this.evidence.states());
    throw new AppError('disk_full');
  }

  #onSend(sent: Sent): void {
    this.evidence.send(sent);
    const known = this.evidence.bodies.get(sent.subject);
    if (sent.name === 'createPayment') {
      if (known !== undefined && known !== sent.body) this.find('I11', `the key ${sent.subject} left with two bodies`);
      this.evidence.bodies.set(sent.subject, sent.body);
    }
    this.note(`> ${sent.name} ${sent.subject}`);
  }

  #told(name: CallName, result: Result<unknown>): void {
    this.note(`${name} ${result.ok ? 'ok' : result.error.code}`);
    if (!result.ok && result.error.code === 'ledger_damaged') this.#afterDiskError(result.error);
    for (const { attempt_id, word, receipt_number, amount, state, foreign } of viewsIn(name, result)) {
      if (foreign) continue;
      this.note(`told ${attempt_id} ${word} ${receipt_number}`);
      this.evidence.tell({ attempt_id, word, receipt_number, amount_minor: amount.minor, state });
    }
  }

  #commitFault(moment: 'before' | 'end', touches: () => string[]): CommitFault | undefined {
    const armed = this.commitFault;
    if (!armed || (armed.fault === 'full_before') !== (moment === 'before')) return undefined;
    armed.in -= 1;
    if (armed.in > 0) return undefined;
    const ids = moment === 'before' ? [] : touches();
    // A commit that moves no attempt is no place for a fault that shall show something about attempts.
    if (moment === 'end' && ids.length === 0) return undefined;
    this.commitFault = null;
    const states = ids.map(id => this.evidence.shadows.get(id)?.state ?? 'none');
    this.hit(armed.fault, moment === 'before' ? this.evidence.states() : new Set(states));
    return armed.fault;
  }

  #committed(life: Life): void {
    const epoch = this.#epochs.get(life) ?? this.evidence.newestEpoch;
    if (epoch !== this.evidence.newestEpoch) this.evidence.outdatedWriter = epoch;
  }
}
