import { controlsOf } from '../../simulation/controls.ts';
import { FAULT_NAMES } from '../../simulation/faults.ts';
import { NOT_MEANT_YET } from '../../simulation/invariants.ts';
import { EVENTS, runSeed } from '../../simulation/run.ts';
import type { SimulationAnswer, SimulationJob } from '../../simulation/simulation-child.ts';
import { everyInterleaving } from '../../simulation/small-model.ts';
import { coverageTable, emptyCells } from '../../simulation/coverage.ts';
import { makeTemplate } from '../../simulation/template.ts';
import { workFolder } from '../../torture/work-folder.ts';
import { runInChildren } from '../children.ts';
import type { Failure, Suite, SuiteOptions, SuiteResult } from '../suite.ts';

const BUDGETS = { quick: 20_000, full: 200_000 };
const SEEDS_OF_A_JOB = 20;
/** One seed in a hundred runs twice. */
const TWICE_EVERY = 100;
const YEAR_MS = 365 * 24 * 3600_000;
/** With fewer seeds than this a rare cell can be empty by chance, and is printed without being a failure. */
const SEEDS_FOR_COVERAGE = 15_000;
const SLOW_MS = 25_000;

/** The desk, Square, people and misfortunes under a virtual clock; invariants after every event. */
export const simulation: Suite = {
  name: 'simulation',
  about:
    'the real ledger, attempts, outbox, resolver, sync and door in a simulated world, with invariants after each event',
  async run(options) {
    return options.only === null ? all(options) : one(options.seed + options.only);
  },
};

/** One seed again, with its trace on standard output. */
async function one(seed: number): Promise<SuiteResult> {
  const run = await runSeed(seed, makeTemplate(seed % 2 === 0), { events: EVENTS, keepTrace: true });
  process.stdout.write(`${run.world.trace!.join('\n')}\ntrace ${run.trace_hash}\n`);
  return {
    runs: 1,
    faults: 0,
    failures: run.findings.map(({ invariant, what }) => ({ only: null, what: `${invariant}: ${what}` })),
    controls: [{ name: 'not run for a single case', caught: true, detail: '' }],
    figures: { events: run.events, attempts: run.attempts, facts: run.facts },
  };
}

async function all({ budget, runs, seed, progress }: SuiteOptions): Promise<SuiteResult> {
  const work = workFolder('simulation');
  const wanted = runs ?? BUDGETS[budget];
  const jobs: SimulationJob[] = [];
  for (let from = 0; from < wanted; from += SEEDS_OF_A_JOB) {
    const count = Math.min(SEEDS_OF_A_JOB, wanted - from);
    jobs.push({ from: seed + from, count, twiceEvery: TWICE_EVERY, untilFound: false });
  }
  const answers: SimulationAnswer[] = [];
  const failures: Failure[] = [];
  const began_ms = performance.now();
  await runInChildren<SimulationJob, SimulationAnswer>({
    program: new URL('../../simulation/simulation-child.ts', import.meta.url),
    setup: { events: EVENTS, folder: work.folder },
    jobs,
    slow_ms: SLOW_MS,
    done(job, outcome) {
      if (outcome.kind !== 'answer') {
        failures.push({ only: job.from - seed, what: `seeds from ${job.from}: the process ${outcome.kind}` });
        return;
      }
      answers.push(outcome.answer);
      for (const { seed: failed, what } of outcome.answer.failures) {
        failures.push({ only: failed - seed, what: `seed ${failed}: ${what}` });
      }
      const found = failures.length > 0 ? `, ${failures.length} failures, the last: ${failures.at(-1)!.what}` : '';
      progress(`simulation ${answers.length * SEEDS_OF_A_JOB} of ${wanted} seeds${found}`);
    },
  });
  work.dispose();
  const seconds = (performance.now() - began_ms) / 1000;
  const counts = added(answers.map(answer => answer.counts));
  const cells = added(answers.map(answer => answer.cells));
  if (wanted >= SEEDS_FOR_COVERAGE) failures.push(...emptyCells(cells).map(what => ({ only: null, what })));
  const interleavings = await everyInterleaving();
  failures.push(...interleavings.problems.map(what => ({ only: null, what })));
  return {
    runs: wanted,
    faults: Object.values(counts).reduce((sum, count) => sum + count, 0),
    failures,
    controls: await controlsOf(makeTemplate(true), seed),
    figures: {
      ...figuresOf(answers, seconds),
      'interleavings of the small model': interleavings.count,
      'kinds of faults': `${FAULT_NAMES.filter(fault => (counts[fault] ?? 0) > 0).length} of ${FAULT_NAMES.length}`,
      'rarest fault': rarest(counts),
      ...coverageTable(cells, counts),
      ...Object.fromEntries(
        Object.entries(NOT_MEANT_YET).map(([number, why]) => [`${number}, as far as it goes`, why]),
      ),
    },
  };
}

function figuresOf(answers: readonly SimulationAnswer[], seconds: number): Record<string, number> {
  const sum = (name: 'seeds' | 'events' | 'facts' | 'attempts' | 'simulated_ms' | 'twice'): number =>
    answers.reduce((total, answer) => total + answer[name], 0);
  const seeds = Math.max(1, sum('seeds'));
  return {
    'events per seed': Math.round(sum('events') / seeds),
    'fewest events of a seed': Math.min(...answers.map(answer => answer.fewestEvents)),
    'attempts per seed': Math.round((sum('attempts') / seeds) * 10) / 10,
    'facts per seed': Math.round(sum('facts') / seeds),
    'simulated desk years': Math.round((sum('simulated_ms') / YEAR_MS) * 10) / 10,
    'seeds run twice': sum('twice'),
    'seeds per second': Math.round((seeds / seconds) * 10) / 10,
  };
}

function rarest(counts: Readonly<Record<string, number>>): string {
  const [fault] = [...FAULT_NAMES].sort((left, right) => (counts[left] ?? 0) - (counts[right] ?? 0));
  return `${fault} ${counts[fault!] ?? 0} times`;
}

function added(every: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const each of every) for (const [name, count] of Object.entries(each)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
