import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../scripts/verify-journal.mjs', import.meta.url));

/** What is wrong with an export whose process died over it: the stand-alone check must not take half of one for whole. */
export async function halfExport(file: string): Promise<string[]> {
  if (!existsSync(file)) return ['an export that was begun left no file'];
  const lines = readFileSync(file, 'utf8').split('\n');
  const [status] = (await once(spawn(process.execPath, [script, file], { stdio: 'ignore' }), 'exit')) as [number];
  rmSync(file);
  const header = JSON.parse(lines[0] || '{}') as { records?: number };
  // The last piece is empty in a file that ends with a whole line.
  const isWhole = lines.length - 2 === header.records && lines.at(-1) === '';
  if (isWhole === (status === 0)) return [];
  return [`an export with ${lines.length - 2} of ${header.records} records is taken for ${isWhole ? 'half' : 'whole'}`];
}
