/**
 * Request checks with Square's codes and field names. A shape lists what is known; fields it does not list are let
 * through unread, because Square tolerates them. `null` counts as absent.
 */
import { ApiError, errorDetail, type ErrorDetail } from './errors.ts';

export type JsonObject = { [name: string]: unknown };
export type Money = { amount: number; currency: string };

export type Rule =
  | { kind: 'string'; required?: boolean; min?: number; max?: number; bytes?: boolean; values?: readonly string[] }
  | { kind: 'boolean'; required?: boolean }
  | { kind: 'integer'; required?: boolean; min?: number; max?: number }
  | { kind: 'money'; required?: boolean; zero?: boolean }
  | { kind: 'email' | 'phone' | 'duration'; required?: boolean }
  | { kind: 'object'; required?: boolean; shape?: Shape }
  | { kind: 'array'; required?: boolean; min?: number; max?: number; of?: Shape };
export type Shape = { [name: string]: Rule };

export const ADDRESS: Rule = {
  kind: 'object',
  shape: {
    address_line_1: { kind: 'string', max: 500 },
    address_line_2: { kind: 'string', max: 500 },
    address_line_3: { kind: 'string', max: 500 },
    locality: { kind: 'string', max: 300 },
    administrative_district_level_1: { kind: 'string', max: 200 },
    postal_code: { kind: 'string', max: 12 },
    country: { kind: 'string', min: 2, max: 2 },
    first_name: { kind: 'string', max: 300 },
    last_name: { kind: 'string', max: 300 },
  },
};

/** Throws an ApiError with every fault found, in the order of the shape. */
export function check(body: JsonObject, shape: Shape): void {
  const faults = inspect(body, shape, '');
  if (faults.length > 0) throw new ApiError(faults);
}

function inspect(body: JsonObject, shape: Shape, path: string): ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  for (const [name, rule] of Object.entries(shape)) {
    const field = path + name;
    const value = body[name];
    if (value === undefined || value === null) {
      if (rule.required) faults.push(errorDetail('MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', field));
      continue;
    }
    const found = inspectValue(value, rule, field);
    if (found) faults.push(...found);
  }
  return faults;
}

function inspectValue(value: unknown, rule: Rule, field: string): ErrorDetail[] | null {
  switch (rule.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? null : one('EXPECTED_BOOLEAN', 'Expected a boolean value.', field);
    case 'integer':
      return inspectInteger(value, rule, field);
    case 'money':
      return inspectMoney(value, rule.zero === true, field);
    case 'object':
      if (!isObject(value)) return one('EXPECTED_OBJECT', 'Expected an object.', field);
      return inspect(value, rule.shape ?? {}, `${field}.`);
    case 'array':
      return inspectArray(value, rule, field);
    default:
      if (typeof value !== 'string') return one('EXPECTED_STRING', 'Expected a string value.', field);
      return rule.kind === 'string' ? inspectString(value, rule, field) : inspectFormat(value, rule.kind, field);
  }
}

function inspectArray(value: unknown, rule: Extract<Rule, { kind: 'array' }>, field: string): ErrorDetail[] {
  if (!Array.isArray(value)) return one('EXPECTED_ARRAY', 'Expected an array.', field);
  if (value.length < (rule.min ?? 0)) return one('ARRAY_EMPTY', 'Array must not be empty.', field);
  if (rule.max !== undefined && value.length > rule.max) {
    return one('ARRAY_LENGTH_TOO_LONG', `Array must not have more than ${rule.max} entries.`, field);
  }
  const { of } = rule;
  if (!of) return [];
  return value.flatMap((entry: unknown, index) => {
    const path = `${field}[${index}]`;
    return isObject(entry) ? inspect(entry, of, `${path}.`) : one('EXPECTED_OBJECT', 'Expected an object.', path);
  });
}

