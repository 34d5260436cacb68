import type { DeclineReason, RefusalReason } from '../../common/contract/payments.ts';
import type { RefundRefusal } from '../../common/contract/refund-shapes.ts';
import type { Currency, Money } from '../../common/money.ts';

/**
 * What the desk needs from a payment gateway, in our own words: no bigint, no foreign error, no English text. Square's
 * adapter is the only implementation; the simulator is reached through the same adapter.
 */

/** What a request says. The adapter turns it into the exact bytes once; every retry sends those bytes. */
export type PaymentRequest = {
  readonly idempotency_key: string;
  readonly amount: Money;
  readonly reference: string;
  readonly source:
    | {
        readonly kind: 'token';
        readonly token: string;
        readonly channel: 'desk' | 'phone';
        readonly two_phase: boolean;
      }
    | { readonly kind: 'cash'; readonly tendered: Money }
    | {
        readonly kind: 'external';
        readonly type: 'CHECK' | 'OTHER';
        readonly source: string;
        readonly source_id: string;
      };
  /** Goes with the payment; holds no name and no number of a person. */
  readonly note: string;
};

/** A payment as Square holds it, read into our shapes. Times are UTC milliseconds. */
export type GatewayPayment = {
  readonly square_payment_id: string;
  readonly status: 'APPROVED' | 'PENDING' | 'COMPLETED' | 'CANCELED' | 'FAILED';
  readonly source_type: string;
  readonly amount: Money;
  readonly fee_minor: number;
  readonly refunded_minor: number;
  readonly reference: string | null;
  readonly card: { readonly brand: string; readonly last4: string } | null;
  readonly version_token: string | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
};

/** Why no definite answer came. */
export type UnknownReason =
  | 'timeout'
  | 'connection_lost'
  | 'server_error'
  | 'rate_limited'
  | 'answer_unreadable'
  | 'answer_mismatch'
  /** The token was used already, most likely by a send of ours that was never answered. */
  | 'token_used_before';
/** Why the request is known not to have been looked at. */
export type NotSentReason = 'offline' | 'unauthorized' | 'missing_scope';

/**
 * The fate of a request that moves money. A value, never an exception, because each of them is normal. `unknown` is not
 * a failure: the money may have moved, and only Square's own word can end it.
 */
export type MoneyOutcome =
  | { readonly kind: 'approved' | 'completed'; readonly payment: GatewayPayment }
  | { readonly kind: 'cancelled'; readonly payment: GatewayPayment }
  | {
      readonly kind: 'declined';
      readonly reason: DeclineReason;
      readonly square_code: string;
      readonly square_payment_id: string | null;
    }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly square_code: string }
  | { readonly kind: 'not_sent'; readonly reason: NotSentReason }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason; readonly retry_after_ms: number | null };

/** A read that may fail. `unreachable` is the ordinary answer of a desk without internet. */
export type Read<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | {
      readonly kind:
        | 'not_found'
        | 'unreachable'
        | 'unauthorized'
        | 'missing_scope'
        | 'rate_limited'
        | 'unexpected'
        | 'cursor_expired';
    };

export type GatewayLocation = {
  readonly location_id: string;
  readonly name: string;
  readonly status: string;
  readonly currency: string;
  readonly takes_cards: boolean;
};

/** A refund as Square holds it. `settles` is false for cash and other records, which Square never paid out. */
export type GatewayRefund = {
  readonly square_refund_id: string;
  readonly square_payment_id: string | null;
  readonly status: 'PENDING' | 'COMPLETED' | 'REJECTED' | 'FAILED';
  readonly amount: Money;
  readonly reason: string;
  readonly settles: boolean;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
};

/** What a refund says. `reference` is ours; it stands at Square as the reason, where its list shows it again. */
export type RefundRequest = {
  readonly idempotency_key: string;
  readonly amount: Money;
  readonly square_payment_id: string;
  readonly reference: string;
};

/** The fate of a refund request. `accepted` holds the refund as Square has it, which may still come to nothing. */
export type RefundOutcome =
  | { readonly kind: 'accepted'; readonly refund: GatewayRefund }
  | { readonly kind: 'refused'; readonly reason: RefundRefusal; readonly square_code: string }
  | Extract<MoneyOutcome, { kind: 'not_sent' | 'unknown' }>;

/** Since when something changed at Square, in Square's time, and where its list goes on. It ends with the newest. */
export type ListWindow = { readonly from_ms: number; readonly cursor: string | null };
export type RefundPage = { readonly refunds: readonly GatewayRefund[]; readonly cursor: string | null };
export type PaymentPage = { readonly payments: readonly GatewayPayment[]; readonly cursor: string | null };

export type Gateway = {
  /** The exact body that will be sent, as text. Deterministic: the same request gives the same bytes. */
  prepare(request: PaymentRequest): Promise<string>;
  /** Sends prepared bytes. Calling it again with the same bytes is how a doubt is resolved. */
  createPayment(body: string): Promise<MoneyOutcome>;
  completePayment(square_payment_id: string, version_token: string | null): Promise<MoneyOutcome>;
  getPayment(square_payment_id: string): Promise<Read<GatewayPayment>>;
  /** One page of payments by time of change, oldest first. */
  listPayments(window: ListWindow): Promise<Read<PaymentPage>>;
  /** The exact body of a refund, as `prepare` makes it for a payment. */
  prepareRefund(request: RefundRequest): Promise<string>;
  /** Sends prepared bytes. The same bytes again are the same refund, for as long as Square remembers their key. */
  createRefund(body: string): Promise<RefundOutcome>;
  getRefund(square_refund_id: string): Promise<Read<GatewayRefund>>;
  /** One page of refunds by time of change, oldest first. */
  listRefunds(window: ListWindow): Promise<Read<RefundPage>>;
  /** Gives a hold back. Refused by Square once the payment is captured. */
  cancelPayment(square_payment_id: string): Promise<Read<GatewayPayment>>;
  getLocation(location_id: string): Promise<Read<GatewayLocation>>;
  listLocations(): Promise<Read<GatewayLocation[]>>;
  merchantName(): Promise<Read<string>>;
  /** Cancels what this key made, if anything. Success proves nothing: Square says so for unknown keys as well. */
  cancelByKey(idempotency_key: string): Promise<Read<true>>;
};

export type GatewayConnection = {
  readonly environment: 'simulator' | 'sandbox' | 'production';
  readonly base_url: string;
  readonly access_token: string;
  readonly location_id: string;
  readonly currency: Currency;
  readonly timeout_ms: number;
};
