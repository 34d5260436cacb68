import type { DeclineReason, RefusalReason } from '../../common/contract/payments.ts';
import type { GatewayPayment, GatewayRefund, MoneyOutcome } from '../../main/gateway/gateway.ts';
import type { Dice } from '../torture/dice.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** One payment in Square's own books. */
export type BookedPayment = {
  -readonly [Name in keyof GatewayPayment]: GatewayPayment[Name];
} & {
  readonly key: string | null;
  /** Shown in lists from this time on. */
  listed_at_ms: number;
  /** True once the money was taken, whatever became of it later. */
  captured: boolean;
};

export type BookedRefund = {
  -readonly [Name in keyof GatewayRefund]: GatewayRefund[Name];
} & { listed_at_ms: number };

export type TokenFate =
  | { readonly kind: 'good' }
  | { readonly kind: 'declined'; readonly reason: DeclineReason }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

/** What Square is like on this day: what its documents leave open is different for each seed. */
export type SquareHabits = {
  /** How long the key of a record is remembered. The desk relies on 20 hours. */
  readonly retention_ms: number;
  /** How long the key of a card is remembered. It may be short: a token is good for one payment whatever the key. */
  readonly cardRetention_ms: number;
  /** A repeated key is answered with the payment as it is now, or as it was. */
  readonly replaysOldAnswer: boolean;
  /** A cancel by key also stops a request that arrives after it. */
  readonly cancelStopsLater: boolean;
  /** A decline keeps its key, and the repeat is answered the same. */
  readonly declineKeepsKey: boolean;
  readonly listLag_ms: number;
  readonly pageSize: number;
  readonly feeDelay_ms: number;
  /** How far Square's clock is from true time. */
  readonly clockOffset_ms: number;
};

export function habitsOf(dice: Dice): SquareHabits {
  return {
    retention_ms: dice.pick([24, 25, 30, 24 * 45]) * HOUR_MS,
    cardRetention_ms: dice.pick([0.004, 0.02, 0.05, 2, 24 * 45]) * HOUR_MS,
    replaysOldAnswer: dice.chance(0.5),
    cancelStopsLater: dice.chance(0.3),
    declineKeepsKey: dice.chance(0.7),
    listLag_ms: dice.pick([0, 500, 5000, 60_000, 240_000]),
    pageSize: dice.pick([1, 2, 5, 100]),
    feeDelay_ms: dice.pick([5000, 10 * MINUTE_MS, 26 * HOUR_MS]),
    clockOffset_ms: dice.pick([0, 0, 3000, -3000, 4 * MINUTE_MS, -4 * MINUTE_MS]),
  };
}

export const feeOf = (payment: BookedPayment): number => Math.round(payment.amount.minor * 0.026) + 10;

/** A payment as it goes over the line: a copy, because Square's own changes afterwards. */
export const readable = (payment: BookedPayment): GatewayPayment => {
  const { key: _key, listed_at_ms: _listed, captured: _captured, ...shown } = payment;
  return shown;
};

export function outcomeOf(booked: BookedPayment): MoneyOutcome {
  const payment = readable(booked);
  if (payment.status === 'APPROVED') return { kind: 'approved', payment };
  if (payment.status === 'COMPLETED') return { kind: 'completed', payment };
  return { kind: 'cancelled', payment };
}

export const declinedAs = (reason: DeclineReason): MoneyOutcome => ({
  kind: 'declined',
  reason,
  square_code: reason.toUpperCase(),
  square_payment_id: null,
});

export const refusedAs = (reason: RefusalReason, square_code: string): MoneyOutcome => ({
  kind: 'refused',
  reason,
  square_code,
});
