import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleProgram } from '../../torture/bundle.ts';
import { DoomedOffice, type Kill } from '../../torture/doomed-office.ts';
import { CRASH_POINTS, killedBy, NOT_BUILT, OWN_POINTS } from '../../torture/crash-list.ts';
import { snapshotProgram, type Startable } from '../../torture/snapshot.ts';
import { workFolder } from '../../torture/work-folder.ts';
import { percentile, tally, type Control, type Failure, type Suite } from '../suite.ts';

/** `longest_ms` ends a run on a busy machine with as many kills as fitted, unless `--runs` asked for a number. */
const BUDGETS = {
  quick: { kills: 1000, longest_ms: 300_000 },
  full: { kills: 5000, longest_ms: 3_600_000 },
};
/** Few enough that the check of the whole ledger, which every life begins with, stays short. */
const KILLS_OF_AN_OFFICE = 40;
/** Each label, in a run of the whole budget. */
const LEAST_OF_A_LABEL = 10;
/** More than processors, because a life mostly waits for the moment of its end. */
const LANES = 6;
const CONTROL_KILLS = 60;

type Tools = { readonly program: Startable; readonly square: string; readonly folder: string };

/** The desk and the simulator die at any time; nothing that was said is lost, nothing is charged twice. */
export const kill9: Suite = {
  name: 'kill9',
  about: 'the real desk process and the real simulator process, killed with SIGKILL, started again and compared',
  async run({ budget, runs, seed, only, progress }) {
    const { folder, dispose } = workFolder('kill9');
    try {
      const tools: Tools = {
        program: await snapshotProgram(desk, join(folder, 'desk')),
        square: await bundleSimulator(join(folder, 'square')),
        folder,
      };
      await warmUp(tools, seed);
      const { kills: wanted, longest_ms } = BUDGETS[budget];
      const began_ms = performance.now();
      const kills: Kill[] = [];
      const failures: Failure[] = [];
      let acknowledged = 0;
      let number = 0;
      const goesOn = (): boolean =>
        only === null
          ? kills.length < (runs ?? wanted) && (runs !== null || performance.now() - began_ms < longest_ms)
          : number === 0 && kills.length === 0;
      const lane = async (): Promise<void> => {
        while (goesOn()) {
          const office = only ?? (number += 1);
          const doomed = await foundOffice(tools, seed, office, false);
          const fail = (what: string): void => void failures.push({ only: office, what: `office ${office}: ${what}` });
          for (let life = 0; life < KILLS_OF_AN_OFFICE && (only !== null || goesOn()); life += 1) {
            const kill = await doomed.liveAndDie();
            kills.push(kill);
            if (kill.problems.length > 0) fail(`after kill ${life} (${kill.how}): ${kill.problems.join('; ')}`);
            progress(`kill9 ${kills.length} kills, ${failures.length} failures`);
          }
          (await doomed.settle()).forEach(fail);
          acknowledged += doomed.acknowledged;
          await doomed.close();
        }
      };
      await Promise.all(Array.from({ length: only === null ? LANES : 1 }, lane));
      const seconds = (performance.now() - began_ms) / 1000;
      const missed = OWN_POINTS.filter(point => kills.filter(({ how }) => how === point).length < LEAST_OF_A_LABEL);
      if (kills.length >= BUDGETS.quick.kills && missed.length > 0) {
        failures.push({ only: null, what: `fewer than ${LEAST_OF_A_LABEL} kills at ${missed.join(', ')}` });
      }
      const recoveries = kills.flatMap(({ recovery_ms }) => (recovery_ms === null ? [] : [recovery_ms]));
      return {
        runs: kills.length,
        faults: kills.length + kills.filter(({ how }) => how === 'Square killed').length,
        failures,
        controls: only === null ? await controlsOf(tools, seed) : [notForOne],
        figures: {
          ...tally(kills.map(({ how }) => `killed: ${how}`).sort()),
          acknowledged,
          'labels killed at': `${OWN_POINTS.length - missed.length} of ${OWN_POINTS.length}, and ${killedBy('proxy').length} by the proxy`,
          'killed at by other suites': elsewhere,
          'labels with something to kill': `${all - NOT_BUILT.length} of ${all}`,
          'NOT RUN, not built': NOT_BUILT.map(({ point, missing }) => `${point} (${missing})`).join(', '),
          'the desk starts from': tools.program.switches.length > 0 ? 'a snapshot' : 'a bundle',
          'kills per minute': Math.round((kills.length / seconds) * 60),
          'recovery p50_ms': Math.round(percentile(recoveries, 0.5)),
          'recovery p99_ms': Math.round(percentile(recoveries, 0.99)),
        },
      };
    } finally {
      dispose();
    }
  },
};

