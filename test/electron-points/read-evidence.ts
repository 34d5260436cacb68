/** Reads out of a started app what it asked of Electron, by asking its handlers what a browser would ask them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StubSession } from '../support/electron-stub-session.ts';
import { HOSTILE, PERMISSIONS } from './evidence.ts';
import type { Answered, Evidence, Job, Memory, Page, SessionFacts } from './evidence.ts';
import type * as Recording from './recording-electron.ts';
import { hostilePaths } from './hostile-paths.ts';

type Electron = typeof Recording;
type Contents = Electron['recorded']['contents'][number];
export type Asked = string[];
type Started = {
  readonly electron: Electron;
  readonly job: Job;
  readonly order: readonly string[];
  readonly asked: readonly string[];
  readonly data: string;
};

const MOVES = ['will-navigate', 'will-frame-navigate', 'will-redirect'];
const OURS = ['desk', 'pay', 'paper'].map(name => `https://${name}.tillside.localhost/`);

export async function readEvidence(started: Started): Promise<Evidence> {
  const { electron, job, order, asked, data } = started;
  const { recorded, ipcMain } = electron;
  const surfaces = [
    ...recorded.windows.map(one => ['window', one] as const),
    ...recorded.views.map(one => ['view', one] as const),
  ];
  const sessions: Record<string, SessionFacts> = {};
  const protection = await readProtection(electron);
  const memory = readMemory();
  for (const [name, session] of recorded.sessions)
    sessions[name] = await readSession(electron, name, session, job.isThorough === true);
  const senders = await readSenders(electron);
  for (const [name, session] of recorded.sessions) {
    const afterReady = [...HOSTILE, ...OURS].filter(url => !session.cancels(url));
    sessions[name] = { ...sessions[name]!, afterReady };
  }
  const focused = recorded.windows[0]?.webContents.focusCount ?? 0;
  if (job.play !== 'start') electron.app.emit('second-instance', {}, [], '/');
  const log = join(data, 'logs', 'tillside.log');
  return {
    order,
    calls: electron.calls,
    surfaces: surfaces.map(([kind, { options }]) => {
      const { session, preload, ...preferences } = options.webPreferences;
      return {
        kind,
        session: (session as StubSession | undefined)?.partition ?? 'the default session',
        preload: typeof preload === 'string' ? preload.split(/[\\/]/).slice(-2).join('/') : 'none',
        preferences,
      };
    }),
    pages: recorded.contents.map(one => readPage(electron, one)),
    sessions,
    strangers: readStrangers(electron),
    handled: [...ipcMain.handlers.keys()],
    heard: ipcMain.eventNames().map(String),
    ...senders,
    opened: recorded.opened,
    menu: JSON.stringify(recorded.menus),
    dialogs: recorded.dialogs.map(one => JSON.stringify(one.values)),
    protection,
    memory,
    focusedBySecond: (recorded.windows[0]?.webContents.focusCount ?? 0) > focused,
    asked: [...new Set(asked)],
    log: existsSync(log) ? readFileSync(log, 'utf8') : '',
  };
}

function readPage({ prevents }: Electron, contents: Contents): Page {
  const addresses = [...HOSTILE, ...OURS];
  const stays = (url: string, isMainFrame: boolean): boolean =>
    MOVES.filter(move => isMainFrame || move !== 'will-navigate').every(move =>
      prevents(contents, move, { url, isMainFrame }),
    );
  return {
    session: contents.session.partition,
    loaded: contents.loaded,
    opens: addresses.filter(url => contents.windowOpenHandler?.({ url }).action !== 'deny'),
    leaves: addresses.filter(url => !stays(url, true)),
    frames: [...addresses, 'https://bank.example/challenge'].filter(url => !stays(url, false)),
    attaches: !prevents(contents, 'will-attach-webview', {}),
  };
}

/** A session and a window that the app has not made itself, as a later change would that forgets to close them. */
function readStrangers({ session, BrowserWindow, prevents }: Electron): Evidence['strangers'] {
  const made = session.fromPartition('stranger');
  let permission: boolean | null = null;
  const request = [{}, 'media', (answer: boolean) => (permission = answer), {}] as never[];
  made.permissionRequestHandler?.(...request);
  const contents = new BrowserWindow({ webPreferences: { session: made } }).webContents;
  return {
    permission,
    leaves: !MOVES.every(move => prevents(contents, move, { url: 'https://evil.example/', isMainFrame: true })),
    opens: contents.windowOpenHandler?.({ url: 'https://evil.example/' }).action !== 'deny',
  };
}

const answered = (answer: Response): Answered => ({
  status: answer.status,
  headers: Object.fromEntries(answer.headers),
});

