import { renameSync, rmSync } from 'node:fs';
import { AppError, assert } from '../../common/errors.ts';
import { openDatabase, type Database } from './open.ts';
import type { Migration } from './migrations/migration.ts';
import { migrations } from './migrations/index.ts';
import { crashPoint } from '../platform/crash-points.ts';

export const SCHEMA_VERSION = migrations.at(-1)!.version;

/**
 * Brings the file to the newest schema, each step in its own transaction with its version inside it. A file from a
 * newer app is refused untouched. Before the first step of an existing ledger a verified copy is made beside it.
 */
export function migrate(
  database: Database,
  copy: { file: string; key: Buffer } | null,
  steps: readonly Migration[] = migrations,
): void {
  const found = Number(database.pragma('user_version', { simple: true }));
  const newest = steps.at(-1)!.version;
  if (found > newest) throw new AppError('ledger_newer', { found, newest });
  const open = steps.filter(step => step.version > found);
  if (open.length === 0) return;
  if (found > 0 && copy) copyBefore(database, copy, found);
  for (const step of open) {
    database.transaction(() => {
      database.exec(step.up);
      database.pragma(`user_version=${step.version}`);
      crashPoint('CP33');
    })();
  }
  assert(Number(database.pragma('user_version', { simple: true })) === newest, 'the schema reached its newest version');
}

/**
 * `VACUUM INTO` is the only way to copy a ledger: other ways of this engine write plain text. It takes its name only when
 * it is whole, so that a half copy of an earlier try is never taken for one, nor stands in the way of the next try.
 */
function copyBefore(database: Database, target: { file: string; key: Buffer }, version: number): void {
  const file = `${target.file}.before-${version}`;
  const beside = `${file}.new`;
  rmSync(beside, { force: true });
  database.prepare('VACUUM INTO ?').run(beside);
  const copy = openDatabase({ file: beside, key: target.key, readonly: true });
  try {
    assert(copy.pragma('integrity_check', { simple: true }) === 'ok', 'the copy made before a migration is whole');
  } finally {
    copy.close();
  }
  renameSync(beside, file);
}
