import { SquareError } from 'square';
import type { DeclineReason, RefusalReason } from '../../../common/contract/payments.ts';
import type { RefundRefusal } from '../../../common/contract/refund-shapes.ts';
import type { MoneyOutcome, RefundOutcome, UnknownReason } from '../gateway.ts';

/**
 * Square's codes, mapped once onto our closed lists. The rule for everything not listed: it is not a definite answer,
 * so it is unknown. A code is never guessed to be a decline, and English text is never looked at.
 */
const DECLINES: Readonly<Record<string, DeclineReason>> = {
  GENERIC_DECLINE: 'generic',
  CARD_DECLINED: 'generic',
  CVV_FAILURE: 'cvv',
  VERIFY_CVV_FAILURE: 'cvv',
  ADDRESS_VERIFICATION_FAILURE: 'postal_code',
  VERIFY_AVS_FAILURE: 'postal_code',
  INVALID_POSTAL_CODE: 'postal_code',
  INVALID_EXPIRATION: 'expiration',
  BAD_EXPIRATION: 'expiration',
  EXPIRATION_FAILURE: 'expiration',
  CARD_EXPIRED: 'expiration',
  INVALID_CARD: 'card_number',
  PAN_FAILURE: 'card_number',
  INVALID_ACCOUNT: 'card_number',
  INVALID_CARD_DATA: 'card_number',
  INSUFFICIENT_FUNDS: 'insufficient_funds',
  TRANSACTION_LIMIT: 'limit',
  PAYMENT_LIMIT_EXCEEDED: 'limit',
  CARDHOLDER_INSUFFICIENT_PERMISSIONS: 'card_not_supported',
  INSUFFICIENT_PERMISSIONS: 'card_not_supported',
  CARD_NOT_SUPPORTED: 'card_not_supported',
  UNSUPPORTED_CARD_BRAND: 'card_not_supported',
  MANUALLY_ENTERED_PAYMENT_NOT_SUPPORTED: 'card_not_supported',
  CARD_PRESENCE_REQUIRED: 'card_not_supported',
  CHIP_INSERTION_REQUIRED: 'card_not_supported',
  VOICE_FAILURE: 'call_bank',
  CARD_DECLINED_CALL_ISSUER: 'call_bank',
  CARD_DECLINED_VERIFICATION_REQUIRED: 'verification_required',
  CARD_TOKEN_USED: 'token_used',
  SOURCE_USED: 'token_used',
  CARD_TOKEN_EXPIRED: 'token_expired',
  SOURCE_EXPIRED: 'token_expired',
};

const REFUSALS: Readonly<Record<string, RefusalReason>> = {
  AMOUNT_TOO_HIGH: 'amount_too_high',
  AMOUNT_TOO_LOW: 'amount_too_low',
  CURRENCY_MISMATCH: 'currency_mismatch',
  PAYMENT_AMOUNT_MISMATCH: 'software_fault',
  INVALID_FEES: 'software_fault',
  INVALID_LOCATION: 'location_invalid',
  CARD_PROCESSING_NOT_ENABLED: 'cards_not_enabled',
  BAD_REQUEST: 'software_fault',
  MISSING_REQUIRED_PARAMETER: 'software_fault',
  INVALID_VALUE: 'software_fault',
  VALUE_TOO_LONG: 'software_fault',
  VALUE_TOO_SHORT: 'software_fault',
  VALUE_TOO_HIGH: 'amount_too_high',
  VALUE_TOO_LOW: 'amount_too_low',
  VALUE_EMPTY: 'software_fault',
  INVALID_ENUM_VALUE: 'software_fault',
  INVALID_TIME: 'software_fault',
  INVALID_EMAIL_ADDRESS: 'software_fault',
  INVALID_PHONE_NUMBER: 'software_fault',
  EXPECTED_INTEGER: 'software_fault',
  EXPECTED_STRING: 'software_fault',
  EXPECTED_OBJECT: 'software_fault',
  EXPECTED_BOOLEAN: 'software_fault',
  UNKNOWN_BODY_PARAMETER: 'software_fault',
};

const REFUND_CODES: Readonly<Record<string, RefundRefusal>> = {
  REFUND_AMOUNT_INVALID: 'amount_invalid',
  AMOUNT_TOO_HIGH: 'amount_invalid',
  AMOUNT_TOO_LOW: 'amount_invalid',
  CURRENCY_MISMATCH: 'amount_invalid',
  PAYMENT_NOT_REFUNDABLE: 'not_refundable',
  PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE: 'disputed',
  REFUND_ALREADY_PENDING: 'already_pending',
  REFUND_ERROR_PAYMENT_NEEDS_COMPLETION: 'not_completed',
  INSUFFICIENT_PERMISSIONS_FOR_REFUND: 'not_permitted',
  REFUND_DECLINED: 'declined',
  CARD_MISMATCH: 'declined',
  RESERVATION_DECLINED: 'declined',
  NOT_FOUND: 'payment_unknown',
};

const REFUSED_WITH_403: ReadonlySet<string> = new Set([
  'CARD_PROCESSING_NOT_ENABLED',
  'INSUFFICIENT_PERMISSIONS_FOR_REFUND',
]);

/** No connection was ever made, so no byte of the request can have arrived. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** How a call failed, before it is known whether it moved money. */
export type Failure =
  | { readonly kind: 'never_connected' }
  | { readonly kind: 'timeout' | 'connection_lost' | 'unreadable' }
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly codes: readonly string[];
      readonly failedPaymentId: string | null;
      readonly retry_after_ms: number | null;
    };

