import type { Announce } from '../../common/contract/index.ts';
import { addDays, businessDay } from '../../common/time.ts';
import { money, type Currency } from '../../common/money.ts';
import type { Gateway, GatewayPayment } from '../gateway/gateway.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { sql, type Database } from '../ledger/open.ts';
import { readSettings } from '../office/settings.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Connection } from './connection.ts';
import { findByReference, findBySquareId, findPayment } from './queries.ts';

/** Square's lists lag by some seconds and change afterwards, so each round reads this much of the past again. */
export const OVERLAP_MS = 10 * 60_000;
/** The desk's clock may be slow; what Square changed "tomorrow" is asked for all the same. */
const CLOCK_MARGIN_MS = 24 * 3600_000;
const EVERY_MS = 15_000;
const SOON_MS = 1500;
const CURSOR = 'payments.updated_until_ms';

export type SyncPorts = {
  readonly ledger: Ledger;
  readonly gateway: () => Gateway | null;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly announce: Announce;
  readonly log: Log;
};

/**
 * Brings in what Square knows: confirmations of our payments, fees that appear later, payments made elsewhere. A
 * desktop hears no webhooks, so it asks by time of change, and remembers how far it read only after that is stored.
 */
export class Sync {
  readonly #ports: SyncPorts;
  #cancel: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  #last_synced_ms: number | null = null;

  constructor(ports: SyncPorts) {
    this.#ports = ports;
    ports.connection.onChange(online => {
      if (online) this.soon();
    });
  }

  get last_synced_ms(): number | null {
    return this.#last_synced_ms;
  }

  /** After something changed: a confirmation is near, so it does not wait for the next round. */
  soon(): void {
    this.#plan(SOON_MS);
  }

  #plan(delay_ms: number): void {
    this.#cancel?.();
    if (this.#stopped) return;
    this.#cancel = this.#ports.clock.after(delay_ms, () => void this.now());
  }

  /** One round. Rounds never overlap; a failed one changes nothing and is followed by the next. */
  now(): Promise<void> {
    this.#running ??= this.#round()
      .catch(error => {
        this.#ports.log.bug('sync', error);
      })
      .finally(() => {
        this.#running = undefined;
        this.#plan(EVERY_MS);
        this.#ports.announce('sync.changed', {});
      });
    return this.#running;
  }

  async #round(): Promise<void> {
    const gateway = this.#ports.gateway();
    const { clock, ledger, connection } = this.#ports;
    if (!gateway || !connection.online) return;
    const readUntil_ms = this.#readUntil();
    const from_ms = readUntil_ms - OVERLAP_MS;
    const to_ms = Math.max(clock.now(), readUntil_ms) + CLOCK_MARGIN_MS;
    // Square's own time, never the desk's: a desk whose clock is fast would leave a gap that nobody reads again.
    let newest_ms = readUntil_ms;
    let cursor: string | null = null;
    do {
      const page = await gateway.listPayments({ from_ms, to_ms, cursor });
      connection.report(page.kind !== 'unreachable');
      if (page.kind !== 'ok') return;
      for (const payment of page.value.payments) {
        this.#observe(payment);
        newest_ms = Math.max(newest_ms, payment.updated_at_ms);
      }
      cursor = page.value.cursor;
    } while (cursor !== null && !this.#stopped);
    ledger.write('desk', ({ database }) =>
      sql(
        database,
        'INSERT INTO sync_cursor (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      ).run(CURSOR, String(newest_ms)),
    );
    this.#last_synced_ms = clock.now();
  }

  #readUntil(): number {
    const { database } = this.#ports.ledger;
    const kept = sql(database, 'SELECT value FROM sync_cursor WHERE name = ?').pluck().get(CURSOR);
    if (kept !== undefined) return Number(kept);
    return Number(sql(database, 'SELECT created_at_ms FROM ledger_identity').pluck().get());
  }

