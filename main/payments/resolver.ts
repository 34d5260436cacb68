import type { Gateway } from '../gateway/gateway.ts';
import type { Ledger, Write } from '../ledger/ledger.ts';
import { sql, type Database } from '../ledger/open.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Connection } from './connection.ts';
import { SEARCH_SPACING_MS } from '../ledger/events/attempt-doubt.ts';
import { afterSearch, nextProbe, provenNotCharged, search, type Sighting } from './ladder.ts';
import { findPayment, type PaymentRow } from './queries.ts';
import { requestKey } from './requests.ts';
import { closeNotCharged, confirm, handOver, settleSighting, type SettleTools } from './settle.ts';
import { listReadUntil } from './square-lists.ts';
import { crashPoint } from '../platform/crash-points.ts';

export type ResolverPorts = {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly connection: Connection;
  readonly log: Log;
  /** The outbox's growing wait for an attempt, from now. */
  readonly later: (row: PaymentRow) => number;
  readonly tools: (row: PaymentRow) => SettleTools;
};

const SYSTEM = 'desk';
/** The longest that a search through all its pages takes on a line that is alive. */
const FRESH_MS = 2 * 60_000;

/** Finds out what became of attempts whose outcome is not known, one probe at a time. Never charges by itself. */
export class Resolver {
  readonly #ports: ResolverPorts;

  constructor(ports: ResolverPorts) {
    this.#ports = ports;
  }

  tools(row: PaymentRow): SettleTools {
    return this.#ports.tools(row);
  }

  /** One step of the ladder. True when the step is to send the same bytes again, which only the outbox does. */
  async probe(row: PaymentRow, gateway: Gateway): Promise<boolean> {
    const { clock, ledger, log } = this.#ports;
    const probe = nextProbe(row, clock.now(), seenAtSquare(ledger.database, row.attempt_id) !== null);
    log.info('doubt.probe', { probe, not_found: row.not_found });
    if (probe === 'send') return true;
    if (probe === 'cancel') await this.cancel(row, gateway);
    else if (probe === 'look_up') await this.lookUp(row, gateway);
    else this.#handOver(row, 'too_long');
    return false;
  }

  #handOver(row: PaymentRow, reason: 'too_long' | 'amount_differs'): void {
    const { ledger } = this.#ports;
    ledger.write(SYSTEM, write => handOver(write, row, reason, this.#ports.later(row)));
  }

  /** Searches Square's list once and writes down what it shows. Answers what was seen. */
  async lookUp(row: PaymentRow, gateway: Gateway): Promise<Sighting> {
    const sighting = await this.#search(row, gateway);
    this.#write(row, write => this.#settle(write, row, sighting));
    return sighting;
  }

  /**
   * A computer that slept in the middle of a search wakes up with an answer from before. "Not there" was true then, and
   * says nothing of what was on its way; it counts as no answer.
   */
  async #search(row: PaymentRow, gateway: Gateway): Promise<Sighting> {
    const { ledger, clock, connection } = this.#ports;
    const asked_ms = clock.now();
    const known = seenAtSquare(ledger.database, row.attempt_id);
    const sighting = await search(gateway, row, [asked_ms, listReadUntil(ledger.database, 'payments')], known);
    connection.report(!(sighting.kind === 'no_answer' && sighting.reason === 'unreachable'));
    const stale = Math.abs(clock.now() - asked_ms) > FRESH_MS;
    return sighting.kind === 'not_found' && stale ? { kind: 'no_answer', reason: 'unexpected' } : sighting;
  }

  #settle(write: Write, row: PaymentRow, sighting: Sighting): void {
    const { clock, later, tools } = this.#ports;
    const { attempt_id } = row;
    const answer = sighting.kind === 'differs' ? 'found' : sighting.kind;
    const square_payment_id = 'payment' in sighting ? sighting.payment.square_payment_id : null;
    const next_try_at_ms = afterSearch(row, clock.now(), later(row));
    write.fact('attempt.looked_up', { attempt_id, answer, square_payment_id, next_try_at_ms });
    if (sighting.kind === 'found') settleSighting(write, row, sighting.payment, tools(row));
    else if (sighting.kind === 'differs' && row.state === 'unknown') {
      handOver(write, row, 'amount_differs', next_try_at_ms);
    } else if (sighting.kind === 'not_found') {
      const now = findPayment(write.database, attempt_id)!;
      if (provenNotCharged(now)) closeNotCharged(write, now, { because: 'searches' }, clock.now());
    }
  }

  /** Asks Square to cancel what the key made. That it will be asked is durable first, so nothing is sent after it. */
  async cancel(row: PaymentRow, gateway: Gateway): Promise<boolean> {
    const { ledger, connection, clock, later } = this.#ports;
    const { attempt_id } = row;
    const key = requestKey(ledger.database, attempt_id);
    const told = (write: Write, answer: 'asking' | 'done' | 'no_answer'): void => {
      const next_try_at_ms = answer === 'done' ? clock.now() + SEARCH_SPACING_MS : later(row);
      write.fact('attempt.cancel_asked', { attempt_id, answer, next_try_at_ms });
    };
    if (row.cancel_asked === 0) ledger.write(SYSTEM, write => told(write, 'asking'));
    const asked = await gateway.cancelByKey(key);
    crashPoint('CP21');
    connection.report(asked.kind !== 'unreachable');
    this.#write(row, write => told(write, asked.kind === 'ok' ? 'done' : 'no_answer'));
    return asked.kind === 'ok';
  }

  /** Writes only while the attempt is where it was before Square was asked: better news may have come in between. */
  #write(row: PaymentRow, work: (write: Write) => void): void {
    this.#ports.ledger.write(SYSTEM, write => {
      if (findPayment(write.database, row.attempt_id)?.state === row.state) work(write);
    });
  }

  /**
   * A record of cash or a check that was sent and not answered long ago: Square may have forgotten its key, and would
   * keep it twice. True when Square does not have it, so that it may be sent again.
   */
  async recordIsMissing(row: PaymentRow, gateway: Gateway): Promise<boolean> {
    const sighting = await this.#search(row, gateway);
    if (sighting.kind === 'not_found') return true;
    const { attempt_id } = row;
    this.#write(row, write => {
      if (sighting.kind === 'found') return confirm(write, row, sighting.payment);
      const reason = sighting.kind === 'differs' ? 'amount_differs' : sighting.reason;
      write.fact('attempt.unknown', { attempt_id, step: 'record', reason, next_try_at_ms: this.#ports.later(row) });
    });
    return false;
  }

  /** Capture in doubt: Square knows the payment by its id, so it is asked instead of told. */
  async lookUpCapture(row: PaymentRow, gateway: Gateway): Promise<void> {
    const { connection, later, tools } = this.#ports;
    const found = await gateway.getPayment(row.square_payment_id!);
    connection.report(found.kind !== 'unreachable');
    const { attempt_id } = row;
    const next_try_at_ms = later(row);
    this.#write(row, write => {
      if (found.kind === 'ok') return settleSighting(write, row, found.value, tools(row));
      write.fact('attempt.sending', { attempt_id, count: row.sends + 1, step: 'complete' });
      write.fact('attempt.unknown', { attempt_id, step: 'complete', reason: found.kind, next_try_at_ms });
    });
  }
}

/** Square's id of the payment, when its list showed it before the attempt itself learnt of it. */
export function seenAtSquare(database: Database, attempt_id: string): string | null {
  const id = sql(database, 'SELECT square_payment_id FROM square_payment WHERE attempt_id = ?').pluck().get(attempt_id);
  return (id as string | undefined) ?? null;
}
