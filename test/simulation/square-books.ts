import { money, type Money } from '../../common/money.ts';
import type {
  GatewayPayment,
  ListWindow,
  MoneyOutcome,
  PaymentPage,
  PaymentRequest,
  Read,
  RefundPage,
} from '../../main/gateway/gateway.ts';
import type { Dice } from '../torture/dice.ts';
import { SQUARE, type Scheduler } from './scheduler.ts';

import {
  declinedAs,
  feeOf,
  outcomeOf,
  readable,
  refusedAs,
  type BookedPayment,
  type BookedRefund,
  type SquareHabits,
  type TokenFate,
} from './square-shapes.ts';

type Known = { readonly body: string; readonly answer: MoneyOutcome; readonly at_ms: number };
type Listed = { readonly updated_at_ms: number; readonly listed_at_ms: number };
const HOUR_MS = 3600_000;
export const HOLD_MS = 36 * HOUR_MS;
const TOKEN_MS = 24 * HOUR_MS;
const CURSOR_MS = 5 * 60_000;

/** Square's side of the world: its books, its memory of keys, and what it does by itself. */
export class SquareBooks {
  readonly payments: BookedPayment[] = [];
  readonly refunds: BookedRefund[] = [];
  readonly byId = new Map<string, BookedPayment>();
  readonly habits: SquareHabits;
  onHoldEnded: ((payment: BookedPayment) => void) | null = null;
  onLag: (() => void) | null = null;
  onForgotten: ((key: string) => void) | null = null;
  onFee: ((payment: BookedPayment) => void) | null = null;
  readonly #scheduler: Scheduler;
  readonly #keys = new Map<string, Known>();
  readonly #stopped = new Set<string>();
  readonly #tokens = new Map<string, { fate: TokenFate; made_at_ms: number; used_by: string | null }>();
  readonly #cursors = new Map<string, { readonly at_ms: number; readonly rest: readonly Listed[] }>();
  #number = 0;

  constructor(scheduler: Scheduler, habits: SquareHabits) {
    this.#scheduler = scheduler;
    this.habits = habits;
  }

