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

/** All suites, with the runs of the quick budget. A suite counts as one test; what could not run here is named. */
async function runSafetyProgramme(outcome) {
  const began_ms = Date.now();
  const reported = [];
  const { code, output } = await project.runProgram(
    project.projectNode() ?? process.execPath,
    ['test/verify/verify.ts', '--budget', 'quick', '--seed', SAFETY_SEED, '--json'],
    {
      env: project.projectEnvironment(),
      onLine(text) {
        if (!text.startsWith('{"suite"')) return;
        const line = JSON.parse(text);
        reported.push(line);
        reportSuite(line, outcome);
      },
    },
  );
  if (reported.length === 0 || (code !== 0 && reported.every(isGood))) {
    outcome.failed += 1;
    process.stdout.write(`  FAILED   verify\n${output.slice(-4000)}\n`);
  }
  process.stdout.write(`  the safety programme took ${project.seconds(began_ms)}\n`);
}

function reportSuite(line, outcome) {
  if (line.not_run) {
    outcome.notRun.push(`verify ${line.suite}: ${line.not_run}`);
    return;
  }
  const good = isGood(line);
  if (good) outcome.passed += 1;
  else outcome.failed += 1;
  const caught = line.controls.filter(control => control.caught).length;
  const figures = `${line.runs} runs, ${line.faults} faults, ${caught} of ${line.controls.length} controls, ${line.seconds} s`;
  process.stdout.write(`  ${good ? 'ok      ' : 'FAILED  '} ${line.suite.padEnd(14)} ${figures}\n`);
  if (good) return;
  const missed = line.controls.filter(control => !control.caught);
  process.stdout.write(`${JSON.stringify({ failures: line.failures, missed }, null, 1).slice(0, 8000)}\n`);
}

const isGood = ({ not_run, failures, controls }) =>
  not_run !== undefined || (failures.length === 0 && controls.length > 0 && controls.every(control => control.caught));

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
