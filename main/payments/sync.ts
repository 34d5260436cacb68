import type { Announce } from '../../common/contract/index.ts';
import { businessDay } from '../../common/time.ts';
import type { Gateway, GatewayPayment, GatewayRefund, ListWindow, Read } from '../gateway/gateway.ts';
import type { Ledger, Write } from '../ledger/ledger.ts';
import { sql } from '../ledger/open.ts';
import { readSettings } from '../office/settings.ts';
import type { Clock } from '../platform/clock.ts';
import { crashPoint } from '../platform/crash-points.ts';
import type { Log } from '../platform/log.ts';
import type { Connection } from './connection.ts';
import { isRefundNews, observeRefund } from './given-back.ts';
import { findByReference, findBySquareId, findPayment, withoutFee, type PaymentRow } from './queries.ts';
import { seenAtSquare } from './resolver.ts';
import { keepListReadUntil, listReadUntil, type SquareList } from './square-lists.ts';

/** Square's lists lag by some seconds and change afterwards, so each round reads this much of the past again. */
export const OVERLAP_MS = 10 * 60_000;
const EVERY_MS = 15_000;
const SOON_MS = 1500;
const FIRST_FEE_WAIT_MS = 60_000;

export type SyncPorts = {
  readonly ledger: Ledger;
  readonly gateway: () => Gateway | null;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly announce: Announce;
  readonly log: Log;
  /** Called when Square's list shows a payment whose attempt is in doubt. */
  readonly sighted: (attempt_id: string) => void;
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
  readonly #fee_asked = new Map<string, { count: number; at_ms: number }>();

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

  /** Reads one payment by its id, which no list's lag hides. False when Square could not be asked. */
  async lookAt(square_payment_id: string): Promise<boolean> {
    const read = await this.#ports.gateway()?.getPayment(square_payment_id);
    if (read?.kind !== 'ok') return false;
    this.#observe(read.value);
    return true;
  }

  async #round(): Promise<void> {
    const gateway = this.#ports.gateway();
    const { clock, connection } = this.#ports;
    if (!gateway || !connection.online) return;
    const payments = await this.#readList('payments', async window => {
      const page = await gateway.listPayments(window);
      if (page.kind !== 'ok') return page;
      for (const payment of page.value.payments) this.#observe(payment);
      return { kind: 'ok', value: { ...spanOf(page.value.payments), cursor: page.value.cursor } };
    });
    if (!payments) return;
    const refunds = await this.#readList('refunds', async window => {
      const page = await gateway.listRefunds(window);
      if (page.kind !== 'ok') return page;
      for (const refund of page.value.refunds) this.#observeRefund(refund);
      return { kind: 'ok', value: { ...spanOf(page.value.refunds), cursor: page.value.cursor } };
    });
    if (!refunds) return;
    await this.#readLateFees(gateway);
    this.#last_synced_ms = clock.now();
  }

  /**
   * Reads one of Square's lists from where it was left to its end. How far it came is kept after every page, so that ten
   * days off are caught up even when the line drops or a cursor grows too old in the middle. False when it stopped short.
   *
   * What changes while the pages are read may come in its old place with its new time. So before the end an entry counts
   * as read only once the page after it goes on from there, and none counts that is newer than this round.
   */
  async #readList(
    list: SquareList,
    readPage: (window: ListWindow) => Promise<Read<Span & { cursor: string | null }>>,
  ): Promise<boolean> {
    const { clock, connection, ledger } = this.#ports;
    const readUntil_ms = listReadUntil(ledger.database, list);
    const from_ms = readUntil_ms - OVERLAP_MS;
    const began_ms = clock.now();
    let before_ms = 0;
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof readPage>> = await readPage({ from_ms, cursor });
      connection.report(page.kind !== 'unreachable');
      if (page.kind !== 'ok') return false;
      const { oldest_ms } = page.value;
      const newest_ms = Math.max(before_ms, page.value.newest_ms);
      cursor = page.value.cursor;
      const read_ms = cursor === null ? newest_ms : Math.min(before_ms, oldest_ms, began_ms);
      if (read_ms > listReadUntil(ledger.database, list)) {
        ledger.write('desk', write => keepListReadUntil(write, list, read_ms));
      }
      before_ms = newest_ms;
    } while (cursor !== null && !this.#stopped);
    return !this.#stopped;
  }

  /** Writes a payment down when it is new or has changed; the same news twice is one fact. */
  #observe(payment: GatewayPayment): void {
    const { ledger, newId, announce } = this.#ports;
    const { database } = ledger;
    const known = sql(
      database,
      'SELECT attempt_id, updated_at_ms, fee_minor, refunded_minor, status FROM square_payment WHERE square_payment_id = ?',
    ).get(payment.square_payment_id) as Known | undefined;
    if (known && !isNews(known, payment)) return;
    const own = this.#ownAttempt(payment, known?.attempt_id);
    if (!own && !known && payment.status === 'FAILED') return;
    const attempt_id = own?.attempt_id ?? known?.attempt_id ?? newId();
    const { version_token: _token, amount, ...rest } = payment;
    ledger.write('square', write => {
      if (own) contradicts(write, own, payment);
      write.fact('square.payment.observed', {
        ...rest,
        attempt_id,
        foreign: !own,
        amount_minor: amount.minor,
        currency: amount.currency,
        day: own?.day ?? businessDay(payment.created_at_ms, readSettings(database).time_zone),
      });
    });
    announce('payments.changed', { attempt_id: attempt_id as never });
    // Square's list was quicker than the next probe: an attempt whose outcome is not known only has to be read now.
    if (own && DOUBTFUL.has(own.state)) this.#ports.sighted(attempt_id);
  }

  #observeRefund(refund: GatewayRefund): void {
    const { ledger, announce } = this.#ports;
    if (!isRefundNews(ledger.database, refund)) return;
    const attempt_id = ledger.write('square', write => observeRefund(write, refund));
    if (refund.status === 'PENDING') crashPoint('CP24');
    if (attempt_id !== null) announce('payments.changed', { attempt_id: attempt_id as never });
  }

  /** Ours by Square's id, or by our reference with the same amount: a reference alone could be typed by anybody. */
  #ownAttempt(payment: GatewayPayment, known_attempt_id: string | undefined): PaymentRow | undefined {
    const { database } = this.#ports.ledger;
    const byId =
      findBySquareId(database, payment.square_payment_id) ??
      (known_attempt_id ? findPayment(database, known_attempt_id) : undefined);
    if (byId) return byId.foreign_payment === 1 ? undefined : byId;
    const byReference = payment.reference ? findByReference(database, payment.reference) : undefined;
    const { minor, currency } = payment.amount;
    if (byReference?.amount_minor !== minor || byReference.currency !== currency) return undefined;
    // A second payment under the same reference is a second charge: it stands out instead of vanishing behind the first.
    const other = byReference.square_payment_id ?? seenAtSquare(database, byReference.attempt_id);
    return other === null ? byReference : undefined;
  }

  /**
   * Fees are known some time after a payment, and it is not said whether Square then counts it as changed. Those that
   * still have none are read again, ever more rarely, for as long as Square may still add one.
   */
  async #readLateFees(gateway: Gateway): Promise<void> {
    const { ledger, clock } = this.#ports;
    const now_ms = clock.now();
    for (const { square_payment_id, created_at_ms } of withoutFee(ledger.database, now_ms)) {
      const asked = this.#fee_asked.get(square_payment_id) ?? { count: 0, at_ms: created_at_ms };
      if (now_ms - asked.at_ms < FIRST_FEE_WAIT_MS * 2 ** asked.count) continue;
      this.#fee_asked.set(square_payment_id, { count: asked.count + 1, at_ms: now_ms });
      const read = await gateway.getPayment(square_payment_id);
      if (read.kind === 'unreachable' || this.#stopped) return;
      if (read.kind === 'ok') this.#observe(read.value);
    }
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    return this.#running ?? Promise.resolve();
  }
}

