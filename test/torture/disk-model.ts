import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Dice } from './dice.ts';

/** One recorded call; see recorder.c. Paths are absolute, as the process gave them. */
export type Call =
  | { readonly kind: 'open'; readonly fd: number; readonly created: boolean; readonly truncated: boolean; path: string }
  | { readonly kind: 'folder'; readonly fd: number; readonly path: string }
  | { readonly kind: 'close' | 'sync'; readonly fd: number }
  | { readonly kind: 'write'; readonly fd: number; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly fd: number; readonly size: number }
  | { readonly kind: 'unlink' | 'mkdir'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'unknown'; readonly name: string };

/** Reads a recording. Throws when it is not whole, because images of half a recording would prove nothing. */
export function readRecording(file: string): Call[] {
  const log = readFileSync(file);
  const calls: Call[] = [];
  for (let at = 0; at < log.length;) {
    const end = log.indexOf(10, at);
    if (end === -1) throw new Error('the recording ends in the middle of a line');
    const line = log.toString('utf8', at, end);
    at = end + 1;
    const length = /^(?:W \d+ \d+|A) (\d+)$/.exec(line)?.[1];
    const bytes = log.subarray(at, at + Number(length ?? 0));
    at += bytes.length;
    calls.push(readCall(line, bytes));
  }
  return calls;
}

function readCall(line: string, bytes: Buffer): Call {
  const [letter, first = '', second = ''] = line.split(' ');
  const fd = Number(first);
  const path = line.slice(2);
  if (letter === 'O') {
    const [, , created, truncated, ...rest] = line.split(' ');
    return { kind: 'open', fd, created: created === '1', truncated: truncated === '1', path: rest.join(' ') };
  }
  if (letter === 'D') return { kind: 'folder', fd, path: line.slice(`D ${first} `.length) };
  if (letter === 'C') return { kind: 'close', fd };
  if (letter === 'F') return { kind: 'sync', fd };
  if (letter === 'W') return { kind: 'write', fd, offset: Number(second), bytes };
  if (letter === 'T') return { kind: 'truncate', fd, size: Number(second) };
  if (letter === 'U') return { kind: 'unlink', path };
  if (letter === 'M') return { kind: 'mkdir', path };
  if (letter === 'A') return { kind: 'said', text: bytes.toString('utf8') };
  if (letter === 'X') return { kind: 'unknown', name: path };
  const [from, to] = path.split('\t');
  if (letter !== 'R' || from === undefined || to === undefined)
    throw new Error(`the recording has a strange line: ${line}`);
  return { kind: 'rename', path: from, to };
}

type Change = { readonly offset: number; readonly bytes: Buffer } | { readonly size: number };
/** A file: what is certainly on the disk, and what was written since the last flush. */
type Stored = { durable: Buffer; pending: Change[] };
/** A change of one folder, which is certain only once the folder is flushed. */
type NameChange = { readonly name: string; readonly file: Stored | 'folder' | null };

/** Which of the writes that were not flushed reached the disk. */
export const SURVIVALS = ['none', 'all', 'some', 'torn'] as const;
export type Survival = (typeof SURVIVALS)[number];
const SECTOR_BYTES = 512;

/**
 * A disk that remembers what a power cut may leave. Data of a file is certain after its fsync; the existence of a file,
 * its name and its removal only after the fsync of its folder. What is not certain may be there in part: whole writes,
 * or single sectors of them, in any order; changes of one folder in their order, as journaling file systems keep them.
 */
export class Disk {
  readonly #handles = new Map<number, Stored | { folder: string }>();
  readonly #names = new Map<string, Stored | 'folder'>();
  readonly #durableNames = new Map<string, Stored | 'folder'>();
  readonly #nameChanges = new Map<string, NameChange[][]>();

  /** `root` is the folder itself; it was there before. */
  constructor(root: string) {
    this.#durableNames.set(root, 'folder');
    this.#names.set(root, 'folder');
  }

