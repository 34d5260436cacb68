import type { Announce } from '../../common/contract/index.ts';
import type { AttemptId } from '../../common/ids.ts';
import type { Gateway, GatewayRefund, RefundRequest } from '../gateway/gateway.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Connection } from '../payments/connection.ts';
import { growingWait_ms } from '../payments/outbox.ts';
import { findPayment } from '../payments/queries.ts';
import { requestBytes } from '../payments/requests.ts';
import type { Clock } from '../platform/clock.ts';
import { crashPoint } from '../platform/crash-points.ts';
import type { Random } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import {
  findRefund,
  refundsBeingSent,
  refundsLeftBehind,
  refundsOfAttempt,
  refundWork,
  type RefundRow,
} from './queries.ts';
import { searchRefund } from './search.ts';
import { followSeen, noticeRefund, refuse, settleAnswer, settleMissing } from './settle.ts';

export type RefundOutboxPorts = {
  readonly ledger: Ledger;
  readonly gateway: () => Gateway | null;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly random: Random;
  readonly announce: Announce;
  readonly log: Log;
  /** Told when Square refuses to look at anything of this desk. */
  readonly onPaused: (reason: 'unauthorized' | 'missing_scope') => void;
};

const SYSTEM = 'desk';
const AT_ONCE = 4;
/** Sync tells of most refunds first; this one asks about those that it does not hear of. */
const FOLLOW_MS = 10 * 60_000;
/** How long a refund rests that could not even be tried, or whose payment Square has to be told of first. */
const REST_MS = 30_000;
/** Nothing is planned further ahead than this, so a later time was planned before somebody set the clock back. */
const FURTHEST_PLAN_MS = 2 * 3600_000;

/** The bytes of a refund, made once: every retry sends them again. */
export function refundBytes(
  gateway: Gateway,
  asked: Omit<RefundRequest, 'square_payment_id'>,
  square_payment_id: string,
): Promise<string> {
  return gateway.prepareRefund({ ...asked, square_payment_id });
}

/**
 * The only sender of refunds, beside the one of payments. Everything that leaves is first a fact and always the same
 * bytes; what may have left is looked for in Square's list before it leaves again, because Square forgets keys.
 */
export class RefundOutbox {
  readonly #ports: RefundOutboxPorts;
  readonly #driving = new Map<string, Promise<void>>();
  readonly #resting = new Map<string, number>();
  #wake: (() => void) | undefined;
  #stopped = false;
  #paused = false;

  constructor(ports: RefundOutboxPorts) {
    this.#ports = ports;
    ports.connection.onChange(online => {
      if (online) this.pump(true);
    });
  }

  get busy(): number {
    return this.#driving.size;
  }

