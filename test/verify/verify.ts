import { parseArgs } from 'node:util';
import { suites } from './registry.ts';
import type { Budget, NotRun, Suite, SuiteOptions, SuiteResult } from './suite.ts';

/**
 * `npm run verify [-- --budget quick|full] [--suite NAME] [--runs N] [--seed N] [--only N] [--json]`: the safety
 * programme. Prints a table, or with `--json` one object per suite on standard output. Fails when a suite found
 * something, or when a control was not caught. What cannot run here is listed as NOT RUN, by name.
 */
type Line = { suite: string; seed: number; seconds: number } & (SuiteResult | NotRun);

const PROCESSORS = 2;
/** Without a terminal, how often a long suite says how far it is. */
const LINE_EVERY_MS = 60_000;
const USAGE = `Usage: npm run verify [-- --budget quick|full] [--suite NAME] [--runs N] [--seed N] [--only N] [--json]
Suites: ${suites.map(suite => suite.name).join(', ')}`;

function readOptions(): { chosen: readonly Suite[]; options: SuiteOptions; json: boolean } | string {
  const { values } = parseArgs({
    options: {
      budget: { type: 'string', default: 'quick' },
      suite: { type: 'string' },
      runs: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { budget, suite: name, json } = values;
  if (budget !== 'quick' && budget !== 'full') return 'The budget is quick or full.';
  const numbers = [values.runs, values.seed, values.only];
  if (!numbers.every(text => text === undefined || /^\d{1,9}$/.test(text)))
    return '--runs, --seed and --only are numbers.';
  const [runs, seed, only] = numbers.map(text => (text === undefined ? null : Number(text)));
  const chosen = suites.filter(suite => name === undefined || suite.name === name);
  if (chosen.length === 0) return `There is no suite ${name}.`;
  if ((runs !== null || only !== null) && name === undefined) return '--runs and --only belong to one --suite.';
  let nextLine_ms = performance.now() + LINE_EVERY_MS;
  const progress = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${text.slice(0, 110).padEnd(110)}`);
    else if (text !== '' && performance.now() > nextLine_ms) {
      nextLine_ms = performance.now() + LINE_EVERY_MS;
      process.stderr.write(`${text}\n`);
    }
  };
  // A new seed each time, so that every run looks somewhere else. It is printed, and repeats the run.
  const fresh = Date.now() % 1_000_000_000;
  return {
    chosen,
    json,
    options: { budget: budget as Budget, runs: runs ?? null, seed: seed ?? fresh, only: only ?? null, progress },
  };
}

async function runOne(suite: Suite, options: SuiteOptions): Promise<Line> {
  const started_ms = performance.now();
  const result = await suite.run(options).catch((error: unknown): SuiteResult => ({
    runs: 0,
    faults: 0,
    failures: [{ only: null, what: `the suite itself broke: ${error instanceof Error ? error.stack : String(error)}` }],
    controls: [],
    figures: {},
  }));
  options.progress('');
  const seconds = Math.round((performance.now() - started_ms) / 100) / 10;
  return { suite: suite.name, seed: options.seed, ...result, seconds };
}

/** In their order, as many at a time as keep two processors busy. */
async function runSideBySide(
  chosen: readonly Suite[],
  run: (suite: Suite) => Promise<Line>,
): Promise<Map<Suite, Line>> {
  const waiting = [...chosen];
  const done = new Map<Suite, Line>();
  const running = new Map<Suite, Promise<void>>();
  const busy = (): number => [...running.keys()].reduce((sum, { cores = PROCESSORS }) => sum + cores, 0);
  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.find(({ cores = PROCESSORS }) => busy() + cores <= PROCESSORS);
    if (next) {
      waiting.splice(waiting.indexOf(next), 1);
      const work = run(next).then(line => {
        done.set(next, line);
        running.delete(next);
      });
      running.set(next, work);
    } else await Promise.race(running.values());
  }
  return done;
}

/** A suite without a control that was caught has shown nothing. */
function isGood(line: Line): boolean {
  if ('not_run' in line) return true;
  return line.failures.length === 0 && line.controls.length > 0 && line.controls.every(control => control.caught);
}

function table(lines: readonly Line[]): string {
  const cells = lines.map(line =>
    'not_run' in line
      ? [line.suite, 'NOT RUN', '', '', '', `${line.seconds} s`]
      : [
          line.suite,
          isGood(line) ? 'ok' : 'FAILED',
          `${line.runs} runs`,
          `${line.faults} faults`,
          `${line.failures.length} failures, ${line.controls.filter(one => one.caught).length}/${line.controls.length} controls caught`,
          `${line.seconds} s`,
        ],
  );
  const widths = [0, 1, 2, 3, 4].map(column => Math.max(...cells.map(row => row[column]?.length ?? 0)));
  return cells.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}

function details(line: Line, budget: Budget): string[] {
  if ('not_run' in line) return [`NOT RUN ${line.suite}: ${line.not_run}`];
  const again = (only: number | null): string =>
    `npm run verify -- --budget ${budget} --suite ${line.suite} --seed ${line.seed}${only === null ? '' : ` --only ${only}`}`;
  const shown = line.failures.slice(0, 10);
  return [
    ...Object.entries(line.figures).map(([name, value]) => `  ${line.suite}  ${name}: ${value}`),
    ...line.controls
      .filter(control => !control.caught)
      .map(control => `CONTROL NOT CAUGHT ${line.suite}: ${control.name}: ${control.detail}`),
    ...shown.map(({ only, what }) => `FAILED ${line.suite}: ${what}\n  again: ${again(only)}`),
    ...(line.failures.length > shown.length ? [`  and ${line.failures.length - shown.length} more failures`] : []),
  ];
}

const read = readOptions();
if (typeof read === 'string') {
  process.stderr.write(`${read}\n${USAGE}\n`);
  process.exitCode = 2;
} else {
  const done = await runSideBySide(read.chosen, async suite => {
    if (!read.json) process.stderr.write(`${suite.name}: ${suite.about}\n`);
    const line = await runOne(suite, read.options);
    if (read.json) process.stdout.write(`${JSON.stringify(line)}\n`);
    return line;
  });
  const lines = read.chosen.map(suite => done.get(suite)!);
  if (!read.json) {
    process.stdout.write(
      `${table(lines)}\n${lines.flatMap(line => details(line, read.options.budget)).join('\n')}\nseed ${read.options.seed}\n`,
    );
  }
  process.exitCode = lines.every(isGood) ? 0 : 1;
}
