import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { AppError } from '../../common/errors.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { checkItself } from '../../main/ledger/self-check.ts';
import { silentLog } from '../../main/platform/log.ts';
import { serveJobs } from '../verify/children.ts';
import { ANCHORS, damaged, WAL, type Files } from './damage.ts';
import { makeDice } from './dice.ts';
import { contentsOf, openLikeTheDesk } from './opening.ts';
import { changedRows, paymentRows, putRowBack } from './older-row.ts';
import { workFolder } from './work-folder.ts';

/** Opens damaged copies of an office with the real engine and says what became of each. */
export type DamageSetup = { readonly folder: string; readonly recoveryKey: string };
export type DamageJob = { readonly only: number; readonly seed: number; readonly plan: Plan };
/** Beside damaged copies: whole ones, and the control without anchors. */
export type Plan =
  'damage' | 'untouched' | 'wal removed' | 'wal and anchors removed' | 'older row' | 'older row, sums put right';
export type Fate =
  | 'all there'
  | 'refused'
  /** Projections that an older copy had taken the place of were made anew before the first word. */
  | 'mended at opening'
  /** The same, found by the check that runs while the desk works; no table that money depends on was among them. */
  | 'mended while open'
  | 'stopped while open'
  | 'money wrong while open'
  | 'accepted with a loss'
  | 'bug';
export type DamageAnswer = {
  readonly damage: string;
  readonly mustOpen: boolean;
  readonly fate: Fate;
  /** The refusal's code, the tables that differ, or the bug. */
  readonly detail: string;
};

function readSnapshot(folder: string): Files {
  const files: Files = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || /-shm$|owner\.lock/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path), readFileSync(path));
  }
  return files;
}

function inFolder<Value>(files: Files, work: (folder: string) => Value): Value {
  const { folder, dispose } = workFolder('copy');
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const value = work(folder);
  if (value instanceof Promise) void value.finally(dispose);
  else dispose();
  return value;
}

function planned(
  plan: Plan,
  current: Files,
  older: Files,
  job: DamageJob,
): { name: string; mustOpen: boolean; files: Files } {
  if (plan === 'damage') {
    const { damage, files } = damaged(current, older, makeDice(job.seed, job.only));
    return { name: damage.name, mustOpen: damage.mustOpen ?? false, files };
  }
  const files = new Map(current);
  if (plan === 'wal removed' || plan === 'wal and anchors removed') files.delete(WAL);
  if (plan === 'wal and anchors removed') for (const name of ANCHORS) files.delete(name);
  return { name: plan, mustOpen: plan === 'untouched', files };
}

serveJobs<DamageSetup, DamageJob, DamageAnswer>(setup => {
  const current = readSnapshot(join(setup.folder, 'current'));
  const older = readSnapshot(join(setup.folder, 'older'));
  const recoveryKey = Buffer.from(setup.recoveryKey, 'hex');
  const truth = inFolder(current, async folder => {
    const opened = await openLikeTheDesk(folder, recoveryKey);
    if (opened.kind !== 'open') throw new Error('the untouched copy does not open');
    const contents = contentsOf(opened.ledger.database);
    opened.end();
    return contents;
  });
  const oldRows = changedRows(
    inFolder(older, folder => paymentRows(folder, recoveryKey)),
    inFolder(current, folder => paymentRows(folder, recoveryKey)),
  );
  return async job => {
    const { name, mustOpen, files } = planned(job.plan, current, older, job);
    const looked = await inFolder(files, async folder => {
      if (job.plan === 'older row') putRowBack(folder, recoveryKey, oldRows, job.only, false);
      if (job.plan === 'older row, sums put right') putRowBack(folder, recoveryKey, oldRows, job.only, true);
      // Where nothing differs, the check of the running desk could only be wrong in saying so; a tenth of them shows.
      return look(folder, recoveryKey, await truth, job.plan !== 'damage' || job.only % 10 === 0);
    });
    return { damage: name, mustOpen, ...looked };
  };
});

async function look(
  folder: string,
  recoveryKey: Buffer,
  truth: Record<string, string>,
  always: boolean,
): Promise<Pick<DamageAnswer, 'fate' | 'detail'>> {
  const opened = await openLikeTheDesk(folder, recoveryKey);
  if (opened.kind === 'refused') return { fate: 'refused', detail: opened.code };
  if (opened.kind === 'bug') return { fate: 'bug', detail: opened.what };
  try {
    return await judge(opened.ledger, opened.mended, truth, always);
  } catch (error) {
    return { fate: 'bug', detail: `the opened ledger broke: ${String(error)}` };
  } finally {
    opened.end();
  }
}

/** Tables that say nothing about money: wrong names for a minute charge nobody. */
const HARMLESS: readonly string[] = ['customer_search'];

async function judge(
  ledger: Ledger,
  mended: string,
  truth: Record<string, string>,
  always: boolean,
): Promise<Pick<DamageAnswer, 'fate' | 'detail'>> {
  const { database } = ledger;
  const differing = (): string[] => {
    const found = contentsOf(database);
    return Object.keys(truth).filter(table => found[table] !== truth[table]);
  };
  const atFirst = differing();
  // The opening has just run the engine's own check on the same pages; every tenth shows that it did.
  if (atFirst.length === 0 && mended === '' && !always) return { fate: 'all there', detail: '' };
  const check = String(database.pragma('integrity_check', { simple: true }));
  if (check !== 'ok') return { fate: 'accepted with a loss', detail: `index damaged: ${check}` };
  let stopped: AppError | undefined;
  ledger.onCondemned(error => (stopped = error));
  // What the running desk does by itself a few seconds later.
  await checkItself(ledger, silentLog);
  if (stopped) return { fate: 'stopped while open', detail: stopped.code };
  const inTheEnd = differing();
  if (inTheEnd.length > 0) return { fate: 'accepted with a loss', detail: `differs in ${inTheEnd.join(', ')}` };
  const wrong = atFirst.filter(table => !HARMLESS.includes(table));
  if (wrong.length > 0) return { fate: 'money wrong while open', detail: `differs in ${wrong.join(', ')}` };
  if (atFirst.length > 0) return { fate: 'mended while open', detail: atFirst.join(', ') };
  return mended === '' ? { fate: 'all there', detail: '' } : { fate: 'mended at opening', detail: mended };
}
