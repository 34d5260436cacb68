/**
 * What the payment page may tell us. Square's script runs in that page, so a message is a stranger's word: only known
 * kinds with known shapes pass, texts are codes and never sentences, so no field has room for a card number.
 */
export type PageResult =
  | { kind: 'token'; token: string; brand: string | null; last4: string | null }
  | { kind: 'invalid'; fields: string[]; message_codes: string[] }
  | { kind: 'cancelled' }
  | { kind: 'failed'; reason: string };

export type PageMessage =
  | { kind: 'ready' }
  | { kind: 'height'; height_px: number }
  | { kind: 'changed'; complete: boolean; brand: string | null; focused: boolean; empty: boolean }
  | { kind: 'focus-left'; toward: 'escape' | 'submit' | 'forward' | 'backward' }
  | { kind: 'tokenised'; number: number; result: PageResult }
  | { kind: 'failed'; failure: 'script' | 'fields'; reason: string };

const FIELDS = ['cardNumber', 'expirationDate', 'cvv', 'postalCode'];
const BRAND = /^[A-Z][A-Z_]{0,39}$/;
const CODE = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const TOKEN = /^[A-Za-z][\x21-\x7e]{3,299}$/;
const HIGHEST_PX = 2_000;

/** The message, or null when it is not one of ours. */
export function parsePageMessage(kind: unknown, data: unknown): PageMessage | null {
  const value = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  switch (kind) {
    case 'ready':
      return { kind };
    case 'height':
      return isHeight(value['height_px']) ? { kind, height_px: Math.ceil(value['height_px']) } : null;
    case 'changed':
      return parseChanged(value);
    case 'focus-left':
      return parseFocusLeft(value['toward']);
    case 'tokenised':
      return parseTokenised(value);
    case 'failed': {
      const failure = value['failure'];
      if (failure !== 'script' && failure !== 'fields') return null;
      return { kind, failure, reason: codeOf(value['reason']) };
    }
    default:
      return null;
  }
}

function isHeight(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= HIGHEST_PX;
}

function parseChanged(value: Record<string, unknown>): PageMessage | null {
  const { complete, focused, empty } = value;
  if (typeof complete !== 'boolean' || typeof focused !== 'boolean' || typeof empty !== 'boolean') return null;
  return { kind: 'changed', complete, focused, empty, brand: brandOf(value['brand']) };
}

function parseFocusLeft(toward: unknown): PageMessage | null {
  const known = toward === 'escape' || toward === 'submit' || toward === 'forward' || toward === 'backward';
  return known ? { kind: 'focus-left', toward } : null;
}

function parseTokenised(value: Record<string, unknown>): PageMessage | null {
  const number = value['number'];
  const result = typeof value['result'] === 'object' ? (value['result'] as Record<string, unknown> | null) : null;
  if (typeof number !== 'number' || result === null) return null;
  const parsed = parseResult(result);
  return { kind: 'tokenised', number, result: parsed ?? { kind: 'failed', reason: 'malformed' } };
}

function parseResult(result: Record<string, unknown>): PageResult | null {
  switch (result['kind']) {
    case 'token': {
      const { token, last4 } = result;
      if (typeof token !== 'string' || !TOKEN.test(token)) return null;
      const digits = typeof last4 === 'string' && /^\d{4}$/.test(last4) ? last4 : null;
      return { kind: 'token', token, brand: brandOf(result['brand']), last4: digits };
    }
    case 'invalid':
      return {
        kind: 'invalid',
        fields: FIELDS.filter(field => listOf(result['fields']).includes(field)),
        message_codes: [...new Set(listOf(result['message_codes']).map(codeOf))],
      };
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'failed':
      return { kind: 'failed', reason: codeOf(result['reason']) };
    default:
      return null;
  }
}

function brandOf(value: unknown): string | null {
  return typeof value === 'string' && BRAND.test(value) ? value : null;
}

/** A code such as `VALIDATION_ERROR`; whatever is no code becomes `unknown`, so no text of a stranger is kept. */
function codeOf(value: unknown): string {
  return typeof value === 'string' && CODE.test(value) && !/\d{5}/.test(value) ? value : 'unknown';
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, 8) : [];
}
