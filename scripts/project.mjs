/**
 * What the commands share: where things are, what set-up remembers, and how a step is run and reported.
 * Node built-ins only; runs on Node 20, because it runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const setupFolder = join(root, '.setup');
const stateFile = join(setupFolder, 'state.json');

/** A message for the person at the keyboard. It is printed without a stack trace. */
export class Refusal extends Error {}

export function fromRoot(...parts) {
  return join(root, ...parts);
}

export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

export function readState() {
  return readJson(stateFile) ?? {};
}

/** Merges into the remembered state; written beside and renamed, so that a killed set-up never leaves half a file. */
export function writeState(changes) {
  mkdirSync(setupFolder, { recursive: true });
  const temporary = `${stateFile}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify({ ...readState(), ...changes }, null, 2)}\n`);
  renameSync(temporary, stateFile);
}

export function hashOf(...texts) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex');
}

/** The project's own Node 24, or undefined while it is not installed. */
export function projectNode() {
  const packageFolder = fromRoot('node_modules', 'node');
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const linked = join(packageFolder, 'bin', file);
  if (existsSync(linked)) return linked;
  const nested = join(packageFolder, 'node_modules');
  const folder = existsSync(nested) && readdirSync(nested).find(name => /^node(-bin)?-(linux|darwin|win)-/.test(name));
  const inside = folder ? join(nested, folder, 'bin', file) : undefined;
  if (inside && existsSync(inside)) return inside;
  // A machine that already runs Node 24 or newer needs no second one.
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : undefined;
}

/** The Electron binary, or undefined while it is not there. Never downloads (requiring `electron` would). */
export function electronBinary() {
  const packageFolder = fromRoot('node_modules', 'electron');
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!existsSync(join(packageFolder, 'path.txt'))) return undefined;
  const inside = readFileSync(join(packageFolder, 'path.txt'), 'utf8').trim();
  const binary = override ? join(override, inside) : join(packageFolder, 'dist', inside);
  return existsSync(binary) ? binary : undefined;
}

/** The environment for everything the project runs: its own Node and tools come first on the path. */
export function projectEnvironment(more = {}) {
  const node = projectNode();
  const key = Object.keys(process.env).find(name => name.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = [...(node ? [dirname(node)] : []), fromRoot('node_modules', '.bin'), process.env[key] ?? ''];
  return { ...process.env, [key]: folders.join(delimiter), ...more };
}

export function seconds(since_ms) {
  return `${((Date.now() - since_ms) / 1000).toFixed(1)} s`;
}

/**
 * Runs a program to its end. `log` sends its output to a file, otherwise it is collected, or shown when `show` is set.
 * `onLine` hears each line of a collected output as it comes.
 * Returns { code, output, timedOut }; code is null when a signal ended it. Never throws for a failing program.
 */
export function runProgram(program, parameters, options = {}) {
  const { log, show = false, cwd = root, env = process.env, timeout_ms = 0, shell = false, onLine } = options;
  const logFile = log ? openSync(log, 'w') : undefined;
  const sink = show ? 'inherit' : (logFile ?? 'pipe');
  return new Promise(resolve => {
    const child = spawn(program, parameters, { cwd, env, shell, stdio: [show ? 'inherit' : 'ignore', sink, sink] });
    const chunks = [];
    let timedOut = false;
    const timer =
      timeout_ms > 0 &&
      setTimeout(() => {
        timedOut = true;
        child.kill('SIGKILL');
      }, timeout_ms);
    const finish = (code, problem) => {
      clearTimeout(timer);
      if (logFile !== undefined) closeSync(logFile);
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') + problem, timedOut });
    };
    child.stdout?.on('data', chunk => chunks.push(chunk));
    if (onLine && child.stdout) createInterface({ input: child.stdout }).on('line', onLine);
    child.stderr?.on('data', chunk => chunks.push(chunk));
    child.once('error', error => finish(1, `\n${error.message}`));
    child.once('close', code => finish(code, ''));
  });
}

/** Runs a file with the project's Node 24, in the foreground. Resolves with its exit code; signals are passed on. */
export function runNode(parameters, options = {}) {
  return runForeground(projectNode() ?? process.execPath, parameters, options);
}

export function runForeground(program, parameters, options = {}) {
  return new Promise(resolve => {
    const child = spawn(program, parameters, { cwd: root, stdio: 'inherit', env: projectEnvironment(), ...options });
    // A terminal sends Ctrl+C to both of us; waiting for the child lets it close its ledger first.
    const pass = signal => child.kill(signal);
    const ignore = () => {};
    process.on('SIGTERM', pass).on('SIGINT', ignore);
    child.once('error', error => {
      process.stderr.write(`Could not start ${program}: ${error.message}\n`);
      resolve(1);
    });
    child.once('close', (code, signal) => {
      process.off('SIGTERM', pass).off('SIGINT', ignore);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** Files below a folder whose name passes, with sorted relative order; folders that do not exist have none. */
export function filesBelow(folder, passes = () => true) {
  if (!existsSync(folder)) return [];
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') found.push(...filesBelow(path, passes));
    } else if (passes(entry.name)) found.push(path);
  }
  return found;
}

/** Runs a command's main function: refusals are printed as a sentence, anything else with its stack. */
export async function runMain(main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Refusal ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}

/** Is this module the program that was started, rather than an import of another command? */
export function isMain(moduleUrl) {
  return process.argv[1] !== undefined && fileURLToPath(moduleUrl) === process.argv[1];
}