  /** After a start: what was being sent may have arrived, and Square may have moved what nobody followed. */
  recover(): void {
    for (const refund_id of refundsLeftBehind(this.#ports.ledger.database)) this.#follow(refund_id);
    this.pump(true);
  }

  /** For the sync: what it announces, heard here as well, because it says that Square moved something. */
  after(announce: Announce): Announce {
    return (name, payload) => {
      if (name === 'payments.changed') {
        const { attempt_id } = payload as { attempt_id: AttemptId };
        for (const refund_id of refundsOfAttempt(this.#ports.ledger.database, attempt_id)) this.#follow(refund_id);
      }
      announce(name, payload);
    };
  }

  /** Writes down what Square was seen to make of a refund. */
  #follow(refund_id: string): void {
    const { ledger, clock, log } = this.#ports;
    try {
      const row = findRefund(ledger.database, refund_id);
      // Looked at first, because a write transaction for nothing would flush the disk.
      if (row && noticeRefund(ledger.database, row)) {
        ledger.writeResult(SYSTEM, write => followSeen(write, refund_id, clock.now() + FOLLOW_MS));
      }
    } catch (error) {
      log.bug('refunds', error);
    }
  }

  /** What is "being sent" and nobody is sending is in doubt. */
  #doubtAbandoned(): void {
    const { ledger, clock, log } = this.#ports;
    for (const refund_id of refundsBeingSent(ledger.database)) {
      const row = findRefund(ledger.database, refund_id);
      if (!row || this.#driving.has(refund_id)) continue;
      try {
        ledger.write(SYSTEM, write => {
          const { attempt_id } = row;
          write.fact('refund.unknown', { refund_id, attempt_id, reason: 'restart', next_try_at_ms: clock.now() });
        });
      } catch (error) {
        log.bug('refunds', error);
      }
    }
  }

  /** Sends what is due; with `all`, also what was waiting for its time. Plans the next look, if there is any to plan. */
  pump(all = false): void {
    this.#wake?.();
    this.#wake = undefined;
    if (this.#stopped) return;
    this.#doubtAbandoned();
    const { connection, clock, gateway, ledger } = this.#ports;
    const now_ms = clock.now();
    const work = refundWork(ledger.database);
    // What could not be put into doubt, because the disk is full, is looked at again.
    const quiet = work.length === 0 && refundsBeingSent(ledger.database).length === 0;
    if (quiet || this.#paused) return;
    let next_ms = now_ms + REST_MS;
    for (const { refund_id, next_try_at_ms } of connection.online && gateway() ? work : []) {
      const planned_ms = all || next_try_at_ms > now_ms + FURTHEST_PLAN_MS ? now_ms : next_try_at_ms;
      const resting_ms = this.#resting.get(refund_id) ?? 0;
      const due_ms = Math.max(planned_ms, resting_ms > now_ms + FOLLOW_MS ? now_ms : resting_ms);
      if (due_ms <= now_ms) {
        // Each one that ends pumps again, so the rest of a long queue has its turn.
        if (this.#driving.size >= AT_ONCE) break;
        void this.drive(refund_id);
      } else next_ms = Math.min(next_ms, due_ms);
    }
    this.#wake = clock.after(Math.max(next_ms - now_ms, 50), () => this.pump());
  }

  /** Drives one refund until it ends or has to wait. Never two at once for the same refund. */
  drive(refund_id: string): Promise<void> {
    const running = this.#driving.get(refund_id);
    if (running) return running;
    const work = this.#step(refund_id)
      .then(() => this.#restUnlessPlanned(refund_id))
      .catch(error => {
        this.#rest(refund_id, REST_MS);
        this.#ports.log.bug('refunds', error);
      })
      .finally(() => {
        this.#driving.delete(refund_id);
        this.#ports.announce('sync.changed', {});
        this.pump();
      });
    this.#driving.set(refund_id, work);
    return work;
  }

  /** Runs work on a refund while nothing else is done to it. */
  async alone<Value>(refund_id: string, work: () => Promise<Value>): Promise<Value> {
    while (this.#driving.has(refund_id)) await this.#driving.get(refund_id);
    const running = work();
    const settled = Promise.allSettled([running]).then(() => {});
    this.#driving.set(refund_id, settled);
    return running.finally(() => {
      this.#driving.delete(refund_id);
      this.#ports.announce('sync.changed', {});
      this.pump();
    });
  }

  #rest(refund_id: string, wait_ms: number): void {
    this.#resting.set(refund_id, this.#ports.clock.now() + wait_ms);
  }

  /** What is due and went nowhere would be tried again at once, for ever. */
  #restUnlessPlanned(refund_id: string): void {
    const { ledger, clock } = this.#ports;
    const planned_ms = findRefund(ledger.database, refund_id)?.next_try_at_ms ?? null;
    const resting_ms = this.#resting.get(refund_id) ?? 0;
    if (planned_ms !== null && Math.max(planned_ms, resting_ms) <= clock.now()) this.#rest(refund_id, REST_MS);
  }

  async #step(refund_id: string): Promise<void> {
    const { ledger } = this.#ports;
    const row = findRefund(ledger.database, refund_id);
    const gateway = this.#ports.gateway();
    if (!row || row.next_try_at_ms === null || !gateway || this.#paused || this.#stopped) return;
    if (row.square_refund_id !== null) return this.#ask(row, row.square_refund_id, gateway);
    const payment = findPayment(ledger.database, row.attempt_id);
    if (!payment?.square_payment_id) return this.#waitForRecord(row, payment?.sync === 'refused');
    if (row.maybe_sent === 1 && !(await this.#isMissing(row, payment.square_payment_id, gateway))) return;
    await this.#send(row, payment.square_payment_id, gateway);
  }

  /** The record of the payment still waits to be told; one that Square refused has no refund there either. */
  #waitForRecord(row: RefundRow, refused: boolean): void {
    if (!refused) return this.#rest(row.refund_id, REST_MS);
    this.#ports.ledger.write(SYSTEM, write => refuse(write, row, 'payment_unknown', 'RECORD_REFUSED'));
  }

  /** True when Square does not have it, so that the same bytes may leave again. Whatever else it is, is written down. */
  async #isMissing(row: RefundRow, square_payment_id: string, gateway: Gateway): Promise<boolean> {
    const { ledger, clock, connection } = this.#ports;
    const sighting = await searchRefund(gateway, ledger.database, { row, square_payment_id, clock });
    connection.report(!(sighting.kind === 'no_answer' && sighting.reason === 'unreachable'));
    const again = ledger.writeResult(SYSTEM, write => {
      if (sighting.kind === 'found') return noted(followSeen(write, row.refund_id, this.#followAt(), sighting.refund));
      return settleMissing(write, row.refund_id, sighting, this.#later(row));
    });
    this.#changed(row);
    return again;
  }

  async #send(row: RefundRow, square_payment_id: string, gateway: Gateway): Promise<void> {
    const { ledger, connection, log, onPaused } = this.#ports;
    const { refund_id, attempt_id } = row;
    const later = {
      prepare: (asked: Omit<RefundRequest, 'square_payment_id'>) => refundBytes(gateway, asked, square_payment_id),
    };
    const body = await requestBytes(ledger, later, refund_id);
    const leaves = ledger.write(SYSTEM, write => {
      // Square's list may have shown it in this very moment; then there is nothing left to ask for.
      if (findRefund(write.database, refund_id)?.square_refund_id != null) return false;
      write.fact('refund.sending', { refund_id, attempt_id, count: row.sends + 1 });
      return true;
    });
    if (!leaves) return;
    this.#changed(row);
    const outcome = await gateway.createRefund(body);
    crashPoint('CP23');
    const reason = 'reason' in outcome ? outcome.reason : null;
    log.info('square.answered', { step: 'refund', kind: outcome.kind, reason, count: row.sends + 1 });
    if (outcome.kind === 'not_sent' && outcome.reason !== 'offline') {
      this.#paused = true;
      onPaused(outcome.reason);
    }
    const wait_ms = outcome.kind === 'unknown' ? (outcome.retry_after_ms ?? 0) : 0;
    const next_try_at_ms = Math.max(this.#later(row), this.#ports.clock.now() + wait_ms);
    ledger.writeResult(SYSTEM, write =>
      settleAnswer(write, row, outcome, { next_try_at_ms, follow_at_ms: this.#followAt() }),
    );
    connection.report(!(outcome.kind === 'not_sent' && outcome.reason === 'offline'));
    this.#changed(row);
  }

  /** Square has it and is not done with it. */
  async #ask(row: RefundRow, square_refund_id: string, gateway: Gateway): Promise<void> {
    const { ledger, connection } = this.#ports;
    const found = await gateway.getRefund(square_refund_id);
    connection.report(found.kind !== 'unreachable');
    this.#rest(row.refund_id, FOLLOW_MS);
    if (found.kind !== 'ok') return;
    const refund: GatewayRefund = found.value;
    ledger.writeResult(SYSTEM, write => followSeen(write, row.refund_id, this.#followAt(), refund));
    this.#changed(row);
  }

  #followAt(): number {
    return this.#ports.clock.now() + FOLLOW_MS;
  }

  #later(row: RefundRow): number {
    const { clock, random } = this.#ports;
    return clock.now() + growingWait_ms(row.sends, random);
  }

  #changed(row: RefundRow): void {
    this.#ports.announce('payments.changed', { attempt_id: row.attempt_id as AttemptId });
  }

  /** Lets paused refunds try again, after Square was connected anew. */
  resume(): void {
    this.#paused = false;
    this.pump(true);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await Promise.allSettled(this.#driving.values());
  }
}

/** What was found is not missing. */
const noted = (_written: void): boolean => false;
