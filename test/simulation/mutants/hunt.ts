import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workFolder } from '../../torture/work-folder.ts';
import type { Mutant } from './mutant.ts';

/** A bug that makes the desk run in a circle never ends a seed. One that takes so long has found it. */
const HUNG_MS = 30_000;

/** How many seeds it took, the last of them, and what was seen there. */
export type Found = { readonly seeds: number; readonly seed: number; readonly what: string };
/** Null when no seed finds anything; `broken` when the search itself failed. */
export type Hunted = Found | { readonly broken: string } | null;

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Runs seeds, `N` or `FROM+COUNT`, in a process of its own until one finds the bug. Without a mutant, nothing is planted. */
export async function hunt(mutant: Mutant | null, seeds: readonly string[]): Promise<Hunted> {
  const switches = mutant === null ? [] : ['--import', new URL('./plant.ts', import.meta.url).href];
  const work = workFolder('mutant');
  const child = spawn(process.execPath, [...switches, file('./mutant-child.ts'), work.folder, ...seeds], {
    env: { ...process.env, MUTANT: mutant?.name ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, complaints] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  let hung = false;
  const timer = setTimeout(() => (hung = child.kill('SIGKILL')), HUNG_MS);
  // The child says a word after each seed.
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
    timer.refresh();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  work.dispose();
  if (hung && mutant !== null) return { seeds: 1, seed: 0, what: 'hung: the desk runs in a circle' };
  if (code !== 0) return { broken: `the process ended with ${code}: ${complaints.slice(0, 400)}` };
  return JSON.parse(output) as Found | null;
}