  now(): number {
    return Math.floor(this.#scheduler.now_ms + this.habits.clockOffset_ms);
  }

  mintToken(fate: TokenFate): string {
    const token = `cnon:${(this.#number += 1)}`;
    this.#tokens.set(token, { fate, made_at_ms: this.#scheduler.now_ms, used_by: null });
    return token;
  }

  /** A request arrives. The same key with the same body has one effect for as long as the key is remembered. */
  create(body: string): MoneyOutcome {
    const request = JSON.parse(body) as PaymentRequest;
    const key = request.idempotency_key;
    const known = this.#keys.get(key);
    const { retention_ms, cardRetention_ms } = this.habits;
    const kept_ms = request.source.kind === 'token' ? cardRetention_ms : retention_ms;
    if (known && this.#scheduler.now_ms - known.at_ms <= kept_ms) return this.#repeat(known, body);
    if (known) this.onForgotten?.(key);
    if (this.#stopped.has(key)) return refusedAs('software_fault', 'BAD_REQUEST');
    const answer = this.#decide(request);
    const keeps = answer.kind === 'approved' || answer.kind === 'completed' || this.habits.declineKeepsKey;
    if (keeps) this.#keys.set(key, { body, answer, at_ms: this.#scheduler.now_ms });
    return answer;
  }

  #repeat({ body: first, answer }: Known, body: string): MoneyOutcome {
    if (first !== body) return { kind: 'unknown', reason: 'answer_mismatch', retry_after_ms: null };
    if (this.habits.replaysOldAnswer || !('payment' in answer)) return answer;
    return outcomeOf(this.byId.get(answer.payment.square_payment_id)!);
  }

  #decide({ source, amount, reference, idempotency_key }: PaymentRequest): MoneyOutcome {
    if (source.kind === 'cash') return outcomeOf(this.#book('CASH', amount, reference, idempotency_key, 'COMPLETED'));
    if (source.kind === 'external') {
      return outcomeOf(this.#book('EXTERNAL', amount, reference, idempotency_key, 'COMPLETED'));
    }
    const token = this.#tokens.get(source.token);
    if (!token) return declinedAs('token_expired');
    if (token.used_by !== null) return declinedAs('token_used');
    if (this.#scheduler.now_ms - token.made_at_ms > TOKEN_MS) return declinedAs('token_expired');
    if (token.fate.kind === 'refused') return refusedAs(token.fate.reason, 'SIMULATED');
    token.used_by = idempotency_key;
    if (token.fate.kind === 'declined') return declinedAs(token.fate.reason);
    const status = source.two_phase ? 'APPROVED' : 'COMPLETED';
    const payment = this.#book('CARD', amount, reference, idempotency_key, status);
    if (status === 'APPROVED') this.#scheduler.plan(HOLD_MS, SQUARE, 'hold ends', () => this.#endHold(payment));
    return outcomeOf(payment);
  }

  #book(
    source_type: string,
    amount: Money,
    reference: string | null,
    key: string | null,
    status: BookedPayment['status'],
  ): BookedPayment {
    const now_ms = this.now();
    const payment: BookedPayment = {
      square_payment_id: `SQ${String((this.#number += 1)).padStart(5, '0')}`,
      status,
      source_type,
      amount,
      fee_minor: 0,
      refunded_minor: 0,
      reference,
      card: source_type === 'CARD' ? { brand: 'VISA', last4: '5858' } : null,
      version_token: 'v1',
      created_at_ms: now_ms,
      updated_at_ms: now_ms,
      key,
      listed_at_ms: this.#scheduler.now_ms + this.habits.listLag_ms,
      captured: status === 'COMPLETED',
    };
    this.payments.push(payment);
    this.byId.set(payment.square_payment_id, payment);
    if (payment.captured) this.#planFee(payment);
    return payment;
  }

  /** Every change has its own time, and shows in lists some moments later. */
  #touch(payment: BookedPayment): void {
    payment.updated_at_ms = Math.max(this.now(), payment.updated_at_ms + 1);
    payment.listed_at_ms = this.#scheduler.now_ms + this.habits.listLag_ms;
    payment.version_token = `v${Number(payment.version_token!.slice(1)) + 1}`;
  }

  #endHold(payment: BookedPayment): void {
    if (payment.status !== 'APPROVED') return;
    payment.status = 'CANCELED';
    this.#touch(payment);
    this.onHoldEnded?.(payment);
  }

  #planFee(payment: BookedPayment): void {
    if (payment.source_type !== 'CARD') return;
    this.#scheduler.plan(this.habits.feeDelay_ms, SQUARE, 'fee', () => this.setFee(payment, feeOf(payment)));
  }

  setFee(payment: BookedPayment, fee_minor: number): void {
    payment.fee_minor = fee_minor;
    this.#touch(payment);
    this.onFee?.(payment);
  }

  complete(id: string, version_token: string | null): MoneyOutcome {
    const payment = this.byId.get(id);
    if (!payment) return refusedAs('software_fault', 'NOT_FOUND');
    if (payment.status === 'COMPLETED') return outcomeOf(payment);
    if (payment.status !== 'APPROVED' || (version_token !== null && version_token !== payment.version_token)) {
      return refusedAs('software_fault', 'BAD_REQUEST');
    }
    payment.status = 'COMPLETED';
    payment.captured = true;
    this.#touch(payment);
    this.#planFee(payment);
    return outcomeOf(payment);
  }

  get(id: string): Read<GatewayPayment> {
    const payment = this.byId.get(id);
    return payment ? { kind: 'ok', value: readable(payment) } : { kind: 'not_found' };
  }

  list(window: ListWindow): Read<PaymentPage> {
    const page = this.#page(this.payments, window);
    if (!page) return { kind: 'cursor_expired' };
    return { kind: 'ok', value: { payments: page.found.map(readable), cursor: page.cursor } };
  }

  listRefunds(window: ListWindow): Read<RefundPage> {
    const page = this.#page(this.refunds, window);
    if (!page) return { kind: 'cursor_expired' };
    const refunds = page.found.map(({ listed_at_ms: _listed, ...refund }) => refund);
    return { kind: 'ok', value: { refunds, cursor: page.cursor } };
  }

