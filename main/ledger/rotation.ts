import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, assert } from '../../common/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/ids.ts';
import { anchorFiles, checkAnchors } from './anchors.ts';
import { readHead } from './journal.ts';
import { deriveKeys, keyName, seal, unseal, type LedgerKeys } from './keys.ts';
import { Ledger, type LedgerIdentity } from './ledger.ts';
import { claimFolder, openDatabase, sql, type Database } from './open.ts';
import { giveNextKey, keepOneKey, readSlots, type SlotKeys } from './slots.ts';
import { personalOpener } from './sealing.ts';
import { verify } from './verify.ts';
import { crashPoint } from '../platform/crash-points.ts';

/**
 * Changing the ledger key. The ledger is closed; the work goes on beside it, and one rename decides. Until the rename
 * the present key opens the file, after it the next one; the slots hold both for as long as that could be either. What
 * was cut short is finished or undone at the next opening, by `settleRotation`.
 */
export type RotationStep = 'both_keys' | 'file_made' | 'file_verified' | 'switched' | 'recorded' | 'one_key';
export const ROTATION_STEPS: readonly RotationStep[] = [
  ...(['both_keys', 'file_made', 'file_verified', 'switched', 'recorded', 'one_key'] as const),
];

export type RotationPlace = { readonly folder: string; readonly file: string; readonly anchorFolder: string };
export type RotationTools = {
  readonly clock: Clock;
  readonly random: Random;
  /** Told after each step, when what it did is on the disk. */
  readonly onStep?: (step: RotationStep) => void;
};

/** Every column that is sealed with a key derived from the ledger key, and what it is bound to. */
const SEALED: readonly { table: string; column: string; key: string; context: (key: string) => string }[] = [
  { table: 'subject_key', column: 'wrapped', key: 'subject_id', context: id => `subject ${id}` },
  { table: 'secret', column: 'sealed', key: 'name', context: name => `secret ${name}` },
  { table: 'pending_request', column: 'sealed', key: 'attempt_id', context: id => `secret request ${id}` },
];
/** Bytes that are no ciphertext. Any other column of bytes stops the change, because nobody told how it is sealed. */
const PLAIN_BYTES = new Set(['journal.prev_hash', 'journal.hash', 'probe.filling']);

/** The key that counts now. `failure` is what kept the ledger from getting a new one, or from a tidy end of it. */
export type Rotated = { readonly ledgerKey: Buffer; readonly failure: unknown };

/** Changes the ledger key of a closed ledger. Throws ledger_in_use; every later failure is in the answer. */
export async function rotateLedgerKey(
  place: RotationPlace,
  current: Buffer,
  person_id: string,
  tools: RotationTools,
): Promise<Rotated> {
  const release = claimFolder(place.folder);
  const next = tools.random(32);
  try {
    const told = tools.onStep ?? (() => {});
    giveNextKey({ folder: place.folder, current, next, person_id, random: tools.random });
    told('both_keys');
    removeUnfinished(place);
    makeNextFile(place, deriveKeys(current), deriveKeys(next), tools.random);
    told('file_made');
    await assertSame(place, deriveKeys(current), deriveKeys(next));
    told('file_verified');
    switchFiles(place);
    told('switched');
    finish(place, { current, next }, person_id, tools, told);
    return { ledgerKey: next, failure: null };
  } catch (failure) {
    return { ledgerKey: afterFailure(place, { current, next }), failure };
  } finally {
    release();
  }
}

/** Undoes what can be undone now; the rest is the next opening's. The rename alone decides which key counts. */
function afterFailure(place: RotationPlace, keys: { current: Buffer; next: Buffer }): Buffer {
  if (opens(place.file, keys.next)) return keys.next;
  try {
    removeUnfinished(place);
    if (readSlots(place.folder).rotating) keepOneKey(place.folder, keys, 'current');
  } catch {
    // A disk that takes nothing any more. Both keys stay in the slots until it does.
    return keys.current;
  }
  return keys.current;
}

/**
 * Brings a change that was cut short to its end, or undoes it; answers the one key that opens the ledger. Throws
 * ledger_damaged when neither does, and then leaves everything as it found it.
 */
export function settleRotation(place: RotationPlace, keys: SlotKeys, tools: RotationTools): Buffer {
  if (!keys.next) return keys.current;
  const release = claimFolder(place.folder);
  try {
    if (opens(place.file, keys.next)) {
      const person_id = readSlots(place.folder).rotating?.person_id ?? '';
      finish(place, { current: keys.current, next: keys.next }, person_id, tools, tools.onStep ?? (() => {}));
      return keys.next;
    }
    if (!opens(place.file, keys.current)) throw new AppError('ledger_damaged', { check: 'keys' });
    removeUnfinished(place);
    keepOneKey(place.folder, keys, 'current');
    return keys.current;
  } finally {
    release();
  }
}

const nextFile = (place: RotationPlace): string => `${place.file}.next-key`;

/** Only files that this change made, and only while no connection has them open. */
function removeUnfinished(place: RotationPlace): void {
  for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(`${nextFile(place)}${ending}`, { force: true });
}

/** `VACUUM INTO` copies under the present key; the copy is then sealed anew and given the next one, all beside the ledger. */
function makeNextFile(place: RotationPlace, current: LedgerKeys, next: LedgerKeys, random: Random): void {
  const present = openDatabase({ file: place.file, key: current.page });
  try {
    assertKnownBytes(present);
    sql(present, 'VACUUM INTO ?').run(nextFile(place));
    present.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    present.close();
  }
  const copy = openDatabase({ file: nextFile(place), key: current.page });
  try {
    copy.transaction(() => {
      for (const place of SEALED) sealAnew(copy, place, current.field, next.field, random);
    })();
    // The key of a file in WAL mode cannot be changed.
    copy.pragma('journal_mode=DELETE');
    copy.pragma(`rekey="x'${next.page.toString('hex')}'"`);
  } finally {
    copy.close();
  }
}