function inspectString(value: string, rule: Extract<Rule, { kind: 'string' }>, field: string): ErrorDetail[] | null {
  const length = rule.bytes ? Buffer.byteLength(value) : [...value].length;
  const min = rule.min ?? 0;
  if (length < min) {
    return value === ''
      ? one('VALUE_EMPTY', 'Field must not be blank.', field)
      : one('VALUE_TOO_SHORT', `Field must be at least ${min} characters long.`, field);
  }
  if (rule.max !== undefined && length > rule.max) {
    return one('VALUE_TOO_LONG', `Field must not be greater than ${rule.max} length.`, field);
  }
  if (rule.values && !rule.values.includes(value)) {
    return one('INVALID_ENUM_VALUE', `\`${value}\` is not a valid enum value for \`${field}\`.`, field);
  }
  return null;
}

function inspectInteger(value: unknown, rule: Extract<Rule, { kind: 'integer' }>, field: string): ErrorDetail[] | null {
  if (!Number.isSafeInteger(value)) return one('EXPECTED_INTEGER', 'Expected an integer value.', field);
  const number = value as number;
  if (rule.min !== undefined && number < rule.min) {
    return one('VALUE_TOO_LOW', `Field must be greater than or equal to ${rule.min}.`, field);
  }
  if (rule.max !== undefined && number > rule.max) {
    return one('VALUE_TOO_HIGH', `Field must be less than or equal to ${rule.max}.`, field);
  }
  return null;
}

function inspectMoney(value: unknown, zero: boolean, field: string): ErrorDetail[] | null {
  if (!isObject(value)) return one('EXPECTED_OBJECT', 'Expected an object.', field);
  const faults = inspect(
    value,
    {
      amount: { kind: 'integer', required: true, min: zero ? 0 : 1 },
      currency: { kind: 'string', required: true, min: 3, max: 3 },
    },
    `${field}.`,
  );
  return faults.length > 0 ? faults : null;
}

function inspectFormat(value: string, kind: 'email' | 'phone' | 'duration', field: string): ErrorDetail[] | null {
  if (kind === 'email') {
    if (value.length > 255) return one('VALUE_TOO_LONG', 'Field must not be greater than 255 length.', field);
    return isEmail(value) ? null : one('INVALID_EMAIL_ADDRESS', 'Expected a valid email address.', field);
  }
  if (kind === 'phone') {
    return isPhone(value)
      ? null
      : one('INVALID_PHONE_NUMBER', 'Expected phone_number to be a valid phone number.', field);
  }
  return durationMs(value) === null ? one('INVALID_TIME', 'Expected an RFC 3339 duration such as PT36H.', field) : null;
}

function one(code: string, detail: string, field: string): ErrorDetail[] {
  return [errorDetail(code, detail, field)];
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A plain shape test, not a promise that mail arrives. */
export function isEmail(value: string): boolean {
  return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value);
}

/** 9 to 16 digits after an optional plus; spaces, brackets, dots and hyphens are tolerated. */
export function isPhone(value: string): boolean {
  return /^\+?\d{9,16}$/.test(value.replace(/[\s().-]/g, ''));
}

/** Milliseconds of an RFC 3339 duration of weeks to seconds (months have no fixed length); null when malformed. */
export function durationMs(value: string): number | null {
  const match = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(value);
  if (!match || /^PT?$/.test(value) || value.endsWith('T')) return null;
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map(part => Number(part ?? 0));
  return ((((weeks! * 7 + days!) * 24 + hours!) * 60 + minutes!) * 60 + seconds!) * 1000;
}

/** UTC milliseconds of an RFC 3339 instant; null when malformed. */
export function instantMs(value: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(value)) return null;
  const parsed = Date.parse(value);
  return Number.isNaN(parsed) ? null : parsed;
}

/** The text of a checked field, or undefined when it is absent or null. */
export function text(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}

/** The money of a checked field. */
export function money(body: JsonObject, name: string): Money | undefined {
  const value = body[name];
  return isObject(value) ? { amount: value['amount'] as number, currency: value['currency'] as string } : undefined;
}

/** The object of a checked field. */
export function part(body: JsonObject, name: string): JsonObject | undefined {
  const value = body[name];
  return isObject(value) ? value : undefined;
}

/** The same value as text whatever the order of the keys: the base of "same body". */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const names = Object.keys(value).sort();
  return `{${names.map(name => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}
