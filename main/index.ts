import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { app, ipcMain, nativeTheme, powerMonitor } from 'electron';
import type { Announce, Handlers } from '../common/contract/index.ts';
import { AppError } from '../common/errors.ts';
import { finishSwitch } from './copies/switch.ts';
import { bookHandlers } from './book-handlers.ts';
import { openDoor } from './door.ts';
import { createSquareGateway } from './gateway/square/adapter.ts';
import { copiesOfTheDesk, copiesWorker } from './open-copies.ts';
import { openOffice, type OpenOffice } from './open-office.ts';
import { paymentHandlers } from './payments/handlers.ts';
import { sleep, systemClock } from './platform/clock.ts';
import { openConfig } from './platform/config.ts';
import { writeDurably } from './platform/durable-file.ts';
import { makeIds, systemRandom } from './platform/ids.ts';
import { openLog, type Log } from './platform/log.ts';
import { electronDeviceSecrets } from './platform/secrets-electron.ts';
import type { PaperPorts } from './receipts/paper.ts';
import { refundHandlers } from './refunds/handlers.ts';
import { reportHandlers } from './reports/handlers.ts';
import { settingsHandlers } from './settings/handlers.ts';
import type { SquareEnvironment } from './settings/square-test.ts';
import { openDeskWindow, type DeskWindow } from './shell/desk-window.ts';
import { childProcess } from './shell/child-process.ts';
import { chooseFolder, saveFile, showFatal } from './shell/dialogs.ts';
import { listenForCalls } from './shell/door-channel.ts';
import { installMenu } from './shell/menu.ts';
import { closeMemoryDoors, forbidCoreDumps } from './shell/memory-dumps.ts';
import { createPaper } from './shell/paper.ts';
import { createPaymentView, type PaymentView } from './shell/payment-view.ts';
import { hardenApp } from './shell/security.ts';
import { claimSingleInstance } from './shell/single-instance.ts';
import { judgeStart, refusalSentence, weakenedSentence, type Danger } from './shell/start-guards.ts';
import { cardFieldHandlers } from './shell/card-field-handlers.ts';
import { staffHandlers } from './staff/handlers.ts';
import { watchIdle } from './staff/idle-lock.ts';
import { Session } from './staff/session.ts';
import { Setup } from './staff/setup.ts';

/**
 * The composition root: builds everything once, joins it, opens the window. Switches for development and tests are
 * honoured only while the app is not packaged.
 */
const HERE = fileURLToPath(new URL('.', import.meta.url));
const clock = systemClock;
const random = systemRandom;
const newId = makeIds(clock, random);

const { values: given } = parseArgs({
  // A packaged app has only the program in front of its switches; while developing there is the entry as well.
  args: process.argv.slice(app.isPackaged ? 1 : 2),
  strict: false,
  options: {
    data: { type: 'string' },
    'square-base-url': { type: 'string' },
    'square-production-url': { type: 'string' },
    'gateway-timeout-ms': { type: 'string' },
    'training-network': { type: 'string' },
    'quick-passwords': { type: 'boolean' },
  },
});
const development = (name: keyof typeof given): string | undefined => {
  const value = app.isPackaged ? undefined : given[name];
  return typeof value === 'string' ? value : undefined;
};

const startCopier = childProcess(copiesWorker(HERE), 'Tillside copies');

const BASE_URLS: Record<SquareEnvironment, string> = {
  sandbox: development('square-base-url') ?? 'https://connect.squareupsandbox.com',
  production: development('square-production-url') ?? 'https://connect.squareup.com',
};

closeMemoryDoors();
const undumpable = forbidCoreDumps() === 0;
const start = judgeStart({
  ...{ switches: process.argv.slice(1), runtimeSwitches: process.execArgv, variables: process.env },
  ...{ isPackaged: app.isPackaged, bundle: import.meta.url, platform: process.platform },
});

if (typeof given['data'] === 'string') app.setPath('userData', given['data']);
hardenApp(app);

if (start.refused) {
  refuse(start.refused);
} else if (claimSingleInstance(app, () => desk?.focus())) {
  void app.whenReady().then(run, fail);
} else {
  process.stderr.write('Tillside is already open on this data folder; its window was brought to the front.\n');
  app.quit();
}

let desk: DeskWindow | undefined;

