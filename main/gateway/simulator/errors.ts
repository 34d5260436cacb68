/**
 * Square's error envelope. A refusal is thrown as an `ApiError` and written by the server; a decline is an ordinary
 * answer that carries errors and a payment, and is built with `errorBody`.
 */
import { KEY_REUSED_STATUS, VERSION_MISMATCH_STATUS } from './assumptions.ts';

export type ErrorDetail = { category: string; code: string; detail?: string; field?: string };

const AUTHENTICATION = new Set([
  'UNAUTHORIZED',
  'ACCESS_TOKEN_EXPIRED',
  'ACCESS_TOKEN_REVOKED',
  'CLIENT_DISABLED',
  'FORBIDDEN',
  'INSUFFICIENT_SCOPES',
]);
const SERVER = new Set([
  'INTERNAL_SERVER_ERROR',
  'NOT_IMPLEMENTED',
  'BAD_GATEWAY',
  'SERVICE_UNAVAILABLE',
  'GATEWAY_TIMEOUT',
]);
const REFUND = new Set([
  'REFUND_AMOUNT_INVALID',
  'REFUND_ALREADY_PENDING',
  'PAYMENT_NOT_REFUNDABLE',
  'PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE',
  'REFUND_ERROR_PAYMENT_NEEDS_COMPLETION',
  'REFUND_DECLINED',
  'INSUFFICIENT_PERMISSIONS_FOR_REFUND',
  'CARD_MISMATCH',
  'RESERVATION_DECLINED',
]);
const PAYMENT_METHOD = new Set([
  'GENERIC_DECLINE',
  'CVV_FAILURE',
  'VERIFY_CVV_FAILURE',
  'ADDRESS_VERIFICATION_FAILURE',
  'VERIFY_AVS_FAILURE',
  'INVALID_EXPIRATION',
  'INVALID_CARD',
  'CARD_EXPIRED',
  'INVALID_ACCOUNT',
  'INVALID_LOCATION',
  'INVALID_FEES',
  'CURRENCY_MISMATCH',
  'INSUFFICIENT_FUNDS',
  'PAYMENT_AMOUNT_MISMATCH',
  'INSUFFICIENT_PERMISSIONS',
  'GIFT_CARD_AVAILABLE_AMOUNT',
  'CARD_DECLINED',
  'CARD_DECLINED_VERIFICATION_REQUIRED',
  'ACCOUNT_UNUSABLE',
  'BUYER_REFUSED_PAYMENT',
  'TEMPORARY_ERROR',
]);
const STATUSES: Record<string, number> = {
  UNAUTHORIZED: 401,
  ACCESS_TOKEN_EXPIRED: 401,
  ACCESS_TOKEN_REVOKED: 401,
  CLIENT_DISABLED: 401,
  FORBIDDEN: 403,
  INSUFFICIENT_SCOPES: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  CONFLICT: 409,
  REQUEST_ENTITY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  BAD_GATEWAY: 502,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
  IDEMPOTENCY_KEY_REUSED: KEY_REUSED_STATUS,
  VERSION_MISMATCH: VERSION_MISMATCH_STATUS,
};

/** The category that Square's specification gives a code; INVALID_REQUEST_ERROR for everything else. */
export function categoryOf(code: string): string {
  if (AUTHENTICATION.has(code)) return 'AUTHENTICATION_ERROR';
  if (SERVER.has(code)) return 'API_ERROR';
  if (REFUND.has(code)) return 'REFUND_ERROR';
  if (PAYMENT_METHOD.has(code)) return 'PAYMENT_METHOD_ERROR';
  return code === 'RATE_LIMITED' ? 'RATE_LIMIT_ERROR' : 'INVALID_REQUEST_ERROR';
}

/** One entry of `errors[]`. */
export function errorDetail(code: string, detail?: string, field?: string): ErrorDetail {
  return { category: categoryOf(code), code, ...(detail === undefined ? {} : { detail }), ...(field ? { field } : {}) };
}

/** A refusal. The HTTP status follows the first error, as Square documents. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: ErrorDetail[];

  constructor(errors: ErrorDetail[], status?: number) {
    super(errors.map(error => `${error.code}: ${error.detail ?? ''}`).join('; '));
    this.errors = errors;
    this.status = status ?? STATUSES[errors[0]?.code ?? ''] ?? 400;
  }
}

/** A refusal with one error. */
export function refuse(code: string, detail: string, field?: string): ApiError {
  return new ApiError([errorDetail(code, detail, field)]);
}

/** The status that a code answers with when it stands alone. */
export function statusOf(code: string): number {
  return STATUSES[code] ?? 400;
}