  /** Writes a payment down when it is new or has changed; the same news twice is one fact. */
  #observe(payment: GatewayPayment): void {
    const { ledger, newId, announce } = this.#ports;
    const { database } = ledger;
    const known = sql(
      database,
      'SELECT attempt_id, updated_at_ms, fee_minor, refunded_minor, status FROM square_payment WHERE square_payment_id = ?',
    ).get(payment.square_payment_id) as
      | { attempt_id: string; updated_at_ms: number; fee_minor: number; refunded_minor: number; status: string }
      | undefined;
    if (known && !isNews(known, payment)) return;
    const own = this.#ownAttempt(payment, known?.attempt_id);
    if (!own && !known && payment.status === 'FAILED') return;
    const attempt_id = own?.attempt_id ?? known?.attempt_id ?? newId();
    const { version_token: _token, amount, ...rest } = payment;
    ledger.write('square', write =>
      write.fact('square.payment.observed', {
        ...rest,
        attempt_id,
        foreign: !own,
        amount_minor: amount.minor,
        currency: amount.currency,
        day: own?.day ?? businessDay(payment.created_at_ms, readSettings(database).time_zone),
      }),
    );
    announce('payments.changed', { attempt_id: attempt_id as never });
  }

  /** Ours by Square's id, or by our reference with the same amount: a reference alone could be typed by anybody. */
  #ownAttempt(payment: GatewayPayment, known_attempt_id: string | undefined) {
    const { database } = this.#ports.ledger;
    const byId =
      findBySquareId(database, payment.square_payment_id) ??
      (known_attempt_id ? findPayment(database, known_attempt_id) : undefined);
    if (byId) return byId.foreign_payment === 1 ? undefined : byId;
    const byReference = payment.reference ? findByReference(database, payment.reference) : undefined;
    const { minor, currency } = payment.amount;
    return byReference?.amount_minor === minor && byReference.currency === currency ? byReference : undefined;
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    return this.#running ?? Promise.resolve();
  }
}

function isNews(
  known: { updated_at_ms: number; fee_minor: number; refunded_minor: number; status: string },
  payment: GatewayPayment,
): boolean {
  // Older news than what is known never replaces it.
  if (payment.updated_at_ms < known.updated_at_ms) return false;
  return (
    payment.status !== known.status ||
    payment.refunded_minor !== known.refunded_minor ||
    (payment.status === 'COMPLETED' && payment.fee_minor !== known.fee_minor)
  );
}

type Sum = { count: number; sum: number };
/** Square's list may lag this long behind its own answer before a missing payment counts as a difference. */
const PATIENCE_MS = 5 * 60_000;

/** Per day: created here, confirmed there, still waiting, made elsewhere, and every difference by name. */
export function proofOf(database: Database, range: { from: string; to: string }, last_synced_ms: number | null) {
  const { currency } = readSettings(database);
  const rows = sql(
    database,
    `SELECT payment.day, payment.attempt_id, payment.reference, payment.amount_minor, payment.sync, payment.finished_at_ms,
       payment.foreign_payment, seen.status, seen.amount_minor AS seen_minor
     FROM payment LEFT JOIN square_payment AS seen ON seen.square_payment_id = payment.square_payment_id
     WHERE payment.day BETWEEN ? AND ? AND state IN ('recorded', 'completed')`,
  ).all(range.from, range.to) as ProofRow[];
  const days = new Map<string, ProofRow[]>();
  for (const row of rows) days.set(row.day, [...(days.get(row.day) ?? []), row]);
  const proofs = [];
  for (let day = range.to; day >= range.from; day = addDays(day, -1)) {
    const found = days.get(day);
    if (found) proofs.push(proofDay(day, found, currency, last_synced_ms));
  }
  return proofs;
}

type ProofRow = {
  day: string;
  attempt_id: string;
  reference: string;
  amount_minor: number;
  sync: string;
  finished_at_ms: number | null;
  foreign_payment: 0 | 1;
  status: string | null;
  seen_minor: number | null;
};

function proofDay(day: string, rows: readonly ProofRow[], currency: Currency, last_synced_ms: number | null) {
  const sums = { created: none(), confirmed: none(), waiting: none(), foreign: none() };
  const differences: { attempt_id: string; reference: string; why: string }[] = [];
  const count = (sum: Sum, row: ProofRow): void => {
    sum.count += 1;
    sum.sum += row.amount_minor;
  };
  for (const row of rows) {
    if (row.foreign_payment === 1) {
      count(sums.foreign, row);
      continue;
    }
    count(sums.created, row);
    const why = verdict(row, last_synced_ms);
    if (why === 'confirmed') count(sums.confirmed, row);
    else if (why === 'waiting') count(sums.waiting, row);
    else differences.push({ attempt_id: row.attempt_id, reference: row.reference, why });
  }
  const asMoney = ({ count: number, sum }: Sum) => ({ count: number, sum: money(sum, currency) });
  return {
    day,
    created: asMoney(sums.created),
    confirmed: asMoney(sums.confirmed),
    waiting: asMoney(sums.waiting),
    foreign: asMoney(sums.foreign),
    differences,
  };
}

const none = (): Sum => ({ count: 0, sum: 0 });

function verdict(row: ProofRow, last_synced_ms: number | null): string {
  if (row.sync === 'refused') return 'refused';
  if (row.status === 'COMPLETED') return row.seen_minor === row.amount_minor ? 'confirmed' : 'amount_differs';
  if (row.status === 'CANCELED' || row.status === 'FAILED') return 'status_differs';
  const finished = row.finished_at_ms ?? 0;
  const looked = row.sync === 'confirmed' && last_synced_ms !== null && last_synced_ms > finished + PATIENCE_MS;
  return looked ? 'not_at_square' : 'waiting';
}
