/**
 * A stand-in for the `electron` module that does nothing and remembers everything: every constructor option, handler,
 * sent message and dialog. Tests read `recorded` and call the recorded handlers themselves.
 *
 * In vitest: `vi.mock('electron', () => import('../../support/electron-stub.ts'))`.
 * In a plain process, before the code under test is imported: `resolveElectronToStub()`.
 */
import { EventEmitter } from 'node:events';
import { registerHooks } from 'node:module';
import { StubSession } from './electron-stub-session.ts';

type Box = { x: number; y: number; width: number; height: number };

/** Makes `import 'electron'` and `require('electron')` find this file, for bundles that keep electron external. */
export function resolveElectronToStub(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron' ? { url: import.meta.url, shortCircuit: true } : next(specifier, context),
  });
}

class StubWebContents extends EventEmitter {
  session: StubSession;
  sent: { channel: string; values: unknown[] }[] = [];
  loaded: string[] = [];
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  loadResult: Promise<void> = Promise.resolve();
  focusCount = 0;
  zoomFactor = 1;
  destroyed = false;
  webRtcPolicy = 'default';
  printed: unknown[] = [];
  printResult: { printed: boolean; reason: string } = { printed: true, reason: '' };

  constructor(webPreferences: { session?: StubSession }) {
    super();
    this.session = webPreferences.session ?? session.defaultSession;
    recorded.contents.push(this);
    app.emit('web-contents-created', {}, this);
  }

  setWindowOpenHandler(handler: NonNullable<StubWebContents['windowOpenHandler']>): void {
    this.windowOpenHandler = handler;
  }
  send(channel: string, ...values: unknown[]): void {
    this.sent.push({ channel, values });
  }
  loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    return this.loadResult;
  }
  setWebRTCIPHandlingPolicy(policy: string): void {
    this.webRtcPolicy = policy;
  }
  focus(): void {
    this.focusCount += 1;
  }
  close(): void {
    this.destroyed = true;
  }
  isDestroyed = () => this.destroyed;
  getZoomFactor = () => this.zoomFactor;
  setZoomFactor(factor: number): void {
    this.zoomFactor = factor;
  }
  printToPDF(options: unknown): Promise<Buffer> {
    this.printed.push(options);
    return Promise.resolve(Buffer.from('%PDF-'));
  }
  print(options: unknown, callback: (printed: boolean, reason: string) => void): void {
    this.printed.push(options);
    callback(this.printResult.printed, this.printResult.reason);
  }
}

class StubView {
  children: unknown[] = [];
  bounds: Box = { x: 0, y: 0, width: 0, height: 0 };
  visible = true;
  backgroundColor = '';
  addChildView(view: unknown): void {
    this.children.push(view);
  }
  removeChildView(view: unknown): void {
    this.children = this.children.filter(child => child !== view);
  }
  setBounds(bounds: Box): void {
    this.bounds = bounds;
  }
  getBounds = () => this.bounds;
  setVisible(visible: boolean): void {
    this.visible = visible;
  }
  setBackgroundColor(color: string): void {
    this.backgroundColor = color;
  }
}

export class WebContentsView extends StubView {
  readonly options: { webPreferences: Record<string, unknown> };
  readonly webContents: StubWebContents;
  constructor(options: { webPreferences: Record<string, unknown> }) {
    super();
    this.options = options;
    this.webContents = new StubWebContents(options.webPreferences as { session?: StubSession });
    recorded.views.push(this);
  }
}

export class BrowserWindow extends EventEmitter {
  readonly options: Record<string, unknown> & { webPreferences: Record<string, unknown> };
  readonly webContents: StubWebContents;
  contentView = new StubView();
  shown = false;
  destroyed = false;
  bounds: Box = { x: 0, y: 0, width: 1280, height: 800 };
  constructor(options: BrowserWindow['options']) {
    super();
    this.options = options;
    this.webContents = new StubWebContents(options.webPreferences as { session?: StubSession });
    recorded.windows.push(this);
  }
  static getAllWindows = () => recorded.windows.filter(window => !window.destroyed);
  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }
  show(): void {
    this.shown = true;
  }
  focus(): void {}
  restore(): void {}
  isMinimized = () => false;
  isDestroyed = () => this.destroyed;
  getBounds = () => this.bounds;
  getNormalBounds = () => this.bounds;
  setBounds(bounds: Box): void {
    this.bounds = bounds;
  }
  setBackgroundColor(): void {}
  /** Every wish to be kept off pictures of the screen, in order. */
  protections: boolean[] = [];
  setContentProtection(isProtected: boolean): void {
    this.protections.push(isProtected);
  }
  setTitle(): void {}
  /** Like the real one: asks the `close` listeners, and is gone unless one of them objected. */
  close(): void {
    if (!prevents(this, 'close', {})) this.destroy();
  }
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.webContents.destroyed = true;
    this.emit('closed');
  }
}