const desk = new URL('../../torture/desk-child.ts', import.meta.url);
const simulator = new URL('../../../main/gateway/simulator/cli.ts', import.meta.url);
const elsewhere = (['suite restore', 'suite rotation', 'suite simulation'] as const)
  .flatMap(suite => killedBy(suite).map(point => `${point} (${suite.slice(6)})`))
  .join(' ');
const all = Object.keys(CRASH_POINTS).length;
const notForOne: Control = { name: 'not run for a single case', caught: true, detail: '' };

/** The simulator wants its page and script beside it. */
async function bundleSimulator(folder: string): Promise<string> {
  const program = await bundleProgram(simulator, folder);
  cpSync(new URL('browser/', simulator), join(dirname(program), 'browser'), { recursive: true });
  return program;
}

function foundOffice(tools: Tools, seed: number, office: number, newKeys: boolean): Promise<DoomedOffice> {
  const folder = join(tools.folder, `office-${office}-${newKeys ? 'new-keys' : 'real'}`);
  mkdirSync(folder, { recursive: true });
  const { program, square } = tools;
  return DoomedOffice.found({ program, square, folder, seed: seed * 1000 + office, newKeys });
}

/** One quiet life, which leaves its compiled code for all later ones. */
async function warmUp(tools: Tools, seed: number): Promise<void> {
  const doomed = await foundOffice(tools, seed, 997, false);
  const problems = await doomed.settle();
  await doomed.close();
  if (problems.length > 0)
    throw new Error(`an office in which nothing happened does not settle: ${problems.join('; ')}`);
}

function controlsOf(tools: Tools, seed: number): Promise<Control[]> {
  return Promise.all([newKeysAreCaught(tools, seed), lossIsCaught(tools, seed)]);
}

async function newKeysAreCaught(tools: Tools, seed: number): Promise<Control> {
  const doomed = await foundOffice(tools, seed, 998, true);
  let kills = 0;
  let found: string | undefined;
  while (kills < CONTROL_KILLS && found === undefined) {
    kills += 1;
    found = (await doomed.liveAndDie()).problems.find(problem => / was charged \d+ times/.test(problem));
  }
  await doomed.close();
  const detail = found ? `caught after ${kills} kills: ${found}` : `not caught in ${kills} kills`;
  return { name: 'a new idempotency key at every send charges twice', caught: found !== undefined, detail };
}

async function lossIsCaught(tools: Tools, seed: number): Promise<Control> {
  const doomed = await foundOffice(tools, seed, 999, false);
  let problems: readonly string[] = [];
  for (let round = 0; round < 12 && problems.length === 0; round += 1) {
    doomed.copyAside();
    const before = doomed.acknowledged;
    while (doomed.acknowledged === before) await doomed.liveAndDie();
    doomed.putBack();
    problems = (await doomed.liveAndDie()).problems;
  }
  await doomed.close();
  const caught = problems.some(problem => problem.includes('is lost'));
  return { name: 'a ledger put back to an earlier copy is noticed', caught, detail: problems[0] ?? 'not noticed' };
}
