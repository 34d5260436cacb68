import { createHash } from 'node:crypto';

/** What a fact's body may hold. No float, no date, no undefined: two desks must write the same bytes for the same fact. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Canonical JSON: keys in code-unit order, no white space, safe integers only, well-formed strings. The hash chain is
 * made over these bytes, so this function must never change for a published version of the journal.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError('canonical JSON holds safe integers only');
    return String(Object.is(value, -0) ? 0 : value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new RangeError('canonical JSON holds well-formed strings only');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // A date, a map or a function would turn into `{}` and be lost without a word.
  if (!isPlainObject(value)) throw new RangeError('canonical JSON holds plain values only');
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${canonicalJson(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

function isPlainObject(value: unknown): value is { [key: string]: Json } {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A fact as it is hashed. `body` is already canonical JSON. */
export type JournalRecord = {
  readonly desk: string;
  readonly incarnation: number;
  readonly seq: number;
  readonly type: string;
  readonly version: number;
  readonly actor: string;
  readonly happened_at_ms: number;
  readonly recorded_at_ms: number;
  readonly body: string;
};

const DOMAIN = Buffer.from('tillside journal 1\n', 'utf8');
export const GENESIS_HASH = Buffer.alloc(32);

/** SHA-256 over the domain tag, the hash before, and the canonical bytes of the record. */
export function recordHash(previous: Buffer, record: JournalRecord): Buffer {
  const head = canonicalJson({
    actor: record.actor,
    desk: record.desk,
    happened_at_ms: record.happened_at_ms,
    incarnation: record.incarnation,
    recorded_at_ms: record.recorded_at_ms,
    seq: record.seq,
    type: record.type,
    version: record.version,
  });
  return createHash('sha256').update(DOMAIN).update(previous).update(head).update('\n').update(record.body).digest();
}
