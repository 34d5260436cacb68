import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hunt } from './hunt.ts';
import { KNOWN_SEEDS } from './known-seeds.ts';
import { mutants } from './list.ts';

/**
 * `node test/simulation/mutants/remember.ts [FROM+COUNT]`: looks for each planted bug anew where its seed no longer finds
 * it, and writes the seeds down. To be run, and formatted, when the simulation has changed.
 */
const [range = '20260101+3000'] = process.argv.slice(2);
const seeds: Record<string, number> = {};
let next = 0;
async function lane(): Promise<void> {
  while (next < mutants.length) {
    const mutant = mutants[next++]!;
    const known = KNOWN_SEEDS[mutant.name];
    const found = await hunt(mutant, known === undefined ? [range] : [String(known), range]);
    if (found !== null && 'seed' in found) seeds[mutant.name] = found.seed;
    process.stdout.write(`${mutant.name}: ${JSON.stringify(found)}\n`);
  }
}
await Promise.all([lane(), lane()]);
const lines = mutants.flatMap(({ name }) => (seeds[name] ? [`  ${JSON.stringify(name)}: ${seeds[name]},\n`] : []));
writeFileSync(
  fileURLToPath(new URL('./known-seeds.ts', import.meta.url)),
  `/**
 * For each planted bug a seed that finds it, where the search begins; the same seeds find nothing in sources without it.
 * Written by \`remember.ts\`. A seed that finds nothing any more costs time and no truth: the search goes on.
 */
export const KNOWN_SEEDS: Readonly<Record<string, number>> = {
${lines.join('')}};
`,
);
