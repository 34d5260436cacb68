/** Starts the built main process again and again, each time with a fresh electron stub, and reads out what it did. */
import { registerHooks } from 'node:module';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { systemClock } from '../../main/platform/clock.ts';
import { startSimulator, type Simulator } from '../../main/gateway/simulator/simulator.ts';
import { serveJobs } from '../verify/children.ts';
import type { Job, Probed } from './evidence.ts';
import { plant } from './plant.ts';
import type * as Recording from './recording-electron.ts';
import { readEvidence, type Asked } from './read-evidence.ts';

type Electron = typeof Recording;
export type Setup = { readonly dist: string };

const PASSWORD = 'correct horse battery';
const RECORDER = new URL('./recording-electron.ts', import.meta.url).href;
const CHEAP = new URL('./cheap-argon.ts', import.meta.url).href;
const DESK = { url: 'https://desk.tillside.localhost/', parent: null };

/** By the number of the start: the text of main with its changes. */
const texts = new Map<string, string>();
let starts = 0;

registerHooks({
  resolve(specifier, context, next) {
    // As it is written, also when a link leads there: the app looks at its own address.
    if (texts.has(specifier)) return { url: specifier, shortCircuit: true };
    const variant = /\?start=\d+$/.exec(context.parentURL ?? '')?.[0];
    if (variant === undefined || context.parentURL?.includes('/electron-points/')) return next(specifier, context);
    if (specifier === 'electron') return { url: RECORDER + variant, shortCircuit: true };
    if (specifier === '@node-rs/argon2') return { url: CHEAP, shortCircuit: true };
    // It keeps what Electron gave it for ever, so it has to be new as well.
    const found = next(specifier, context);
    return specifier === 'electron-store' ? { ...found, url: found.url + variant } : found;
  },
  load(url, context, next) {
    const text = texts.get(url);
    if (text !== undefined) return { format: 'module', source: text, shortCircuit: true };
    return next(url, context);
  },
});

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waited_ms = 0; !holds(); waited_ms += 5) {
    if (waited_ms > 10_000) throw new Error(`${what} did not happen within 10 s.`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** Fills in what the stub leaves empty, each written down in the order in which main calls it. */
function watch(electron: Electron, job: Job, data: string, order: string[]): void {
  const note =
    (name: string, answer?: unknown) =>
    (...values: unknown[]) => {
      order.push([name, ...values].join(' '));
      return answer;
    };
  let userData = data;
  const { app, safeStorage } = electron;
  Object.assign(app, {
    isPackaged: job.isPackaged,
    enableSandbox: note('enableSandbox'),
    requestSingleInstanceLock: note('requestSingleInstanceLock', job.isFirstInstance),
    whenReady: note('whenReady', Promise.resolve()),
    quit: note('quit'),
    exit: note('exit'),
    getPath: (name: string) => (name === 'userData' ? userData : join(data, name)),
    setPath: (name: string, path: string) =>
      void (name === 'userData' ? (userData = path) : order.push(`setPath ${name}`)),
  });
  app.on('web-contents-created', () => order.push('contents'));
  Object.assign(safeStorage, {
    isAsyncEncryptionAvailable: () => Promise.resolve(true),
    encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(text, 'utf8')),
    decryptStringAsync: (bytes: Buffer) => Promise.resolve({ result: bytes.toString('utf8'), shouldReEncrypt: false }),
  });
}

/** Asks as the desk page does. */
export async function call(electron: Electron, name: string, input: unknown, from: object = DESK): Promise<never> {
  const sender = electron.recorded.windows[0]!.webContents;
  const event = { sender, senderFrame: from };
  const answer = (await electron.ipcMain.handlers.get('desk:call')!(event, name, input)) as {
    ok: boolean;
    value: never;
    error?: unknown;
  };
  if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
  return answer.value;
}

async function play(electron: Electron, job: Job, square: Simulator): Promise<void> {
  if (job.play === 'start') return;
  const mode = job.play === 'training' ? 'training' : 'live';
  if (mode === 'live') await call(electron, 'session.switch_mode', { mode });
  const begun: { recovery_groups: string[]; ask_groups: number[] } = await call(electron, 'setup.begin', {
    ...{ office_name: 'Test Office', desk_code: 'A1', time_zone: 'America/New_York', currency: 'USD', mode },
    ...{ owner_name: 'Jo Owner', password: PASSWORD },
  });
  if (mode === 'training') await call(electron, 'setup.print_key', {});
  const typed_groups = begun.ask_groups.map(group => begun.recovery_groups[group - 1]!);
  await call(electron, 'setup.finish', { typed_groups });
  if (mode === 'live') {
    const application_id = job.play === 'production' ? 'sq0idp-test' : 'sandbox-sq0idb-test';
    const input = { application_id, access_token: square.token, location_id: square.locationId };
    await call(electron, 'square.connect', input);
  }
  await until('the payment view', () => electron.recorded.views.length > 0);
  if (job.isThorough && mode === 'training') await beginCopy(electron);
}

/** A copy is made by a process of its own. Here it never answers, and is taken back once it was asked for. */
async function beginCopy(electron: Electron): Promise<void> {
  electron.dialogAnswers.open = { canceled: false, filePaths: [electron.app.getPath('userData')] };
  const forks = (): boolean => electron.calls.some(one => one.startsWith('utilityProcess.fork'));
  void call(electron, 'copies.choose_folder', { which: 'first' }).catch(() => {});
  await until('a process for the copy', forks);
  await call(electron, 'copies.cancel', {});
}

/** Square's hosts are the simulator here; nothing else is reached. */
function closeNetwork(asked: Asked, square: Simulator): () => void {
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const address = new URL(input instanceof Request ? input.url : String(input));
    asked.push(address.origin);
    // The port that a developer's switch names in the suite: a package that obeys it asks there.
    if (address.port === '9') return real(`${square.baseUrl}${address.pathname}${address.search}`, init);
    if (address.hostname === '127.0.0.1') return real(input, init);
    if (!/^connect\.squareup(sandbox)?\.com$/.test(address.hostname))
      return Promise.reject(new TypeError('no network'));
    return real(`${square.baseUrl}${address.pathname}${address.search}`, init);
  };
  return () => {
    globalThis.fetch = real;
  };
}

