import { statSync } from 'node:fs';
import { AppError, assert } from '../../common/errors.ts';
import type { Mode } from '../../common/contract/office.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/ids.ts';
import { checkAnchors, keepAnchors, type AnchorKeeper } from './anchors.ts';
import { canonicalJson, type Json } from './canonical.ts';
import { append, readHead, type Head, type NewFact } from './journal.ts';
import { deriveKeys, seal, unseal, type LedgerKeys } from './keys.ts';
import { migrate } from './migrate.ts';
import { guarded, openDatabase, sql, type Database } from './open.ts';

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
};

/**
 * The encrypted ledger. One process writes, through `write` only: the facts, their projections and whatever the caller
 * adds are one transaction that is on the disk when `write` returns.
 */
export class Ledger {
  readonly database: Database;
  readonly identity: LedgerIdentity;
  readonly keys: LedgerKeys;
  readonly #options: LedgerOptions;
  readonly #anchors: AnchorKeeper;
  readonly #epoch: number;
  #head: Head;
  #afterCommit: (() => void)[] = [];

  /** Opens an existing ledger. Throws the AppErrors of `openDatabase`, and ledger_behind_anchor, ledger_newer. */
  static open(options: LedgerOptions): Ledger {
    const file = statSync(options.file, { throwIfNoEntry: false });
    // The engine takes an empty file for a new database and any key for its key. It held a ledger once.
    if (file?.size === 0) throw new AppError('ledger_damaged', { size: 0 });
    return Ledger.#opened(options, openDatabase({ file: options.file, key: deriveKeys(options.ledgerKey).page }));
  }

  static create(options: LedgerOptions, identity: LedgerIdentity): Ledger {
    const key = deriveKeys(options.ledgerKey).page;
    const database = openDatabase({ file: options.file, key, create: true });
    migrate(database, null);
    sql(
      database,
      `INSERT INTO ledger_identity (singleton, ledger_id, mode, desk, incarnation, owner_epoch, created_at_ms)
       VALUES (1, ?, ?, ?, ?, 0, ?)`,
    ).run(identity.ledger_id, identity.mode, identity.desk, identity.incarnation, options.clock.now());
    return Ledger.#opened(options, database);
  }

  static #opened(options: LedgerOptions, database: Database): Ledger {
    try {
      return guarded(() => new Ledger(options, database));
    } catch (error) {
      database.close();
      throw error;
    }
  }

  private constructor(options: LedgerOptions, database: Database) {
    this.#options = options;
    this.database = database;
    this.keys = deriveKeys(options.ledgerKey);
    const check = database.pragma('quick_check(1)', { simple: true });
    if (check !== 'ok') throw new AppError('ledger_damaged', { check: String(check) });
    // A ledger is made by `create` alone; without a version there is nothing here that could be brought up to date.
    if (database.pragma('user_version', { simple: true }) === 0) throw new AppError('ledger_damaged', { version: 0 });
    migrate(database, { file: options.file, key: this.keys.page });
    this.identity = sql(
      database,
      'SELECT ledger_id, mode, desk, incarnation FROM ledger_identity',
    ).get() as LedgerIdentity;
    const { ledger_id, desk, incarnation } = this.identity;
    checkAnchors(options.anchorFolder, this.keys.anchor, ledger_id, database, desk);
    this.#head = readHead(database, desk, incarnation);
    // A page that the disk never wrote, or an older copy of it, is whole and rightly encrypted, but records are missing.
    const records = sql(database, 'SELECT count(*) FROM journal WHERE desk = ? AND incarnation = ?').pluck();
    if (records.get(desk, incarnation) !== this.#head.seq) throw new AppError('ledger_damaged', { check: 'gap' });
    // Every opening takes the next epoch; a copy of this process that was thought dead finds its own outdated.
    this.#epoch = sql(database, 'UPDATE ledger_identity SET owner_epoch = owner_epoch + 1 RETURNING owner_epoch')
      .pluck()
      .get() as number;
    this.#anchors = keepAnchors({
      folder: options.anchorFolder,
      key: this.keys.anchor,
      ledgerId: ledger_id,
      incarnation,
      clock: options.clock,
      onFailure: error => options.onAnchorFailure?.(error),
    });
  }

  get head(): Head {
    return this.#head;
  }

  /** Runs `work` as one durable transaction. When it throws, nothing of it remains. */
  write<Value>(actor: string, work: (write: Write) => Value): Value {
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
      sealPersonal: (subject_id, personal) => this.#sealPersonal(subject_id, personal),
    };
    const value = guarded(() =>
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

  /** Called after each commit that added facts. */
  onCommit(listener: () => void): void {
    this.#afterCommit.push(listener);
  }

  /** Opens personal data; null when the subject's key is gone, which is how a person is erased. */
  openPersonal(subject_id: string, sealed: string): unknown {
    const key = this.#subjectKey(subject_id);
    const plain = key && unseal(key, Buffer.from(sealed, 'base64'), subject_id);
    return plain ? JSON.parse(plain.toString('utf8')) : null;
  }

  #sealPersonal(subject_id: string, personal: Json): string {
    const { random } = this.#options;
    let key = this.#subjectKey(subject_id);
    if (!key) {
      key = random(32);
      sql(this.database, 'INSERT INTO subject_key (subject_id, wrapped) VALUES (?, ?)').run(
        subject_id,
        seal(this.keys.field, key, `subject ${subject_id}`, random),
      );
    }
    return seal(key, Buffer.from(canonicalJson(personal), 'utf8'), subject_id, random).toString('base64');
  }

  #subjectKey(subject_id: string): Buffer | undefined {
    const wrapped = sql(this.database, 'SELECT wrapped FROM subject_key WHERE subject_id = ?').pluck().get(subject_id);
    return wrapped ? unseal(this.keys.field, wrapped as Buffer, `subject ${subject_id}`) : undefined;
  }

  /** Seals a secret that must be forgettable, such as a token. Bound to its name. */
  sealSecret(name: string, plain: string): Buffer {
    return seal(this.keys.field, Buffer.from(plain, 'utf8'), `secret ${name}`, this.#options.random);
  }

  openSecret(name: string, sealed: Buffer): string {
    const plain = unseal(this.keys.field, sealed, `secret ${name}`);
    if (!plain) throw new AppError('ledger_damaged', { secret: name });
    return plain.toString('utf8');
  }

  close(): void {
    this.#anchors.flush();
    this.#anchors.stop();
    if (this.database.open) {
      guarded(() => this.database.pragma('wal_checkpoint(TRUNCATE)'));
      this.database.close();
    }
  }
}
