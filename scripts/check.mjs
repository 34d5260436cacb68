/**
 * `npm run check`: formatting, lint, types and unit tests, two stages at a time. A stage whose sources do not exist
 * yet is reported as NOT RUN by name, never as passed.
 */
import { existsSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import * as project from './project.mjs';
import { setUp } from './setup.mjs';

const { fromRoot } = project;
// The renderer's types are svelte-check's work: tsc alone cannot see what a component exports.
const typedFolders = ['common', 'main', 'preload', 'test'];
const unitReport = fromRoot('.setup', 'vitest.json');

function has(folder, pattern) {
  return project.filesBelow(fromRoot(folder), name => pattern.test(name)).length > 0;
}

function tool(...path) {
  return fromRoot('node_modules', ...path);
}

function stage(name, script, parameters, missing) {
  return { name, script, parameters, missing };
}

function typeStage(folder) {
  const remembered = fromRoot('.setup', `types-${folder}.tsbuildinfo`);
  const parameters = ['-p', folder, '--pretty', 'false', '--incremental', '--tsBuildInfoFile', remembered];
  const missing = has(folder, /\.ts$/) ? undefined : `${folder}/ has no TypeScript yet`;
  return stage(`types ${folder}`, tool('typescript', 'bin', 'tsc'), parameters, missing);
}

function stages() {
  const prettier = [
    '--check',
    '--log-level',
    'warn',
    '--cache',
    '--cache-location',
    fromRoot('.setup', 'prettier'),
    '.',
  ];
  const eslint = ['--cache', '--cache-location', fromRoot('.setup', 'eslint'), '--max-warnings', '0', '.'];
  const svelte = ['--tsconfig', 'renderer/tsconfig.json', '--output', 'human', '--fail-on-warnings'];
  return [
    stage('format', tool('prettier', 'bin', 'prettier.cjs'), prettier),
    stage('lint', tool('eslint', 'bin', 'eslint.js'), eslint),
    ...typedFolders.map(typeStage),
    stage(
      'svelte-check',
      tool('svelte-check', 'bin', 'svelte-check'),
      svelte,
      has('renderer', /\.svelte$/) ? undefined : 'renderer/ has no components yet',
    ),
  ];
}

function report(name, verdict, detail = '') {
  process.stdout.write(`  ${verdict.padEnd(8)} ${name.padEnd(14)} ${detail}\n`);
}

async function runStage({ name, script, parameters, missing }, outcome) {
  if (missing) {
    outcome.notRun.push(`${name}: ${missing}`);
    return report(name, 'NOT RUN', missing);
  }
  const began_ms = Date.now();
  const { code, output } = await project.runProgram(project.projectNode(), [script, ...parameters], {
    env: project.projectEnvironment({ NO_COLOR: '1' }),
  });
  report(name, code === 0 ? 'ok' : 'FAILED', project.seconds(began_ms));
  if (code !== 0) {
    process.stdout.write(`${output.trim()}\n`);
    outcome.failedStages.push(name);
  }
}

async function runUnit(outcome) {
  if (!has('test', /\.test\.ts$/)) {
    outcome.notRun.push('unit: test/ has no *.test.ts yet');
    return report('unit', 'NOT RUN', 'no tests yet');
  }
  const began_ms = Date.now();
  rmSync(unitReport, { force: true });
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${unitReport}`];
  const { code, output } = await project.runProgram(
    project.projectNode(),
    [tool('vitest', 'vitest.mjs'), 'run', ...reporters],
    { env: project.projectEnvironment({ NO_COLOR: '1' }) },
  );
  const totals = project.readJson(unitReport);
  outcome.passed += totals?.numPassedTests ?? 0;
  outcome.failed += totals?.numFailedTests ?? 0;
  for (const skipped of totals?.numPendingTests ? [`unit: ${totals.numPendingTests} skipped`] : []) {
    outcome.notRun.push(skipped);
  }
  report('unit', code === 0 ? 'ok' : 'FAILED', `${totals?.numPassedTests ?? 0} tests, ${project.seconds(began_ms)}`);
  if (code !== 0) {
    process.stdout.write(`${output.trim()}\n`);
    // A file that does not even load counts no test, so it must fail the stage by itself.
    if (!totals?.numFailedTests) outcome.failedStages.push('unit');
  }
}

/** An empty record of a run; `passed` and `failed` count tests, `failedStages` are stages that are not tests. */
export function emptyOutcome() {
  return { passed: 0, failed: 0, failedStages: [], notRun: [] };
}

/** Runs every stage and adds to the outcome. Two at a time, because the stages are single-threaded. */
export async function runChecks(outcome) {
  const waiting = stages().filter(({ script }) => existsSync(script) || !project.projectNode());
  const workers = Math.min(2, cpus().length);
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await runStage(next, outcome);
  };
  await Promise.all(Array.from({ length: workers }, work));
  await runUnit(outcome);
}

/** The closing lines, the count last. Returns the exit code. */
export function summarize(outcome) {
  for (const line of outcome.notRun) process.stdout.write(`NOT RUN  ${line}\n`);
  for (const name of outcome.failedStages) process.stdout.write(`FAILED   ${name}\n`);
  const failed = outcome.failed + outcome.failedStages.length;
  process.stdout.write(`${outcome.passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

if (project.isMain(import.meta.url)) {
  await project.runMain(async () => {
    await setUp({ electron: false, chromium: true });
    const outcome = emptyOutcome();
    await runChecks(outcome);
    return summarize(outcome);
  });
}