const DOUBTFUL: ReadonlySet<string> = new Set(['unknown', 'manual']);
const NOT_CHARGED: ReadonlySet<string> = new Set(['declined', 'invalid', 'cancelled', 'closed_not_charged']);

/** Square holds money of an attempt that was said to be not charged, or has given such money back since. */
function contradicts(write: Write, own: PaymentRow, payment: GatewayPayment): void {
  const { attempt_id } = own;
  const { square_payment_id, status } = payment;
  // Also when it was given back since: the charge, its fee and its refund are money that moved.
  const held = status === 'APPROVED' || status === 'COMPLETED';
  // Square's own word by id ended it; a list that still shows the time before is only late.
  const ended = own.square_payment_id === square_payment_id;
  if (NOT_CHARGED.has(own.state) && held && !ended) {
    write.fact('attempt.found_later', { attempt_id, square_payment_id, status });
  }
  if (own.state === 'orphan' && !held) {
    write.fact('attempt.cancelled', { attempt_id, reason: 'given_back', square_payment_id });
  }
}

/** Between which times the entries of a page changed last, UTC milliseconds. */
type Span = { readonly oldest_ms: number; readonly newest_ms: number };

function spanOf(list: readonly { readonly updated_at_ms: number }[]): Span {
  const times = list.map(one => one.updated_at_ms);
  return { oldest_ms: Math.min(...times), newest_ms: Math.max(0, ...times) };
}

type Known = {
  attempt_id: string;
  updated_at_ms: number;
  fee_minor: number;
  refunded_minor: number;
  status: string;
};

function isNews(known: Known, payment: GatewayPayment): boolean {
  // Older news than what is known never replaces it.
  if (payment.updated_at_ms < known.updated_at_ms) return false;
  return (
    payment.status !== known.status ||
    payment.refunded_minor !== known.refunded_minor ||
    payment.fee_minor !== known.fee_minor
  );
}
