import { hunt } from '../../simulation/mutants/hunt.ts';
import { KNOWN_SEEDS } from '../../simulation/mutants/known-seeds.ts';
import { mutants } from '../../simulation/mutants/list.ts';
import { percentile, type Failure, type Suite } from '../suite.ts';

/** How many seeds a planted bug may hide in before it counts as not caught. */
const SEEDS = { quick: 3000, full: 20_000 };
const LANES = 2;
/** The same search in sources without a bug must find nothing, neither here nor with the seeds that are remembered. */
const SOUND_SEEDS = 60;

/** Known bugs, planted one at a time into the sources as they are loaded; the simulation has to find each of them. */
export const mutantsSuite: Suite = {
  name: 'mutants',
  about: 'bugs planted into the loaded sources, each of which the simulation must find',
  async run({ budget, runs, seed, only, progress }) {
    const failures: Failure[] = [];
    const seeds: number[] = [];
    const by: Record<string, number> = {};
    const chosen = [...mutants.entries()].filter(([number]) => only === null || number === only);
    let [next, remembered] = [0, 0];
    const lane = async (): Promise<void> => {
      while (next < chosen.length) {
        const [number, mutant] = chosen[next++]!;
        const known = KNOWN_SEEDS[mutant.name];
        const found = await hunt(mutant, [
          ...(known === undefined ? [] : [String(known)]),
          `${seed}+${runs ?? SEEDS[budget]}`,
        ]);
        if (found === null) failures.push({ only: number, what: `not caught: ${mutant.name}` });
        else if ('broken' in found) failures.push({ only: number, what: `${mutant.name}: ${found.broken}` });
        else {
          seeds.push(found.seeds);
          if (found.seed === known) remembered += 1;
          const invariant = found.what.split(':')[0]!;
          by[invariant] = (by[invariant] ?? 0) + 1;
          if (only !== null) process.stdout.write(`${mutant.name}: ${found.seeds} seeds, ${found.what}\n`);
        }
        progress(`mutants ${seeds.length + failures.length} of ${chosen.length}, ${failures.length} not caught`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const sound = await searchWithoutABug(seed);
    return {
      runs: chosen.length,
      faults: chosen.length,
      failures,
      controls: [
        {
          name: 'without a planted bug the same search finds nothing',
          caught: sound.found.length === 0,
          detail: sound.found[0] ?? `${sound.seeds} seeds`,
        },
      ],
      figures: {
        caught: `${seeds.length} of ${chosen.length}`,
        'caught by the remembered seed': remembered,
        'seeds until caught, median': percentile(seeds, 0.5),
        'seeds until caught, most': Math.max(0, ...seeds),
        ...Object.fromEntries(Object.entries(by).map(([name, count]) => [`caught by ${name}`, count])),
      },
    };
  },
};

/** In two processes, as the hunts are. */
async function searchWithoutABug(seed: number): Promise<{ seeds: number; found: string[] }> {
  const known = [...new Set(Object.values(KNOWN_SEEDS))];
  const half = Math.ceil((known.length + SOUND_SEEDS) / LANES);
  const all = [...known, ...Array.from({ length: SOUND_SEEDS }, (_, index) => seed + index)].map(String);
  const hunted = await Promise.all([hunt(null, all.slice(0, half)), hunt(null, all.slice(half))]);
  return { seeds: all.length, found: hunted.flatMap(found => (found === null ? [] : [JSON.stringify(found)])) };
}
