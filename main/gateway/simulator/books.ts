/**
 * The simulator's books. With a directory, every commit is one line of JSON in `books.jsonl`, written and fsynced
 * before the caller may answer, and replayed at the next start; a torn last line (a crash while writing) is cut off.
 * Old versions of a record are kept for a while, so that lists can show the past as Square's do.
 */
import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Change, TableName, Tables } from './records.ts';

/** How long superseded versions are kept for lagging lists. */
const HISTORY_MS = 10 * 60_000;

type Version = { at_ms: number; value: unknown };
type Line = { at_ms: number; changes: Change[] };

export type Due = { table: TableName; id: string; at_ms: number };

export type Books = {
  get<T extends TableName>(table: T, id: string): Tables[T] | undefined;
  all<T extends TableName>(table: T): Tables[T][];
  /** What a reader who lags behind sees: each record as it stood at `cutoff_ms`, without the ones born later. */
  asOf<T extends TableName>(table: T, cutoff_ms: number): Tables[T][];
  /** What has a `hidden.due_at_ms` at or before `now_ms`, the earliest first. */
  due(now_ms: number): Due[];
  /** All or nothing; on return it is on disk when the books have a directory. */
  commit(at_ms: number, changes: Change[]): void;
  close(): void;
};

/** Opens or creates the books. Throws when a line in the middle of the file is damaged. */
export function openBooks(directory?: string): Books {
  const tables = new Map<TableName, Map<string, unknown>>();
  const versions = new Map<string, Version[]>();
  const dues = new Map<string, Due>();
  const tableOf = (name: TableName) => {
    const found = tables.get(name) ?? new Map<string, unknown>();
    tables.set(name, found);
    return found;
  };

  function apply(line: Line): void {
    for (const change of line.changes) {
      const table = tableOf(change.table);
      if (change.value === null) table.delete(change.id);
      else table.set(change.id, change.value);
      remember(versions, `${change.table}/${change.id}`, line.at_ms, change.value);
      const at_ms = dueOf(change.value);
      const key = `${change.table}/${change.id}`;
      if (at_ms === null) dues.delete(key);
      else dues.set(key, { table: change.table, id: change.id, at_ms });
    }
  }

  const file = directory === undefined ? null : openFile(directory, apply);
  return {
    get: (table, id) => tableOf(table).get(id) as never,
    all: table => [...tableOf(table).values()] as never,
    asOf: (table, cutoff_ms) => {
      const seen: unknown[] = [];
      for (const id of tableOf(table).keys()) {
        const version = versions.get(`${table}/${id}`)?.findLast(candidate => candidate.at_ms <= cutoff_ms);
        if (version && version.value !== null) seen.push(version.value);
      }
      return seen as never;
    },
    due: now_ms => [...dues.values()].filter(due => due.at_ms <= now_ms).sort((a, b) => a.at_ms - b.at_ms),
    commit(at_ms, changes) {
      if (changes.length === 0) return;
      const line = { at_ms, changes };
      if (file !== null) {
        writeAll(file, `${JSON.stringify(line)}\n`);
        fsyncSync(file);
      }
      apply(line);
    },
    close: () => {
      if (file !== null) closeSync(file);
    },
  };
}

function dueOf(value: Change['value']): number | null {
  const hidden: object = value !== null && 'hidden' in value ? value.hidden : {};
  return (hidden as { due_at_ms?: number | null }).due_at_ms ?? null;
}

function remember(versions: Map<string, Version[]>, key: string, at_ms: number, value: unknown): void {
  const list = versions.get(key) ?? [];
  list.push({ at_ms, value });
  // One version older than the horizon must stay: it is what a lagging reader still sees.
  const keepFrom = list.findLastIndex(version => version.at_ms <= at_ms - HISTORY_MS);
  versions.set(key, keepFrom > 0 ? list.slice(keepFrom) : list);
}

function openFile(directory: string, apply: (line: Line) => void): number {
  mkdirSync(directory, { recursive: true });
  const file = openSync(join(directory, 'books.jsonl'), 'a+');
  const bytes = readFileSync(file);
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    try {
      apply(JSON.parse(bytes.toString('utf8', start, end)) as Line);
    } catch (error) {
      closeSync(file);
      throw new Error(`The simulator's books are damaged at byte ${start}; move the directory away to start anew.`, {
        cause: error,
      });
    }
    start = end + 1;
  }
  if (start < bytes.length) ftruncateSync(file, start);
  return file;
}

function writeAll(file: number, line: string): void {
  const bytes = Buffer.from(line);
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}
