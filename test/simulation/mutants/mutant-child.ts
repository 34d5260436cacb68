import { runSeed } from '../run.ts';
import { makeTemplate } from '../template.ts';

/** Looks for the bug that was planted in this process, seed by seed. Prints one line of JSON. */
const [from = 0, most = 0] = process.argv.slice(2).map(Number);
const templates = [makeTemplate(true), makeTemplate(false)];
let found: { seeds: number; what: string } | null = null;
for (let index = 0; index < most && !found; index += 1) {
  const seed = from + index;
  process.stderr.write('.');
  try {
    const { findings } = await runSeed(seed, templates[seed % 2]!, { events: 300, keepTrace: false });
    const first = findings[0];
    if (first) found = { seeds: index + 1, what: `${first.invariant}: ${first.what}` };
  } catch (error) {
    found = { seeds: index + 1, what: error instanceof Error ? error.message : String(error) };
  }
}
process.stdout.write(`${JSON.stringify(found)}\n`);
