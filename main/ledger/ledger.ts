import { dirname } from 'node:path';
import { AppError, assert } from '../../common/errors.ts';
import type { Mode } from '../../common/contract/office.ts';
import type { Clock } from '../platform/clock.ts';
import { crashPoint } from '../platform/crash-points.ts';
import type { Random } from '../platform/ids.ts';
import { checkAnchors, keepAnchors, type AnchorKeeper } from './anchors.ts';
import type { Json } from './canonical.ts';
import { filesOf, flushNames, takeEpoch, type LedgerDisk } from './disk.ts';
import { append, readHead, type Head, type NewFact } from './journal.ts';
import { deriveKeys, type LedgerKeys } from './keys.ts';
import { migrate } from './migrate.ts';
import { guarded, openDatabase, sql, type Database } from './open.ts';
import { checkEngine, checkTables } from './soundness.ts';
import { rebuild, rebuildInTurns, verifyJournal, type Manner } from './verify.ts';
import { personalOpener, Sealing } from './sealing.ts';

export type LedgerIdentity = {
  readonly ledger_id: string;
  readonly mode: Mode;
  readonly desk: string;
  readonly incarnation: number;
};

/** One open write transaction. Facts go in through `fact`; everything else that must be durable with them, beside it. */
export type Write = {
  fact<Type extends NewFact['type']>(type: Type, body: NewFact<Type>['body'], happened_at_ms?: number): void;
  /** Seals personal data under its subject's own key, which is made at the first use. */
  sealPersonal(subject_id: string, personal: Json): string;
  readonly database: Database;
  readonly head: Head;
};

type LedgerOptions = {
  readonly file: string;
  readonly anchorFolder: string;
  readonly ledgerKey: Buffer;
  readonly clock: Clock;
  readonly random: Random;
  readonly onAnchorFailure?: (error: unknown) => void;
  /** The files above, unless a simulation has a disk of its own. */
  readonly disk?: LedgerDisk;
};

/**
 * The encrypted ledger. One process writes, through `write` only: the facts, their projections and whatever the caller
 * adds are one transaction that is on the disk when `write` returns.
 */
export class Ledger {
  readonly database: Database;
  identity: LedgerIdentity;
  readonly keys: LedgerKeys;
  readonly #options: LedgerOptions;
  readonly #disk: LedgerDisk;
  readonly #sealing: Sealing;
  #anchors: AnchorKeeper;
  readonly #epoch: number;
  #head: Head;
  #afterCommit: (() => void)[] = [];
  #unsound: readonly string[];
  #condemned: AppError | null = null;
  #ballast: { release(): boolean } | null = null;
  #onCondemned: (error: AppError) => void = () => {};

  /** Opens an existing ledger. Throws the AppErrors of `openDatabase`, and ledger_behind_anchor, ledger_newer. */
  static open(options: LedgerOptions): Ledger {
    const disk = options.disk ?? filesOf(options);
    return Ledger.#opened(options, disk, disk.open(deriveKeys(options.ledgerKey).page));
  }

  static create(options: LedgerOptions, identity: LedgerIdentity): Ledger {
    const disk = options.disk ?? filesOf(options);
    const database = disk.create(deriveKeys(options.ledgerKey).page);
    migrate(database, null);
    sql(
      database,
      `INSERT INTO ledger_identity (singleton, ledger_id, mode, desk, incarnation, owner_epoch, created_at_ms)
       VALUES (1, ?, ?, ?, ?, 0, ?)`,
    ).run(identity.ledger_id, identity.mode, identity.desk, identity.incarnation, options.clock.now());
    return Ledger.#opened(options, disk, database);
  }

