import type { Announce } from '../../common/contract/index.ts';
import type { AttemptId } from '../../common/ids.ts';
import type { Gateway, MoneyOutcome } from '../gateway/gateway.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { TOKEN_LIFE_MS } from './attempts.ts';
import type { Connection } from './connection.ts';
import { findPayment, inStates, workInTurn, type PaymentRow, type WorkRow } from './queries.ts';
import { Resolver } from './resolver.ts';
import { forgetRequest, requestBytes } from './requests.ts';
import { believable, settle, type SettleTools, type Step } from './settle.ts';
import { crashPoint } from '../platform/crash-points.ts';

export type OutboxPorts = {
  readonly ledger: Ledger;
  readonly gateway: () => Gateway | null;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly random: Random;
  readonly announce: Announce;
  readonly log: Log;
  /** Called when what was paused may be sent again, for who sends beside it. */
  readonly onResume?: () => void;
};

type Paused = 'unauthorized' | 'missing_scope' | null;

/** Who acts when nobody presses a key. */
const SYSTEM = 'desk';
const AT_ONCE = 4;
const LONGEST_WAIT_MS = 5 * 60_000;
/** Nothing is planned further ahead than this, so a later time was planned before somebody set the clock back. */
const FURTHEST_PLAN_MS = 2 * 3600_000;
/** How long an attempt rests that could not even be tried, because the disk is full or its token is too old. */
const REST_MS = 30_000;

/** One second, doubling to five minutes, give or take a fifth, so that desks do not knock together. */
export function growingWait_ms(sends: number, random: Random): number {
  const base = Math.min(1000 * 2 ** Math.min(sends, 10), LONGEST_WAIT_MS);
  const spread = 0.8 + (random(2).readUInt16BE(0) / 65_535) * 0.4;
  return Math.round(base * spread);
}

