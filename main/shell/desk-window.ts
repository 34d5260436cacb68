import type { IpcMainInvokeEvent, Rectangle, WebPreferences } from 'electron';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { systemClock } from '../platform/clock.ts';
import { windowColor } from './colors.ts';
import { openDeskSession } from './desk-session.ts';
import { denyNavigation } from './navigation.ts';
import { DESK_ORIGIN } from './origins.ts';
import { isMainFrameAt } from './sender.ts';
import { STRICT_PREFERENCES } from './strict-preferences.ts';

export type DeskWindow = {
  /** Sends one event to the desk page. Does nothing when the window is gone. */
  send(name: string, payload: unknown): void;
  /** Brings the window to the front and gives the keyboard to the desk page. */
  focus(): void;
  isDeskSender(event: IpcMainInvokeEvent): boolean;
  window: BrowserWindow;
  /** Closes without asking `mayClose`: the caller has already decided. */
  close(): void;
};

export type DeskWindowOptions = {
  bundleDirectory: string;
  preloadFile: string;
  bounds?: Rectangle;
  onBoundsChanged(bounds: Rectangle): void;
  /** Asked on every wish to close; false keeps the window, for example while a charge is in flight. */
  mayClose(): Promise<boolean>;
  onClosed(): void;
  /** Runs before the page loads, so that its first call finds the door open. */
  beforeLoad?(desk: DeskWindow): void;
};

const MINIMUM = { width: 1024, height: 700 };
const USUAL = { width: 1280, height: 800 };

/** Opens the one window of the app and resolves when its page has loaded. Rejects when the bundle is missing. */
export async function openDeskWindow(options: DeskWindowOptions): Promise<DeskWindow> {
  const window = new BrowserWindow({
    ...startBounds(options.bounds),
    minWidth: MINIMUM.width,
    minHeight: MINIMUM.height,
    title: 'Tillside',
    show: false,
    autoHideMenuBar: true,
    backgroundColor: windowColor({
      theme: nativeTheme.shouldUseDarkColors ? 'dark' : 'light',
      contrast: nativeTheme.shouldUseHighContrastColors ? 'more' : 'normal',
    }),
    webPreferences: deskPreferences(options),
  });
  denyNavigation(window.webContents);
  window.once('ready-to-show', () => window.show());
  window.on('page-title-updated', event => event.preventDefault());
  const closing = watchClosing(window, options);
  watchBounds(window, options.onBoundsChanged);
  reloadAfterCrash(window);
  const desk: DeskWindow = {
    window,
    send(name, payload) {
      if (!window.isDestroyed()) window.webContents.send('desk:event', name, payload);
    },
    focus() {
      if (window.isDestroyed()) return;
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      window.webContents.focus();
    },
    isDeskSender: event => !window.isDestroyed() && isMainFrameAt(event, window.webContents, DESK_ORIGIN),
    close: closing.closeNow,
  };
  options.beforeLoad?.(desk);
  await window.loadURL(`${DESK_ORIGIN}/`);
  return desk;
}

function deskPreferences(options: DeskWindowOptions): WebPreferences {
  return {
    ...STRICT_PREFERENCES,
    session: openDeskSession(options.bundleDirectory),
    preload: options.preloadFile,
    devTools: !app.isPackaged,
  };
}

/** The bounds of last time, never smaller than the desk can be used at. Without them the system places the window. */
function startBounds(bounds: Rectangle | undefined): Partial<Rectangle> & { width: number; height: number } {
  if (bounds === undefined || ![bounds.x, bounds.y, bounds.width, bounds.height].every(Number.isFinite)) return USUAL;
  const { x, y } = bounds;
  const width = Math.max(MINIMUM.width, Math.round(bounds.width));
  const height = Math.max(MINIMUM.height, Math.round(bounds.height));
  return isReachable(bounds) ? { x: Math.round(x), y: Math.round(y), width, height } : { width, height };
}

/** False when the title bar would lie outside every screen, as after a monitor was unplugged. */
function isReachable(bounds: Rectangle): boolean {
  const { workArea } = screen.getDisplayMatching(bounds);
  const middle = bounds.x + bounds.width / 2;
  const isBeside = middle < workArea.x || middle > workArea.x + workArea.width;
  return !isBeside && bounds.y >= workArea.y && bounds.y < workArea.y + workArea.height - 40;
}

/**
 * Asks once per wish to close. When the question itself fails the window closes: the ledger survives any stop, while
 * a window that cannot be closed would be ended by force.
 */
function watchClosing(window: BrowserWindow, options: DeskWindowOptions): { closeNow(): void } {
  let allowed = false;
  let asking = false;
  const closeNow = () => {
    allowed = true;
    if (!window.isDestroyed()) window.close();
  };
  window.on('close', event => {
    if (allowed) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    void options
      .mayClose()
      .catch(() => true)
      .then(mayClose => {
        asking = false;
        if (mayClose) closeNow();
      });
  });
  window.on('closed', () => options.onClosed());
  return { closeNow };
}

/** Reports where the window ended up, once per movement rather than for each of its hundred steps. */
function watchBounds(window: BrowserWindow, onBoundsChanged: (bounds: Rectangle) => void): void {
  let forget = () => {};
  const later = () => {
    forget();
    forget = systemClock.after(400, () => {
      if (!window.isDestroyed()) onBoundsChanged(window.getNormalBounds());
    });
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('closed', () => forget());
}

/** A crashed page comes back by itself. The second of waiting keeps a page that crashes at once from spinning. */
function reloadAfterCrash(window: BrowserWindow): void {
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return;
    systemClock.after(1_000, () => {
      if (!window.isDestroyed()) window.loadURL(`${DESK_ORIGIN}/`).catch(() => {});
    });
  });
}
