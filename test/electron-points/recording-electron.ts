/**
 * The electron stub with everything around it that the app must not touch: each call is written down and does nothing.
 * Loaded once for each start under probe, with a query of its own, so that no start sees what another one asked for.
 */
import type * as ElectronStub from '../support/electron-stub.ts';

type Stub = typeof ElectronStub;
const stub = (await import(`../support/electron-stub.ts${new URL(import.meta.url).search}`)) as Stub;

/** What the app asked for beside what the stub itself remembers, as `session.setProxy {"mode":"direct"}`. */
export const calls: string[] = [];

const plainly = (value: unknown): string => {
  if (typeof value === 'function') return 'a function';
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'an object';
  }
};

/** Stands for a whole module: whatever is asked of it, at any depth, is written down. */
function inert(name: string): unknown {
  return new Proxy(() => undefined, {
    get: (_target, key) => (typeof key === 'string' && key !== 'then' ? inert(`${name}.${key}`) : undefined),
    apply: (_target, _self, values: unknown[]) => void calls.push([name, ...values.map(plainly)].join(' ')),
    construct: (_target, values: unknown[]) => {
      calls.push([`new ${name}`, ...values.map(plainly)].join(' '));
      return inert(name) as object;
    },
  });
}

/** Methods of Electron that the stub does not have, because the app has no use for them. */
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  app: [
    ...['setAsDefaultProtocolClient', 'removeAsDefaultProtocolClient', 'setLoginItemSettings', 'relaunch'],
    ...['disableHardwareAcceleration', 'disableDomainBlockingFor3DAPIs', 'importCertificate', 'setJumpList'],
    ...['configureHostResolver', 'setUserActivity', 'setProxy', 'setUserTasks', 'setAppLogsPath'],
    ...['setSecureKeyboardEntryEnabled', 'setClientCertRequestPasswordHandler'],
  ],
  session: [
    ...['setCertificateVerifyProc', 'setProxy', 'setDevicePermissionHandler', 'setDisplayMediaRequestHandler'],
    ...['setBluetoothPairingHandler', 'setUSBProtectedClassesHandler', 'setPreloads', 'registerPreloadScript'],
    ...['loadExtension', 'setSpellCheckerEnabled', 'setSpellCheckerLanguages', 'enableNetworkEmulation'],
    ...['allowNTLMCredentialsForDomains', 'setCodeCachePath', 'setUserAgent', 'setDownloadPath', 'setSSLConfig'],
    ...['clearStorageData', 'clearCache', 'preconnect', 'addWordToSpellCheckerDictionary', 'downloadURL'],
  ],
  contents: [
    ...['openDevTools', 'executeJavaScript', 'executeJavaScriptInIsolatedWorld', 'insertCSS', 'loadFile'],
    ...['setUserAgent', 'setWebRTCIPHandlingPolicy', 'enableDeviceEmulation', 'setDevToolsWebContents'],
    ...['takeHeapSnapshot', 'savePage', 'setIgnoreMenuShortcuts', 'downloadURL', 'addWorkSpace'],
  ],
};

function addUnused(target: object, name: string): void {
  for (const method of UNUSED[name] ?? []) {
    Object.defineProperty(target, method, {
      configurable: true,
      value: (...values: unknown[]) => void calls.push([`${name}.${method}`, ...values.map(plainly)].join(' ')),
    });
  }
}

addUnused(stub.app, 'app');
stub.app.on('web-contents-created', (_event: unknown, contents: object) => {
  addUnused(contents, 'contents');
  for (const part of ['debugger', 'navigationHistory', 'mainFrame']) {
    Object.defineProperty(contents, part, { value: inert(`contents.${part}`) });
  }
});
stub.app.on('session-created', (made: object) => addUnused(made, 'session'));
addUnused(stub.session.defaultSession, 'session');
Object.assign(stub.app, { commandLine: inert('commandLine') });

export const app = stub.app;
export const BrowserWindow = stub.BrowserWindow;
export const contextBridge = stub.contextBridge;
export const dialog = stub.dialog;
export const dialogAnswers = stub.dialogAnswers;
export const ipcMain = stub.ipcMain;
export const ipcRenderer = stub.ipcRenderer;
export const Menu = stub.Menu;
export const nativeTheme = stub.nativeTheme;
export const powerMonitor = stub.powerMonitor;
export const prevents = stub.prevents;
export const recorded = stub.recorded;
export const safeStorage = stub.safeStorage;
export const screen = stub.screen;
export const session = stub.session;
export const shell = stub.shell;
export const WebContentsView = stub.WebContentsView;

export const contentTracing = inert('contentTracing');
export const crashReporter = inert('crashReporter');
export const desktopCapturer = inert('desktopCapturer');
export const globalShortcut = inert('globalShortcut');
export const net = inert('net');
export const netLog = inert('netLog');
export const protocol = inert('protocol');
export const systemPreferences = inert('systemPreferences');
/** The app may run files of its own bundle beside itself; which, and with what, is written down. */
export const utilityProcess = {
  fork(file: string, values: unknown, options: unknown): object {
    calls.push(['utilityProcess.fork', file, plainly(values), plainly(options)].join(' '));
    return stub.utilityProcess.fork();
  },
};

export default stub.default;
