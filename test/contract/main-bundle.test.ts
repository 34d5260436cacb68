import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan, Recorded } from './main-bundle-child.ts';

/** The real bundle of the main process, loaded against the recording stub of electron: what the whole app asks for. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUNDLE = join(ROOT, 'dist', 'main', 'index.js');
const CHILD = fileURLToPath(new URL('./main-bundle-child.ts', import.meta.url));
const folders: string[] = [];

afterAll(() => folders.forEach(folder => rmSync(folder, { recursive: true, force: true })));

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tillside-bundle-'));
  folders.push(folder);
  return folder;
}

/** Starts the app with these switches. Packaged, the switches follow the program; else the project's folder does. */
function start(
  plan: Partial<Plan>,
  switches: readonly string[] = [],
  variables: Record<string, string> = {},
): Recorded {
  const isPackaged = plan.isPackaged ?? true;
  const program = isPackaged ? ['/opt/Tillside/tillside'] : ['/opt/electron/electron', ROOT];
  const whole: Plan = {
    isPackaged,
    isFirstInstance: true,
    userData: temporaryFolder(),
    bundle: pathToFileURL(BUNDLE).href,
    play: 'start',
    argv: [...program, ...switches],
    ...plan,
  };
  const { PATH = '' } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', CHILD], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH, TILLSIDE_PLAN: JSON.stringify(whole), ...variables },
  });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Recorded;
}

const CLOSED = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  plugins: false,
  spellcheck: false,
  navigateOnDragDrop: false,
  devTools: false,
};
const preload = (name: string): string => join(ROOT, 'dist', 'preload', name);

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), '--if-changed'], { cwd: ROOT, stdio: 'pipe' });
  expect(existsSync(BUNDLE)).toBe(true);
}, 120_000);

describe('a packaged app on its first day', () => {
  let app: Recorded;
  let data = '';
  beforeAll(() => {
    data = temporaryFolder();
    app = start({ play: 'training' }, ['--data', data, '--quick-passwords']);
  }, 60_000);

  test('is sandboxed and alone before it is ready, and appends no switch', () => {
    const [first, second, third] = app.order;
    expect([first, second, third]).toEqual(['enableSandbox', 'requestSingleInstanceLock', 'whenReady']);
    expect(app.order.filter(one => /^(append|setAsDefault|setLogin)/.test(one))).toEqual([]);
  });

  test('keeps its data where --data says', () => {
    expect(app.userData).toBe(data);
  });

  test('opens a desk window and a sheet of paper, every preference by value', () => {
    expect(app.windows).toEqual([
      { ...CLOSED, session: 'desk', preload: preload('desk.cjs') },
      { ...CLOSED, session: 'paper', javascript: false },
    ]);
  });

  test('opens one view for the card fields, in a session and with a preload of its own', () => {
    expect(app.views).toEqual([
      { ...CLOSED, session: 'pay-1', preload: preload('pay.cjs'), backgroundThrottling: false },
    ]);
  });

  test('loads three pages, and none of them opens a window, leaves its place or attaches a webview', () => {
    expect(app.pages).toEqual([
      { loaded: ['https://desk.tillside.localhost/'], opens: [], leaves: [], attaches: false },
      { loaded: ['https://paper.tillside.localhost/1'], opens: [], leaves: [], attaches: false },
      { loaded: ['https://pay.tillside.localhost/'], opens: [], leaves: [], attaches: false },
    ]);
    expect(app.opened).toEqual([]);
  });

  test('has three sessions in memory that grant nothing and reach nothing', () => {
    expect(Object.keys(app.sessions)).toEqual(['desk', 'paper', 'pay-1']);
    for (const session of Object.values(app.sessions)) {
      expect(session).toMatchObject({ options: { cache: false }, granted: [false], checked: false, downloads: false });
      expect(session.reached).toEqual([]);
    }
  });

  test('serves the desk under a policy that loads its own files and connects to nothing', () => {
    expect(app.sessions['desk']?.page).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
    expect(app.sessions['desk']?.page?.headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'none'; frame-src 'none'; worker-src 'none'; form-action 'none'; base-uri 'none'; " +
        "object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
        'trusted-types svelte-trusted-html',
    );
  });

  test('serves the card fields of training under a policy that knows the simulator alone', () => {
    const simulator = 'https://web.squarecdn.tillside.localhost';
    expect(app.sessions['pay-1']?.page?.status).toBe(200);
    expect(app.sessions['pay-1']?.page?.headers['content-security-policy']).toBe(
      `default-src 'none'; script-src 'self' ${simulator}; style-src 'self' ${simulator} 'unsafe-inline'; ` +
        `connect-src ${simulator}; frame-src ${simulator}; font-src ${simulator}; img-src 'self' data:; ` +
        `form-action ${simulator}; base-uri 'none'; worker-src 'none'; object-src 'none'; frame-ancestors 'none'`,
    );
  });

  test('listens on one channel for the desk and on one for the card fields', () => {
    expect(app.handled).toEqual(['desk:call']);
    // electron-store listens by itself and would answer any page with the data folder, so that channel is closed.
    expect(app.heard).toEqual(['pay:tell']);
    for (const name of ['desk.cjs', 'pay.cjs']) {
      expect(readFileSync(preload(name), 'utf8')).not.toMatch(/sendSync|electron-store/);
    }
  });

  test('has a menu without reload and developer tools', () => {
    expect(app.menus).toBe(1);
    expect(app.menu).toContain('"role":"copy"');
    expect(app.menu).not.toMatch(/toggleDevTools|reload/i);
  });

  test('ignores --quick-passwords: the owner’s slot costs what a real one costs', () => {
    const people = (app.slots as { slots: { kind: string; cost?: unknown }[] }).slots.filter(
      one => one.kind === 'person',
    );
    expect(people.map(one => one.cost)).toEqual([{ memory_kib: 131_072, passes: 3, lanes: 2 }]);
  });

  test('talks to the simulator on this computer and to no other host', () => {
    expect(app.asked.filter(origin => !/^http:\/\/127\.0\.0\.1:\d+$/.test(origin))).toEqual([]);
  });
});

