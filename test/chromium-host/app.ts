/** `app`: life cycle, paths and the one-instance lock. Chromium starts when main first waits for 'ready'. */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browser } from './browser.ts';
import type { OwnerLookup } from './browser.ts';
import { preventable } from './events.ts';
import { SingleInstance } from './single-instance.ts';

type ClosableWindow = { close: () => void; destroy: () => void; isDestroyed: () => boolean };
type AppHost = { windows: () => ClosableWindow[]; ownerOf: OwnerLookup };

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
const startSize = { width: 1280, height: 800 };

function applicationData(): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  if (process.platform === 'win32') return process.env.APPDATA ?? join(homedir(), 'AppData', 'Roaming');
  return process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config');
}

class App extends EventEmitter {
  /** Set by browser-window.ts, which app cannot import without a circle. */
  host: AppHost = { windows: () => [], ownerOf: () => undefined };
  readonly isPackaged = false;
  readonly commandLine = {
    appendSwitch: (name: string, value?: string) => {
      this.#switches.push(value === undefined || value === '' ? `--${name}` : `--${name}=${value}`);
    },
    appendArgument: (value: string) => void this.#switches.push(value),
    hasSwitch: (name: string) => this.#switches.some(each => each === `--${name}` || each.startsWith(`--${name}=`)),
    getSwitchValue: (name: string) =>
      this.#switches.find(each => each.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '',
    removeSwitch: (name: string) => {
      this.#switches = this.#switches.filter(each => each !== `--${name}` && !each.startsWith(`--${name}=`));
    },
  };
  readonly dock = undefined;
  #name = manifest.productName ?? manifest.name ?? 'app';
  #switches: string[] = [];
  #paths = new Map<string, string>();
  #ready: Promise<void> | undefined;
  #isReady = false;
  #instance: SingleInstance | undefined;
  #ending = false;

  whenReady(): Promise<void> {
    this.#ready ??= this.#becomeReady();
    return this.#ready;
  }
  /** For the host's own use: resolves once the browser is starting, without making the app ready by itself. */
  whenStarted(): Promise<void> {
    return new Promise(resolve => this.once('ready', () => resolve()));
  }
  isReady(): boolean {
    return this.#isReady;
  }
  /** The browser starts beside main's own work; windows wait for it, the ledger does not have to. */
  async #becomeReady(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve));
    const userData = this.getPath('userData');
    browser.start({ userData, appended: this.#switches, ...startSize }, frame => this.host.ownerOf(frame));
    this.#isReady = true;
    this.emit('will-finish-launching');
    this.emit('ready', preventable({}), {});
  }

  getName(): string {
    return this.#name;
  }
  setName(name: string): void {
    this.#name = name;
  }
  get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.#name = name;
  }
  getVersion(): string {
    return manifest.version ?? '0.0.0';
  }
  getAppPath(): string {
    return root;
  }
  getPath(name: string): string {
    const known = this.#paths.get(name);
    if (known !== undefined) return known;
    if (name === 'appData') return applicationData();
    if (name === 'userData') return join(this.getPath('appData'), this.#name);
    if (name === 'sessionData') return this.getPath('userData');
    if (name === 'logs' || name === 'crashDumps') return join(this.getPath('userData'), name);
    if (name === 'temp') return tmpdir();
    if (name === 'home') return homedir();
    if (name === 'exe') return process.execPath;
    // The preview keeps what it writes in one place, so that a test can find it and a person can delete it.
    if (['downloads', 'documents', 'desktop', 'pictures'].includes(name)) return join(this.getPath('userData'), name);
    throw new Error(`Failed to get '${name}' path`);
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }
  setAppLogsPath(path?: string): void {
    if (path) this.setPath('logs', path);
  }
  getLocale(): string {
    return Intl.DateTimeFormat().resolvedOptions().locale;
  }
  getSystemLocale(): string {
    return this.getLocale();
  }
  getPreferredSystemLanguages(): string[] {
    return [this.getLocale()];
  }
  getLocaleCountryCode(): string {
    return new Intl.Locale(this.getLocale()).maximize().region ?? '';
  }

  requestSingleInstanceLock(additionalData?: object): boolean {
    const notify = (argv: string[], folder: string, data: unknown) =>
      this.emit('second-instance', preventable({}), argv, folder, data);
    this.#instance ??= new SingleInstance(this.getPath('userData'), notify);
    return this.#instance.take(additionalData);
  }
  hasSingleInstanceLock(): boolean {
    return this.#instance?.isHeld ?? false;
  }
  releaseSingleInstanceLock(): void {
    this.#instance?.release();
  }

  /** Asks every window to close; a window or a listener that refuses keeps the app running. */
  quit(): void {
    if (this.#ending) return;
    const before = preventable({});
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    this.#quitting = true;
    for (const window of this.host.windows()) window.close();
    if (this.host.windows().some(window => !window.isDestroyed())) {
      this.#quitting = false;
      return;
    }
    const event = preventable({});
    this.emit('will-quit', event);
    this.#quitting = false;
    if (!event.defaultPrevented) this.exit(0);
  }
  #quitting = false;

  /** Ends at once: windows are destroyed without being asked. */
  exit(code = 0): void {
    if (this.#ending) return;
    this.#ending = true;
    for (const window of this.host.windows()) window.destroy();
    this.emit('quit', preventable({}), code);
    this.#instance?.release();
    void browser.close().finally(() => process.exit(code));
  }
  relaunch(): void {}

  /** Called when the last window is gone. As in Electron, without a listener the app ends. */
  allWindowsClosed(): void {
    if (this.#ending || this.#quitting) return;
    if (this.listenerCount('window-all-closed') === 0) this.quit();
    else this.emit('window-all-closed');
  }

  /** Sandboxing is Chromium's own default here. The rest has no meaning without a native shell. */
  enableSandbox(): void {}
  disableHardwareAcceleration(): void {}
  setAppUserModelId(): void {}
  setAboutPanelOptions(): void {}
  setAsDefaultProtocolClient(): boolean {
    return false;
  }
  setSecureKeyboardEntryEnabled(): void {}
  focus(): void {}
  hide(): void {}
  show(): void {}
  getAppMetrics(): object[] {
    return [];
  }
  getGPUFeatureStatus(): object {
    return {};
  }
  isAccessibilitySupportEnabled(): boolean {
    return false;
  }
  setAccessibilitySupportEnabled(): void {}
}

export const app = new App();

/** The window's browser is gone: nothing can be shown any more, so the app ends in order, or after a grace at once. */
browser.on('gone', () => {
  app.quit();
  setTimeout(() => app.exit(0), 5000).unref();
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    app.quit();
    setTimeout(() => app.exit(0), 5000).unref();
  });
}