class StubApp extends EventEmitter {
  isPackaged = true;
  sandboxEnabled = false;
  isFirstInstance = true;
  name = 'Tillside';
  commandLine = { appendSwitch: () => {}, hasSwitch: () => false };
  enableSandbox(): void {
    this.sandboxEnabled = true;
  }
  requestSingleInstanceLock = () => this.isFirstInstance;
  whenReady = () => Promise.resolve();
  isReady = () => true;
  getPath = (name: string) => `/stub/${name}`;
  getAppPath = () => '/stub/app';
  getVersion = () => '0.0.0';
  getLocale = () => 'en-US';
  setPath(): void {}
  setName(): void {}
  quit(): void {
    recorded.quits += 1;
  }
  exit(): void {
    recorded.quits += 1;
  }
}

class StubIpcMain extends EventEmitter {
  handlers = new Map<string, (event: unknown, ...values: unknown[]) => unknown>();
  handle(channel: string, handler: (event: unknown, ...values: unknown[]) => unknown): void {
    if (this.handlers.has(channel)) throw new Error(`The channel ${channel} already has a handler.`);
    this.handlers.set(channel, handler);
  }
  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  }
}

class StubIpcRenderer extends EventEmitter {
  calls: { channel: string; values: unknown[] }[] = [];
  invoke(channel: string, ...values: unknown[]): Promise<unknown> {
    this.calls.push({ channel, values });
    return Promise.resolve({ ok: true });
  }
  send(channel: string, ...values: unknown[]): void {
    this.calls.push({ channel, values });
  }
}

export const recorded = {
  windows: [] as BrowserWindow[],
  views: [] as WebContentsView[],
  contents: [] as StubWebContents[],
  sessions: new Map<string, StubSession>(),
  dialogs: [] as { kind: string; values: unknown[] }[],
  menus: [] as unknown[],
  opened: [] as string[],
  exposed: new Map<string, Record<string, (...values: unknown[]) => unknown>>(),
  quits: 0,
};

export const app = new StubApp();
export const ipcMain = new StubIpcMain();
export const ipcRenderer = new StubIpcRenderer();
export const nativeTheme = Object.assign(new EventEmitter(), {
  shouldUseDarkColors: false,
  shouldUseHighContrastColors: false,
  themeSource: 'system',
});
export const screen = {
  getDisplayMatching: () => ({ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }),
};
export const powerMonitor = Object.assign(new EventEmitter(), { getSystemIdleTime: () => 0 });

export const session = {
  defaultSession: new StubSession('', undefined),
  fromPartition(partition: string, options?: unknown): StubSession {
    const known = recorded.sessions.get(partition);
    if (known !== undefined) return known;
    const made = new StubSession(partition, options);
    recorded.sessions.set(partition, made);
    app.emit('session-created', made);
    return made;
  },
};

export const contextBridge = {
  exposeInMainWorld: (name: string, value: Record<string, (...values: unknown[]) => unknown>) =>
    recorded.exposed.set(name, value),
};

/** What the next dialog answers; a test sets it. */
export const dialogAnswers = {
  save: { canceled: true, filePath: '' },
  open: { canceled: true, filePaths: [] as string[] },
};

export const dialog = {
  showSaveDialog(...values: unknown[]) {
    recorded.dialogs.push({ kind: 'save', values });
    return Promise.resolve(dialogAnswers.save);
  },
  showOpenDialog(...values: unknown[]) {
    recorded.dialogs.push({ kind: 'open', values });
    return Promise.resolve(dialogAnswers.open);
  },
  showErrorBox: (...values: unknown[]) => recorded.dialogs.push({ kind: 'error', values }),
};

export const Menu = {
  buildFromTemplate: (template: unknown) => ({ template }),
  setApplicationMenu: (menu: unknown) => recorded.menus.push(menu),
};

export const shell = {
  openExternal(url: string): Promise<void> {
    recorded.opened.push(url);
    return Promise.resolve();
  },
  openPath: () => Promise.resolve(''),
  showItemInFolder: () => {},
};

export { safeStorage, utilityProcess } from './electron-stub-parts.ts';

/** Emits an event that listeners may object to, and says whether one did. */
export function prevents(emitter: EventEmitter, name: string, details: Record<string, unknown>): boolean {
  let prevented = false;
  emitter.emit(name, { ...details, preventDefault: () => (prevented = true) });
  return prevented;
}

export default {
  app,
  BrowserWindow,
  WebContentsView,
  session,
  ipcMain,
  ipcRenderer,
  contextBridge,
  dialog,
  Menu,
  shell,
};
