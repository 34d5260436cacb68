import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { bundleProgram } from '../../torture/bundle.ts';
import { makeDice } from '../../torture/dice.ts';
import { Drill, type DrillResult, type DrillTools, type Manner } from '../../torture/restore-drill.ts';
import { forkWorker } from '../../torture/restore-worker.ts';
import { workFolder } from '../../torture/work-folder.ts';
import { percentile, tally, type Control, type Failure, type Suite } from '../suite.ts';

const BUDGETS = { quick: 48, full: 1000 };
const CONTROL_DRILLS = 6;

/** Offices whose disk is lost at any time come back from their copy; every payment at Square is in the books once. */
export const restore: Suite = {
  name: 'restore',
  about: 'offices lost and restored from a copy, with the switch killed at each boundary, compared with Square',
  cores: 1,
  async run({ budget, runs, seed, only, progress }) {
    const { folder, dispose } = workFolder('restore');
    try {
      const tools = await programs(folder);
      const failures: Failure[] = [];
      const results: DrillResult[] = [];
      const numbers = only === null ? Array.from({ length: runs ?? BUDGETS[budget] }, (_, index) => index) : [only];
      for (const number of numbers) {
        const result = await drill(folder, seed, number, tools, 'whole').catch((error: unknown) => failed(error));
        results.push(result);
        for (const what of result.problems) failures.push({ only: number, what: `drill ${number}: ${what}` });
        progress(`restore ${results.length} of ${numbers.length} drills, ${failures.length} failures`);
      }
      const controls = only === null ? await runControls(folder, seed, tools) : [];
      const times = results.map(result => result.restore_ms);
      return {
        runs: results.length,
        faults: results.length,
        failures,
        controls,
        figures: {
          ...tally(results.map(result => `killed at ${result.boundary ?? 'no boundary'}`)),
          payments: results.reduce((sum, result) => sum + result.payments, 0),
          payments_found_at_square: results.reduce((sum, result) => sum + result.lost, 0),
          restore_p50_ms: Math.round(percentile(times, 0.5)),
          restore_p99_ms: Math.round(percentile(times, 0.99)),
        },
      };
    } finally {
      dispose();
    }
  },
};

const failed = (error: unknown): DrillResult => ({
  problems: [`the drill broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
  ...{ boundary: null, restore_ms: 0, payments: 0, lost: 0 },
});

/** The child processes as bundles, as the app ships them; they start much quicker so. */
async function programs(folder: string): Promise<DrillTools> {
  const bundled = (name: string, source: string): Promise<string> => {
    const own = join(folder, name);
    mkdirSync(own);
    return bundleProgram(new URL(source, import.meta.url), own);
  };
  const worker = await bundled('worker', '../../../main/copies/copies-worker.ts');
  const switchProgram = await bundled('switch', '../../torture/restore-switch-child.ts');
  return { startChild: forkWorker(worker), switchProgram };
}

function drill(folder: string, seed: number, number: number, tools: DrillTools, manner: Manner): Promise<DrillResult> {
  const name = `${manner} ${number}`;
  return Drill.run(join(folder, name.replaceAll(' ', '-')), makeDice(seed, name), tools, number, manner);
}

/** Each planted fault in some drills; finding it in one of them shows that the drill can. */
async function runControls(folder: string, seed: number, tools: DrillTools): Promise<Control[]> {
  const planted = async (manner: Manner, name: string, sign: RegExp): Promise<Control> => {
    const found: string[] = [];
    for (let number = 0; number < CONTROL_DRILLS; number += 1) {
      const { problems } = await drill(folder, seed, number, tools, manner).catch((error: unknown) => failed(error));
      found.push(...problems);
    }
    return { name, caught: found.some(what => sign.test(what)), detail: found.slice(0, 3).join('; ') };
  };
  return [
    await planted('same incarnation', 'a copy that is simply put back gives numbers twice', /was given twice/),
    await planted(
      'tokens kept',
      'a queued card of the copy that is sent again charges what was paid in cash',
      /and charged$/,
    ),
  ];
}
