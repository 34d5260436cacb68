/**
 * Runs the built main process against the recording stub of `electron`, plays a plan, and prints what was recorded as
 * one line of JSON. A process of its own, because the bundle takes over the process it is loaded in.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as stub from '../support/electron-stub.ts';
import type { StubSession } from '../support/electron-stub-session.ts';

export type Plan = {
  readonly isPackaged: boolean;
  readonly isFirstInstance: boolean;
  /** As the system hands it to the program: the name of the program first. */
  readonly argv: readonly string[];
  /** Where the data would be without `--data`. */
  readonly userData: string;
  readonly bundle: string;
  /** Which part of a first day is played before everything is read out. */
  readonly play: 'start' | 'training' | 'live';
};

const PASSWORD = 'correct horse battery';
const OFFICE = {
  office_name: 'Test Office',
  desk_code: 'A1',
  time_zone: 'America/New_York',
  currency: 'USD',
  owner_name: 'Jo Owner',
  password: PASSWORD,
};
const HOSTILE = ['https://evil.example/', 'http://127.0.0.1:4300/', 'file:///etc/passwd', 'ws://evil.example/'];
const order: string[] = [];
const asked: string[] = [];
const plan = JSON.parse(process.env['TILLSIDE_PLAN'] ?? '') as Plan;
let userData = plan.userData;

/** Fills in what the stub leaves empty, each written down in the order in which main calls it. */
function watchApp(): void {
  const note =
    (name: string, answer?: unknown) =>
    (...values: unknown[]) => {
      order.push([name, ...values].join(' '));
      return answer;
    };
  const enableSandbox = stub.app.enableSandbox.bind(stub.app);
  Object.assign(stub.app, {
    isPackaged: plan.isPackaged,
    isFirstInstance: plan.isFirstInstance,
    enableSandbox: () => void (enableSandbox(), order.push('enableSandbox')),
    requestSingleInstanceLock: note('requestSingleInstanceLock', plan.isFirstInstance),
    whenReady: note('whenReady', Promise.resolve()),
    quit: note('quit'),
    exit: note('exit'),
    getPath: (name: string) => (name === 'userData' ? userData : join(plan.userData, name)),
    setPath: (name: string, path: string) => void (name === 'userData' && (userData = path)),
    setAsDefaultProtocolClient: note('setAsDefaultProtocolClient', true),
    setLoginItemSettings: note('setLoginItemSettings'),
    commandLine: { appendSwitch: note('appendSwitch'), appendArgument: note('appendArgument'), hasSwitch: () => false },
  });
  Object.assign(stub.safeStorage, {
    isAsyncEncryptionAvailable: () => Promise.resolve(true),
    encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(text, 'utf8')),
    decryptStringAsync: (bytes: Buffer) => Promise.resolve({ result: bytes.toString('utf8'), shouldReEncrypt: false }),
  });
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const { origin, hostname } = new URL(input instanceof Request ? input.url : String(input));
    asked.push(origin);
    return hostname === '127.0.0.1' ? real(input, init) : Promise.reject(new TypeError('There is no network here.'));
  };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waited_ms = 0; !holds(); waited_ms += 20) {
    if (waited_ms > 15_000) throw new Error(`${what} did not happen within 15 s.`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

type Answer = { ok: boolean; value?: Record<string, unknown>; error?: unknown };

/** Asks as the desk page does. */
async function call(name: string, input: unknown): Promise<Record<string, unknown>> {
  const sender = stub.recorded.windows[0]!.webContents;
  const event = { sender, senderFrame: { url: 'https://desk.tillside.localhost/', parent: null } };
  const answer = (await stub.ipcMain.handlers.get('desk:call')!(event, name, input)) as Answer;
  if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
  return answer.value ?? {};
}

async function setUp(mode: 'training' | 'live'): Promise<void> {
  if (mode === 'live') await call('session.switch_mode', { mode });
  const { recovery_groups, ask_groups } = await call('setup.begin', { ...OFFICE, mode });
  await call('setup.print_key', {});
  const groups = recovery_groups as string[];
  const typed_groups = (ask_groups as number[]).map(group => groups[group - 1]!);
  await call('setup.finish', { typed_groups });
}

async function play(): Promise<unknown> {
  if (plan.play === 'start') return null;
  await setUp(plan.play);
  if (plan.play === 'training') {
    await until('the payment view', () => stub.recorded.views.length > 0);
    return null;
  }
  const access_token = ['EAAA', 'not-a-token'].join('');
  return call('square.test', { application_id: 'sandbox-sq0idb-test', access_token, location_id: 'L1' });
}

const plain = (preferences: Record<string, unknown>): Record<string, unknown> => ({
  ...preferences,
  session: (preferences['session'] as StubSession | undefined)?.partition ?? 'none',
});

async function readSession(session: StubSession) {
  const granted: boolean[] = [];
  const request = [{}, 'media', (answer: boolean) => granted.push(answer), {}] as never[];
  session.permissionRequestHandler?.(...request);
  const page = `https://${session.partition.replace(/-\d+$/, '')}.tillside.localhost/`;
  const answer = session.protocolHandlers.has('https') ? await session.ask(page) : null;
  return {
    options: session.options,
    granted,
    checked: session.permissionCheckHandler?.(...([null, 'media', page, {}] as never[])),
    downloads: !stub.prevents(session, 'will-download', {}),
    reached: HOSTILE.filter(url => !session.cancels(url)),
    page: answer && { status: answer.status, headers: Object.fromEntries(answer.headers) },
  };
}

async function read(found: unknown) {
  const { windows, views, contents, sessions, menus, dialogs, opened } = stub.recorded;
  const moves = ['will-navigate', 'will-frame-navigate', 'will-redirect'];
  const slots = (mode: string): unknown => JSON.parse(readFileSync(join(userData, mode, 'slots-a.json'), 'utf8'));
  return {
    order,
    asked: [...new Set(asked)],
    found,
    userData,
    slots: plan.play === 'start' ? null : slots(plan.play),
    windows: windows.map(window => plain(window.options.webPreferences)),
    views: views.map(view => plain(view.options.webPreferences)),
    pages: contents.map(one => ({
      loaded: one.loaded,
      opens: HOSTILE.filter(url => one.windowOpenHandler?.({ url }).action !== 'deny'),
      leaves: [...HOSTILE, 'https://desk.tillside.localhost/'].filter(
        url => !moves.every(move => stub.prevents(one, move, { url, isMainFrame: true })),
      ),
      attaches: !stub.prevents(one, 'will-attach-webview', {}),
    })),
    sessions: Object.fromEntries(
      await Promise.all([...sessions].map(async ([name, session]) => [name, await readSession(session)] as const)),
    ),
    handled: [...stub.ipcMain.handlers.keys()],
    heard: stub.ipcMain.eventNames().map(String),
    menus: menus.length,
    menu: JSON.stringify(menus),
    dialogs,
    opened,
  };
}

export type Recorded = Awaited<ReturnType<typeof read>>;

stub.resolveElectronToStub();
watchApp();
process.argv = [...plan.argv];
await import(plan.bundle);
await until(
  'a start or a refusal',
  () => stub.recorded.menus.length > 0 || order.some(one => /^(quit|exit)/.test(one)),
);
const recorded = await read(await play());
stub.prevents(stub.app, 'will-quit', {});
await until('the end', () => plan.play === 'start' || order.includes('quit'));
process.stdout.write(`\n${JSON.stringify(recorded)}\n`, () => process.exit(0));
