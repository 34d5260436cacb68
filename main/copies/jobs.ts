import {
  closeSync,
  copyFileSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../common/errors.ts';
import { copyLedger, examine, type FileFacts, type FileKeys } from '../ledger/copy.ts';
import { writeDurably } from '../platform/durable-file.ts';
import {
  copyFile,
  copyId,
  folderName,
  manifestFile,
  readManifest,
  UNFINISHED,
  writeManifest,
  type Manifest,
} from './manifest.ts';
import { keptCopies, newestFirst } from './retention.ts';
import { crashPoint } from '../platform/crash-points.ts';

/**
 * The work with files, for a child process: a slow or hanging medium must not hold up the desk, and the process that
 * owns a ledger must not touch its files. Nothing here decides; the desk asks and compares.
 */

export type Step = 'copying' | 'checking' | 'keeping';
export type Progress = (step: Step, done: number, of: number) => void;

/** Keys travel as hexadecimal, over the line between two processes of this app and nowhere else. */
export type JobKeys = { readonly page: string; readonly field: string };

export type MakeJob = {
  readonly kind: 'make';
  readonly ledger: string;
  readonly keys: JobKeys;
  /** The folder that a person chose. It must be there: a drive that is away is not made up for by an empty folder. */
  readonly folder: string;
  readonly ledger_id: string;
  readonly mode: 'training' | 'live';
  readonly desk: string;
  readonly made_at_ms: number;
  readonly day: string;
  readonly app_version: string;
  readonly slots: string;
};
export type FindJob = {
  readonly kind: 'find';
  readonly folder: string;
  /** Only copies of this ledger; null for every copy that is there. */
  readonly ledger_id: string | null;
};
export type CheckJob = {
  readonly kind: 'check';
  /** The copy to bring back, and the folder to bring it into; its file becomes `ledger.db` there. */
  readonly from: string;
  readonly copy_id: string;
  readonly into: string;
  readonly keys: JobKeys;
};
export type Job = MakeJob | FindJob | CheckJob;

/** A copy that was found, with the folder that it lies in. `whole` is false when its file is missing or of another size. */
export type FoundCopy = { readonly folder: string; readonly manifest: Manifest; readonly whole: boolean };
/** Asks the desk whether what the new copy tells is what the desk itself says. */
export type Compare = (facts: FileFacts) => Promise<boolean>;

const keysOf = ({ page, field }: JobKeys): FileKeys => ({
  page: Buffer.from(page, 'hex'),
  field: Buffer.from(field, 'hex'),
});

/** Makes, proves and names one copy. Throws copy_folder_away, copy_differs, disk_full, and what examining throws. */
export async function makeCopy(job: MakeJob, progress: Progress, compare: Compare): Promise<Manifest> {
  if (!statSync(job.folder, { throwIfNoEntry: false })?.isDirectory()) throw new AppError('copy_folder_away');
  const folder = join(job.folder, folderName(job));
  mkdirSync(folder, { recursive: true });
  sweep(folder);
  const partial = join(folder, `${job.made_at_ms}.partial`);
  try {
    progress('copying', 0, 1);
    copyLedger(job.ledger, keysOf(job.keys), partial);
    crashPoint('CP29');
    const facts = await examine(partial, keysOf(job.keys), (done, of) => progress('checking', done, of));
    if (facts.ledger_id !== job.ledger_id || facts.mode !== job.mode) throw new AppError('copy_differs');
    if (!(await compare(facts))) throw new AppError('copy_differs');
    progress('keeping', 0, 1);
    return await keep(job, facts, folder, partial);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** Flushed, named, and last of all described: from then on it is a copy. Then the ones of no more use go. */
async function keep(job: MakeJob, facts: FileFacts, folder: string, partial: string): Promise<Manifest> {
  const bytes = flush(partial);
  const sha256 = await sha256Of(partial);
  const copy_id = freeName(folder, copyId({ ...facts, made_at_ms: job.made_at_ms }));
  renameSync(partial, join(folder, copyFile(copy_id)));
  crashPoint('CP30');
  flushFolder(folder);
  const { people: _people, ...told } = facts;
  const { ledger_id, mode, desk, made_at_ms, day, app_version, slots } = job;
  const text = writeManifest({
    ...{ format: 1, copy_id, ...told, ledger_id, mode, desk, made_at_ms, day, app_version, slots, bytes, sha256 },
  });
  writeDurably(join(folder, manifestFile(copy_id)), text);
  thinOut(folder, job.ledger_id);
  return readManifest(text)!;
}

/** What an earlier try left: unfinished files, and finished ones whose description was never written. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const orphan =
      name.endsWith('.tillside-copy') && !existsSync(join(folder, name.replace(/\.tillside-copy$/, '.json')));
    if (UNFINISHED.test(name) || orphan) rmSync(join(folder, name), { force: true });
  }
}

function freeName(folder: string, wanted: string): string {
  let name = wanted;
  for (let count = 2; existsSync(join(folder, copyFile(name))); count += 1) name = `${wanted}-${count}`;
  return name;
}

/** The description goes first: a file without one is no copy, one without its file would look like a damaged copy. */
function thinOut(folder: string, ledger_id: string): void {
  const copies = copiesIn(folder).filter(({ manifest, whole }) => whole && manifest.ledger_id === ledger_id);
  const kept = keptCopies(copies.map(({ manifest }) => manifest));
  for (const { manifest } of copies) {
    if (kept.has(manifest.copy_id)) continue;
    rmSync(join(folder, manifestFile(manifest.copy_id)), { force: true });
    rmSync(join(folder, copyFile(manifest.copy_id)), { force: true });
  }
}

/** Copies in the folder that was chosen, in the folders made in it, or beside the chosen one. Newest first. */
export function findCopies(job: FindJob): FoundCopy[] {
  if (!statSync(job.folder, { throwIfNoEntry: false })?.isDirectory()) throw new AppError('copy_folder_away');
  const inside = readdirSync(job.folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => join(job.folder, entry.name));
  return [job.folder, ...inside]
    .flatMap(copiesIn)
    .filter(({ manifest }) => job.ledger_id === null || manifest.ledger_id === job.ledger_id)
    .sort((left, right) => newestFirst(left.manifest, right.manifest));
}

const LARGEST_MANIFEST = 1_000_000;

function copiesIn(folder: string): FoundCopy[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter(name => name.endsWith('.json'));
  } catch {
    // A folder that may not be read is none of ours.
    return [];
  }
  return names.flatMap(name => {
    const file = statSync(join(folder, name), { throwIfNoEntry: false });
    if (!file?.isFile() || file.size > LARGEST_MANIFEST) return [];
    const manifest = readManifest(readFileSync(join(folder, name), 'utf8'));
    if (!manifest || manifestFile(manifest.copy_id) !== name) return [];
    const size = statSync(join(folder, copyFile(manifest.copy_id)), { throwIfNoEntry: false })?.size;
    return [{ folder, manifest, whole: size === manifest.bytes }];
  });
}

/** Brings a copy back aside and proves it whole. Throws copy_not_whole when it is not what its description says. */
export async function checkCopy(job: CheckJob, progress: Progress): Promise<FileFacts> {
  const found = copiesIn(job.from).find(({ manifest }) => manifest.copy_id === job.copy_id);
  if (!found) throw new AppError('copy_folder_away');
  const { manifest } = found;
  mkdirSync(job.into, { recursive: true, mode: 0o700 });
  const file = join(job.into, 'ledger.db');
  progress('copying', 0, 1);
  copyFileSync(join(job.from, copyFile(job.copy_id)), file);
  flush(file);
  if ((await sha256Of(file)) !== manifest.sha256) throw new AppError('copy_not_whole', { check: 'sha256' });
  const facts = await examine(file, keysOf(job.keys), (done, of) => progress('checking', done, of));
  const same = (['ledger_id', 'mode', 'desk', 'incarnation', 'head_seq', 'head_hash', 'records', 'payments'] as const)
    .map(name => [name, facts[name] === manifest[name]] as const)
    .find(([, holds]) => !holds);
  if (same) throw new AppError('copy_not_whole', { check: same[0] });
  if (JSON.stringify(facts.sums) !== JSON.stringify(manifest.sums))
    throw new AppError('copy_not_whole', { check: 'sums' });
  return facts;
}

/** Answers the size. Opened for writing, because Windows flushes no other handle. */
function flush(file: string): number {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return statSync(file).size;
}

function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

async function sha256Of(file: string): Promise<string> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(file), sum);
  return sum.digest('hex');
}
