import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../main/platform/clock.ts';
import { runInChildren } from '../verify/children.ts';
import { makeDice } from './dice.ts';
import type { FaultAnswer, FaultJob, FaultSetup, Manner } from './fault-child.ts';
import { foundOffice, makeKeys, type OfficeKeys } from './practice-desk.ts';

/** Runs desks on failing disks. One office is made once; every run works on a copy of it. */
export type FaultRuns = {
  readonly keys: OfficeKeys;
  run(jobs: readonly FaultJob[], done: (job: FaultJob, result: FaultAnswer | string) => void): Promise<void>;
};

/**
 * `root` is the folder whose calls fail; with a `library` of null nothing stands in front of the C library. Where the disk
 * itself is what fails, `children` is one.
 */
export async function prepareFaultRuns(
  folder: string,
  seed: number,
  library: string | null,
  root = join(folder, 'disk'),
  children = 1,
): Promise<FaultRuns> {
  const keys = makeKeys(makeDice(seed, 'keys'));
  const template = join(folder, 'template');
  mkdirSync(root, { recursive: true });
  const { ledger, release } = await foundOffice(template, keys, systemClock, makeDice(seed, 'office'));
  ledger.close();
  release();
  const setup: FaultSetup = { template, root, fired: join(folder, 'fired'), keys };
  const preload = library === null ? {} : { LD_PRELOAD: library, TILLSIDE_RECORD_FOLDER: root };
  return {
    keys,
    run: (jobs, done) =>
      runInChildren<FaultJob, FaultAnswer>({
        program: new URL('./fault-child.ts', import.meta.url),
        setup,
        jobs,
        children,
        env: preload,
        done(job, outcome) {
          if (outcome.kind === 'answer') done(job, outcome.answer);
          else done(job, outcome.kind === 'died' ? `the process died: ${outcome.how}` : 'the process hung');
        },
      }),
  };
}

/** How many calls of a kind one whole run makes. */
export async function countCalls(
  runs: FaultRuns,
  kind: 'write' | 'sync',
  job: Omit<FaultJob, 'fault'>,
): Promise<number> {
  let calls = 0;
  await runs.run([{ ...job, fault: { kind, number: 0, manner: 'count' } }], (_, result) => {
    if (typeof result === 'string' || result.problems.length > 0)
      throw new Error(`a run without a fault: ${JSON.stringify(result)}`);
    calls = result.calls;
  });
  if (calls === 0) throw new Error('the recorder counted nothing');
  return calls;
}

/** Every call from the first to the last, in each of the manners. `only` is the number of the job. */
export function everyCall(
  kind: 'write' | 'sync',
  calls: number,
  manners: readonly Manner[],
  job: Omit<FaultJob, 'fault' | 'only'>,
): FaultJob[] {
  return manners.flatMap((manner, place) =>
    Array.from({ length: calls }, (_, index) => ({
      ...job,
      only: place * 100_000 + index + 1,
      fault: { kind, number: index + 1, manner },
    })),
  );
}
