import type { FaultAnswer, FaultJob } from '../../torture/fault-child.ts';
import { countCalls, everyCall, prepareFaultRuns } from '../../torture/fault-runs.ts';
import { buildRecorder } from '../../torture/recorder.ts';
import { workFolder } from '../../torture/work-folder.ts';
import { tally, type Failure, type Suite } from '../suite.ts';

const PAYMENTS = { quick: 6, full: 30 };
const MANNERS = ['once', 'staying'] as const;

/** Every flush fails once, and nothing that was not flushed is ever called done. */
export const fsyncfail: Suite = {
  name: 'fsyncfail',
  about: 'a desk at work, with each flush of its disk failing in turn',
  cores: 1,
  async run({ budget, runs, seed, only, progress }) {
    const { folder, dispose } = workFolder('fsyncfail');
    try {
      const recorder = buildRecorder(folder);
      if (typeof recorder !== 'string') return recorder;
      const faults = await prepareFaultRuns(folder, seed, recorder);
      const job = { seed, payments: PAYMENTS[budget], ballast_bytes: 64 * 1024, planted: null, only: 0 } as const;
      const calls = await countCalls(faults, 'sync', job);
      const all = everyCall('sync', calls, MANNERS, job);
      const chosen = all.filter(one => only === null || one.only === only).slice(0, runs ?? all.length);
      const failures: Failure[] = [];
      const forgiven: number[] = [];
      const answers: FaultAnswer[] = [];
      await faults.run(chosen, (one, result) => {
        const problems = typeof result === 'string' ? [result] : complaints(one, result, forgiven);
        const name = `flush ${nameOf(one)}`;
        if (problems.length > 0) failures.push({ only: one.only, what: `${name}: ${problems.join('; ')}` });
        if (typeof result !== 'string') answers.push(result);
        progress(`fsyncfail ${answers.length} of ${chosen.length} flushes, ${failures.length} failures`);
      });
      let caught = 0;
      const planted = all.filter(({ fault }) => 'manner' in fault && fault.manner === 'once');
      await faults.run(
        only === null ? planted.map(one => ({ ...one, planted: 'goes on after a failed flush' as const })) : [],
        (one, result) => (caught += typeof result !== 'string' && complaints(one, result, []).length > 0 ? 1 : 0),
      );
      return {
        runs: answers.length,
        faults: answers.filter(({ fired }) => fired).length,
        failures,
        controls: [
          {
            name: 'a desk that goes on after a failed flush is noticed',
            caught: only !== null || caught > 0,
            detail: only === null ? `noticed in ${caught} of ${planted.length} runs` : 'not run for a single case',
          },
        ],
        figures: {
          'flushes of one run': calls,
          "flushes of a folder that the engine makes and does not mind, repeated by the desk's own": forgiven.length,
          acknowledged: answers.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
          ...told(answers),
        },
      };
    } finally {
      dispose();
    }
  },
};

/**
 * The engine ignores a failed flush of the folder in which it has just made its WAL. The desk flushes the folder once
 * more and minds it; so one such call, failing alone, is let pass. A second one would be a finding.
 */
function complaints({ only, fault }: FaultJob, answer: FaultAnswer, forgiven: number[]): readonly string[] {
  if (answer.after_flush === 0) return answer.problems;
  const alone = 'manner' in fault && fault.manner === 'once';
  if (answer.folder && alone && forgiven.length === 0) {
    forgiven.push(only);
    return answer.problems;
  }
  return [...answer.problems, `${answer.after_flush} payments were acknowledged after a flush had failed`];
}

const nameOf = ({ fault }: FaultJob): string =>
  'manner' in fault ? `${fault.number} (${fault.manner})` : JSON.stringify(fault);

/** What people were told, by code. */
export const told = (answers: readonly FaultAnswer[]): Record<string, number> =>
  Object.fromEntries(
    Object.entries(tally(answers.flatMap(({ refusals }) => refusals).sort())).map(([code, count]) => [
      `told ${code}`,
      count,
    ]),
  );