function sealAnew(database: Database, place: (typeof SEALED)[number], from: Buffer, to: Buffer, random: Random): void {
  const { table, column, key } = place;
  const rows = sql(database, `SELECT ${key} AS name, ${column} AS sealed FROM ${table}`).all();
  const update = sql(database, `UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`);
  for (const { name, sealed } of rows as { name: string; sealed: Buffer }[]) {
    const context = place.context(name);
    const plain = unseal(from, sealed, context);
    if (!plain) throw new AppError('ledger_damaged', { table });
    update.run(seal(to, plain, context, random), name);
  }
}

function assertKnownBytes(database: Database): void {
  const columns = sql(
    database,
    `SELECT schema.name || '.' || info.name FROM sqlite_master AS schema, pragma_table_info(schema.name) AS info
     WHERE schema.type = 'table' AND info.type = 'BLOB' AND schema.name NOT LIKE 'customer_search%'`,
  ).pluck();
  const known = new Set([...PLAIN_BYTES, ...SEALED.map(({ table, column }) => `${table}.${column}`)]);
  const unknown = (columns.all() as string[]).filter(name => !known.has(name));
  assert(unknown.length === 0, `rotation.ts is told how ${unknown.join(', ')} is sealed`);
}

/** The new file holds every record and every row of the old one, and checks out by itself. */
async function assertSame(place: RotationPlace, current: LedgerKeys, next: LedgerKeys): Promise<void> {
  const old = openDatabase({ file: place.file, key: current.page });
  const made = openDatabase({ file: nextFile(place), key: next.page });
  try {
    const verdict = await verify(made, personalOpener(made, next.field));
    if (!verdict.ok) throw new AppError('ledger_damaged', { check: verdict.problems[0] ?? '' });
    const before = census(old);
    const after = census(made);
    assert(before === after, 'the file under the next key holds what the ledger holds');
    assertAnchored(place, made, current);
  } finally {
    old.close();
    made.pragma('wal_checkpoint(TRUNCATE)');
    made.pragma('journal_mode=DELETE');
    made.close();
  }
  flush(nextFile(place), 'r+');
}

/** How many rows each table has, whose ledger it is and where its journal ends. */
function census(database: Database): string {
  const { ledger_id, mode, desk, incarnation } = identityOf(database);
  const tables = sql(
    database,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'customer_search_%' ORDER BY name",
  ).pluck();
  const counts = (tables.all() as string[]).map(
    name => `${name} ${String(sql(database, `SELECT count(*) FROM "${name}"`).pluck().get())}`,
  );
  const { seq, hash } = readHead(database, desk, incarnation);
  const version = String(database.pragma('user_version', { simple: true }));
  return [ledger_id, mode, desk, incarnation, version, seq, hash.toString('hex'), ...counts].join('\n');
}

function identityOf(database: Database): LedgerIdentity {
  return sql(database, 'SELECT ledger_id, mode, desk, incarnation FROM ledger_identity').get() as LedgerIdentity;
}

/** A write-ahead log of the old file must never be found beside the new one. */
function switchFiles(place: RotationPlace): void {
  for (const file of [place.file, nextFile(place)]) {
    const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
    assert(!log || log.size === 0, 'both files are closed, and their logs are empty');
    for (const ending of ['-wal', '-shm']) rmSync(`${file}${ending}`, { force: true });
  }
  renameSync(nextFile(place), place.file);
  crashPoint('CP32');
  flush(dirname(place.file), 'r');
}

/** Everything after the rename can be done again: the fact is looked for first, and the slots come last. */
function finish(
  place: RotationPlace,
  keys: { current: Buffer; next: Buffer },
  person_id: string,
  tools: RotationTools,
  told: (step: RotationStep) => void,
): void {
  removeUnfinished(place);
  const { file, anchorFolder } = place;
  const { clock, random } = tools;
  const database = openDatabase({ file, key: deriveKeys(keys.next).page });
  try {
    assertAnchored(place, database, deriveKeys(keys.current));
  } finally {
    database.close();
  }
  const ledger = Ledger.open({ file, anchorFolder, ledgerKey: keys.next, clock, random });
  try {
    const key = keyName(keys.next);
    const known = sql(ledger.database, "SELECT body FROM journal WHERE type = 'key.rotated'").pluck().all() as string[];
    if (!known.some(body => (JSON.parse(body) as { key: string }).key === key)) {
      ledger.write(person_id, write => write.fact('key.rotated', { key }));
    }
  } finally {
    // Closing writes both anchors, under the key that is in use now.
    ledger.close();
  }
  told('recorded');
  keepOneKey(place.folder, keys, 'next');
  told('one_key');
}

/** The anchors of the old key are the last witness that nothing was lost on the way; the new key's take their place. */
function assertAnchored(place: RotationPlace, database: Database, old: LedgerKeys): void {
  const { ledger_id, desk } = identityOf(database);
  checkAnchors(anchorFiles(place.anchorFolder), old.anchor, ledger_id, database, desk);
}

function opens(file: string, ledgerKey: Buffer): boolean {
  try {
    openDatabase({ file, key: deriveKeys(ledgerKey).page }).close();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'ledger_damaged') return false;
    throw error;
  }
}

/** Never on a file that a connection of this process has open: closing would drop the engine's locks. */
function flush(path: string, how: 'r' | 'r+'): void {
  if (how === 'r' && process.platform === 'win32') return;
  const handle = openSync(path, how);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
