import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { mutants } from '../../simulation/mutants/list.ts';
import type { Mutant } from '../../simulation/mutants/mutant.ts';
import { percentile, type Failure, type Suite } from '../suite.ts';

/** How many seeds a planted bug may hide in before it counts as not caught. */
const SEEDS = { quick: 3000, full: 20_000 };
const LANES = 2;
/** A bug that makes the desk run in a circle never ends a seed. One that takes so long has found it. */
const HUNG_MS = 60_000;
/** The same search in sources without a bug must find nothing. */
const SOUND_SEEDS = 200;

type Found = { readonly seeds: number; readonly what: string } | null;

/** Known bugs, planted one at a time into the sources as they are loaded; the simulation has to find each of them. */
export const mutantsSuite: Suite = {
  name: 'mutants',
  about: 'bugs planted into the loaded sources, each of which the simulation must find',
  async run({ budget, runs, seed, only, progress }) {
    const failures: Failure[] = [];
    const seeds: number[] = [];
    const by: Record<string, number> = {};
    const chosen = [...mutants.entries()].filter(([number]) => only === null || number === only);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < chosen.length) {
        const [number, mutant] = chosen[next++]!;
        const found = await hunt(mutant, seed, runs ?? SEEDS[budget]);
        if (found === null) failures.push({ only: number, what: `not caught: ${mutant.name}` });
        else if ('broken' in found) failures.push({ only: number, what: `${mutant.name}: ${found.broken}` });
        else {
          seeds.push(found.seeds);
          const invariant = found.what.split(':')[0]!;
          by[invariant] = (by[invariant] ?? 0) + 1;
          if (only !== null) process.stdout.write(`${mutant.name}: ${found.seeds} seeds, ${found.what}\n`);
        }
        progress(`mutants ${seeds.length + failures.length} of ${chosen.length}, ${failures.length} not caught`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const sound = await hunt(null, seed, SOUND_SEEDS);
    return {
      runs: chosen.length,
      faults: chosen.length,
      failures,
      controls: [
        {
          name: 'without a planted bug the same search finds nothing',
          caught: sound === null,
          detail: sound === null ? `${SOUND_SEEDS} seeds` : JSON.stringify(sound),
        },
      ],
      figures: {
        caught: `${seeds.length} of ${chosen.length}`,
        'seeds until caught, median': percentile(seeds, 0.5),
        'seeds until caught, most': Math.max(0, ...seeds),
        ...Object.fromEntries(Object.entries(by).map(([name, count]) => [`caught by ${name}`, count])),
      },
    };
  },
};

const file = (name: string): string => fileURLToPath(new URL(`../../simulation/mutants/${name}`, import.meta.url));

/** Runs seeds in a process of its own until one finds the bug. */
async function hunt(mutant: Mutant | null, seed: number, most: number): Promise<Found | { broken: string }> {
  const switches =
    mutant === null ? [] : ['--import', new URL('../../simulation/mutants/plant.ts', import.meta.url).href];
  const child = spawn(process.execPath, [...switches, file('mutant-child.ts'), String(seed), String(most)], {
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
  if (hung && mutant !== null) return { seeds: 1, what: 'hung: the desk runs in a circle' };
  if (code !== 0) return { broken: `the process ended with ${code}: ${complaints.slice(0, 400)}` };
  return JSON.parse(output) as Found;
}
