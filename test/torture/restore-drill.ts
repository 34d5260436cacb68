import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../common/errors.ts';
import type { AttemptView } from '../../common/contract/payments.ts';
import { skipToIncarnation } from '../../main/ledger/incarnation.ts';
import { findCopies } from '../../main/copies/jobs.ts';
import { copyFile, type Manifest } from '../../main/copies/manifest.ts';
import type { Boundary } from '../../main/copies/switch.ts';
import { writeTwice } from '../../main/platform/durable-file.ts';
import type { StartChild } from '../../main/platform/child.ts';
import { inStates, openWork } from '../../main/payments/queries.ts';
import type { Dice } from './dice.ts';
import { verifyLedger } from './opening.ts';
import { booksAgainstSquare } from './restore-books.ts';
import { RestoreRig } from './restore-rig.ts';

/** `whole`: as the app restores. The others are planted faults that the drill must find. */
export type Manner = 'whole' | 'same incarnation' | 'tokens kept';
export type DrillTools = { readonly startChild: StartChild; readonly switchProgram: string };

const BOUNDARIES: readonly (Boundary | null)[] = [null, 'prepared', 'noted', 'aside', 'in place', 'done'];

export type DrillResult = {
  readonly problems: string[];
  readonly boundary: Boundary | null;
  readonly restore_ms: number;
  readonly payments: number;
  readonly lost: number;
};

/** One office: a history, a copy, more history, a lost disk, a restore, and everything compared with Square. */
export class Drill {
  readonly #rig: RestoreRig;
  readonly #dice: Dice;
  readonly #tools: DrillTools;
  readonly #manner: Manner;
  readonly #problems: string[] = [];
  /** Whom a printed number was given to, over all lives. */
  readonly #printed = new Map<string, string>();
  /** Cards that a person took out of the queue, and was paid in cash for. */
  readonly #cancelled: string[] = [];
  #next_minor = 1000;

  private constructor(rig: RestoreRig, dice: Dice, tools: DrillTools, manner: Manner) {
    this.#rig = rig;
    this.#dice = dice;
    this.#tools = tools;
    this.#manner = manner;
  }

