import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../../scripts/find-chromium.mjs';
import { startSimulator } from '../../../main/gateway/simulator/simulator.ts';
import { systemClock } from '../../../main/platform/clock.ts';
import { systemRandom } from '../../../main/platform/ids.ts';
import { launchHost, type LaunchedHost } from '../../chromium-host/launch.ts';
import { SECRET } from '../../electron-points/dangerous-starts.ts';
import { coreLimit, family, listening } from '../../electron-points/processes.ts';
import { DeskDriver } from '../../support/desk-driver.ts';

/** The real bundle as a process of its own in the Chromium host. Linux alone says so much about a process. */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const REGISTER = join(ROOT, 'test', 'chromium-host', 'register.ts');
const PACKAGED = join(ROOT, 'test', 'electron-points', 'packaged-entry.ts');
const BUNDLE = join(ROOT, 'dist', 'main', 'index.js');
const MAY_DUMP = ['--core=unlimited:unlimited'];
const folders: string[] = [];

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), '--if-changed'], { cwd: ROOT, stdio: 'pipe' });
}, 120_000);
afterAll(() => folders.forEach(folder => rmSync(folder, { recursive: true, force: true })));

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tillside-start-'));
  folders.push(folder, `${folder}-keyring`);
  return folder;
}

/** Starts the app to see it refuse: nothing but the given is in its environment. */
function start(entry: string, switches: readonly string[], variables: Record<string, string> = {}) {
  const data = dataFolder();
  const parameters = ['--no-warnings', '--import', REGISTER, entry, '--data', data, '--headless', ...switches];
  const env = { PATH: process.env['PATH'] ?? '', HOME: data, ...variables };
  const { status, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8', timeout: 30_000, env });
  const log = join(data, 'logs', 'tillside.log');
  return {
    ...{ status, stderr, log: existsSync(log) ? readFileSync(log, 'utf8') : '' },
    hadBrowser: existsSync(join(data, 'host-profile')),
  };
}

const isPossible = process.platform === 'linux' && findChromium() !== undefined;

describe.runIf(isPossible)('a packaged start of the real bundle', () => {
  test.each([
    [`--remote-debugging-port=${SECRET}`, 'remote-debugging-port'],
    [' --no-sandbox', 'no-sandbox'],
    [`--ssl-key-log-file=${SECRET}`, 'ssl-key-log-file'],
    [`--a-switch-of-next-year=${SECRET}`, 'a-switch-of-next-year'],
  ])(
    'with %j ends before any window, says why, and leaves a line without the value',
    { timeout: 40_000 },
    (given, name) => {
      const { status, stderr, log, hadBrowser } = start(PACKAGED, [given]);
      expect([status, hadBrowser]).toEqual([1, false]);
      expect(stderr).toContain(`--${name}`);
      expect(JSON.parse(log.trim())).toMatchObject({ event: 'start.refused', name });
      expect(stderr + log).not.toContain(SECRET);
    },
  );

  test.each(['SSLKEYLOGFILE', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])(
    'with %s set ends as well',
    { timeout: 40_000 },
    name => {
      const { status, log, hadBrowser } = start(PACKAGED, [], { [name]: `/nowhere/${SECRET}` });
      expect([status, hadBrowser]).toEqual([1, false]);
      expect(JSON.parse(log.trim())).toMatchObject({ event: 'start.refused', kind: 'variable', name });
      expect(log).not.toContain(SECRET);
    },
  );
});

describe.runIf(isPossible)('a start for development of the real bundle', () => {
  test('is refused with a variable that writes the keys of TLS down', { timeout: 40_000 }, () => {
    const { status, stderr, hadBrowser } = start(BUNDLE, [], { SSLKEYLOGFILE: `/nowhere/${SECRET}` });
    expect([status, hadBrowser]).toEqual([1, false]);
    expect(stderr).toContain('the variable SSLKEYLOGFILE is set');
  });
});

/** Starts the app in training and waits until its window is open. */
async function running(environment: Record<string, string> = {}, parameters: readonly string[] = []) {
  const data = dataFolder();
  const host = await launchHost({
    ...{ data_dir: data, timeout_ms: 60_000, environment: { SSL_CERT_FILE: '', ...environment } },
    parameters: ['--quick-passwords', ...parameters],
  });
  const log = (): string => readFileSync(join(data, 'logs', 'tillside.log'), 'utf8');
  return { host, log, desk: new DeskDriver(host.deskPage) };
}

const ofTheApp = (host: LaunchedHost): string[] => listening(host.process.pid!);
/** The browser is the host's, not the app's; so is the port at which this test drives it. */
const ofTheBrowser = (host: LaunchedHost): string[] =>
  family(host.process.pid!)
    .slice(1)
    .flatMap(({ pid }) => listening(pid));

describe.runIf(isPossible)('a running app', () => {
  test(
    'in training listens for the simulator alone, on this computer alone; and says what weakened its start',
    {
      timeout: 120_000,
    },
    async () => {
      const { host, log, desk } = await running({ NODE_EXTRA_CA_CERTS: `/nowhere/${SECRET}` });
      try {
        expect(ofTheApp(host)).toEqual([]);
        await desk.setUpQuickly();
        await host.payFrame();
        const addresses = ofTheApp(host);
        // The simulator and its control.
        expect(addresses).toHaveLength(2);
        for (const address of addresses) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
        // Control: a listener is seen, and told apart by its process.
        expect(ofTheBrowser(host)).toHaveLength(1);
        expect(log()).toContain('"event":"start.weakened","kind":"variable","name":"NODE_EXTRA_CA_CERTS"');
        await expect.poll(() => host.logs.join('\n')).toContain('This start is weakened by');
        // Node itself names the file that it could not read; the app never does.
        const said = host.logs.filter(line => !line.startsWith('Warning: Ignoring extra certs'));
        expect(log() + said.join('\n')).not.toContain(SECRET);
      } finally {
        await host.close();
      }
    },
  );

  test('in a live office listens nowhere, and a signal does not open the debugger', { timeout: 120_000 }, async () => {
    const square = await startSimulator({ clock: systemClock, random: systemRandom, token: 'EAAAprocess-test' });
    const { host, desk } = await running({}, ['--square-base-url', square.baseUrl]);
    try {
      await desk.setUpQuickly('live');
      await desk.ask('square.connect', {
        ...{ application_id: 'sandbox-sq0idb-test', access_token: square.token, location_id: square.locationId },
      });
      await host.payFrame();
      expect(ofTheApp(host)).toEqual([]);
      for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) host.process.kill(signal);
      await desk.ask('session.state');
      expect(ofTheApp(host)).toEqual([]);
    } finally {
      await host.close();
      await square.close();
    }
  });

  test('control: without a listener for it the signal opens a debugger that is seen', { timeout: 30_000 }, async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      await expect.poll(() => family(child.pid!)[0]?.program, { timeout: 10_000 }).toContain('node');
      await new Promise(resolve => setTimeout(resolve, 500));
      child.kill('SIGUSR1');
      await expect.poll(() => listening(child.pid!), { timeout: 10_000 }).toEqual(['127.0.0.1:9229']);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

/** Only root may take a limit back, and a limit that is none already shows nothing. */
const mayRaise =
  isPossible &&
  spawnSync('/usr/bin/prlimit', [...MAY_DUMP, process.execPath, '-e', '0'], { stdio: 'ignore' }).status === 0;

describe.runIf(mayRaise)('core dumps', () => {
  test(
    'are forbidden in every process of the app that is open, although they were allowed at its start',
    {
      timeout: 120_000,
    },
    async () => {
      const data = dataFolder();
      const parameters = ['--import', REGISTER, BUNDLE, '--data', data, '--headless', '--quick-passwords'];
      const child: ChildProcess = spawn('/usr/bin/prlimit', [...MAY_DUMP, process.execPath, ...parameters], {
        ...{ cwd: ROOT, stdio: 'ignore', env: { PATH: process.env['PATH'] ?? '', HOME: data } },
      });
      const ended = once(child, 'exit');
      try {
        const limits = (): string[] => [...new Set(family(child.pid!).map(({ pid }) => coreLimit(pid)))];
        await expect.poll(() => family(child.pid!).length, { timeout: 60_000 }).toBeGreaterThan(4);
        await expect.poll(limits, { timeout: 60_000 }).toEqual(['1 1']);
        // Control: without the app the limit is what it was.
        expect(
          spawnSync('/usr/bin/prlimit', [...MAY_DUMP, '/bin/cat', '/proc/self/limits'], { encoding: 'utf8' }).stdout,
        ).toMatch(/core file size\s+unlimited/);
      } finally {
        child.kill('SIGTERM');
        await ended;
      }
    },
  );
});
