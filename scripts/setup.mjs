/**
 * Sets up whatever is missing: the npm packages, the project's Node 24, Electron's binary when it can be had, and a
 * Chromium. Every command calls this first; when nothing changed it costs a few file reads. Node built-ins only; runs
 * on Node 20. Also usable alone: `node scripts/setup.mjs`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findChromium } from './find-chromium.mjs';
import * as project from './project.mjs';

const { Refusal, fromRoot, setupFolder } = project;
const day_ms = 24 * 60 * 60 * 1000;
const electronDownload_ms = 180_000;
const binLink = fromRoot('node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const lockFolder = join(setupFolder, 'lock');

function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Runs one step with a line when it starts and its seconds when it ends; a failure points at the log. */
async function step(title, logName, run) {
  const began_ms = Date.now();
  const log = join(setupFolder, logName);
  process.stderr.write(`  ${title} ... `);
  const result = await run(log);
  say(result.code === 0 ? project.seconds(began_ms) : `not done (${project.seconds(began_ms)})`);
  return { ...result, log };
}

/** npm as a program and its first parameters: the npm that runs us if there is one, else the one on the path. */
function npm(parameters, options) {
  const running = process.env.npm_execpath;
  const environment = { ...process.env, npm_config_update_notifier: 'false', npm_config_loglevel: 'warn' };
  if (running && basename(running) === 'npm-cli.js' && existsSync(running)) {
    return project.runProgram(process.execPath, [running, ...parameters], { ...options, env: environment });
  }
  const shell = process.platform === 'win32';
  return project.runProgram('npm', parameters, { ...options, env: environment, shell });
}

/** What decides whether the packages must be installed again: the lock file and the names in package.json. */
function wantedPackages() {
  const lock = readFileSync(fromRoot('package-lock.json'), 'utf8');
  const { dependencies, devDependencies } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
  return project.hashOf(lock, JSON.stringify([dependencies, devDependencies]));
}

/**
 * True when node_modules already holds exactly what the lock file asks for, by npm's own record of what it installed.
 * This adopts a checkout that was installed by hand instead of throwing its packages away.
 */
function alreadyInstalled() {
  const wanted = project.readJson(fromRoot('package-lock.json'))?.packages;
  const installed = project.readJson(fromRoot('node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !installed) return false;
  const names = Object.keys(wanted).filter(name => name !== '');
  const matches = name => {
    const entry = installed[name];
    if (!entry) return wanted[name].optional === true || wanted[name].peer === true;
    return (
      entry.version === wanted[name].version &&
      entry.integrity === wanted[name].integrity &&
      (entry.link === true || existsSync(fromRoot(...name.split('/'), 'package.json')))
    );
  };
  return names.length > 0 && names.every(matches);
}

async function installPackages(wanted) {
  if (!alreadyInstalled()) {
    // No install scripts: the SQLite binaries are inside their package, and compiling them would need a compiler.
    const result = await step('Installing packages (npm ci)', 'npm-ci.log', log =>
      npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { log }),
    );
    if (result.code !== 0) {
      const last = readFileSync(result.log, 'utf8').trim().split('\n').slice(-12).join('\n');
      throw new Refusal(`${last}\n\nnpm could not install the packages. The whole log is in ${result.log}.`);
    }
  }
  project.writeState({ packages: wanted });
}

function nodeMajor(version) {
  return Number(version.replace(/^v/, '').split('.')[0]);
}

/** Runs the `node` package's own install script, the one script that set-up needs, and checks that the result runs. */
async function installNode() {
  const folder = fromRoot('node_modules', 'node');
  const result = await step('Getting Node 24 (the node package)', 'node.log', log =>
    project.runProgram(process.execPath, ['installArchSpecificPackage'], { cwd: folder, log }),
  );
  const node = project.projectNode();
  const version = node && (await project.runProgram(node, ['--version'])).output.trim();
  // npm links only programs that exist when it installs; this adds node_modules/.bin/node, which the npm scripts use.
  await npm(['rebuild', '--ignore-scripts', '--no-audit', '--no-fund', 'node'], {});
  if (result.code !== 0 || !version || nodeMajor(version) < 24) {
    throw new Refusal(
      `Node 24 could not be installed for this project (see ${result.log}). ` +
        'Check that npm can reach its registry, or install Node 24 yourself and run this command with it.',
    );
  }
}

/** The date that identifies an installed file; a replaced one is checked again. */
function changed_ms(file) {
  return statSync(file).mtimeMs;
}

async function nodeIsUsable(state) {
  const node = project.projectNode();
  if (!node) return false;
  if (node === process.execPath) return true;
  if (!existsSync(binLink)) return false;
  if (state.node?.path === node && state.node.changed_ms === changed_ms(node)) return true;
  const version = (await project.runProgram(node, ['--version'])).output.trim();
  if (nodeMajor(version) < 24) return false;
  project.writeState({ node: { path: node, changed_ms: changed_ms(node), version } });
  return true;
}

/** A downloaded Electron still fails without the system's libraries, so it is started once before it counts. */
async function electronStarts(binary) {
  const parameters = process.getuid?.() === 0 ? ['--no-sandbox', '--version'] : ['--version'];
  const { code, output } = await project.runProgram(binary, parameters, { timeout_ms: 20_000 });
  return code === 0 ? undefined : output.trim().split('\n')[0] || `it ended with code ${code}`;
}

/**
 * Tries to get Electron's binary. A failure is remembered for a day, so that the next start is fast; a newer Electron
 * version asks again at once.
 */
async function prepareElectron(state) {
  const { version } = project.readJson(fromRoot('node_modules', 'electron', 'package.json')) ?? {};
  const known = state.electron?.version === version ? state.electron : undefined;
  let binary = project.electronBinary();
  if (binary && known?.checked_ms === changed_ms(binary)) return;
  if (known?.failed_at_ms && Date.now() - known.failed_at_ms < day_ms && !binary) return;
  if (!binary) {
    if (process.env.ELECTRON_SKIP_BINARY_DOWNLOAD === '1') return;
    const result = await step('Getting Electron', 'electron.log', log =>
      project.runProgram(project.projectNode(), [fromRoot('node_modules', 'electron', 'install.js')], {
        log,
        timeout_ms: electronDownload_ms,
      }),
    );
    binary = project.electronBinary();
    if (!binary) {
      const reason = result.timedOut ? 'the download took too long' : `see ${result.log}`;
      say(`  Electron could not be downloaded (${reason}). The preview is used; this is tried again tomorrow.`);
      project.writeState({ electron: { version, failed_at_ms: Date.now() } });
      return;
    }
  }
  const problem = await electronStarts(binary);
  if (problem) say(`  Electron is there but does not start: ${problem}. The preview is used.`);
  project.writeState({ electron: { version, checked_ms: changed_ms(binary), ...(problem ? { problem } : {}) } });
}

/** The Electron binary when it is there and starts. */
export function usableElectron() {
  return project.readState().electron?.problem ? undefined : project.electronBinary();
}

function isDebianRoot() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** One sentence that says what to install on this machine. */
function browserAdvice() {
  if (process.platform === 'linux' && existsSync('/usr/bin/apt-get')) {
    return 'No Chrome, Edge or Chromium was found: install one with `sudo apt-get install chromium`, or set CHROMIUM.';
  }
  return 'No Chrome, Edge or Chromium was found: install one of them, or set CHROMIUM to the path of its program.';
}

async function prepareChromium(required) {
  if (findChromium()) return;
  if (isDebianRoot()) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const update = log => project.runProgram('apt-get', ['update'], { log, env });
    const names = ['chromium', 'fonts-liberation'];
    const install = log =>
      project.runProgram('apt-get', ['install', '-y', '--no-install-recommends', ...names], { log, env });
    await step('Reading the package lists (apt-get update)', 'apt-update.log', update);
    await step('Installing Chromium (apt-get)', 'apt-install.log', install);
    if (findChromium()) return;
  }
  if (required) throw new Refusal(browserAdvice());
}

