import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROTATION_STEPS, type RotationStep } from '../../../main/ledger/rotation.ts';
import { bundleProgram } from '../../torture/bundle.ts';
import { makeDice, type Dice } from '../../torture/dice.ts';
import { folderTools, stillClock } from '../../torture/opening.ts';
import { makeKeys } from '../../torture/practice-desk.ts';
import { buildRecorder } from '../../torture/recorder.ts';
import { inspectRotated, makeRotatedOffice, type Expected, type Inspected } from '../../torture/rotation-check.ts';
import type { RotationOrder, RotationWord } from '../../torture/rotation-child.ts';
import { cutRotation } from '../../torture/rotation-cuts.ts';
import { workFolder } from '../../torture/work-folder.ts';
import { percentile, tally, type Budget, type Control, type Failure, type Suite } from '../suite.ts';

/** Per boundary, and as often again at any moment. */
const ROUNDS: Record<Budget, number> = { quick: 6, full: 50 };
/** Images of a disk on which the power went while the key was changed. */
const IMAGES: Record<Budget, number> = { quick: 300, full: 6000 };
/** Longer than a whole change of the key takes; a kill that comes later than that kills nobody. */
const LATEST_KILL_MS = 160;

/** What happens in one life of the process: it dies after a step, or at a moment from outside. */
type Death = { readonly step: RotationStep } | { readonly after_ms: number };
type Case = { readonly number: number; readonly deaths: readonly Death[] };

/** A ledger key that is changed while the process dies under it: it opens with exactly one key, and nothing is lost. */
export const rotation: Suite = {
  name: 'rotation',
  about:
    'the ledger key is changed and the process killed: after each step, at any moment, and again while it recovers',
  cores: 1,
  async run({ budget, runs, seed, only, progress }) {
    const { folder, dispose } = workFolder('rotation');
    try {
      const office = await makeOffice(folder, seed);
      const cases = plan(runs ?? ROUNDS[budget], seed).filter(one => only === null || one.number === only);
      const failures: Failure[] = [];
      const ends: string[] = [];
      const settling: number[] = [];
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < cases.length) {
          const one = cases[next++]!;
          const played = await play(office, one, false);
          if (played.problems.length > 0) failures.push({ only: one.number, what: played.problems.join('; ') });
          ends.push(played.end);
          settling.push(played.settled_ms);
          progress(`rotation ${ends.length} of ${cases.length} changes, ${failures.length} failures`);
        }
      };
      await Promise.all([lane(), lane()]);
      const recorder = buildRecorder(folder);
      const cuts =
        typeof recorder === 'string' && only === null
          ? await cutRotation({ recorder, base: folder, seed, images: IMAGES[budget], flushes: true, progress })
          : null;
      for (const what of cuts?.problems ?? []) failures.push({ only: null, what });
      const controls = [
        await control(office, { number: 900_001, deaths: [{ step: 'both_keys' }] }),
        await control(office, { number: 900_002, deaths: [{ step: 'file_verified' }] }),
        ...(cuts && typeof recorder === 'string' ? [await unflushed(recorder, folder, seed)] : []),
      ];
      const deaths = cases.reduce((sum, one) => sum + one.deaths.length, 0);
      const figures = {
        ...tally(ends),
        settled_half_ms: Math.round(percentile(settling, 0.5)),
        settled_most_ms: Math.round(percentile(settling, 0.99)),
        ...(cuts ? { images_of_power_cuts: cuts.images, recorded_calls: cuts.calls, ...tally(cuts.ends) } : {}),
      };
      return {
        runs: cases.length + (cuts?.images ?? 0),
        faults: deaths + (cuts?.images ?? 0),
        failures,
        controls,
        figures,
      };
    } finally {
      dispose();
    }
  },
};

/** Every boundary equally often, as many moments, and in a third of all a second death while the first is settled. */
function plan(rounds: number, seed: number): Case[] {
  const cases: Case[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of [...ROTATION_STEPS, ...ROTATION_STEPS.map(() => null)]) {
      const number = cases.length + 1;
      const dice = makeDice(seed, number);
      const first: Death = kind === null ? { after_ms: dice.below(LATEST_KILL_MS) } : { step: kind };
      const again: Death[] = dice.below(3) === 0 ? [secondDeath(dice)] : [];
      cases.push({ number, deaths: [first, ...again] });
    }
  }
  return cases;
}

const secondDeath = (dice: Dice): Death =>
  dice.chance(0.5) ? { step: dice.pick(['recorded', 'one_key'] as const) } : { after_ms: dice.below(60) };

type Office = Expected & { readonly base: string; readonly original: string; readonly program: string };

async function makeOffice(base: string, seed: number): Promise<Office> {
  const dice = makeDice(seed, 'office');
  const original = join(base, 'original');
  mkdirSync(original);
  const tools = folderTools(stillClock);
  const expected = await makeRotatedOffice(original, makeKeys(dice), dice, tools);
  const program = await bundleProgram(new URL('../../torture/rotation-child.ts', import.meta.url), base);
  return { ...expected, base, original, program, devices: await tools.deviceSecrets.read(original) };
}

async function play(office: Office, one: Case, dropsEarly: boolean): Promise<Inspected> {
  const folder = join(office.base, `case-${one.number}`);
  cpSync(office.original, folder, { recursive: true });
  const problems: string[] = [];
  try {
    for (const [life, death] of one.deaths.entries()) {
      const failure = await live(office, folder, life === 0 ? 'rotate' : 'settle', death, dropsEarly);
      if (failure !== '') problems.push(`life ${life + 1}: ${failure}`);
    }
    return await inspectRotated(office, folder, problems);
  } catch (error) {
    return { problems: [...problems, String(error)], end: 'refused', settled_ms: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One process, up to its death. Answers what it complained about. */
async function live(
  office: Office,
  folder: string,
  work: RotationOrder['work'],
  death: Death,
  dropsEarly: boolean,
): Promise<string> {
  const child = fork(office.program, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(office.base, 'cache') },
  });
  const gone = once(child, 'exit');
  let failure = '';
  child.on('error', () => {});
  child.on('message', (word: RotationWord) => {
    if (word.kind === 'loaded') {
      const { recoveryKey } = office.keys;
      const dies_after = 'step' in death ? death.step : null;
      child.send({ folder, recoveryKey, work, dies_after, dropsEarly } satisfies RotationOrder, () => {});
    }
    if (word.kind === 'begun' && 'after_ms' in death) setTimeout(() => child.kill('SIGKILL'), death.after_ms).unref();
    if (word.kind === 'done') failure = word.failure;
  });
  await gone;
  return failure;
}

async function control(office: Office, one: Case): Promise<Control> {
  const { problems } = await play(office, one, true);
  const step = 'step' in one.deaths[0]! ? one.deaths[0].step : '';
  return {
    name: `slots that forget the old key before the rename, killed after ${step}`,
    caught: problems.length > 0,
    detail: problems[0] ?? 'nothing was noticed',
  };
}

/** The same power cuts on a change that leaves flushing to chance. */
async function unflushed(recorder: string, base: string, seed: number): Promise<Control> {
  const images = 200;
  const { problems } = await cutRotation({ recorder, base, seed, images, flushes: false, progress: () => {} });
  return {
    name: 'a change of the key that flushes nothing itself loses the ledger when the power goes',
    caught: problems.length > 0,
    detail: `${problems.length} problems; the first: ${problems[0] ?? 'none'}`,
  };
}