  apply(call: Call): void {
    if (call.kind === 'open') this.#open(call);
    else if (call.kind === 'folder') this.#handles.set(call.fd, { folder: call.path });
    else if (call.kind === 'close') this.#handles.delete(call.fd);
    else if (call.kind === 'write') this.#file(call.fd).pending.push({ offset: call.offset, bytes: call.bytes });
    else if (call.kind === 'truncate') this.#file(call.fd).pending.push({ size: call.size });
    else if (call.kind === 'sync') this.#sync(call.fd);
    else if (call.kind === 'unlink') this.#rename([{ name: call.path, file: null }]);
    else if (call.kind === 'mkdir') this.#rename([{ name: call.path, file: 'folder' }]);
    else if (call.kind === 'rename') {
      const file = this.#names.get(call.path);
      if (!file) throw new Error(`the recording renames ${call.path}, which nobody made`);
      this.#rename([
        { name: call.path, file: null },
        { name: call.to, file },
      ]);
    } else if (call.kind === 'unknown') throw new Error(`the recorder met a call that it cannot replay: ${call.name}`);
  }

  #open(call: Extract<Call, { kind: 'open' }>): void {
    if (call.created) this.#rename([{ name: call.path, file: { durable: Buffer.alloc(0), pending: [] } }]);
    const file = this.#names.get(call.path);
    if (!file || file === 'folder') throw new Error(`the recording opens ${call.path}, which nobody made`);
    if (call.truncated) file.pending.push({ size: 0 });
    this.#handles.set(call.fd, file);
  }

  #file(fd: number): Stored {
    const file = this.#handles.get(fd);
    if (!file || 'folder' in file) throw new Error(`the recording writes to handle ${fd}, which is no open file`);
    return file;
  }

  /** All of `changes` happen together, as in a rename. */
  #rename(changes: NameChange[]): void {
    for (const { name, file } of changes) {
      if (file) this.#names.set(name, file);
      else this.#names.delete(name);
    }
    const folder = dirname(changes[0]!.name);
    this.#nameChanges.set(folder, [...(this.#nameChanges.get(folder) ?? []), changes]);
  }

  #sync(fd: number): void {
    const file = this.#handles.get(fd);
    if (!file) throw new Error(`the recording flushes handle ${fd}, which is not open`);
    if ('folder' in file) {
      for (const changes of this.#nameChanges.get(file.folder) ?? []) applyNames(this.#durableNames, changes);
      this.#nameChanges.delete(file.folder);
    } else {
      file.durable = contentAfter(file.durable, file.pending);
      file.pending = [];
    }
  }

  /** The files that the disk may hold if the power goes now. */
  image(survival: Survival, dice: Dice): Map<string, Buffer> {
    const names = new Map(this.#durableNames);
    const share = dice.fraction();
    const keeps = (): boolean => survival === 'all' || (survival !== 'none' && dice.chance(share));
    for (const groups of this.#nameChanges.values()) {
      const count = survival === 'all' ? groups.length : survival === 'none' ? 0 : dice.below(groups.length + 1);
      for (const changes of groups.slice(0, count)) applyNames(names, changes);
    }
    const files = new Map<string, Buffer>();
    for (const [name, file] of names) {
      if (file === 'folder' || names.get(dirname(name)) !== 'folder') continue;
      const pieces = survival === 'torn' ? file.pending.flatMap(asSectors) : file.pending;
      files.set(name, contentAfter(file.durable, pieces.filter(keeps)));
    }
    return files;
  }
}

function applyNames(names: Map<string, Stored | 'folder'>, changes: readonly NameChange[]): void {
  for (const { name, file } of changes) {
    if (file) names.set(name, file);
    else names.delete(name);
  }
}

/** A disk writes sectors; the parts of one write that share a sector arrive together. */
function asSectors(change: Change): Change[] {
  if ('size' in change) return [change];
  const pieces: Change[] = [];
  for (let at = 0; at < change.bytes.length;) {
    const offset = change.offset + at;
    const length = Math.min(SECTOR_BYTES - (offset % SECTOR_BYTES), change.bytes.length - at);
    pieces.push({ offset, bytes: change.bytes.subarray(at, at + length) });
    at += length;
  }
  return pieces;
}

function contentAfter(content: Buffer, changes: readonly Change[]): Buffer {
  if (changes.length === 0) return content;
  let size = content.length;
  let most = size;
  for (const change of changes) {
    size = 'size' in change ? change.size : Math.max(size, change.offset + change.bytes.length);
    most = Math.max(most, size);
  }
  const result = Buffer.alloc(most);
  content.copy(result);
  let length = content.length;
  for (const change of changes) {
    if ('size' in change) {
      // What was cut off and is grown again reads as zeros.
      if (change.size < length) result.fill(0, change.size, length);
      length = change.size;
    } else {
      change.bytes.copy(result, change.offset);
      length = Math.max(length, change.offset + change.bytes.length);
    }
  }
  return result.subarray(0, length);
}