async function readSession(
  { prevents }: Electron,
  name: string,
  session: StubSession,
  climbs: boolean,
): Promise<SessionFacts> {
  const granted = PERMISSIONS.filter(permission => {
    let answer = false;
    let wasAsked = false;
    const callback = (given: boolean): void => void ((answer = given), (wasAsked = true));
    session.permissionRequestHandler?.(...([{}, permission, callback, {}] as never[]));
    return answer || !wasAsked;
  });
  const page = `https://${name.replace(/-\d+$/, '').replace(/^.*:/, '')}.tillside.localhost`;
  const check = [null, { mainFrame: {} }];
  const handled = session.protocolHandlers.has('https');
  const ask = async (url: string, init?: RequestInit): Promise<Answered> => answered(await session.ask(url, init));
  const facts = {
    options: session.options ?? null,
    granted,
    checked: PERMISSIONS.filter(permission =>
      check.some(
        contents => session.permissionCheckHandler?.(...([contents, permission, page, {}] as never[])) !== false,
      ),
    ),
    downloads: !prevents(session, 'will-download', {}),
    reached: HOSTILE.filter(url => !session.cancels(url)),
    schemes: [...session.protocolHandlers.keys()],
    page: handled ? await ask(`${page}/`) : null,
    others: handled
      ? {
          missing: await ask(`${page}/missing.js`),
          posted: await ask(`${page}/`, { method: 'POST', body: 'x' }),
          foreign: await ask('https://evil.example/'),
        }
      : {},
    traversed: [] as string[],
  };
  if (climbs && handled && name !== 'paper') {
    for (const path of hostilePaths()) {
      // An address that the URL parser itself refuses never reaches a handler.
      const url = `${page}${path}`;
      if (!URL.canParse(url)) continue;
      const { origin, pathname } = new URL(url);
      if (origin !== page || pathname === '/' || pathname === '/index.html') continue;
      if ((await ask(url)).status !== 404) facts.traversed.push(path);
    }
  }
  return { ...facts, afterReady: [] };
}

/** Messages from where none may come. The rightful senders come last, to show that it was the sender that mattered. */
async function readSenders({ recorded, ipcMain }: Electron) {
  const [window] = recorded.windows;
  const view = recorded.views.at(-1);
  const handler = ipcMain.handlers.get('desk:call');
  if (window === undefined || handler === undefined) return { obeyed: [], answersDesk: false };
  const desk = { url: 'https://desk.tillside.localhost/', parent: null };
  const pay = { url: 'https://pay.tillside.localhost/', parent: null };
  const gone = {
    get url(): string {
      throw new Error('the frame is gone');
    },
    parent: null,
  };
  const stranger = { sender: {}, senderFrame: desk };
  const events = (sender: unknown, good: { url: string }): Record<string, object> => ({
    'a frame inside the page': { sender, senderFrame: { ...good, parent: {} } },
    'another origin': { sender, senderFrame: { url: 'https://evil.example/', parent: null } },
    'an origin that only begins like ours': {
      sender,
      senderFrame: { url: `${good.url.slice(0, -1)}.evil.example/`, parent: null },
    },
    'ours without TLS': { sender, senderFrame: { url: good.url.replace('https:', 'http:'), parent: null } },
    'ours on another port': { sender, senderFrame: { url: `${good.url.slice(0, -1)}:444/`, parent: null } },
    'an empty document': { sender, senderFrame: { url: 'about:blank', parent: null } },
    'a frame that is gone': { sender, senderFrame: gone },
    'no frame': { sender, senderFrame: null },
    'another page at our address': stranger,
  });
  const isAnswered = async (event: object): Promise<boolean> => {
    const answer = (await Promise.resolve(handler(event, 'session.state', {})).catch(() => null)) as {
      ok?: boolean;
    } | null;
    return answer !== null;
  };
  const obeyed: string[] = [];
  for (const [who, event] of Object.entries(events(window.webContents, desk))) {
    if (await isAnswered(event)) obeyed.push(`desk:call from ${who}`);
  }
  const sent = (): number => view?.webContents.sent.length ?? 0;
  for (const [who, event] of view ? Object.entries(events(view.webContents, pay)) : []) {
    const before = sent();
    ipcMain.emit('pay:tell', event, 'ready', {});
    if (sent() > before) obeyed.push(`pay:tell from ${who}`);
  }
  const answersDesk = await isAnswered({ sender: window.webContents, senderFrame: desk });
  if (view) ipcMain.emit('pay:tell', { sender: view.webContents, senderFrame: pay }, 'ready', {});
  return { obeyed, answersDesk };
}

/** Shows the fields as the desk page does, and hides them again. */
async function readProtection({ recorded, ipcMain }: Electron): Promise<Evidence['protection']> {
  const [window] = recorded.windows;
  const handler = ipcMain.handlers.get('desk:call');
  const view = recorded.views.at(-1);
  if (window === undefined || handler === undefined || view === undefined) return { shown: null, hidden: null };
  const event = { sender: window.webContents, senderFrame: { url: 'https://desk.tillside.localhost/', parent: null } };
  const place = async (rectangle: unknown): Promise<boolean | null> => {
    await handler(event, 'card_fields.place', { rectangle });
    return window.protections.at(-1) ?? null;
  };
  return { shown: await place({ x: 1, y: 1, width: 400, height: 200 }), hidden: await place(null) };
}

function readMemory(): Memory {
  const { report } = process;
  const limits = existsSync('/proc/self/limits') ? readFileSync('/proc/self/limits', 'utf8') : '';
  return {
    core: /^Max core file size\s+(\S+\s+\S+)/m.exec(limits)?.[1]?.replace(/\s+/, ' ') ?? 'unknown',
    reports: [report.reportOnFatalError, report.reportOnSignal, report.reportOnUncaughtException],
    signals: [process.listenerCount('SIGUSR1'), process.listenerCount('SIGUSR2')],
  };
}
