import { rmSync } from 'node:fs';
import type { Announce } from '../../common/contract/index.ts';
import type { CopiesView, ListedCopy, Which } from '../../common/contract/copies.ts';
import { AppError } from '../../common/errors.ts';
import { money } from '../../common/money.ts';
import { paymentsIn } from '../ledger/copy.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { officeDay, readSettings } from '../office/settings.ts';
import type { StartChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { lastRestore } from './catch-up.ts';
import type { FoundCopy, MakeJob } from './jobs.ts';
import type { Manifest } from './manifest.ts';
import { readPlaces, writePlaces, type Place, type Places } from './places.ts';
import { bringBack, isOurs, lastTest, writeTested } from './proof.ts';
import { lostPayments, moneyFactsAfter, paymentsAfter } from './queries.ts';
import { newestFirst } from './retention.ts';
import { CopySchedule, WHICH } from './schedule.ts';
import { testingFolder } from './switch.ts';
import { startWork, type Work } from './worker.ts';

/** A copy nobody has tried is a hope. After so long the settings ask for a try. */
const TEST_AGAIN_MS = 365 * 24 * 3600_000;

export type CopiesPorts = {
  readonly ledger: Ledger;
  readonly ledgerFile: string;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly announce: Announce;
  readonly log: Log;
  readonly startChild: StartChild;
  readonly app_version: string;
  /** The key slots as they are now, as text. */
  readonly slots: () => string;
};

/** Makes copies of the open ledger when they are due, and proves on demand that the newest one brings the books back. */
export class Copies {
  readonly #ports: CopiesPorts;
  readonly #schedule: CopySchedule;
  #places: Places;
  #working: 'copy' | 'test' | null = null;
  #work: Work<unknown> | null = null;
  #stopped = false;

  constructor(ports: CopiesPorts) {
    this.#ports = ports;
    this.#places = readPlaces(ports.dataFolder, ports.ledger.identity.mode);
    this.#schedule = new CopySchedule({
      clock: ports.clock,
      isDue: which => this.#isDue(which),
      run: due => this.#run(due),
    });
    ports.ledger.onCommit(() => this.#schedule.soon());
  }

  /** Looks what is due, now and from time to time. */
  start(): void {
    this.#schedule.soon();
  }

  /** A day that is closed is a day to keep, however few payments it had. */
  dayClosed(): void {
    this.#schedule.demand();
  }

  /** Makes a copy in every chosen folder. Throws copy_folder_missing, copies_busy, and why the last of them failed. */
  async make(): Promise<void> {
    const chosen = WHICH.filter(which => this.#places[which]);
    if (chosen.length === 0) throw new AppError('copy_folder_missing');
    if (this.#working) throw new AppError('copies_busy');
    const failure = await this.#run(chosen);
    if (failure) throw failure;
  }

  /** Before the ledger is changed as a whole. Without a folder there is nowhere to bring it, and nothing is thrown. */
  async beforeChange(): Promise<void> {
    if (this.#places.first || this.#places.second) await this.make();
  }

  async choose(which: Which, path: string, actor: string): Promise<void> {
    if (this.#working) throw new AppError('copies_busy');
    this.#keep({ ...this.#places, [which]: { path, last: null } });
    this.#ports.ledger.write(actor, write => write.fact('copy.folder_changed', { which, chosen: true }));
    const failure = await this.#run([which]);
    if (failure) throw failure;
  }

  forget(which: Which, actor: string): void {
    if (this.#working) throw new AppError('copies_busy');
    this.#keep({ ...this.#places, [which]: null });
    this.#schedule.worked(which);
    this.#ports.ledger.write(actor, write => write.fact('copy.folder_changed', { which, chosen: false }));
  }

  cancel(): void {
    this.#work?.cancel();
  }

  stop(): void {
    this.#stopped = true;
    this.#schedule.stop();
    this.#work?.cancel();
  }

  /** 0 when nothing is to be done; else why: enough payments, another day, or a new incarnation. */
  #isDue(which: Which): boolean {
    const place = this.#places[which];
    if (!place || this.#stopped) return false;
    const { ledger, clock } = this.#ports;
    const { database, identity } = ledger;
    const { last } = place;
    if (!last || last.incarnation !== identity.incarnation) return true;
    const since = moneyFactsAfter(database, identity, last.head_seq, EVERY_MONEY_FACTS);
    return since >= EVERY_MONEY_FACTS || (since > 0 && officeDay(database, clock.now()) !== last.day);
  }

  /** One folder after the other. Answers the last failure; every failure is also kept for the settings. */
  async #run(due: readonly Which[]): Promise<AppError | null> {
    if (this.#working || this.#stopped) return null;
    this.#working = 'copy';
    this.#ports.announce('copies.changed', {});
    let failure: AppError | null = null;
    try {
      for (const which of due) {
        const place = this.#places[which];
        if (!place || this.#stopped) continue;
        failure = (await this.#copyTo(which, place)) ?? failure;
      }
    } finally {
      this.#working = null;
      this.#ports.announce('copies.changed', {});
    }
    return failure;
  }

  async #copyTo(which: Which, place: Place): Promise<AppError | null> {
    const { log } = this.#ports;
    try {
      const made = await this.#made(place);
      this.#keep({ ...this.#places, [which]: { path: place.path, last: lastOf(made) } });
      this.#schedule.worked(which);
      log.info('copy.made', { which, seq: made.head_seq, bytes: made.bytes });
      return null;
    } catch (error) {
      const known =
        error instanceof AppError ? error : new AppError('copy_failed', { reference: log.bug('copy', error) });
      // A person called it off: that is no trouble of the folder.
      if (known.code !== 'copies_cancelled') this.#schedule.failed(which, known.code);
      log.info('copy.failed', { which, code: known.code });
      return known;
    }
  }

  #made(place: Place): Promise<Manifest> {
    const { ledger, ledgerFile, clock, startChild, announce, app_version, slots } = this.#ports;
    const { ledger_id, mode, desk } = ledger.identity;
    const made_at_ms = clock.now();
    const said = ledger.head;
    const job: MakeJob = {
      ...{ kind: 'make', ledger: ledgerFile, keys: this.#keys(), folder: place.path, ledger_id, mode, desk },
      ...{ made_at_ms, day: officeDay(ledger.database, made_at_ms), app_version, slots: slots() },
    };
    const work = startWork(startChild, clock, job, {
      progress: (step, done, of) => announce('copies.progress', { work: 'copy', step, done, of }),
      compare: facts => facts.head_seq >= said.seq && isOurs(ledger, facts, place.last),
    });
    this.#work = work;
    return work.result;
  }

  #keys() {
    const { page, field } = this.#ports.ledger.keys;
    return { page: page.toString('hex'), field: field.toString('hex') };
  }

  #keep(places: Places): void {
    this.#places = places;
    writePlaces(this.#ports.dataFolder, this.#ports.ledger.identity.mode, places);
  }

  /** Every copy of this ledger in the chosen folders, newest first. Folders that are away are left out. */
  async list(): Promise<ListedCopy[]> {
    const found = await this.#findAll();
    return found.map(({ which, manifest, whole }) => ({
      ...{ which, whole, copy_id: manifest.copy_id, made_at_ms: manifest.made_at_ms, bytes: manifest.bytes },
      ...{ payments: manifest.payments, newest_payment_ms: manifest.newest_payment_ms },
    }));
  }

  async #findAll(): Promise<(FoundCopy & { which: Which })[]> {
    const { startChild, clock, ledger } = this.#ports;
    const { ledger_id } = ledger.identity;
    const lists = await Promise.all(
      WHICH.map(async which => {
        const folder = this.#places[which]?.path;
        if (!folder) return [];
        const { result } = startWork(startChild, clock, { kind: 'find', folder, ledger_id });
        return result.then(
          copies => copies.map(copy => ({ ...copy, which })),
          () => [],
        );
      }),
    );
    return lists.flat().sort((left, right) => newestFirst(left.manifest, right.manifest));
  }

  /**
   * Proves paper and copy at once: the newest copy is brought back aside, opened with the key as it was typed, proven
   * whole and compared with this ledger. Throws copy_none, recovery_key_wrong, copy_not_whole, copy_differs.
   */
  async test(recoveryKey: string, actor: string): Promise<void> {
    if (this.#working) throw new AppError('copies_busy');
    this.#working = 'test';
    this.#ports.announce('copies.changed', {});
    const { ledger, dataFolder } = this.#ports;
    const aside = testingFolder(dataFolder, ledger.identity.mode);
    try {
      const newest = (await this.#findAll()).find(({ whole }) => whole);
      if (!newest) throw new AppError('copy_none');
      const work = bringBack({ ...this.#ports, aside }, newest, recoveryKey);
      this.#work = work;
      const facts = await work.result;
      if (!isOurs(ledger, facts)) throw new AppError('copy_differs');
      writeTested(ledger, newest.manifest, facts, actor);
    } finally {
      rmSync(aside, { recursive: true, force: true });
      this.#working = null;
      this.#ports.announce('copies.changed', {});
    }
  }

  view(): CopiesView {
    const { ledger, clock } = this.#ports;
    const { database } = ledger;
    const tested = lastTest(ledger);
    const restored = lastRestore(ledger);
    const lost = lostPayments(database);
    return {
      first: this.#folderView('first'),
      second: this.#folderView('second'),
      working: this.#working,
      not_copied: this.#notCopied(),
      tested,
      test_due: tested === null || clock.now() - tested.at_ms > TEST_AGAIN_MS,
      restored: restored && {
        at_ms: restored.restored_at_ms,
        copy_made_at_ms: restored.copy_made_at_ms,
        caught_up: restored.caught_up,
        found: { count: lost.count, sum: money(lost.sum, readSettings(database).currency) },
      },
    };
  }

  /** Payments since the newest copy; all of them while there is none in this incarnation. */
  #notCopied(): number {
    const { database, identity } = this.#ports.ledger;
    const heads = WHICH.map(which => this.#places[which]?.last)
      .filter(last => last?.incarnation === identity.incarnation)
      .map(last => last!.head_seq);
    return heads.length === 0 ? paymentsIn(database).payments : paymentsAfter(database, identity, Math.max(...heads));
  }

  #folderView(which: Which): CopiesView['first'] {
    const place = this.#places[which];
    if (!place) return null;
    const { last } = place;
    return {
      path: place.path,
      last: last && {
        ...{ copy_id: last.copy_id, made_at_ms: last.made_at_ms, payments: last.payments },
        newest_payment_ms: last.newest_payment_ms,
      },
      trouble: this.#schedule.trouble(which),
    };
  }
}

/** As many payments as an office may have to type again from paper in the worst case, and still be calm. */
export const EVERY_MONEY_FACTS = 25;

const lastOf = (made: Manifest): NonNullable<Place['last']> => ({
  ...{ copy_id: made.copy_id, made_at_ms: made.made_at_ms, day: made.day, incarnation: made.incarnation },
  ...{ head_seq: made.head_seq, sums: made.sums, payments: made.payments, newest_payment_ms: made.newest_payment_ms },
});