export function failureOf(error: unknown, transport: unknown): Failure {
  if (transport !== undefined) return transportFailure(transport);
  if (isTimeout(error)) return { kind: 'timeout' };
  if (!(error instanceof SquareError)) return { kind: 'unreadable' };
  if (error.statusCode === undefined) return { kind: 'timeout' };
  if (error.statusCode < 400) return { kind: 'unreadable' };
  const body = error.body as { payment?: { id?: string; status?: string } } | undefined;
  return {
    kind: 'answered',
    status: error.statusCode,
    codes: error.errors.map(one => String(one.code)),
    failedPaymentId: body?.payment?.status === 'FAILED' ? (body.payment.id ?? null) : null,
    retry_after_ms: retryAfter(error.rawResponse?.headers.get('retry-after')),
  };
}

function transportFailure(error: unknown): Failure {
  // The SDK calls a slow request off with a word instead of an error; only time calls requests off here.
  if (!(error instanceof Error) || isTimeout(error)) return { kind: 'timeout' };
  const codes = causeCodes(error);
  return codes.length > 0 && codes.every(code => NEVER_CONNECTED.has(code))
    ? { kind: 'never_connected' }
    : { kind: 'connection_lost' };
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');

/** The system's codes under a failed fetch. A host with several addresses fails with one error for each of them. */
function causeCodes(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const several = (error as { errors?: unknown[] }).errors;
  if (several && several.length > 0) return several.flatMap(causeCodes);
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') return [code];
  return error.cause === undefined ? [] : causeCodes(error.cause);
}

function retryAfter(header: string | null | undefined): number | null {
  const seconds = header == null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3600) * 1000 : null;
}

type Indefinite = Extract<MoneyOutcome, { kind: 'not_sent' | 'unknown' }>;
type Answered = Extract<Failure, { kind: 'answered' }>;

/** What says nothing definite about money, whatever was asked; or the answer itself, whose codes are to be read. */
function indefinite(failure: Failure): Indefinite | Answered {
  if (failure.kind === 'never_connected') return { kind: 'not_sent', reason: 'offline' };
  if (failure.kind === 'timeout') return unknown('timeout');
  if (failure.kind === 'connection_lost') return unknown('connection_lost');
  if (failure.kind !== 'answered') return unknown('answer_unreadable');
  const { status, codes, retry_after_ms } = failure;
  if (status === 429) return unknown('rate_limited', retry_after_ms);
  if (status === 408 || status >= 500 || codes.includes('TEMPORARY_ERROR'))
    return unknown('server_error', retry_after_ms);
  if (status === 401) return { kind: 'not_sent', reason: 'unauthorized' };
  // Some refusals of the one request come with 403 as well; they are no missing right of this desk.
  if (status === 403 && !codes.some(code => REFUSED_WITH_403.has(code))) {
    return { kind: 'not_sent', reason: 'missing_scope' };
  }
  // A reused key with other bytes can only be our own mistake, and says nothing about the first request.
  return codes.includes('IDEMPOTENCY_KEY_REUSED') ? unknown('answer_mismatch') : failure;
}

/** The fate of money after a failure. Total: every failure has exactly one outcome. */
export function outcomeOf(failure: Failure): MoneyOutcome {
  const answered = indefinite(failure);
  if (answered.kind !== 'answered') return answered;
  const { codes, failedPaymentId } = answered;
  for (const code of codes) {
    const decline = ownValue(DECLINES, code);
    if (decline) return { kind: 'declined', reason: decline, square_code: code, square_payment_id: failedPaymentId };
    const refusal = ownValue(REFUSALS, code);
    if (refusal) return { kind: 'refused', reason: refusal, square_code: code };
  }
  if (failedPaymentId !== null) {
    const square_code = codes[0] ?? 'UNKNOWN';
    return { kind: 'declined', reason: 'generic', square_code, square_payment_id: failedPaymentId };
  }
  return unknown('answer_unreadable');
}

/** The fate of a refund after a failure. A code that is not listed is no definite answer here either. */
export function refundOutcomeOf(failure: Failure): RefundOutcome {
  const answered = indefinite(failure);
  if (answered.kind !== 'answered') return answered;
  for (const code of answered.codes) {
    const reason = ownValue(REFUND_CODES, code);
    if (reason) return { kind: 'refused', reason, square_code: code };
    if (ownValue(DECLINES, code)) return { kind: 'refused', reason: 'declined', square_code: code };
    if (ownValue(REFUSALS, code)) return { kind: 'refused', reason: 'software_fault', square_code: code };
  }
  return unknown('answer_unreadable');
}

const ownValue = <Value>(table: Readonly<Record<string, Value>>, code: string): Value | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined;

function unknown(reason: UnknownReason, retry_after_ms: number | null = null): Indefinite {
  return { kind: 'unknown', reason, retry_after_ms };
}

/** What a failed read means. Reads move no money, so here a time-out is just an unreachable gateway. */
export function readFailure(failure: Failure) {
  if (failure.kind === 'unreadable') return { kind: 'unexpected' } as const;
  if (failure.kind !== 'answered') return { kind: 'unreachable' } as const;
  const { status, codes } = failure;
  if (codes.includes('INVALID_CURSOR')) return { kind: 'cursor_expired' } as const;
  if (status === 401) return { kind: 'unauthorized' } as const;
  if (status === 403) return { kind: 'missing_scope' } as const;
  if (status === 404) return { kind: 'not_found' } as const;
  if (status === 429) return { kind: 'rate_limited' } as const;
  return status >= 500 || status === 408 ? ({ kind: 'unreachable' } as const) : ({ kind: 'unexpected' } as const);
}
