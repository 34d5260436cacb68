import type { IpcMainInvokeEvent, Rectangle } from 'electron';
import { describe, expect, test, vi } from 'vitest';
import { openDeskWindow } from '../../../main/shell/desk-window.ts';
import { chooseFolder, safeFileName, saveFile, showFatal } from '../../../main/shell/dialogs.ts';
import { listenForCalls } from '../../../main/shell/door-channel.ts';
import { installMenu } from '../../../main/shell/menu.ts';
import { DESK_ORIGIN, PAY_ORIGIN } from '../../../main/shell/origins.ts';
import { app, dialogAnswers, ipcMain, prevents, recorded } from '../../support/electron-stub.ts';
import { HOSTILE_URLS, isRequestable, makeBundle, settle } from './fixtures.ts';

vi.mock('electron', () => import('../../support/electron-stub.ts'));

const bundle = makeBundle();
const asked = { answer: Promise.resolve(true), count: 0, closed: 0 };

async function open(bounds?: Rectangle) {
  const desk = await openDeskWindow({
    bundleDirectory: bundle.directory,
    preloadFile: '/bundle/preload/desk.cjs',
    ...(bounds === undefined ? {} : { bounds }),
    onBoundsChanged: () => {},
    mayClose: () => ((asked.count += 1), asked.answer),
    onClosed: () => (asked.closed += 1),
  });
  return { desk, window: recorded.windows.at(-1)! };
}

const { desk, window } = await open();
const deskSession = recorded.sessions.get('desk')!;

describe('the desk window', () => {
  test('has every preference by value', () => {
    expect(window.options.webPreferences).toEqual({
      session: deskSession,
      preload: '/bundle/preload/desk.cjs',
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
    });
    expect(deskSession.options).toEqual({ cache: false });
  });

  test('is 1280 x 800, never under 1024 x 700, and shows itself only when painted', () => {
    const { webPreferences: _webPreferences, ...options } = window.options;
    expect(options).toEqual({
      width: 1280,
      height: 800,
      minWidth: 1024,
      minHeight: 700,
      title: 'Tillside',
      show: false,
      autoHideMenuBar: true,
      backgroundColor: 'rgb(244, 246, 248)',
    });
    expect(window.shown).toBe(false);
    window.emit('ready-to-show');
    expect(window.shown).toBe(true);
    expect(window.webContents.loaded).toEqual([`${DESK_ORIGIN}/`]);
  });

  test('serves its page with the policy by value', async () => {
    const answer = await deskSession.ask(`${DESK_ORIGIN}/`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'none'; frame-src 'none'; worker-src 'none'; form-action 'none'; base-uri 'none'; " +
        "object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
        'trusted-types svelte-trusted-html',
    );
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers.get('permissions-policy')).toContain('camera=(), clipboard-read=()');
  });

  test.each(HOSTILE_URLS)('reaches nothing else: %j', async url => {
    expect(deskSession.cancels(url)).toBe(true);
    if (isRequestable(url)) expect((await deskSession.ask(url)).status).toBe(403);
  });

  test('loads its own files and pictures inside the page', () => {
    expect(deskSession.cancels(`${DESK_ORIGIN}/assets/index.css`)).toBe(false);
    expect(deskSession.cancels('data:image/png;base64,AAAA')).toBe(false);
    expect(deskSession.cancels('devtools://devtools/bundled/x.html')).toBe(true);
    expect(deskSession.cancels(`${PAY_ORIGIN}/`)).toBe(true);
  });

  test('goes nowhere, opens nothing and keeps its title', () => {
    for (const url of HOSTILE_URLS) {
      expect(prevents(window.webContents, 'will-navigate', { url, isMainFrame: true })).toBe(true);
      expect(prevents(window.webContents, 'will-frame-navigate', { url, isMainFrame: false })).toBe(true);
      expect(window.webContents.windowOpenHandler?.({ url })).toEqual({ action: 'deny' });
    }
    expect(prevents(window, 'page-title-updated', {})).toBe(true);
  });

  test('sends events by name', () => {
    desk.send('payments.changed', { id: 'x' });
    expect(window.webContents.sent).toContainEqual({
      channel: 'desk:event',
      values: ['payments.changed', { id: 'x' }],
    });
  });
});

