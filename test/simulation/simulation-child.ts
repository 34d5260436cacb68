import { serveJobs } from '../verify/children.ts';
import { runSeed } from './run.ts';
import { makeTemplate } from './template.ts';

/** Runs seeds in a child process and answers what they came to. Odd seeds are one-phase offices, even ones two-phase. */
export type SimulationSetup = { readonly events: number; readonly folder: string };
export type SimulationJob = {
  readonly from: number;
  readonly count: number;
  /** Every so many seeds, one is run twice and must leave the same trace. */
  readonly twiceEvery: number;
  /** Stop at the first seed with a finding. */
  readonly untilFound: boolean;
};
export type SimulationAnswer = {
  readonly seeds: number;
  readonly events: number;
  /** Of the shortest seed that found nothing. */
  readonly fewestEvents: number;
  readonly facts: number;
  readonly attempts: number;
  readonly simulated_ms: number;
  readonly twice: number;
  readonly cells: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly seed: number; readonly what: string }[];
};

type Running = { -readonly [Name in keyof SimulationAnswer]: SimulationAnswer[Name] } & {
  cells: Record<string, number>;
  counts: Record<string, number>;
  failures: { seed: number; what: string }[];
};

const none = (): Running => ({
  ...{ seeds: 0, events: 0, fewestEvents: Infinity, facts: 0, attempts: 0, simulated_ms: 0, twice: 0 },
  ...{ cells: {}, counts: {}, failures: [] },
});

// Refusals are errors, and most errors here are refusals: the way to them is of no use, and costs time.
Error.stackTraceLimit = 2;

serveJobs(({ events, folder }: SimulationSetup) => {
  const templates = [makeTemplate(true, folder), makeTemplate(false, folder)];
  return async ({ from, count, twiceEvery, untilFound }: SimulationJob): Promise<SimulationAnswer> => {
    const sum = none();
    for (let seed = from; seed < from + count; seed += 1) {
      if (untilFound && sum.failures.length > 0) break;
      await oneSeed(seed);
    }
    return sum;

    async function oneSeed(seed: number): Promise<void> {
      sum.seeds += 1;
      const template = templates[seed % 2]!;
      try {
        const run = await runSeed(seed, template, { events, keepTrace: false });
        add(sum, run.world.coverage.cells, run.world.coverage.counts);
        sum.events += run.events;
        if (run.findings.length === 0) sum.fewestEvents = Math.min(sum.fewestEvents, run.events);
        sum.facts += run.facts;
        sum.attempts += run.attempts;
        sum.simulated_ms += run.simulated_ms;
        for (const { invariant, what } of run.findings) sum.failures.push({ seed, what: `${invariant}: ${what}` });
        if (seed % twiceEvery !== 0) return;
        sum.twice += 1;
        const again = await runSeed(seed, template, { events, keepTrace: false });
        if (again.trace_hash !== run.trace_hash)
          sum.failures.push({ seed, what: 'two runs left two different traces' });
      } catch (error) {
        sum.failures.push({ seed, what: `the run broke: ${error instanceof Error ? error.stack : String(error)}` });
      }
    }
  };
});

function add(sum: Running, cells: ReadonlyMap<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [cell, count] of cells) sum.cells[cell] = (sum.cells[cell] ?? 0) + count;
  for (const [fault, count] of counts) sum.counts[fault] = (sum.counts[fault] ?? 0) + count;
}
