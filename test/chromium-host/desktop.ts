/** The desktop around the app: dialogs, shell, clipboard, theme, power and screen. */
import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { testChannel } from './test-channel.ts';

type DialogOptions = {
  defaultPath?: string;
  buttons?: string[];
  defaultId?: number;
  cancelId?: number;
  [name: string]: unknown;
};

/** Electron's dialogs take an optional window first. */
function optionsOf(values: unknown[]): DialogOptions {
  return (values.at(-1) ?? {}) as DialogOptions;
}

function ask(name: string, values: unknown[], byDefault: (options: DialogOptions) => unknown): unknown {
  const options = optionsOf(values);
  const answer = testChannel.takeAnswer(name) ?? byDefault(options);
  testChannel.record(`dialog.${name}`, { options, answer });
  return answer;
}

/** Without a prepared answer a file is saved under its proposed name in `<userData>/downloads`. */
function saveAnswer({ defaultPath }: DialogOptions): { canceled: boolean; filePath: string } {
  const folder = join(app.getPath('userData'), 'downloads');
  mkdirSync(folder, { recursive: true });
  return { canceled: false, filePath: join(folder, basename(defaultPath ?? 'untitled')) };
}
function messageAnswer({ defaultId, cancelId }: DialogOptions): { response: number; checkboxChecked: boolean } {
  return { response: defaultId ?? cancelId ?? 0, checkboxChecked: false };
}
const openAnswer = () => ({ canceled: true, filePaths: [] as string[] });

export const dialog = {
  showSaveDialog: async (...values: unknown[]) => ask('showSaveDialog', values, saveAnswer),
  showSaveDialogSync: (...values: unknown[]) =>
    (ask('showSaveDialog', values, saveAnswer) as ReturnType<typeof saveAnswer>).filePath,
  showOpenDialog: async (...values: unknown[]) => ask('showOpenDialog', values, openAnswer),
  showOpenDialogSync: (...values: unknown[]) => {
    const answer = ask('showOpenDialog', values, openAnswer) as ReturnType<typeof openAnswer>;
    return answer.canceled ? undefined : answer.filePaths;
  },
  showMessageBox: async (...values: unknown[]) => ask('showMessageBox', values, messageAnswer),
  showMessageBoxSync: (...values: unknown[]) =>
    (ask('showMessageBox', values, messageAnswer) as ReturnType<typeof messageAnswer>).response,
  showErrorBox: (title: string, content: string) => {
    testChannel.record('dialog.showErrorBox', { title, content });
    process.stderr.write(`${title}\n${content}\n`);
  },
};

/** Nothing is opened from the preview: what would be opened is told to the test, or to the terminal. */
function outside(name: string, target: string): void {
  testChannel.record(name, target);
  if (!process.connected) process.stderr.write(`Preview: ${name} ${target}\n`);
}

export const shell = {
  openExternal: async (url: string) => outside('shell.openExternal', url),
  openPath: async (path: string) => {
    outside('shell.openPath', path);
    return '';
  },
  showItemInFolder: (path: string) => outside('shell.showItemInFolder', path),
  trashItem: async (path: string) => outside('shell.trashItem', path),
  beep: () => {},
};

let copied = '';
export const clipboard = {
  writeText: (text: string) => {
    copied = text;
    testChannel.record('clipboard.writeText', { length: text.length });
  },
  readText: () => copied,
  clear: () => {
    copied = '';
  },
};

type ThemeSource = 'system' | 'light' | 'dark';

class NativeTheme extends EventEmitter {
  readonly shouldUseHighContrastColors = false;
  readonly shouldUseInvertedColorScheme = false;
  readonly prefersReducedTransparency = false;
  readonly inForcedColorsMode = false;
  #source: ThemeSource = 'system';
  #systemIsDark = false;

  constructor() {
    super();
    app.on('browser-window-created', (_event: object, window: BrowserWindow) => this.#follow(window));
  }
  get themeSource(): ThemeSource {
    return this.#source;
  }
  set themeSource(source: ThemeSource) {
    const before = this.shouldUseDarkColors;
    this.#source = source;
    for (const window of BrowserWindow.getAllWindows()) window.hostSetColorScheme(this.#scheme());
    if (before !== this.shouldUseDarkColors) this.emit('updated');
  }
  get shouldUseDarkColors(): boolean {
    return this.#source === 'system' ? this.#systemIsDark : this.#source === 'dark';
  }
  get shouldUseDarkColorsForSystemIntegratedUI(): boolean {
    return this.#systemIsDark;
  }
  #scheme(): 'light' | 'dark' | null {
    return this.#source === 'system' ? null : this.#source;
  }
  #follow(window: BrowserWindow): void {
    if (this.#source !== 'system') window.hostSetColorScheme(this.#scheme());
    window.webContents.on('host-theme', ({ dark }: { dark: boolean }) => {
      if (this.#source !== 'system' || dark === this.#systemIsDark) return;
      this.#systemIsDark = dark;
      this.emit('updated');
    });
  }
}

class PowerMonitor extends EventEmitter {
  readonly onBatteryPower = false;
  #lastActive_ms = Date.now();
  #idle_seconds: number | undefined;

  constructor() {
    super();
    app.on('web-contents-created', (_event: object, contents: EventEmitter) => {
      contents.on('host-active', () => (this.#lastActive_ms = Date.now()));
    });
    testChannel.on('command', command => {
      if (command.kind === 'power') this.emit(command.event);
      if (command.kind === 'idle') this.#idle_seconds = command.seconds;
    });
  }
  /** Seconds since a person last touched one of the app's pages, or what the test said. */
  getSystemIdleTime(): number {
    return this.#idle_seconds ?? Math.floor((Date.now() - this.#lastActive_ms) / 1000);
  }
  getSystemIdleState(threshold: number): 'active' | 'idle' {
    return this.getSystemIdleTime() >= threshold ? 'idle' : 'active';
  }
  getCurrentThermalState(): 'unknown' {
    return 'unknown';
  }
  isOnBatteryPower(): boolean {
    return false;
  }
}

const area = { x: 0, y: 0, width: 1920, height: 1080 };
const display = { id: 1, bounds: area, workArea: area, size: area, workAreaSize: area, scaleFactor: 1, rotation: 0 };

class Screen extends EventEmitter {
  getPrimaryDisplay = () => display;
  getAllDisplays = () => [display];
  getDisplayMatching = () => display;
  getDisplayNearestPoint = () => display;
  getCursorScreenPoint = () => ({ x: 0, y: 0 });
}

export const nativeTheme = new NativeTheme();
export const powerMonitor = new PowerMonitor();
export const screen = new Screen();

testChannel.on('command', command => {
  if (command.kind === 'close-window') BrowserWindow.getAllWindows()[0]?.close();
});