const mainFrame = { url: `${DESK_ORIGIN}/#/collect`, parent: null };
const STRANGERS: [string, unknown][] = [
  ['a frame inside the page', { sender: window.webContents, senderFrame: { ...mainFrame, parent: mainFrame } }],
  ['another origin in the same window', { sender: window.webContents, senderFrame: { ...mainFrame, url: PAY_ORIGIN } }],
  [
    'a look-alike origin',
    { sender: window.webContents, senderFrame: { ...mainFrame, url: `${DESK_ORIGIN}.evil.example/` } },
  ],
  ['plain http', { sender: window.webContents, senderFrame: { ...mainFrame, url: 'http://desk.tillside.localhost/' } }],
  ['another port', { sender: window.webContents, senderFrame: { ...mainFrame, url: `${DESK_ORIGIN}:444/` } }],
  ['an empty page', { sender: window.webContents, senderFrame: { url: 'about:blank', parent: null } }],
  ['a frame without an address', { sender: window.webContents, senderFrame: { url: '', parent: null } }],
  ['a frame that is gone', { sender: window.webContents, senderFrame: null }],
  ['another page at our origin', { sender: {}, senderFrame: mainFrame }],
  [
    'a frame that breaks when looked at',
    {
      sender: window.webContents,
      get senderFrame() {
        throw new Error('Render frame was disposed');
      },
    },
  ],
];

describe('the door channel', () => {
  const refused: [string, string][] = [];
  const answered: unknown[] = [];
  const stop = listenForCalls(
    desk,
    async (name, input) => {
      answered.push([name, input]);
      if (name === 'bug') throw new Error('SELECT secret FROM /home/x');
      return { ok: true, value: 1 };
    },
    (why, url) => refused.push([why, url]),
  );
  const handler = ipcMain.handlers.get('desk:call')!;

  test.each(STRANGERS)('refuses %s before looking at the call', async (_who, event) => {
    const before = answered.length;
    refused.length = 0;
    await expect(handler(event, 'payments.charge', {})).rejects.toThrow('This call was refused.');
    expect(answered.length).toBe(before);
    expect(refused).toHaveLength(1);
    expect(desk.isDeskSender(event as IpcMainInvokeEvent)).toBe(false);
  });

  test('answers the main frame at our origin', async () => {
    const event = { sender: window.webContents, senderFrame: mainFrame };
    expect(await handler(event, 'payments.charge', { amount: 1 })).toEqual({ ok: true, value: 1 });
    expect(answered.at(-1)).toEqual(['payments.charge', { amount: 1 }]);
  });

  test('lets no text of a bug across', async () => {
    const event = { sender: window.webContents, senderFrame: mainFrame };
    await expect(handler(event, 'bug', {})).rejects.toThrow(/^This call could not be answered\.$/);
  });

  test('closes', () => {
    stop();
    expect(ipcMain.handlers.has('desk:call')).toBe(false);
  });
});

describe('closing the desk window', () => {
  test('asks once, stays while a charge is in flight, and closes when it may', async () => {
    const second = await open();
    let answer: (mayClose: boolean) => void = () => {};
    asked.count = 0;
    asked.closed = 0;
    asked.answer = new Promise(resolve => (answer = resolve));
    second.window.close();
    second.window.close();
    expect(asked.count).toBe(1);
    answer(false);
    await settle();
    expect(second.window.destroyed).toBe(false);
    asked.answer = Promise.resolve(true);
    second.window.close();
    await settle();
    expect(second.window.destroyed).toBe(true);
    expect(asked.closed).toBe(1);
  });

  test('happens without a question when the app has decided, and also when the question fails', async () => {
    const third = await open();
    asked.count = 0;
    third.desk.close();
    expect([third.window.destroyed, asked.count]).toEqual([true, 0]);
    const fourth = await open();
    asked.answer = Promise.reject(new Error('no answer'));
    fourth.window.close();
    await settle();
    expect(fourth.window.destroyed).toBe(true);
    third.desk.send('late', {});
    expect(third.window.webContents.sent).toEqual([]);
  });
});

