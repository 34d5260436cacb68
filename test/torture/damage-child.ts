import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { serveJobs } from '../verify/children.ts';
import { ANCHORS, damaged, WAL, type Files } from './damage.ts';
import { makeDice } from './dice.ts';
import { contentsOf, openLikeTheDesk, verifyLedger } from './opening.ts';
import { workFolder } from './work-folder.ts';

/** Opens damaged copies of an office with the real engine and says what became of each. */
export type DamageSetup = { readonly folder: string; readonly recoveryKey: string };
export type DamageJob = { readonly only: number; readonly seed: number; readonly plan: Plan };
/** Beside damaged copies: whole ones, and the control without anchors. */
export type Plan = 'damage' | 'untouched' | 'wal removed' | 'wal and anchors removed';
export type Fate = 'all there' | 'refused' | 'seen by verify alone' | 'accepted with a loss' | 'bug';
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
  if (plan !== 'untouched') files.delete(WAL);
  if (plan === 'wal and anchors removed') for (const name of ANCHORS) files.delete(name);
  return { name: plan, mustOpen: plan === 'untouched', files };
}

serveJobs<DamageSetup, DamageJob, DamageAnswer>(setup => {
  const current = readSnapshot(join(setup.folder, 'current'));
  const older = readSnapshot(join(setup.folder, 'older'));
  const recoveryKey = Buffer.from(setup.recoveryKey, 'hex');
  const truth = inFolder(current, folder => {
    const opened = openLikeTheDesk(folder, recoveryKey);
    if (opened.kind !== 'open') throw new Error('the untouched copy does not open');
    const contents = contentsOf(opened.ledger.database);
    opened.end();
    return contents;
  });
  return async job => {
    const { name, mustOpen, files } = planned(job.plan, current, older, job);
    const looked = await inFolder(files, folder => look(folder, recoveryKey, truth));
    return { damage: name, mustOpen, ...looked };
  };
});

async function look(
  folder: string,
  recoveryKey: Buffer,
  truth: Record<string, string>,
): Promise<Pick<DamageAnswer, 'fate' | 'detail'>> {
  const opened = openLikeTheDesk(folder, recoveryKey);
  if (opened.kind === 'refused') return { fate: 'refused', detail: opened.code };
  if (opened.kind === 'bug') return { fate: 'bug', detail: opened.what };
  try {
    const { database } = opened.ledger;
    const found = contentsOf(database);
    const differing = Object.keys(truth).filter(table => found[table] !== truth[table]);
    const check = database.pragma('integrity_check', { simple: true });
    if (differing.length === 0 && check === 'ok') return { fate: 'all there', detail: '' };
    const detail = differing.length > 0 ? `differs in ${differing.join(', ')}` : `index damaged: ${String(check)}`;
    const verdict = await verifyLedger(opened.ledger);
    return { fate: verdict.ok ? 'accepted with a loss' : 'seen by verify alone', detail };
  } catch (error) {
    return { fate: 'bug', detail: `the opened ledger broke: ${String(error)}` };
  } finally {
    opened.end();
  }
}