function processLives(id) {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two commands started together must not install over each other: the second waits for the first. */
async function withLock(work) {
  mkdirSync(setupFolder, { recursive: true });
  const owner = join(lockFolder, 'pid');
  for (let waited = false; ;) {
    try {
      mkdirSync(lockFolder);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const id = existsSync(owner) ? Number(readFileSync(owner, 'utf8')) : 0;
    const age_ms = existsSync(lockFolder) ? Date.now() - changed_ms(lockFolder) : 0;
    if (id > 0 ? !processLives(id) : age_ms > 5000) rmSync(lockFolder, { recursive: true, force: true });
    else if (!waited) say('  Another command is setting up; waiting for it.');
    waited = true;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  writeFileSync(owner, String(process.pid));
  try {
    return await work();
  } finally {
    rmSync(lockFolder, { recursive: true, force: true });
  }
}

/** What is missing, by name. Cheap, so that a set-up project passes in milliseconds. */
async function missingParts(needs) {
  const state = project.readState();
  const { version } = project.readJson(fromRoot('node_modules', 'electron', 'package.json')) ?? {};
  const electron = project.electronBinary();
  const known = state.electron?.version === version ? state.electron : undefined;
  const skipped = process.env.ELECTRON_SKIP_BINARY_DOWNLOAD === '1';
  const failedLately = known?.failed_at_ms !== undefined && Date.now() - known.failed_at_ms < day_ms;
  const electronIsSettled = electron ? known?.checked_ms === changed_ms(electron) : skipped || failedLately;
  return {
    packages: state.packages !== wantedPackages() || !existsSync(fromRoot('node_modules', '.package-lock.json')),
    node: !(await nodeIsUsable(state)),
    electron: needs.electron && !electronIsSettled,
    chromium: needs.chromium && !findChromium(),
  };
}

/**
 * Brings the checkout to a state in which it runs. `needs` says what the caller cannot do without:
 * `electron` tries to get it, `chromium` refuses with one sentence when none can be had, `'if no electron'` refuses
 * only when there is no Electron either. Throws Refusal.
 */
export async function setUp(needs = { electron: true, chromium: true }) {
  if (nodeMajor(process.versions.node) < 20) {
    throw new Refusal(`Node 20 or newer is needed; this is Node ${process.versions.node}. Install it from nodejs.org.`);
  }
  const missing = await missingParts(needs);
  if (!Object.values(missing).some(Boolean)) return;
  await withLock(async () => {
    const began_ms = Date.now();
    say('Setting up');
    if (missing.packages) await installPackages(wantedPackages());
    if (!(await nodeIsUsable(project.readState()))) await installNode();
    if (needs.electron) await prepareElectron(project.readState());
    const required = needs.chromium === true || (needs.chromium === 'if no electron' && !usableElectron());
    if (needs.chromium && (required || missing.chromium)) await prepareChromium(required);
    say(`Set up in ${project.seconds(began_ms)}`);
  });
}

if (project.isMain(import.meta.url)) {
  await project.runMain(async () => {
    await setUp();
    const electron = usableElectron() ? 'ready' : 'not available here, the Chromium preview is used instead';
    say(`Ready. Node: ${project.projectNode()}. Browser: ${findChromium()}. Electron: ${electron}.`);
    return 0;
  });
}
