import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { AppError, assert } from '../../common/errors.ts';

/**
 * The only place that opens a database. Opening is fail-closed: every pragma is set and read back, because a reopened
 * WAL file silently falls back to `synchronous=NORMAL` and then loses acknowledged commits at a power cut, and because
 * temporary files of an encrypted database are plain text unless they stay in memory.
 */
export type Database = BetterSqlite3.Database;

const OLDEST_SAFE_SQLITE = [3, 51, 3] as const;

/** Pragma, the value to set, the value that must be read back. */
const PRAGMAS: readonly (readonly [name: string, set: string, read: string | number])[] = [
  ['journal_mode', 'wal', 'wal'],
  ['synchronous', 'FULL', 2],
  ['temp_store', 'MEMORY', 2],
  ['foreign_keys', 'ON', 1],
  ['recursive_triggers', 'ON', 1],
  ['trusted_schema', 'OFF', 0],
  ['secure_delete', 'ON', 1],
  ['cell_size_check', 'ON', 1],
  ['mmap_size', '0', 0],
];

export type OpenOptions = {
  readonly file: string;
  /** The 32-byte page key, used raw: no key derivation at every open. */
  readonly key: Buffer;
  readonly create?: boolean;
  readonly readonly?: boolean;
};

/** Opens an encrypted database. Throws AppError: ledger_missing, ledger_damaged, ledger_in_use, disk_full. */
export function openDatabase(options: OpenOptions): Database {
  assert(options.key.length === 32, 'the page key has 32 bytes');
  if (!options.create && !existsSync(options.file)) throw new AppError('ledger_missing');
  return guarded(() => {
    const database = new BetterSqlite3(options.file, {
      fileMustExist: !options.create,
      readonly: options.readonly ?? false,
      timeout: 2000,
    });
    try {
      configure(database, options.key, options.readonly ?? false);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  }, dirname(options.file));
}

/** A ledger in memory, for rebuilding projections aside. Same engine, same pragmas where they mean something. */
export function openScratchDatabase(): Database {
  const database = new BetterSqlite3(':memory:');
  for (const [name, set] of PRAGMAS)
    if (name !== 'journal_mode' && name !== 'mmap_size') database.pragma(`${name}=${set}`);
  return database;
}

function configure(database: Database, key: Buffer, readonly: boolean): void {
  // The key comes before any statement: preparing one reads the file, which is noise until the key is known.
  setPragma(database, 'cipher', "'sqlcipher'", 'sqlcipher');
  database.pragma(`key="x'${key.toString('hex')}'"`);
  // The first read proves the key: a wrong one, or a damaged first page, fails here and nowhere later.
  database.prepare('SELECT count(*) FROM sqlite_master').get();
  const version = String(database.prepare('SELECT sqlite_version() AS version').pluck().get());
  assert(isAtLeast(version, OLDEST_SAFE_SQLITE), `SQLite ${version} is older than the first safe one`);
  for (const [name, set, read] of PRAGMAS) {
    // A read-only connection cannot change the journal mode; it must find it as the owner left it.
    if (name === 'journal_mode' && readonly) continue;
    setPragma(database, name, set, read);
  }
  if (process.platform === 'darwin') {
    setPragma(database, 'fullfsync', 'ON', 1);
    setPragma(database, 'checkpoint_fullfsync', 'ON', 1);
  }
}

function setPragma(database: Database, name: string, set: string, read: string | number): void {
  database.pragma(`${name}=${set}`);
  const found = database.pragma(name, { simple: true });
  assert(found === read, `pragma ${name} is ${String(found)}, not ${read}`);
}

function isAtLeast(version: string, oldest: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of oldest.entries()) {
    if ((parts[index] ?? 0) !== wanted) return (parts[index] ?? 0) > wanted;
  }
  return true;
}

/**
 * Turns the engine's own errors into refusals that a person can act on; everything else stays a bug. `folder` is where
 * files may have to be made: the engine does not say why that failed.
 */
export function guarded<Value>(work: () => Value, folder: string | null = null): Value {
  try {
    return work();
  } catch (error) {
    const code = error instanceof BetterSqlite3.SqliteError ? error.code : '';
    if (code === 'SQLITE_FULL') throw new AppError('disk_full');
    if (code.startsWith('SQLITE_CANTOPEN')) {
      if (folder !== null && isFull(folder)) throw new AppError('disk_full');
      throw new AppError('ledger_damaged', { engine: code });
    }
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) throw new AppError('ledger_in_use');
    if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_IOERR')) {
      throw new AppError('ledger_damaged', { engine: code });
    }
    throw error;
  }
}

/** Asks the disk itself, by making a small file. */
function isFull(folder: string): boolean {
  const file = join(folder, 'room.new');
  try {
    writeFileSync(file, 'room');
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Holds the office's folder for this process alone, for as long as it lives. The lock is an open exclusive transaction
 * on a tiny database beside the ledger, so the system releases it whatever way the process ends. Throws ledger_in_use.
 */
export function claimFolder(folder: string): () => void {
  return guarded(() => {
    const lock = new BetterSqlite3(join(folder, 'owner.lock'), { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      throw error;
    }
    return () => lock.close();
  }, folder);
}

const statements = new WeakMap<Database, Map<string, BetterSqlite3.Statement>>();

/** A prepared statement, kept per connection: preparing is the larger part of a small query. */
export function sql(database: Database, text: string): BetterSqlite3.Statement {
  let known = statements.get(database);
  if (!known) statements.set(database, (known = new Map()));
  let statement = known.get(text);
  if (!statement) known.set(text, (statement = database.prepare(text)));
  return statement;
}
