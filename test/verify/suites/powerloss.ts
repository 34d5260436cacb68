import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DiskAnswer, DiskJob } from '../../torture/disk-child.ts';
import { makeDice } from '../../torture/dice.ts';
import { readRecording, SURVIVALS, type Call } from '../../torture/disk-model.ts';
import type { WriterOrder } from '../../torture/ledger-writer.ts';
import { makeKeys } from '../../torture/practice-desk.ts';
import { buildRecorder } from '../../torture/recorder.ts';
import { workFolder } from '../../torture/work-folder.ts';
import { runInChildren, type Outcome } from '../children.ts';
import { tally, type Failure, type Suite } from '../suite.ts';

const program = (name: string): URL => new URL(`../../torture/${name}`, import.meta.url);
const IMAGES = { quick: 4800, full: 60_000 };
const PAYMENTS = { quick: 30, full: 120 };
/** The planted fault shows itself in far fewer. */
const CONTROL_IMAGES = 600;

/** The power goes at every call of a recorded process, and the disk keeps what it likes of what was not flushed. */
export const powerloss: Suite = {
  name: 'powerloss',
  about: 'disk images of a recorded ledger process, cut at every call, opened with the real engine',
  async run({ budget, runs, seed, only, progress }) {
    const { folder, dispose } = workFolder('powerloss');
    try {
      const recorder = buildRecorder(folder);
      if (typeof recorder !== 'string') return recorder;
      const wanted = runs ?? IMAGES[budget];
      const order = { seed, payments: PAYMENTS[budget] } as const;
      const real = await cut(recorder, folder, { ...order, synchronous: 'FULL' }, wanted, only, progress);
      const planted =
        only === null
          ? await cut(recorder, folder, { ...order, synchronous: 'NORMAL' }, CONTROL_IMAGES, null, progress)
          : null;
      const lost = planted?.failures.length ?? 0;
      return {
        runs: real.images,
        faults: real.images,
        failures: real.failures,
        controls: [
          {
            name: 'synchronous=NORMAL loses payments',
            caught: planted === null || lost > 0,
            detail:
              planted === null ? 'not run for a single case' : `${lost} of ${planted.images} images lose something`,
          },
        ],
        figures: {
          recorded_calls: real.calls,
          acknowledgements: real.acknowledgements,
          ...countsOf('images', real.fates),
          ...(planted ? countsOf('control', planted.fates) : {}),
        },
      };
    } finally {
      dispose();
    }
  },
};

type CutResult = {
  images: number;
  calls: number;
  acknowledgements: number;
  failures: Failure[];
  fates: string[];
};

async function cut(
  recorder: string,
  folder: string,
  order: Omit<WriterOrder, 'folder' | 'keys'>,
  images: number,
  only: number | null,
  progress: (text: string) => void,
): Promise<CutResult> {
  const keys = makeKeys(makeDice(order.seed, 'keys'));
  const root = join(folder, `office-${order.synchronous}`);
  const recording = join(folder, `${order.synchronous}.log`);
  mkdirSync(root);
  const whole: WriterOrder = { ...order, folder: root, keys };
  execFileSync(process.execPath, [fileURLToPath(program('ledger-writer.ts')), JSON.stringify(whole)], {
    env: { ...process.env, LD_PRELOAD: recorder, TILLSIDE_RECORD: recording, TILLSIDE_RECORD_FOLDER: root },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const calls = readRecording(recording);
  const jobs = planCuts(calls, images, order.seed).filter(job => only === null || job.only === only);
  const failures: Failure[] = [];
  const fates: string[] = [];
  await runInChildren<DiskJob, DiskAnswer>({
    program: program('disk-child.ts'),
    setup: { recording, root, recoveryKey: keys.recoveryKey },
    jobs,
    done(job, outcome) {
      const name = `power gone after call ${job.boundary} of ${calls.length}, unflushed writes: ${job.survival}`;
      const problems = problemsOf(outcome);
      if (problems.length > 0) failures.push({ only: job.only, what: `${name}: ${problems.join('; ')}` });
      fates.push(outcome.kind === 'answer' ? outcome.answer.fate : outcome.kind);
      progress(`powerloss ${order.synchronous} ${fates.length} of ${jobs.length} images, ${failures.length} failures`);
    },
  });
  const acknowledgements = calls.filter(call => call.kind === 'said').length;
  return { images: fates.length, calls: calls.length, acknowledgements, failures, fates };
}

const countsOf = (what: string, fates: readonly string[]): Record<string, number> =>
  Object.fromEntries(Object.entries(tally(fates)).map(([fate, count]) => [`${what} ${fate}`, count]));

function problemsOf(outcome: Outcome<DiskAnswer>): readonly string[] {
  if (outcome.kind === 'hung') return ['opening took too long'];
  if (outcome.kind === 'died') return [`the process died: ${outcome.how}`];
  return outcome.answer.problems;
}

/**
 * Where the power goes. Every moment just after something was said, and just before something is flushed, with every
 * way in which the disk may have kept the rest; of the other moments, as many as the budget has room for, spread evenly.
 */
function planCuts(calls: readonly Call[], images: number, seed: number): DiskJob[] {
  const sharp: DiskJob[] = [];
  const others: DiskJob[] = [];
  let only = 0;
  for (let boundary = 1; boundary <= calls.length; boundary += 1) {
    const edge = calls[boundary - 1]?.kind === 'said' || calls[boundary]?.kind === 'sync' || boundary === calls.length;
    for (const survival of SURVIVALS) {
      // Between two flushes nothing that is certain changes, so "none" is the same image all along.
      if (!edge && survival === 'none') continue;
      (edge ? sharp : others).push({ only: (only += 1), boundary, survival, seed });
    }
  }
  const room = Math.max(images - sharp.length, 0);
  const step = Math.max(others.length / Math.max(room, 1), 1);
  const spread = Array.from({ length: Math.min(room, others.length) }, (_, index) => others[Math.floor(index * step)]!);
  const chosen = [...sharp.slice(0, images), ...spread];
  // With room to spare, the same moments again with other throws of the dice.
  for (let round = 1; chosen.length < images; round += 1) {
    const again = [...sharp, ...others].filter(job => job.survival === 'some' || job.survival === 'torn');
    for (const job of again.slice(0, images - chosen.length)) chosen.push({ ...job, only: job.only + round * only });
  }
  return chosen.sort((left, right) => left.boundary - right.boundary);
}
