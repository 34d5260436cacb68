/**
 * `npm test`: sets up, checks, builds, runs the end-to-end tests and the quick part of the safety programme. The last
 * line is `N passed, N failed` over the unit tests, the browser tests and the suites; whatever could not run here is listed as NOT RUN, by name.
 */
import { existsSync, rmSync } from 'node:fs';
import { build } from './build.mjs';
import { emptyOutcome, runChecks, summarize } from './check.mjs';
import * as project from './project.mjs';
import { setUp, usableElectron } from './setup.mjs';

const { fromRoot } = project;
const config = 'test/e2e/playwright.config.ts';
const browserReport = fromRoot('.setup', 'playwright.json');

/** Why the journeys do not run in Electron itself. They drive the Chromium host, which runs the same bundles. */
function electronObstacle() {
  if (!usableElectron()) return 'the Electron binary is not available on this machine';
  return 'the journeys drive the Chromium host; a launcher for Electron itself has not been proven yet';
}

async function runEndToEnd(outcome) {
  outcome.notRun.push(`e2e project electron: ${electronObstacle()}`);
  if (!existsSync(fromRoot(config))) {
    outcome.notRun.push(`e2e: there is no ${config} yet`);
    return;
  }
  rmSync(browserReport, { force: true });
  const code = await project.runNode(
    [fromRoot('node_modules', '@playwright', 'test', 'cli.js'), 'test', '--config', config, '--reporter=list,json'],
    { env: project.projectEnvironment({ PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport }) },
  );
  const stats = project.readJson(browserReport)?.stats;
  outcome.passed += stats?.expected ?? 0;
  outcome.failed += stats?.unexpected ?? 0;
  if (stats?.skipped) outcome.notRun.push(`e2e: ${stats.skipped} skipped`);
  if (code !== 0 && !stats?.unexpected) outcome.failedStages.push('e2e');
}

/** Every run of `npm test` throws the same dice, so that a red one is caused by the change. */
const SAFETY_SEED = '20260101';

/**
 * The suites that belong to every check of a change, each with as many runs as keep the whole within some minutes; null is
 * the suite's own quick budget. `npm run verify` runs all suites with all their runs.
 */
const SUITES = [
  ['journal', 500],
  ['powerloss', 2400],
  ['fsyncfail', null],
  ['rotation', null],
  ['restore', 24],
  ['electron', null],
  ['kill9', 120],
];
const ONLY_BY_VERIFY = ['twoproc', 'corrupt', 'simulation', 'mutants', 'diskfull', 'ipc', 'csp', 'canary'];

/** A suite counts as one test; what could not run here, or is not run by this command, is named. */
async function runSafetyProgramme(outcome) {
  const began_ms = Date.now();
  for (const [name, runs] of SUITES) await runSuite(name, runs, outcome);
  for (const name of ONLY_BY_VERIFY)
    outcome.notRun.push(`verify ${name}: not part of npm test; npm run verify -- --suite ${name}`);
  process.stdout.write(`  the safety programme took ${project.seconds(began_ms)}\n`);
}

async function runSuite(name, runs, outcome) {
  const { code, output } = await project.runProgram(
    project.projectNode() ?? process.execPath,
    [
      ...['test/verify/verify.ts', '--suite', name, '--budget', 'quick', '--seed', SAFETY_SEED, '--json'],
      ...(runs === null ? [] : ['--runs', String(runs)]),
    ],
    { env: project.projectEnvironment() },
  );
  const text = output.split('\n').find(line => line.startsWith('{"suite"'));
  const line =
    text === undefined ? { suite: name, runs: 0, faults: 0, failures: [output], controls: [] } : JSON.parse(text);
  if (line.not_run) {
    outcome.notRun.push(`verify ${name}: ${line.not_run}`);
    return;
  }
  const good = code === 0 && isGood(line);
  if (good) outcome.passed += 1;
  else outcome.failed += 1;
  const figures = `${line.runs} runs, ${line.faults} faults, ${line.seconds} s`;
  process.stdout.write(`  ${good ? 'ok      ' : 'FAILED  '} ${name.padEnd(14)} ${figures}\n`);
  if (!good) process.stdout.write(`${output.slice(0, 6000)}\n${output.slice(-2000)}\n`);
}

const isGood = ({ failures, controls }) =>
  failures.length === 0 && controls.length > 0 && controls.every(control => control.caught);

async function test() {
  const began_ms = Date.now();
  await setUp({ electron: true, chromium: true });
  const outcome = emptyOutcome();
  process.stdout.write('Check\n');
  await runChecks(outcome);
  process.stdout.write('Build\n');
  const buildBegan_ms = Date.now();
  if (!existsSync(fromRoot('main', 'index.ts'))) {
    outcome.notRun.push('build: there is no main/index.ts yet', 'e2e: nothing is built');
  } else if (!(await build({ quiet: true }))) {
    outcome.failedStages.push('build');
    outcome.notRun.push('e2e: the build failed');
  } else {
    process.stdout.write(`  ok       build          ${project.seconds(buildBegan_ms)}\nEnd to end\n`);
    await runEndToEnd(outcome);
    process.stdout.write('Safety programme\n');
    await runSafetyProgramme(outcome);
  }
  process.stdout.write(`Took ${project.seconds(began_ms)}\n`);
  return summarize(outcome);
}

await project.runMain(test);