  static async run(
    folder: string,
    dice: Dice,
    tools: DrillTools,
    number: number,
    manner: Manner,
  ): Promise<DrillResult> {
    mkdirSync(folder, { recursive: true });
    const rig = await RestoreRig.create(folder, dice, tools.startChild);
    try {
      return await new Drill(rig, dice, tools, manner).#run(number);
    } finally {
      await rig.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async #run(number: number): Promise<DrillResult> {
    const boundary = this.#manner === 'whole' ? (BOUNDARIES[number % BOUNDARIES.length] ?? null) : null;
    await this.#live(2 + this.#dice.below(6), this.#manner === 'tokens kept');
    await this.#rig.makeCopy();
    await this.#live(1 + this.#dice.below(7), false);
    await this.#cancelQueued();
    if (this.#dice.chance(0.3)) this.#rig.simulator.control.settings.list_lag_ms = this.#dice.below(20_000);
    if (this.#dice.chance(0.7)) await this.#rest();
    const { manifest } = this.#newestCopy();
    await this.#rig.die();
    this.#loseDisk();
    const began_ms = performance.now();
    await this.#restore(manifest, boundary);
    const restore_ms = performance.now() - began_ms;
    await this.#checkRestored(manifest);
    await this.#rig.setNetwork('up');
    await this.#rig.passTimeUntil(() => !this.#rig.life.catchUp.pending);
    await this.#live(2 + this.#dice.below(3), false);
    await this.#comeToRest();
    await this.#checkEnd();
    const { database } = this.#rig.ledger;
    const count = (table: string): number => Number(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    const figures = { restore_ms, payments: count('payment'), lost: count('lost_payment') };
    return { problems: this.#problems, boundary, ...figures };
  }

  /** Payments of every kind, with the line coming and going. */
  async #live(deeds: number, queueFirst: boolean): Promise<void> {
    if (queueFirst) await this.#take(minor => this.#rig.queueCard(minor));
    for (let count = 0; count < deeds; count += 1) {
      const rig = this.#rig;
      const roll = this.#dice.below(12);
      if (roll < 4) await this.#take(minor => rig.takeCard(minor));
      else if (roll < 6) await this.#take(minor => rig.takeCash(minor));
      else if (roll < 7) await this.#take(minor => rig.takeCheck(minor));
      else if (roll < 8) await this.#take(minor => rig.queueCard(minor));
      else if (roll < 9) await this.#loseAnswer();
      else if (roll < 10)
        this.#rig.simulator.control.createForeignPayment({ amount_minor: this.#minor(), source: 'CARD' });
      else if (roll < 11) await rig.setNetwork(this.#dice.pick(['up', 'up', 'down']));
      else await rig.clock.advance(this.#dice.below(180_000));
    }
  }

  /** Amounts differ, so that an earlier one in doubt is not in the way. */
  #minor(): number {
    return (this.#next_minor += 1 + this.#dice.below(500));
  }

  async #take(take: (minor: number) => Promise<AttemptView>): Promise<void> {
    try {
      this.#told(await take(this.#minor()));
    } catch (error) {
      // With the line down the desk says no to a card before anything is written.
      if (!(error instanceof AppError) || error.code !== 'card_needs_internet') throw error;
    }
  }

  async #loseAnswer(): Promise<void> {
    const fault = this.#dice.pick(['drop_after_commit', 'drop_before_commit'] as const);
    this.#rig.simulator.control.addFault({ fault, method: 'POST', path: '/v2/payments' });
    await this.#take(minor => this.#rig.takeCard(minor));
  }

  #told(view: AttemptView): void {
    for (const text of [view.reference.split('-').slice(0, 2).join('-'), view.receipt_number ?? '']) {
      const kind = text === view.receipt_number ? 'receipt' : 'attempt';
      const known = this.#printed.get(`${kind} ${text}`);
      if (text !== '' && known !== undefined && known !== view.attempt_id) {
        this.#problems.push(`the number ${text} was given twice, as ${kind}`);
      }
      if (text !== '') this.#printed.set(`${kind} ${text}`, view.attempt_id);
    }
  }

  async #cancelQueued(): Promise<void> {
    await this.#rig.settle();
    for (const { attempt_id } of inStates(this.#rig.ledger.database, ['ready'])) {
      if (this.#manner === 'whole' && this.#dice.chance(0.5)) continue;
      const view = this.#rig.life.attempts.view(attempt_id);
      if (view.word !== 'queued') continue;
      this.#rig.life.attempts.cancelQueued(attempt_id, 'person-of-the-test');
      this.#cancelled.push(view.reference);
      await this.#take(minor => this.#rig.takeCash(minor));
    }
  }

  /** The line is good for a while: what waits arrives, and Square's list is read. */
  async #rest(): Promise<void> {
    await this.#rig.setNetwork('up');
    this.#rig.life.outbox.resume();
    await this.#rig.settle();
    await this.#rig.life.sync.now();
    this.#tellAll();
  }

  /** Numbers that were given by a late answer are on paper too. */
  #tellAll(): void {
    const own = this.#rig.ledger.database
      .prepare('SELECT attempt_id FROM payment WHERE foreign_payment = 0')
      .pluck()
      .all();
    for (const attempt_id of own as string[]) this.#told(this.#rig.life.attempts.view(attempt_id));
  }

  #newestCopy(): { folder: string; manifest: Manifest } {
    return findCopies({ kind: 'find', folder: this.#rig.copyFolder, ledger_id: null })[0]!;
  }

  #loseDisk(): void {
    if (this.#dice.chance(0.5)) this.#rig.destroy();
    else truncateSync(join(this.#rig.office, 'ledger.db'), 4096);
  }

  async #restore(manifest: Manifest, boundary: Boundary | null): Promise<void> {
    const rig = this.#rig;
    if (this.#manner !== 'whole') return this.#putBack();
    const wasThere = existsSync(rig.office);
    rig.switchFolders =
      boundary === null ? undefined : (folder, _mode, now_ms) => this.#killed(folder, now_ms, boundary);
    await rig.restoreNewest();
    rig.switchFolders = undefined;
    if (boundary === 'prepared') {
      // Nothing had happened yet, so the restore is done again from its beginning.
      if (existsSync(join(rig.office, 'slots-a.json')) !== wasThere)
        this.#problems.push('a switch began before it was noted');
      await rig.restoreNewest();
    }
    await rig.open();
    const left = readdirSync(rig.dataFolder).filter(name => /restoring|switch/.test(name));
    if (left.length > 0) this.#problems.push(`after a kill at "${boundary}" there is still ${left.join(', ')}`);
    const aside = readdirSync(rig.dataFolder).filter(name => name.startsWith('training.before-restore-'));
    if (aside.length !== (wasThere ? 1 : 0)) this.#problems.push('the old folder was not put aside');
    if (manifest.incarnation >= rig.ledger.identity.incarnation) this.#problems.push('there is no new incarnation');
  }

  async #killed(folder: string, now_ms: number, boundary: Boundary): Promise<void> {
    const child = fork(this.#tools.switchProgram, [folder, String(now_ms), boundary], { execArgv: [] });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (signal !== 'SIGKILL') this.#problems.push(`the switch was not killed at "${boundary}"`);
  }

  /** A planted fault: the copy is simply put in the ledger's place. */
  async #putBack(): Promise<void> {
    const { folder, manifest } = this.#newestCopy();
    const { office } = this.#rig;
    for (const name of ['anchors', 'ledger.db', 'ledger.db-wal', 'ledger.db-shm']) {
      rmSync(join(office, name), { recursive: true, force: true });
    }
    mkdirSync(office, { recursive: true });
    copyFileSync(join(folder, copyFile(manifest.copy_id)), join(office, 'ledger.db'));
    writeTwice(office, 'slots', manifest.slots);
    await this.#rig.open();
    // A new incarnation alone is not enough: what waits in the copy must not be sent.
    if (this.#manner === 'tokens kept') skipToIncarnation(this.#rig.ledger, 2, 'person-of-the-test');
  }

  async #checkRestored(manifest: Manifest): Promise<void> {
    const { ledger, life } = this.#rig;
    if (this.#manner !== 'whole') return;
    const first = ledger.database
      .prepare("SELECT body FROM journal WHERE type = 'incarnation.started' ORDER BY incarnation LIMIT 1")
      .pluck()
      .get() as string | undefined;
    const after = (JSON.parse(first ?? '{}') as { after?: { seq: number; hash: string } }).after;
    if (after?.seq !== manifest.head_seq || after.hash !== manifest.head_hash) {
      this.#problems.push('the head is not the one of the copy');
    }
    const refusal = await this.#rig
      .takeCash(1)
      .catch((error: unknown) => (error instanceof AppError ? error.code : ''));
    if (refusal !== 'restore_catching_up') this.#problems.push('money was taken before Square was asked');
    if (inStates(ledger.database, ['ready', 'sending', 'capturing']).length > 0) {
      this.#problems.push('something of the copy could still be sent');
    }
    if (life.outbox.busy > 0) this.#problems.push('something is being sent before Square was asked');
  }

  async #comeToRest(): Promise<void> {
    await this.#rig.setNetwork('up');
    this.#rig.simulator.control.clearFaults();
    const { database } = this.#rig.ledger;
    await this.#rig.passTimeUntil(() => openWork(database).length === 0, 60_000, 12 * 3600_000);
    this.#rig.simulator.control.settings.list_lag_ms = 0;
    for (let round = 0; round < 2; round += 1) {
      await this.#rig.clock.advance(60_000);
      await this.#rig.settle();
      await this.#rig.life.sync.now();
    }
    this.#tellAll();
  }

  async #checkEnd(): Promise<void> {
    const { ledger, simulator, bugs } = this.#rig;
    const payments = simulator.control.payments();
    this.#problems.push(...booksAgainstSquare(ledger.database, payments));
    for (const reference of this.#cancelled) {
      const charged = payments.some(
        one => one['reference_id'] === reference && (one['status'] === 'COMPLETED' || one['status'] === 'APPROVED'),
      );
      if (charged) this.#problems.push(`${reference} was taken out of the queue, paid in cash, and charged`);
    }
    this.#problems.push(...(await verifyLedger(ledger)).problems, ...bugs.map(bug => `a bug was logged: ${bug}`));
  }
}
