import BetterSqlite3 from 'better-sqlite3';
import type { AnchorCopies } from '../../main/ledger/anchors.ts';
import type { LedgerDisk } from '../../main/ledger/disk.ts';
import { openScratchDatabase, type Database } from '../../main/ledger/open.ts';

/** Thrown where a process dies. Whatever still runs of it can change nothing any more. */
export class Killed extends Error {}

export type CommitFault = 'full_before' | 'full_within' | 'io_error' | 'kill_before_commit' | 'kill_after_commit';

/** One life of the desk's process, as the disk knows it. */
export type DiskUser = {
  readonly alive: () => boolean;
  readonly die: () => void;
};

/** How many commits a disk keeps back that was not told to flush. Only a wrong pragma makes it matter. */
const KEPT_BACK = 5;

/**
 * The disk of the simulated desk: one database in memory and two anchors. A whole run is one transaction of the engine
 * that is rolled back in the end, so a thousand runs share one connection and its prepared statements; what the ledger
 * takes for a transaction is a savepoint in it.
 */
export class SimulatedDisk {
  readonly connection: Database = openScratchDatabase();
  readonly anchors = new Map<string, string>();
  /** What the next commits meet; decided by the world. */
  fault: ((moment: 'before' | 'end', touches: () => string[]) => CommitFault | undefined) | null = null;
  anchorFull = false;
  onCommit: ((user: DiskUser) => void) | null = null;
  commits = 0;
  readonly #statements = new Map<string, BetterSqlite3.Statement>();
  readonly #flushes = this.connection.pragma('synchronous', { simple: true }) === 2;
  readonly #anchorsAtStart = new Map<string, string>();
  #unflushed = 0;
  #running = false;
  #committedSeq = 0;

  /** Everything up to `end` is undone by it. */
  begin(): void {
    this.#anchorsAtStart.clear();
    for (const [copy, text] of this.anchors) this.#anchorsAtStart.set(copy, text);
    this.connection.exec('BEGIN');
    this.#running = true;
    this.commits = 0;
    this.#unflushed = 0;
    this.#committedSeq = this.#newestSeq();
    if (!this.#flushes) this.connection.exec('SAVEPOINT flushed');
  }

  end(): void {
    this.connection.exec('ROLLBACK');
    this.#running = false;
    this.anchors.clear();
    for (const [copy, text] of this.#anchorsAtStart) this.anchors.set(copy, text);
    this.fault = null;
    this.onCommit = null;
    this.anchorFull = false;
  }

  /** What was committed and not flushed is gone. */
  cutPower(): void {
    if (!this.#flushes && this.#running) this.connection.exec('ROLLBACK TO flushed');
    this.#unflushed = 0;
    this.#committedSeq = this.#newestSeq();
  }

  /** Every byte of the database as it lies there now. */
  copy(): Buffer {
    return this.connection.serialize();
  }

  /** The disk as one life of the process sees it. */
  seenBy(user: DiskUser): LedgerDisk {
    return { open: () => this.#facade(user), create: () => this.#facade(user), anchors: this.#anchorCopies(user) };
  }

  #anchorCopies(user: DiskUser): AnchorCopies {
    return {
      read: () => ['a', 'b'].flatMap(copy => this.anchors.get(copy) ?? []),
      write: (copy, text) => {
        if (!user.alive()) return;
        if (this.anchorFull) throw new Error('ENOSPC: no space left on device');
        this.anchors.set(copy, text);
      },
    };
  }

  /** The one connection, with the life's own transactions in front of it. */
  #facade(user: DiskUser): Database {
    const facade = Object.create(this.connection) as Database;
    const transaction = (work: (...given: unknown[]) => unknown): unknown => {
      const run = (...given: unknown[]): unknown => this.#transact(user, () => work(...given));
      return Object.assign(run, { immediate: run, deferred: run, exclusive: run });
    };
    const prepare = (text: string): BetterSqlite3.Statement => this.#prepared(text);
    const pragma = (text: string, options?: BetterSqlite3.PragmaOptions): unknown => this.#pragma(text, options);
    return Object.assign(facade, { transaction, prepare, pragma, close: () => facade });
  }

  #pragma(text: string, options?: BetterSqlite3.PragmaOptions): unknown {
    if (text.startsWith('wal_checkpoint')) return [];
    // Pages in memory are never torn or put back; what damage looks like is shown by another suite, with files.
    if (text.startsWith('integrity_check')) return 'ok';
    return this.connection.pragma(text, options);
  }

  #prepared(text: string): BetterSqlite3.Statement {
    let statement = this.#statements.get(text);
    if (!statement) this.#statements.set(text, (statement = this.connection.prepare(text)));
    return statement;
  }

  #transact(user: DiskUser, work: () => unknown): unknown {
    if (!user.alive()) throw new Killed('a dead process writes nothing');
    const { connection } = this;
    connection.exec('SAVEPOINT work');
    let fault: CommitFault | undefined;
    let value: unknown;
    try {
      fault = this.#fault('before');
      if (fault) throw failure(fault);
      value = work();
      fault = this.#fault('end');
      if (fault && fault !== 'kill_after_commit') throw failure(fault);
    } catch (error) {
      connection.exec('ROLLBACK TO work');
      connection.exec('RELEASE work');
      if (error instanceof Killed) user.die();
      throw error;
    }
    connection.exec('RELEASE work');
    this.commits += 1;
    this.#committedSeq = this.#newestSeq();
    this.#flush();
    this.onCommit?.(user);
    if (fault === 'kill_after_commit') {
      user.die();
      throw new Killed('killed after a commit');
    }
    return value;
  }

  #fault(moment: 'before' | 'end'): CommitFault | undefined {
    return this.#running ? this.fault?.(moment, () => this.#touched()) : undefined;
  }

  #flush(): void {
    this.#unflushed += 1;
    if (this.#flushes || !this.#running || this.#unflushed < KEPT_BACK) return;
    this.connection.exec('RELEASE flushed');
    this.connection.exec('SAVEPOINT flushed');
    this.#unflushed = 0;
  }

  /** The attempts that the commit speaks of which is just being made. */
  #touched(): string[] {
    const rows = this.#prepared("SELECT json_extract(body, '$.attempt_id') FROM journal WHERE seq > ?").pluck();
    return rows.all(this.#committedSeq).filter(id => typeof id === 'string');
  }

  #newestSeq(): number {
    return this.#prepared('SELECT coalesce(max(seq), 0) FROM journal').pluck().get() as number;
  }
}

function failure(fault: CommitFault): Error {
  if (fault === 'kill_before_commit') return new Killed('killed before a commit');
  const code = fault === 'io_error' ? 'SQLITE_IOERR_FSYNC' : 'SQLITE_FULL';
  return new BetterSqlite3.SqliteError(`simulated ${fault}`, code);
}
