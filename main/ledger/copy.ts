import { readSync, openSync, closeSync } from 'node:fs';
import { sha256Hex } from './keys.ts';
import { SCHEMA_VERSION } from './migrate.ts';
import { openDatabase, sql, type Database } from './open.ts';
import { personalOpener } from './sealing.ts';
import { verify } from './verify.ts';
import { AppError, assert } from '../../common/errors.ts';

/** A copy of a ledger, and what proves it. Runs in a child process, never in the one that owns the ledger. */

export type FileKeys = { readonly page: Buffer; readonly field: Buffer };

/** What a ledger file holds, told by the file alone. Two files that tell the same hold the same books. */
export type FileFacts = {
  readonly ledger_id: string;
  readonly mode: string;
  readonly desk: string;
  readonly incarnation: number;
  readonly schema_version: number;
  readonly head_seq: number;
  readonly head_hash: string;
  readonly records: number;
  /** Per currency, with the exact sum of all postings as text: it may grow past the numbers that are exact. */
  readonly sums: CurrencySum[];
  /** Money that came in, as people count it, and when the last of it did; null while there is none. */
  readonly payments: number;
  readonly newest_payment_ms: number | null;
  readonly office_name: string;
  readonly people: readonly { person_id: string; name: string; role: string }[];
};
export type CurrencySum = { readonly currency: string; readonly postings: number; readonly sum: string };

/** All postings but those of the desk's own chain after `up_to`. */
export function sumsUpTo(
  database: Database,
  { desk, incarnation, up_to }: { desk: string; incarnation: number; up_to: number },
): CurrencySum[] {
  return sql(
    database,
    `SELECT currency, count(*) AS postings, CAST(sum(amount_minor) AS TEXT) AS sum FROM posting
     WHERE NOT (desk = ? AND incarnation = ? AND seq > ?) GROUP BY currency ORDER BY currency`,
  ).all(desk, incarnation, up_to) as CurrencySum[];
}

/** `sums`, and what the desk's own chain posted after one record up to another: no walk through everything before. */
export function sumsFrom(
  database: Database,
  sums: readonly CurrencySum[],
  { desk, incarnation, after, up_to }: { desk: string; incarnation: number; after: number; up_to: number },
): CurrencySum[] {
  const added = sql(
    database,
    `SELECT currency, count(*) AS postings, CAST(sum(amount_minor) AS TEXT) AS sum FROM posting
     WHERE desk = ? AND incarnation = ? AND seq > ? AND seq <= ? GROUP BY currency`,
  ).all(desk, incarnation, after, up_to) as CurrencySum[];
  const currencies = [...new Set([...sums, ...added].map(one => one.currency))].sort();
  const of = (list: readonly CurrencySum[], currency: string) => list.find(one => one.currency === currency);
  return currencies.map(currency => {
    const parts = [of(sums, currency), of(added, currency)];
    return {
      currency,
      postings: parts.reduce((count, part) => count + (part?.postings ?? 0), 0),
      sum: String(parts.reduce((sum, part) => sum + BigInt(part?.sum ?? 0), 0n)),
    };
  });
}

/** The hash of one record of the journal, or null when there is none. */
export function hashAt(database: Database, desk: string, incarnation: number, seq: number): string | null {
  const hash = sql(database, 'SELECT hash FROM journal WHERE desk = ? AND incarnation = ? AND seq = ?')
    .pluck()
    .get(desk, incarnation, seq) as Buffer | undefined;
  return hash?.toString('hex') ?? null;
}

/**
 * Writes a whole copy of a ledger that another process may be writing to. `VACUUM INTO` reads one state of it, under the
 * engine's own locks, and encrypts the new file with the same key and cipher. `target` must not exist.
 */