/** What a start leaves behind in the process, taken away before the next one. */
function freshProcess(job: Job, bundle: string): () => void {
  const { argv, execArgv } = process;
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, { PATH: before['PATH'] }, job.variables);
  process.argv = [
    ...(job.isPackaged ? ['/opt/Tillside/tillside'] : ['/opt/electron/electron', bundle]),
    ...job.switches,
  ];
  process.execArgv = [];
  Object.assign(process.report, { reportOnFatalError: true, reportOnSignal: true, reportOnUncaughtException: true });
  const events = ['SIGUSR1', 'SIGUSR2', 'uncaughtException', 'unhandledRejection'];
  return () => {
    process.argv = argv;
    process.execArgv = execArgv;
    Object.assign(process.env, before);
    for (const name of Object.keys(job.variables)) if (before[name] === undefined) delete process.env[name];
    for (const event of events) process.removeAllListeners(event);
  };
}

async function probe(setup: Setup, square: Simulator, job: Job): Promise<Probed> {
  starts += 1;
  const data = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tillside-points-'));
  const bundle = join(setup.dist, 'main', 'index.js');
  const place = job.inArchive
    ? pathToFileURL(join(setup.dist, 'app.asar', 'main', 'index.js')).href
    : pathToFileURL(bundle).href;
  const url = `${place}?start=${starts}`;
  const asked: Asked = [];
  const order: string[] = [];
  const restore = freshProcess(job, bundle);
  const openNetwork = closeNetwork(asked, square);
  let electron: Electron | undefined;
  try {
    texts.set(url, plant(readFileSync(bundle, 'utf8'), job.planted));
    electron = (await import(`${RECORDER}?start=${starts}`)) as Electron;
    watch(electron, job, data, order);
    await import(url);
    const { recorded } = electron;
    await until('a start or a refusal', () => recorded.menus.length > 0 || order.some(one => /^(quit|exit)/.test(one)));
    await play(electron, job, square);
    return { evidence: await readEvidence({ electron, job, order, asked: [...asked], data }) };
  } catch (error) {
    return { broke: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    const quits = order.filter(one => one === 'quit').length;
    if (electron?.prevents(electron.app, 'will-quit', {})) {
      await until('the end', () => order.filter(one => one === 'quit').length > quits).catch(() => {});
    }
    openNetwork();
    restore();
    texts.delete(url);
    rmSync(data, { recursive: true, force: true });
  }
}

// Electron says its version here; without one the app is the preview and refuses Square's production.
Object.defineProperty(process.versions, 'electron', { value: '0.0.0', configurable: true });
process.setMaxListeners(0);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const square = await startSimulator({
    ...{ clock: systemClock, random: size => Buffer.alloc(size, 7), token: 'EAAAprobe-of-the-points' },
    browserDirectory: fileURLToPath(new URL('../../main/gateway/simulator/browser', import.meta.url)),
  });
  serveJobs<Setup, Job, Probed>(setup => job => probe(setup, square, job));
}