/** The log names what was found and never its value. It is written first, because the message waits for a person. */
function refuse(danger: Danger): void {
  openLog(join(app.getPath('userData'), 'logs'), clock).info('start.refused', danger);
  showFatal('Tillside cannot start', refusalSentence(danger));
  app.exit(1);
}

function sayWeakened(log: Log): void {
  if (start.weakened.length === 0) return;
  for (const danger of start.weakened) log.info('start.weakened', danger);
  process.stderr.write(`${weakenedSentence(start.weakened)}\n`);
}

/** An office that was connected before its start was weakened opens, and stays without a line to Square's production. */
function officeUrl(environment: SquareEnvironment): string {
  if (environment === 'production' && start.weakened.length > 0) throw new AppError('preview_refuses_live');
  return BASE_URLS[environment];
}

function fail(error: unknown): void {
  const sentence = error instanceof Error ? error.message : String(error);
  showFatal('Tillside cannot start', `${sentence}\nNothing was changed. Start it again, or ask for help.`);
  app.exit(1);
}

async function run(): Promise<void> {
  const dataFolder = app.getPath('userData');
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const log = openLog(join(dataFolder, 'logs'), clock);
  process.on('uncaughtException', error => log.bug('uncaught', error));
  process.on('unhandledRejection', error => log.bug('unhandled', error));
  sayWeakened(log);
  const config = openConfig(dataFolder);
  // A restore that was cut short is finished before anybody looks for an office.
  for (const mode of ['live', 'training'] as const) finishSwitch(dataFolder, mode);
  // electron-store answers any page on a channel of its own, with the data folder. No page of ours asks there.
  ipcMain.removeAllListeners('electron-store-get-data');
  const announce = announcing(() => session.phase === 'open' || view?.leave());
  // Electron tells itself by its version; without one this is the preview, which has no keyring of the system.
  const preview = process.versions['electron'] === undefined;
  let office: OpenOffice | undefined;
  const opened = (): OpenOffice => {
    // Asking for the ledger refuses while it is closed, as during a change of its key.
    if (!office || office.ledger !== session.ledger) throw new AppError('not_signed_in');
    return office;
  };
  let view: PaymentView | undefined;
  const quick = given['quick-passwords'] === true && !app.isPackaged;
  const cost = quick ? { memory_kib: 8192, passes: 1, lanes: 1 } : undefined;
  const session = new Session({
    ...{ cost, clock, random, announce, log, config, dataFolder, preview, version: app.getVersion() },
    deviceSecrets: electronDeviceSecrets(random, preview),
    onAnchorFailure: error => log.bug('anchor', error),
    start: async (ledger, folder) => {
      office = await openOffice(ledger, folder, {
        ...{ clock, random, newId, announce, log, paymentView: view!, dataFolder, startChild: startCopier },
        app_version: app.getVersion(),
        baseUrl: officeUrl,
        simulated: development('square-base-url') !== undefined,
        timeout_ms: Number(development('gateway-timeout-ms') ?? 20_000),
        startOffline: development('training-network') === 'down',
        browserDirectory: join(HERE, 'browser'),
      });
      return office;
    },
  });
  const setup = new Setup(session, newId, cost);
  const applyTheme = (): void => {
    nativeTheme.themeSource = config.get('theme');
  };
  applyTheme();
  closeInOrder(session);
  desk = await openDeskWindow({
    bundleDirectory: join(HERE, '..', 'renderer', 'desk'),
    preloadFile: join(HERE, '..', 'preload', 'desk.cjs'),
    ...(config.get('bounds') ? { bounds: config.get('bounds')! } : {}),
    onBoundsChanged: bounds => config.set('bounds', bounds),
    mayClose: () => settled(session),
    onClosed: () => app.quit(),
    beforeLoad: window => {
      desk = window;
      view = createPaymentView({
        desk: window,
        bundleDirectory: join(HERE, '..', 'renderer', 'pay'),
        preloadFile: join(HERE, '..', 'preload', 'pay.cjs'),
        clock,
        log: (event, details) => log.info(event, details),
      });
      openTheDoor(window, { session, setup, log, view, office: opened, onAppearance: applyTheme, preview });
    },
  });
  // A second time for Chromium's own processes; nobody has signed in yet and no card was typed.
  if (!undumpable || forbidCoreDumps() > 0) log.info('core_dumps.possible');
  installMenu({ desk: () => desk ?? null, isPackaged: app.isPackaged, platform: process.platform });
}