/**
 * The only sender. Everything that leaves the desk is first a fact, is always the same bytes, and is tried again until
 * Square's definite word. In order for one customer, side by side for different ones.
 */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #driving = new Map<string, Promise<void>>();
  readonly resolver: Resolver;
  /** Attempts that are not tried before a time, although the journal says that they are due. */
  readonly #resting = new Map<string, number>();
  #wake: (() => void) | undefined;
  #stopped = false;
  #resume_at_ms = 0;
  paused: Paused = null;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
    this.resolver = new Resolver({
      ...ports,
      later: row => this.#later(row.sends + row.not_found, null),
      tools: row => this.#tools(row),
    });
    ports.connection.onChange(online => {
      if (online) this.pump(true);
    });
  }

  /** After a start: what was being sent when the desk stopped may have arrived. Nothing is charged anew. */
  recover(): void {
    const { ledger } = this.#ports;
    for (const { attempt_id } of inStates(ledger.database, ['intent'])) {
      ledger.write(SYSTEM, write =>
        write.fact('attempt.cancelled', { attempt_id, reason: 'restart', square_payment_id: null }),
      );
    }
    this.#doubtAbandoned();
    this.pump(true);
  }

  /** What is "being sent" and nobody is sending, after a start or when an answer could not be stored, is in doubt. */
  #doubtAbandoned(): void {
    const { ledger, clock, log } = this.#ports;
    for (const row of inStates(ledger.database, ['sending', 'capturing'])) {
      const { attempt_id } = row;
      if (this.#driving.has(attempt_id)) continue;
      const step = row.state === 'sending' ? 'create' : 'complete';
      try {
        ledger.write(SYSTEM, write => {
          write.fact('attempt.unknown', { attempt_id, step, reason: 'restart', next_try_at_ms: clock.now() });
        });
      } catch (error) {
        log.bug('outbox', error);
      }
    }
  }

  get busy(): number {
    return this.#driving.size;
  }

  /** Sends what is due; with `all`, also what was waiting for its time. Plans the next look. */
  pump(all = false): void {
    this.#wake?.();
    this.#wake = undefined;
    if (this.#stopped) return;
    this.#doubtAbandoned();
    const { connection, clock } = this.#ports;
    const now = clock.now();
    const held = !connection.online || !this.#ports.gateway() || this.paused || now < this.#resume_at_ms;
    // While nothing may be sent, the queue is not even looked at, however long it is. What ends that pumps anew.
    const nothing = { due: [], next: now < this.#resume_at_ms ? now : Number.POSITIVE_INFINITY };
    const { due, next } = held ? nothing : this.#planned(now, all);
    for (const attempt_id of due) void this.drive(attempt_id).then(() => this.pump());
    const wait = Math.min(Math.max(next, this.#resume_at_ms) - now, REST_MS);
    this.#wake = clock.after(Math.max(wait, 50), () => this.pump());
  }

  /** What is sent now, as many as may be under way at once, and when the next one comes due. */
  #planned(now: number, all: boolean): { due: string[]; next: number } {
    const { database } = this.#ports.ledger;
    const customers = new Set<string>();
    const due: string[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const row of workInTurn(database)) {
      // Each one that ends pumps again, so the rest of a long queue is not walked through for each of them.
      if (this.#driving.size + due.length >= AT_ONCE) break;
      const first = row.customer_id === null || !customers.has(row.customer_id);
      // What waits for people does not hold up the rest of its customer.
      if (row.customer_id && row.state !== 'manual') customers.add(row.customer_id);
      if (this.#driving.has(row.attempt_id) || !first) continue;
      const due_at_ms = this.#dueAt(row, now, all);
      if (due_at_ms > now) next = Math.min(next, due_at_ms);
      else due.push(row.attempt_id);
    }
    return { due, next };
  }

  #dueAt(row: WorkRow, now_ms: number, all: boolean): number {
    const planned = row.next_try_at_ms ?? now_ms;
    const resting = this.#resting.get(row.attempt_id) ?? 0;
    const tryable = resting > now_ms + REST_MS ? now_ms : resting;
    return Math.max(all || planned > now_ms + FURTHEST_PLAN_MS ? now_ms : planned, tryable);
  }

  /** Drives one attempt until it ends or has to wait. Never two at once for the same attempt. */
  drive(attempt_id: string): Promise<void> {
    const running = this.#driving.get(attempt_id);
    if (running) return running;
    const work = this.#steps(attempt_id)
      .catch(error => {
        this.#rest(attempt_id);
        this.#ports.log.bug('outbox', error);
      })
      .finally(() => {
        this.#driving.delete(attempt_id);
        this.#ports.announce('sync.changed', {});
      });
    this.#driving.set(attempt_id, work);
    return work;
  }

  /** Work on one attempt while nothing else drives it, such as a person's decision. */
  async alone<Value>(attempt_id: string, work: () => Promise<Value>): Promise<Value> {
    while (this.#driving.has(attempt_id)) await this.#driving.get(attempt_id);
    const running = work();
    const settled = Promise.allSettled([running]).then(() => {});
    this.#driving.set(attempt_id, settled);
    return running.finally(() => {
      this.#driving.delete(attempt_id);
      this.#ports.announce('payments.changed', { attempt_id: attempt_id as AttemptId });
      this.#ports.announce('sync.changed', {});
    });
  }

  /** Without this, an attempt that is due and cannot be tried would be tried again at once, for ever. */
  #rest(attempt_id: string): void {
    this.#resting.set(attempt_id, this.#ports.clock.now() + REST_MS);
  }

  async #steps(attempt_id: string): Promise<void> {
    while (!this.#stopped) {
      const row = findPayment(this.#ports.ledger.database, attempt_id);
      const gateway = this.#ports.gateway();
      if (!row || !gateway || row.foreign_payment === 1) return;
      const before = row.state;
      if (row.state === 'recorded') {
        if (row.sync === 'queued') await this.#record(row, gateway);
        return;
      }
      if (row.state === 'ready') await this.#create(row, gateway);
      else if (row.state === 'unknown' || row.state === 'manual') {
        if (await this.resolver.probe(row, gateway)) await this.#send(row, 'create', gateway);
        this.#changed(row);
      } else if (row.state === 'approved') {
        crashPoint('CP14');
        await this.#send(row, 'complete', gateway);
      } else if (row.state === 'capture_unknown') {
        await this.resolver.lookUpCapture(row, gateway);
        this.#changed(row);
      } else return;
      const after = findPayment(this.#ports.ledger.database, attempt_id);
      // Only an approval goes on by itself; everything else has ended or waits for its next time.
      if (!after || after.state === before || after.next_try_at_ms !== null || after.state !== 'approved') return;
    }
  }

  async #create(row: PaymentRow, gateway: Gateway): Promise<void> {
    const { clock, ledger } = this.#ports;
    if (clock.now() - (row.token_minted_at_ms ?? 0) <= TOKEN_LIFE_MS) return this.#send(row, 'create', gateway);
    ledger.write(SYSTEM, write => {
      const { attempt_id } = row;
      write.fact('attempt.refused', { attempt_id, reason: 'token_too_old', square_code: 'NOT_SENT' });
      forgetRequest(write, row);
    });
    this.#changed(row);
  }

  /**
   * Square forgets keys, and how long ago a record was sent only a clock could tell, which sleeps, is switched off and is
   * set back. So what may have left once is looked for at Square before it leaves again, however young it seems.
   */
  async #record(row: PaymentRow, gateway: Gateway): Promise<void> {
    // Not `maybe_sent`: a process that died in the middle of a send left no answer that could have set it.
    if (row.sends === 0 || (await this.resolver.recordIsMissing(row, gateway)))
      await this.#send(row, 'record', gateway);
    this.#changed(row);
  }

  async #send(row: PaymentRow, step: Step, gateway: Gateway): Promise<void> {
    const { ledger, connection } = this.#ports;
    const body = step === 'complete' ? '' : await requestBytes(ledger, gateway, row.attempt_id);
    ledger.write(SYSTEM, write => {
      write.fact('attempt.sending', { attempt_id: row.attempt_id, count: row.sends + 1, step });
      crashPoint('CP08');
    });
    crashPoint(step === 'complete' ? 'CP15' : 'CP09');
    this.#changed(row);
    const outcome =
      step === 'complete'
        ? await gateway.completePayment(row.square_payment_id!, row.version_token)
        : await gateway.createPayment(body);
    crashPoint('CP12');
    this.#settle(row, step, outcome);
    crashPoint('CP18');
    connection.report(!(outcome.kind === 'not_sent' && outcome.reason === 'offline'));
    this.#changed(row);
  }

  #settle(row: PaymentRow, step: Step, outcome: MoneyOutcome): void {
    const { ledger, log } = this.#ports;
    const fate = believable(row, outcome);
    const reason = 'reason' in fate ? fate.reason : null;
    log.info('square.answered', { step, kind: fate.kind, reason, count: row.sends + 1 });
    if (fate.kind === 'not_sent' && fate.reason !== 'offline') this.paused = fate.reason;
    if (fate.kind === 'declined') crashPoint('CP20');
    ledger.writeResult(SYSTEM, write => settle(write, row, step, fate, this.#tools(row)));
  }

  #tools(row: PaymentRow): SettleTools {
    const { ledger, clock } = this.#ports;
    const later = (retry_after_ms: number | null): number => this.#later(row.sends, retry_after_ms);
    return { desk: ledger.identity.desk, now_ms: clock.now(), later };
  }

  #later(sends: number, retry_after_ms: number | null): number {
    const { clock, random } = this.#ports;
    if (retry_after_ms !== null) this.#resume_at_ms = clock.now() + retry_after_ms;
    return clock.now() + Math.max(growingWait_ms(sends, random), retry_after_ms ?? 0);
  }

  #changed(row: PaymentRow): void {
    this.#ports.announce('payments.changed', { attempt_id: row.attempt_id as AttemptId });
  }

  /** Lets a paused outbox try again, after Square was connected anew. */
  resume(): void {
    this.paused = null;
    this.#resume_at_ms = 0;
    this.pump(true);
    this.#ports.onResume?.();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await Promise.allSettled(this.#driving.values());
  }
}