  #page<Entry extends Listed>(all: readonly Entry[], window: ListWindow) {
    const now_ms = this.#scheduler.now_ms;
    let found: readonly Entry[];
    if (window.cursor === null) {
      if (all.some(one => one.listed_at_ms > now_ms)) this.onLag?.();
      found = all
        .filter(one => one.listed_at_ms <= now_ms)
        .filter(one => one.updated_at_ms >= window.from_ms)
        .sort((left, right) => left.updated_at_ms - right.updated_at_ms);
    } else {
      const kept = this.#cursors.get(window.cursor);
      if (!kept || now_ms - kept.at_ms > CURSOR_MS) return undefined;
      found = kept.rest as readonly Entry[];
    }
    const rest = found.slice(this.habits.pageSize);
    let cursor: string | null = null;
    if (rest.length > 0) this.#cursors.set((cursor = `c${(this.#number += 1)}`), { at_ms: now_ms, rest });
    return { found: found.slice(0, this.habits.pageSize), cursor };
  }

  /** Gives a hold back. What is captured, or over already, is refused. */
  cancel(id: string): Read<GatewayPayment> {
    const payment = this.byId.get(id);
    if (!payment) return { kind: 'not_found' };
    if (payment.status !== 'APPROVED') return { kind: 'unexpected' };
    this.#endHold(payment);
    return { kind: 'ok', value: readable(payment) };
  }

  /** Answers success whether there is anything or not. A hold is given back; what was taken stays. */
  cancelByKey(key: string): { found: boolean } {
    if (this.habits.cancelStopsLater && !this.#keys.has(key)) this.#stopped.add(key);
    const payment = this.payments.find(one => one.key === key);
    if (payment?.status === 'APPROVED') this.#endHold(payment);
    return { found: payment !== undefined };
  }

  /** Somebody takes a payment on another device. */
  takeElsewhere(dice: Dice): BookedPayment {
    const kind = dice.pick(['CARD', 'CARD', 'CASH', 'EXTERNAL']);
    return this.#book(kind, money(100 + dice.below(20_000), 'USD'), null, null, 'COMPLETED');
  }

  /** A request of long ago is worked on after all. */
  bookLate(reference: string, amount_minor: number, key: string, captured: boolean): void {
    this.#book('CARD', money(amount_minor, 'USD'), reference, key, captured ? 'COMPLETED' : 'APPROVED');
  }

  /** A refund is pending first. It may fail days later, and then the money was never given back. */
  refundElsewhere(payment: BookedPayment, minor: number, fails: boolean): void {
    payment.refunded_minor += minor;
    this.#touch(payment);
    const now_ms = this.now();
    const refund: BookedRefund = {
      square_refund_id: `RF${String((this.#number += 1)).padStart(5, '0')}`,
      square_payment_id: payment.square_payment_id,
      status: 'PENDING',
      amount: money(minor, payment.amount.currency),
      reason: 'asked for elsewhere',
      settles: payment.source_type === 'CARD',
      created_at_ms: now_ms,
      updated_at_ms: now_ms,
      listed_at_ms: this.#scheduler.now_ms + this.habits.listLag_ms,
    };
    this.refunds.push(refund);
    this.#scheduler.plan(20_000, SQUARE, 'refund done', () => this.#endRefund(refund, payment, 'COMPLETED'));
    if (!fails) return;
    this.#scheduler.plan(2 * HOUR_MS, SQUARE, 'refund failed', () => this.#endRefund(refund, payment, 'FAILED'));
  }

  #endRefund(refund: BookedRefund, payment: BookedPayment, status: 'COMPLETED' | 'FAILED'): void {
    refund.status = status;
    refund.updated_at_ms = Math.max(this.now(), refund.updated_at_ms + 1);
    refund.listed_at_ms = this.#scheduler.now_ms + this.habits.listLag_ms;
    if (status === 'COMPLETED') return;
    payment.refunded_minor -= refund.amount.minor;
    this.#touch(payment);
  }

  /** Somebody at Square's own page gives a hold back. */
  voidElsewhere(payment: BookedPayment): void {
    this.#endHold(payment);
  }
}