/**
 * Tells the page. When nobody is at the desk any more `leave` comes first: the page that would hide Square's fields is
 * gone by then, and what is typed in them belongs to nobody's payment.
 */
function announcing(leave: () => unknown): Announce {
  return (name, payload) => {
    if (name === 'session.changed') leave();
    desk?.send(name, payload);
  };
}

type DoorParts = {
  readonly session: Session;
  readonly setup: Setup;
  readonly log: Log;
  readonly view: PaymentView;
  readonly office: () => OpenOffice;
  readonly onAppearance: () => void;
  readonly preview: boolean;
};

/** Every call of the contract meets its handler here, and the one door opens. */
function openTheDoor(window: DeskWindow, parts: DoorParts): void {
  lockWhenLeft(parts.session);
  const { session, setup, log, view, office, onAppearance, preview } = parts;
  const { dataFolder, announce } = session.ports;
  const paper = paperPorts(window);
  const prove = (person_id: string, password: string): Promise<void> => session.prove(person_id, password);
  const handlers: Handlers = {
    ...staffHandlers({
      ...{ session, setup, log, newId, onAppearance, print: html => paper.print(html, 'Letter') },
      copyFirst: () => office().copies.beforeChange(),
    }),
    ...bookHandlers({ ledger: () => session.ledger, newId, clock, announce }),
    ...paymentHandlers({ office, cardFields: view, paper, clock, prove }),
    ...refundHandlers({ office, prove, clock, announce, paper }),
    ...cardFieldHandlers(view, announce),
    ...copiesOfTheDesk({ session, office, startChild: startCopier, chooseFolder: () => chooseFolder(window) }),
    ...reportHandlers({ ledger: () => session.ledger, save: paper.save }),
    ...settingsHandlers({
      ...{ office, announce, dataFolder, connect: createSquareGateway },
      preview: preview || start.weakened.length > 0,
      baseUrl: environment => BASE_URLS[environment],
    }),
  };
  const visitor = () => ({
    person_id: session.person?.person_id ?? null,
    locked: session.locked,
    permissions: session.permissions(),
  });
  const door = openDoor({ handlers, clock, log, checkAnswers: !app.isPackaged, visitor });
  listenForCalls(window, door, (why, url) => log.info('call.refused', { why, url }));
}

function paperPorts(window: DeskWindow): PaperPorts {
  const paper = createPaper();
  return {
    toPdf: (html, size) => paper.toPdf(html, size),
    print: (html, size) => paper.print(html, size),
    async save(suggestedName, kind, content) {
      const path = await saveFile(window, { suggestedName, kind });
      // A folder that is gone, as with a drive that was pulled out, is not made anew: the file would be found nowhere.
      if (path && !existsSync(dirname(path))) throw new AppError('export_failed');
      try {
        if (path) writeDurably(path, content);
      } catch {
        throw new AppError('export_failed');
      }
      return path;
    },
  };
}

/** A charge in flight keeps the window until it is settled or written down as in doubt. */
async function settled(session: Session): Promise<boolean> {
  const LONGEST_WAIT_MS = 30_000;
  const STEP_MS = 50;
  for (let waited_ms = 0; session.inFlight > 0 && waited_ms < LONGEST_WAIT_MS; waited_ms += STEP_MS) {
    await sleep(clock, STEP_MS);
  }
  return true;
}

/** A desk that was left, and a computer that goes to sleep or is locked, close the screen. Money goes on being settled. */
function lockWhenLeft(session: Session): void {
  const lock = (): void => session.lock();
  const limit_minutes = (): number | null => session.idle_minutes;
  watchIdle({ clock, idle_s: () => powerMonitor.getSystemIdleTime(), limit_minutes, lock });
  for (const moment of ['suspend', 'lock-screen'] as const) powerMonitor.on(moment as 'suspend', lock);
}

/** Quitting waits for the ledger: the outbox stops between two facts, the anchors are flushed, the file is closed. */
function closeInOrder(session: Session): void {
  let closed = false;
  app.on('will-quit', event => {
    if (closed) return;
    event.preventDefault();
    void session.close().finally(() => {
      closed = true;
      app.quit();
    });
  });
}
