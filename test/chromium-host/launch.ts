/**
 * Starts the app in the Chromium host for a test and connects to the very same browser. The host process keeps driving
 * it over its own pipe; the test is a second client beside it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Frame, Page } from 'playwright-core';
import type { HostNotice, TestCommand } from './test-channel.ts';

export type LaunchOptions = {
  /** The app's data folder; give each test its own. */
  data_dir: string;
  /** The bundle to run; dist/main/index.js when not given. */
  entry?: string;
  parameters?: readonly string[];
  environment?: Record<string, string>;
  headless?: boolean;
  /** The desk page's origin. */
  desk_origin?: string;
  pay_origin?: string;
  /** What must be visible before the desk counts as usable; the loaded document when not given. */
  usable_selector?: string;
  timeout_ms?: number;
};
export type HostCall = { name: string; detail: unknown };
export type LaunchedHost = {
  process: ChildProcess;
  browser: Browser;
  deskPage: Page;
  /** Waits for the payment view's frame. */
  payFrame: (timeout_ms?: number) => Promise<Frame>;
  /** Lines that the host wrote to its output and error output so far. */
  logs: string[];
  /** Dialogs, opened addresses and other calls that would have left the app. */
  calls: HostCall[];
  /** Prepares the answer of the next dialog, say `showSaveDialog` with `{ canceled: true, filePath: '' }`. */
  answerDialog: (dialog: string, answer: unknown) => void;
  /** Makes powerMonitor emit, say 'suspend' or 'lock-screen'. */
  power: (event: string) => void;
  /** Sets powerMonitor's idle time; undefined measures again. */
  idle: (seconds: number | undefined) => void;
  /** Sets the main process's clock this far ahead of the real one; the page and the browser keep theirs. */
  setClockAhead: (ahead_ms: number) => void;
  /** Closes the window as a person does, so that its 'close' listeners are asked. */
  closeWindow: () => void;
  /** Ends the app in order (SIGTERM becomes app.quit) and resolves with its exit code. */
  close: () => Promise<number | null>;
  /** Ends the host as a crash does; the browser must follow by itself. */
  kill: () => Promise<void>;
};

const root = fileURLToPath(new URL('../../', import.meta.url));
const registerUrl = new URL('./register.ts', import.meta.url).href;
const poll_ms = 20;

/** Tests run on the project's Node 24 already; a test runner on another Node would break type stripping. */
function start(options: LaunchOptions): ChildProcess {
  const entry = options.entry ?? `${root}dist/main/index.js`;
  const headless = options.headless === false ? [] : ['--headless'];
  const parameters = [
    '--import',
    registerUrl,
    entry,
    '--data',
    options.data_dir,
    ...headless,
    ...(options.parameters ?? []),
  ];
  return spawn(process.execPath, parameters, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', TILLSIDE_HOST_DEBUGGING_PORT: '0', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

async function until<T>(timeout_ms: number, what: string, logs: string[], look: () => T | undefined): Promise<T> {
  const end_ms = Date.now() + timeout_ms;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end_ms) throw new Error(`${what} did not appear in ${timeout_ms} ms.\n${logs.join('\n')}`);
    await new Promise(resolve => setTimeout(resolve, poll_ms));
  }
}

function collect(child: ChildProcess, logs: string[]): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      logs.push(...lines);
    });
    stream?.on('end', () => rest && logs.push(rest));
  }
}

async function connect(child: ChildProcess, logs: string[], timeout_ms: number, calls: HostCall[]): Promise<Browser> {
  let address: string | undefined;
  child.on('message', message => {
    const notice = message as HostNotice;
    if (notice.kind === 'host-ready') address = notice.debugging_address;
    if (notice.kind === 'call') calls.push({ name: notice.name, detail: notice.detail });
  });
  const found = await until(timeout_ms, 'The host', logs, () => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The host ended.\n${logs.join('\n')}`);
    return address;
  });
  // Without defaults, because size, colours and downloads belong to the host.
  return chromium.connectOverCDP(found, { noDefaults: true, timeout: timeout_ms });
}

/** Starts the app and resolves when its desk page is usable. Rejects with the host's own words when it is not. */
export async function launchHost(options: LaunchOptions): Promise<LaunchedHost> {
  const { timeout_ms = 60_000, desk_origin = 'https://desk.tillside.localhost' } = options;
  const payOrigin = options.pay_origin ?? 'https://pay.tillside.localhost';
  const logs: string[] = [];
  const calls: HostCall[] = [];
  const child = start(options);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  collect(child, logs);
  const tell = (command: TestCommand) => child.send(command);
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    const browser = await connect(child, logs, timeout_ms, calls);
    const isDesk = (page: Page) => page.url().startsWith(`${desk_origin}/`);
    const pages = () => browser.contexts().flatMap(context => context.pages());
    const deskPage = await until(timeout_ms, 'The desk page', logs, () => pages().find(isDesk));
    await deskPage.waitForLoadState('load', { timeout: timeout_ms });
    if (options.usable_selector) await deskPage.waitForSelector(options.usable_selector, { timeout: timeout_ms });
    const isPay = (frame: Frame) => frame.url().startsWith(`${payOrigin}/`);
    return {
      process: child,
      browser,
      deskPage,
      logs,
      calls,
      payFrame: (wait_ms = timeout_ms) => until(wait_ms, 'The payment view', logs, () => deskPage.frames().find(isPay)),
      answerDialog: (dialog, answer) => tell({ kind: 'dialog-answer', dialog, answer }),
      power: event => tell({ kind: 'power', event }),
      idle: seconds => tell({ kind: 'idle', seconds }),
      setClockAhead: ahead_ms => tell({ kind: 'clock', ahead_ms }),
      closeWindow: () => tell({ kind: 'close-window' }),
      close: async () => {
        if (child.exitCode === null) child.kill('SIGTERM');
        return ended;
      },
      kill,
    };
  } catch (error) {
    await kill();
    throw error;
  }
}
