import { EVENTS, runSeed } from '../run.ts';
import { makeTemplate } from '../template.ts';

/** Looks for the bug that was planted in this process, seed by seed: `FOLDER SEED SEED FROM+COUNT`. Prints one line of JSON. */
const [folder = '', ...words] = process.argv.slice(2);
const seeds = words.flatMap(word => {
  const [from = 0, count = 1] = word.split('+').map(Number);
  return Array.from({ length: count }, (_, index) => from + index);
});
const templates = [makeTemplate(true, folder), makeTemplate(false, folder)];
let found: { seeds: number; seed: number; what: string } | null = null;
for (const [index, seed] of seeds.entries()) {
  process.stderr.write('.');
  const note = (what: string): void => void (found = { seeds: index + 1, seed, what });
  try {
    const { findings } = await runSeed(seed, templates[seed % 2]!, { events: EVENTS, keepTrace: false });
    if (findings[0]) note(`${findings[0].invariant}: ${findings[0].what}`);
  } catch (error) {
    note(error instanceof Error ? error.message : String(error));
  }
  if (found) break;
}
process.stdout.write(`${JSON.stringify(found)}\n`);