test('file names from customers and reports cannot leave the chosen folder', () => {
  expect(safeFileName('../../etc/passwd')).toBe('-..-etc-passwd');
  expect(safeFileName('Aging 2026-11-22: all*')).toBe('Aging 2026-11-22- all-');
  expect(safeFileName('...')).toBe('Tillside');
  expect(safeFileName('a\0b\nc')).toBe('a-b-c');
});

test('dialogs answer the chosen path or null', async () => {
  expect(await saveFile(desk, { suggestedName: 'a/b.csv', kind: 'csv' })).toBeNull();
  dialogAnswers.save = { canceled: false, filePath: '/home/x/b.csv' };
  expect(await saveFile(desk, { suggestedName: 'a/b.csv', kind: 'csv' })).toBe('/home/x/b.csv');
  expect(recorded.dialogs.at(-1)?.values[1]).toMatchObject({
    defaultPath: 'a-b.csv',
    filters: [{ name: 'CSV', extensions: ['csv'] }],
  });
  expect(await chooseFolder(desk)).toBeNull();
  dialogAnswers.open = { canceled: false, filePaths: ['/home/x'] };
  expect(await chooseFolder(desk)).toBe('/home/x');
  showFatal('Tillside cannot start', 'Free some space.');
  expect(recorded.dialogs.at(-1)).toEqual({ kind: 'error', values: ['Tillside cannot start', 'Free some space.'] });
});

test('the menu zooms the desk between 100 and 200 % and offers nothing for developers when packaged', () => {
  type Item = { role?: string; label?: string; submenu?: Item[]; click?: () => void };
  const build = (isPackaged: boolean) => {
    installMenu({ desk: () => desk, isPackaged, platform: 'linux' });
    return (recorded.menus.at(-1) as { template: Item[] }).template;
  };
  const roles = (template: Item[]) => template.flatMap(item => (item.submenu ?? []).map(child => child.role));
  expect(roles(build(true))).not.toContain('toggleDevTools');
  expect(roles(build(true))).not.toContain('reload');
  expect(roles(build(false))).toContain('toggleDevTools');
  const items = build(true).flatMap(item => item.submenu ?? []);
  const press = (label: string) => items.find(item => item.label === label)?.click?.();
  for (let turn = 0; turn < 9; turn += 1) press('Zoom in');
  expect(window.webContents.zoomFactor).toBe(2);
  press('Zoom out');
  expect(window.webContents.zoomFactor).toBe(1.75);
  for (let turn = 0; turn < 9; turn += 1) press('Zoom out');
  expect(window.webContents.zoomFactor).toBe(1);
});

test('developer tools exist only while the app is not packaged', async () => {
  app.isPackaged = false;
  const { window: unpackaged } = await open();
  expect(unpackaged.options.webPreferences['devTools']).toBe(true);
  app.isPackaged = true;
});

test.each([
  [
    { x: 5, y: 6, width: 1300.4, height: 900 },
    { x: 5, y: 6, width: 1300, height: 900 },
  ],
  [
    { x: 5, y: 6, width: 10, height: 10 },
    { x: 5, y: 6, width: 1024, height: 700 },
  ],
  [
    { x: 4000, y: 6, width: 1300, height: 900 },
    { width: 1300, height: 900 },
  ],
  [
    { x: 5, y: -700, width: 1300, height: 900 },
    { width: 1300, height: 900 },
  ],
  [
    { x: NaN, y: 6, width: 1300, height: 900 },
    { width: 1280, height: 800 },
  ],
])('the window of last time %j opens as %j, always where a person can reach it', async (bounds, opened) => {
  const { x, y, width, height } = (await open(bounds)).window.options;
  expect(
    Object.fromEntries(Object.entries({ x, y, width, height }).filter(([, value]) => value !== undefined)),
  ).toEqual(opened);
});
