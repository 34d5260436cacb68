import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultAnswer, FaultJob } from '../../torture/fault-child.ts';
import { countCalls, everyCall, prepareFaultRuns } from '../../torture/fault-runs.ts';
import { buildRecorder } from '../../torture/recorder.ts';
import { workFolder } from '../../torture/work-folder.ts';
import { type Control, type Failure, type Suite } from '../suite.ts';
import { told } from './fsyncfail.ts';

const PAYMENTS = { quick: 2, full: 12 };
const BALLAST_BYTES = 512 * 1024;
const MANNERS = ['once', 'short', 'staying', 'released'] as const;
/** The planted faults show themselves long before every call was tried. */
const EVERY_CONTROL = 6;
/** Room on a small disk, and the largest size of a file, in steps of some pages: from nothing to more than is needed. */
const STEP_BYTES = 24 * 1024;
const STEPS = { quick: 40, full: 400 };
const SMALL_DISK_BYTES = 8 * 1024 ** 2;
const LANES = 2;

/** The disk is full at any moment: nothing is sent that was not written down, nothing that was said is lost. */
export const diskfull: Suite = {
  name: 'diskfull',
  about: 'a desk at work, with each write failing for lack of room, on small disks, and with a limit to its files',
  async run({ budget, runs, seed, only, progress }) {
    const { folder, dispose } = workFolder('diskfull');
    const small = mountSmallDisk(join(folder, 'small'));
    try {
      const recorder = buildRecorder(folder);
      if (typeof recorder !== 'string') return recorder;
      const job = { seed, payments: PAYMENTS[budget], ballast_bytes: BALLAST_BYTES, planted: null, only: 0 } as const;
      const failing = await prepareFaultRuns(join(folder, 'failing'), seed, recorder, undefined, LANES);
      const writes = await countCalls(failing, 'write', job);
      const every = everyCall('write', writes, MANNERS, job).filter(one => budget === 'full' || isQuick(one));
      const steps = Array.from({ length: STEPS[budget] }, (_, index) => index);
      const limits = steps.map((step): FaultJob => ({
        ...{ ...job, only: 1_000_000 + step },
        fault: { kind: 'largest file', bytes: 4096 + step * STEP_BYTES },
      }));
      const rooms = steps.map((step): FaultJob => ({
        ...job,
        only: 2_000_000 + step,
        fault: { kind: 'room', bytes: step * STEP_BYTES },
      }));
      const failures: Failure[] = [];
      const answers: FaultAnswer[] = [];
      const note = (one: FaultJob, result: FaultAnswer | string): void => {
        const problems = typeof result === 'string' ? [result] : result.problems;
        if (problems.length > 0) {
          failures.push({ only: one.only, what: `${JSON.stringify(one.fault)}: ${problems.join('; ')}` });
        }
        if (typeof result !== 'string') answers.push(result);
        progress(`diskfull ${answers.length} runs, ${failures.length} failures`);
      };
      const wanted = (jobs: readonly FaultJob[]): FaultJob[] =>
        jobs.filter(one => only === null || one.only === only).slice(0, runs ?? jobs.length);
      await failing.run(wanted(every), note);
      const limited = await prepareFaultRuns(join(folder, 'limited'), seed, null);
      const cramped =
        small.root === null ? null : await prepareFaultRuns(join(folder, 'cramped'), seed, null, small.root);
      await Promise.all([limited.run(wanted(limits), note), cramped?.run(wanted(rooms), note)]);
      const sum = (of: (answer: FaultAnswer) => number): number => answers.reduce((all, one) => all + of(one), 0);
      return {
        runs: answers.length,
        faults: answers.length,
        failures,
        controls: only === null ? await controlsOf(failing, every) : [notForOne],
        figures: {
          'writes of one run': writes,
          'small disk': small.root === null ? `NOT RUN: ${small.why}` : `${steps.length} sizes`,
          'limits of the size of a file': limits.length,
          acknowledged: sum(one => one.acknowledged),
          'sent to Square': sum(one => one.sent),
          'results that the ballast made room for': sum(one => one.released),
          ...told(answers),
        },
      };
    } finally {
      small.unmount();
      dispose();
    }
  },
};

/** Each call fails alone; of the other manners, a quick run takes every third call. */
const isQuick = ({ fault }: FaultJob): boolean =>
  'manner' in fault && (fault.manner === 'once' || fault.number % 3 === 0);

const notForOne: Control = { name: 'not run for a single case', caught: true, detail: '' };

async function controlsOf(
  failing: Awaited<ReturnType<typeof prepareFaultRuns>>,
  every: readonly FaultJob[],
): Promise<Control[]> {
  const some = every.filter((_, index) => index % EVERY_CONTROL === 0);
  const staying = some.filter(({ fault }) => 'manner' in fault && fault.manner === 'staying');
  let ignored = 0;
  await failing.run(
    staying.map(one => ({ ...one, planted: 'errors ignored' as const })),
    (_, result) => (ignored += typeof result !== 'string' && result.problems.length > 0 ? 1 : 0),
  );
  const released = some.filter(({ fault }) => 'manner' in fault && fault.manner === 'released');
  const inDoubt = { with: 0, without: 0 };
  for (const side of ['with', 'without'] as const) {
    await failing.run(
      released.map(one => (side === 'with' ? one : { ...one, ballast_bytes: 0 })),
      (_, result) => (inDoubt[side] += typeof result === 'string' ? 0 : result.sent - result.told_results),
    );
  }
  return [
    {
      name: 'a desk that takes a full disk for success is noticed',
      caught: ignored > 0,
      detail: `noticed in ${ignored} of ${staying.length} runs`,
    },
    {
      name: 'without the ballast, more results of charges are not stored at once',
      caught: inDoubt.without > inDoubt.with,
      detail: `${inDoubt.without} without, ${inDoubt.with} with it`,
    },
  ];
}

/** A disk of its own, where this process may make one. */
function mountSmallDisk(root: string): { root: string | null; why: string; unmount(): void } {
  mkdirSync(root, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK_BYTES}`, 'tmpfs', root], { stdio: 'ignore' });
  } catch {
    return { root: null, why: 'this user may not mount a small disk', unmount: () => {} };
  }
  return { root, why: '', unmount: () => void execFileSync('umount', ['-l', root]) };
}