  static #opened(options: LedgerOptions, disk: LedgerDisk, database: Database): Ledger {
    try {
      return guarded(() => new Ledger(options, disk, database), dirname(options.file));
    } catch (error) {
      database.close();
      throw error;
    }
  }

  private constructor(options: LedgerOptions, disk: LedgerDisk, database: Database) {
    this.#options = options;
    this.#disk = disk;
    this.database = database;
    this.keys = deriveKeys(options.ledgerKey);
    this.#sealing = new Sealing(database, this.keys.field, options.random);
    const indexes = checkEngine(database);
    // A ledger is made by `create` alone; without a version there is nothing here that could be brought up to date.
    if (database.pragma('user_version', { simple: true }) === 0) throw new AppError('ledger_damaged', { version: 0 });
    migrate(database, { file: options.file, key: this.keys.page });
    this.identity = sql(
      database,
      'SELECT ledger_id, mode, desk, incarnation FROM ledger_identity',
    ).get() as LedgerIdentity;
    const { ledger_id, desk, incarnation } = this.identity;
    checkAnchors(disk.anchors, this.keys.anchor, ledger_id, database, desk);
    this.#head = readHead(database, desk, incarnation);
    this.#unsound = [...checkTables(database), ...indexes];
    // What a flush that failed left in the system's memory looks written and is not. Moved on, it is written again.
    database.pragma('wal_checkpoint(TRUNCATE)');
    crashPoint('CP28');
    // Every opening takes the next epoch; a copy of this process that was thought dead finds its own outdated.
    this.#epoch = takeEpoch(database);
    flushNames(disk);
    this.#anchors = this.#keepAnchors(incarnation);
  }

  get head(): Head {
    return this.#head;
  }

  /** Parts that an older copy of a page has put back. Nothing is written until `mend` has made them anew. */
  get unsound(): readonly string[] {
    return this.#unsound;
  }

  /** Makes the projections anew from the journal, in turns with other work while nobody uses it. Throws ledger_damaged. */
  async mend(manner: Manner = {}): Promise<void> {
    const [problem] = await verifyJournal(this.database, manner);
    if (problem) throw new AppError('ledger_damaged', { journal: problem });
    const open = personalOpener(this.database, this.keys.field);
    if (this.#unsound.length > 0) await rebuildInTurns(this.database, open, manner.progress);
    else guarded(() => rebuild(this.database, open, manner.progress));
    this.#unsound = [];
  }

  /** From now on nothing is written: the disk or the file cannot be trusted, and another try could make it worse. */
  condemn(error: AppError): void {
    if (this.#condemned) return;
    this.#condemned = error;
    this.#onCondemned(error);
  }

  /** Condemns it for a failed flush of a file beside the ledger: the disk is the same. A full disk is no such failure. */
  distrust(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EIO') this.condemn(new AppError('ledger_damaged', { disk: code }));
  }

  /** Called once, when the ledger has to be closed because of what happened to it. */
  onCondemned(listener: (error: AppError) => void): void {
    this.#onCondemned = listener;
  }

  /** A connection of its own that can only read. Whoever opens it closes it. */
  openReader(): Database {
    return openDatabase({ file: this.#options.file, key: this.keys.page, readonly: true });
  }

  #keepAnchors(incarnation: number): AnchorKeeper {
    return keepAnchors({
      copies: this.#disk.anchors,
      key: this.keys.anchor,
      ledgerId: this.identity.ledger_id,
      incarnation,
      clock: this.#options.clock,
      onFailure: error => {
        this.#options.onAnchorFailure?.(error);
        this.distrust(error);
      },
    });
  }

  /** Begins the chain of a later incarnation with its first facts, in one transaction. Earlier chains stay as they are. */
  startIncarnation(incarnation: number, actor: string, work: (write: Write) => void): void {
    assert(incarnation > this.identity.incarnation, 'an incarnation is later than the one before it');
    const before = { identity: this.identity, head: this.#head, anchors: this.#anchors };
    before.anchors.stop();
    this.identity = { ...before.identity, incarnation };
    this.#head = readHead(this.database, before.identity.desk, incarnation);
    this.#anchors = this.#keepAnchors(incarnation);
    try {
      this.write(actor, write => {
        sql(this.database, 'UPDATE ledger_identity SET incarnation = ?').run(incarnation);
        work(write);
      });
    } catch (error) {
      this.#anchors.stop();
      this.identity = before.identity;
      this.#head = before.head;
      this.#anchors = before.anchors;
      throw error;
    }
    this.#anchors.flush();
    crashPoint('CP35');
  }

  /** Runs `work` as one durable transaction. When it throws, nothing of it remains. */
  write<Value>(actor: string, work: (write: Write) => Value): Value {
    if (this.#condemned) throw this.#condemned;
    if (this.#unsound.length > 0) throw new AppError('ledger_damaged', { check: this.#unsound.join(', ') });
    const { clock } = this.#options;
    const recorded_at_ms = clock.now();
    let head = this.#head;
    const { desk, incarnation } = this.identity;
    const open = (subject: string, sealed: string): unknown => this.openPersonal(subject, sealed);
    const write: Write = {
      database: this.database,
      get head() {
        return head;
      },
      fact: (type, body, happened_at_ms = recorded_at_ms) => {
        const fact = { type, body, actor, happened_at_ms } as NewFact;
        head = append(this.database, { desk, incarnation, head, recorded_at_ms }, fact, open);
      },
      sealPersonal: (subject_id, personal) => this.#sealing.sealPersonal(subject_id, personal),
    };
    const value = this.#orCondemned(() =>
      this.database
        .transaction(() => {
          const epoch = sql(this.database, 'SELECT owner_epoch FROM ledger_identity').pluck().get();
          assert(epoch === this.#epoch, 'this process still owns the ledger');
          return work(write);
        })
        .immediate(),
    );
    if (head !== this.#head) {
      this.#head = head;
      this.#anchors.moved(head);
      for (const listener of this.#afterCommit) listener();
    }
    return value;
  }

  /** The room that is held back for results. Without one, a full disk is a full disk. */
  useBallast(ballast: { release(): boolean }): void {
    this.#ballast = ballast;
  }

  /** `write`, for what is known already and must not be lost: on a full disk the ballast makes room for it. */
  writeResult<Value>(actor: string, work: (write: Write) => Value): Value {
    try {
      return this.write(actor, work);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'disk_full' || !this.#releaseBallast()) throw error;
      return this.write(actor, work);
    }
  }

  #releaseBallast(): boolean {
    try {
      return this.#ballast?.release() ?? false;
    } catch (error) {
      this.distrust(error);
      return false;
    }
  }

  /** After a failed flush the system may say yes to the next one and have lost the pages: nothing is tried again. */
  #orCondemned<Value>(commit: () => Value): Value {
    try {
      return guarded(commit);
    } catch (error) {
      if (error instanceof AppError && error.details['engine'] !== undefined) this.condemn(error);
      throw error;
    }
  }

  /** Called after each commit that added facts. */
  onCommit(listener: () => void): void {
    this.#afterCommit.push(listener);
  }

  /** Opens personal data; null when the subject's key is gone, which is how a person is erased. */
  openPersonal(subject_id: string, sealed: string): unknown {
    return this.#sealing.openPersonal(subject_id, sealed);
  }

  /** Seals a secret that must be forgettable, such as a token. Bound to its name. */
  sealSecret(name: string, plain: string): Buffer {
    return this.#sealing.sealSecret(name, plain);
  }

  /** Throws ledger_damaged when it does not open. */
  openSecret(name: string, sealed: Buffer): string {
    return this.#sealing.openSecret(name, sealed);
  }

  close(): void {
    this.#anchors.flush();
    this.#anchors.stop();
    if (!this.database.open) return;
    try {
      if (!this.#condemned) guarded(() => this.database.pragma('wal_checkpoint(TRUNCATE)'));
    } finally {
      this.database.close();
    }
  }
}
