import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { exportJournal } from '../../main/ledger/export.ts';
import type { TempOffice } from './temp-office.ts';

const CHECK = join(import.meta.dirname, '..', '..', 'scripts', 'verify-journal.mjs');

/** What the check for outsiders says of the office's journal: null when it is whole, else its sentence. */
export function outsidersProblem(office: TempOffice): string | null {
  const file = join(office.folder, 'journal-for-outsiders.jsonl');
  exportJournal(office.ledger.database, file);
  const { stdout, stderr } = spawnSync(process.execPath, [CHECK, '--json', file], { encoding: 'utf8' });
  rmSync(file);
  if (stdout === '') throw new Error(`the check did not run: ${stderr}`);
  return (JSON.parse(stdout) as { problem: string | null }).problem;
}