export function copyLedger(file: string, keys: FileKeys, target: string): void {
  const database = openDatabase({ file, key: keys.page, readonly: true });
  try {
    database.prepare('VACUUM INTO ?').run(target);
    const shape = shapeOf(database);
    const copy = openDatabase({ file: target, key: keys.page, readonly: true });
    try {
      assert(JSON.stringify(shapeOf(copy)) === JSON.stringify(shape), 'the copy has the shape of the ledger');
    } finally {
      copy.close();
    }
  } finally {
    database.close();
  }
}

/** What a copy could lose without its rows showing it. */
function shapeOf(database: Database): unknown[] {
  return ['user_version', 'application_id', 'page_size', 'encoding', 'auto_vacuum', 'cipher'].map(name =>
    database.pragma(name, { simple: true }),
  );
}

/**
 * Reads a file from beginning to end as if it were the only one left: the engine's check, foreign keys, every hash, every
 * projection made anew. Throws ledger_damaged with the first thing that is wrong, and the refusals of opening.
 */
export async function examine(
  file: string,
  keys: FileKeys,
  progress: (done: number, of: number) => void,
): Promise<FileFacts> {
  if (isPlainText(file)) throw new AppError('ledger_damaged', { check: 'not_encrypted' });
  const database = openDatabase({ file, key: keys.page, readonly: true });
  try {
    const schema_version = Number(database.pragma('user_version', { simple: true }));
    if (schema_version > SCHEMA_VERSION) {
      throw new AppError('ledger_newer', { found: schema_version, newest: SCHEMA_VERSION });
    }
    const strays = database.pragma('foreign_key_check') as unknown[];
    if (strays.length > 0) throw new AppError('ledger_damaged', { check: 'foreign_keys' });
    const verdict = await verify(database, personalOpener(database, keys.field), { progress });
    if (!verdict.ok) throw new AppError('ledger_damaged', { check: verdict.problems[0] ?? '' });
    return { ...factsOf(database, schema_version), records: verdict.records };
  } finally {
    database.close();
  }
}

/** An unencrypted database says so in its first bytes. An encrypted one begins with noise. */
function isPlainText(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const start = Buffer.alloc(16);
    readSync(handle, start, 0, 16, 0);
    return start.toString('latin1').startsWith('SQLite format 3');
  } finally {
    closeSync(handle);
  }
}

function factsOf(database: Database, schema_version: number): Omit<FileFacts, 'records'> {
  const identity = sql(database, 'SELECT ledger_id, mode, desk, incarnation FROM ledger_identity').get() as Pick<
    FileFacts,
    'ledger_id' | 'mode' | 'desk' | 'incarnation'
  >;
  const { desk, incarnation } = identity;
  const head_seq = Number(
    sql(database, 'SELECT coalesce(max(seq), 0) FROM journal WHERE desk = ? AND incarnation = ?')
      .pluck()
      .get(desk, incarnation),
  );
  const name = sql(database, "SELECT value FROM setting WHERE name = 'office_name'").pluck().get();
  return {
    ...identity,
    schema_version,
    head_seq,
    head_hash: hashAt(database, desk, incarnation, head_seq) ?? '',
    sums: sumsUpTo(database, { desk, incarnation, up_to: head_seq }),
    ...paymentsIn(database),
    office_name: typeof name === 'string' ? name : '',
    people: sql(
      database,
      'SELECT person_id, name, role FROM person WHERE removed_at_ms IS NULL ORDER BY rowid',
    ).all() as FileFacts['people'],
  };
}

/** Money that came in, as the desk counts it: what was recorded or captured, here or found at Square. */
export function paymentsIn(database: Database): { payments: number; newest_payment_ms: number | null } {
  return sql(
    database,
    `SELECT count(*) AS payments, max(happened_at_ms) AS newest_payment_ms FROM payment
     WHERE state IN ('recorded', 'completed')`,
  ).get() as { payments: number; newest_payment_ms: number | null };
}

/** A check sum over a text that is kept beside it. */
export const checkOf = (text: string): string => sha256Hex(`tillside copy 1\n${text}`);