describe('switches for development', () => {
  const SIMULATOR = 'http://127.0.0.1:9';
  const SWITCHES = ['--quick-passwords', `--square-base-url=${SIMULATOR}`];

  test('are ignored by a packaged app: it asks Square itself', { timeout: 60_000 }, () => {
    const app = start({ play: 'live' }, SWITCHES);
    expect(app.asked).toEqual(['https://connect.squareupsandbox.com']);
    expect(app.found).toMatchObject({ findings: [{ check: 'environment', ok: false, error: 'square_unreachable' }] });
  });

  test('control: an app that is not packaged obeys them, and has its developer menu', { timeout: 60_000 }, () => {
    const app = start({ play: 'live', isPackaged: false }, SWITCHES);
    expect(app.asked).toEqual([SIMULATOR]);
    expect(JSON.stringify(app.slots)).toContain('"memory_kib":8192');
    expect(app.windows[0]?.['devTools']).toBe(true);
    expect(app.menu).toContain('toggleDevTools');
  });
});

describe('a start that is refused', () => {
  test.each(['--remote-debugging-port=9222', '--inspect', '--no-sandbox', '--ignore-certificate-errors'])(
    'a packaged app with %s says why and opens nothing',
    { timeout: 30_000 },
    argument => {
      const app = start({}, [argument]);
      expect(app.dialogs).toHaveLength(1);
      const [title, sentence] = app.dialogs[0]!.values as [string, string];
      expect(title).toBe('Tillside cannot start');
      expect(sentence).toContain(`the switch ${argument.split('=')[0]} is set`);
      expect(sentence).toContain('Remove it and start Tillside again.');
      expect(sentence).not.toContain('9222');
      expect(app.order).toEqual(['enableSandbox', 'exit 1']);
      expect([app.windows, app.views, app.handled, app.menus]).toEqual([[], [], [], 0]);
    },
  );

  test('a packaged app with a dangerous variable names it', { timeout: 30_000 }, () => {
    const app = start({}, [], { NODE_EXTRA_CA_CERTS: '/home/x/a.pem' });
    expect(JSON.stringify(app.dialogs)).toContain('the variable NODE_EXTRA_CA_CERTS is set');
    expect(JSON.stringify(app.dialogs)).not.toContain('a.pem');
    expect(app.order).toEqual(['enableSandbox', 'exit 1']);
  });

  test('a second copy opens nothing and quits', { timeout: 30_000 }, () => {
    const app = start({ isFirstInstance: false });
    expect(app.order).toEqual(['enableSandbox', 'requestSingleInstanceLock', 'quit']);
    expect([app.windows, app.views, app.handled, app.menus]).toEqual([[], [], [], 0]);
  });
});

test('the bundle knows no crash reporter, protocol client, remote module or debugger', () => {
  const text = readFileSync(BUNDLE, 'utf8');
  expect(text).toContain('requestSingleInstanceLock');
  for (const word of ['crashReporter', 'setAsDefaultProtocolClient', 'enableRemoteModule', 'appendSwitch']) {
    expect(text).not.toContain(word);
  }
  expect(text).not.toMatch(/\.debugger\.attach|openDevTools|disableHardwareAcceleration/);
});
