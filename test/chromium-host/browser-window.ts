/** `BrowserWindow`: a page of the browser under the preview, with Electron's life cycle around it. */
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { app } from './app.ts';
import { browser, isHeadless } from './browser.ts';
import type { OwnerLookup } from './browser.ts';
import type { WindowOptions } from './carrier.ts';
import { preventable } from './events.ts';
import { InertWindow } from './inert.ts';
import { originOf } from './ipc-main.ts';
import { PageLink } from './page-link.ts';
import { View, viewsBelow } from './views.ts';
import type { Rectangle, ViewHost } from './views.ts';
import { WebContents } from './web-contents.ts';

const windows = new Map<number, BrowserWindow>();
const pageOwners = new WeakMap<Page, BrowserWindow>();
let lastId = 0;

export class BrowserWindow extends InertWindow {
  readonly id = ++lastId;
  readonly contentView = new View();
  readonly webContents: WebContents;
  /** Not part of Electron's public type, but what tests ask: the options this was made with. */
  readonly hostOptions: Readonly<WindowOptions>;
  #link: Promise<PageLink> | undefined;
  #bounds: Rectangle;
  #visible: boolean;
  #focused = false;
  #title: string;
  #loadedUrl = '';
  #zoom = 1;
  #state: 'open' | 'closing' | 'closed' = 'open';

  constructor(options: WindowOptions = {}) {
    super();
    this.hostOptions = Object.freeze({ ...options });
    this.#bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 };
    this.#visible = options.show !== false;
    this.#title = options.title ?? app.getName();
    this.webContents = new WebContents(options.webPreferences ?? {}, {
      role: { kind: 'window' },
      navigate: url => this.#navigate(url),
      focus: () => this.#focusPage(),
      zoom: factor => this.#zoomPage(factor),
      embedding: isOwnDocument => (isOwnDocument ? { kind: 'window document' } : undefined),
      printedFolder: () => join(app.getPath('userData'), 'printed'),
    });
    this.contentView.setHost(this.#asViewHost());
    // The first window is the app's own; later ones that start hidden are for paper and never appear.
    const hidden = windows.size > 0 && options.show === false;
    windows.set(this.id, this);
    this.#followContents();
    this.#link = this.#open(hidden);
    this.#link.catch(() => this.destroy());
    app.emit('browser-window-created', preventable({}), this);
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows.values()];
  }
  static getFocusedWindow(): BrowserWindow | null {
    return [...windows.values()].find(window => window.isFocused()) ?? null;
  }
  static fromId(id: number): BrowserWindow | null {
    return windows.get(id) ?? null;
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    const carries = (window: BrowserWindow) =>
      window.webContents === contents || viewsBelow(window.contentView).some(view => view.webContents === contents);
    return [...windows.values()].find(carries) ?? null;
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }
  reload(): void {
    this.webContents.reload();
  }
  show(): void {
    this.#visible = true;
    this.emit('show');
    this.focus();
  }
  showInactive(): void {
    this.#visible = true;
    this.emit('show');
  }
  hide(): void {
    this.#visible = false;
    this.emit('hide');
  }
  focus(): void {
    this.#setFocused(true);
    void this.#link?.then(link => (isHeadless ? undefined : link.page.bringToFront())).catch(() => {});
  }
  blur(): void {
    this.#setFocused(false);
  }
  /** Asks the listeners of 'close' first, as when a person closes the window. */
  close(): void {
    if (this.#state !== 'open') return;
    const event = preventable({});
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  destroy(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closing';
    void this.#link?.then(link => link.page.close()).catch(() => {});
    this.#closed();
  }

  getBounds(): Rectangle {
    return { ...this.#bounds };
  }
  getNormalBounds(): Rectangle {
    return this.getBounds();
  }
  getContentBounds(): Rectangle {
    return this.getBounds();
  }
  getSize(): number[] {
    return [this.#bounds.width, this.#bounds.height];
  }
  getContentSize(): number[] {
    return this.getSize();
  }
  getPosition(): number[] {
    return [this.#bounds.x, this.#bounds.y];
  }
  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    const { width, height } = this.#bounds;
    if (isHeadless) void this.#link?.then(link => link.page.setViewportSize({ width, height })).catch(() => {});
  }
  setContentBounds(bounds: Rectangle): void {
    this.setBounds(bounds);
  }
  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }
  setContentSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }
  setTitle(title: string): void {
    this.#title = title;
  }
  getTitle(): string {
    return this.#title;
  }
  isDestroyed(): boolean {
    return this.#state === 'closed';
  }
  isVisible(): boolean {
    return this.#visible && this.#state === 'open';
  }
  isFocused(): boolean {
    return this.#focused && this.#state === 'open';
  }
  /** For the host's own use: the session with the page, and its colours. */
  hostLink(): Promise<PageLink> {
    return this.#link!;
  }
  hostSetColorScheme(colorScheme: 'light' | 'dark' | null): void {
    void this.#link?.then(link => link.page.emulateMedia({ colorScheme })).catch(() => {});
  }
  async #open(hidden: boolean): Promise<PageLink> {
    const page = await browser.openPage(hidden);
    pageOwners.set(page, this);
    const link = await PageLink.open(page);
    await this.webContents.attach(link);
    const { width, height } = this.#bounds;
    // Pages of one headless browser share its window: paper in a hidden one must not resize the desk.
    if (isHeadless && BrowserWindow.getAllWindows().length === 1) await page.setViewportSize({ width, height });
    page.on('close', () => this.#pageClosed());
    // Without its own developer tools, a page's errors would be lost; they go where main's own errors go.
    page.on('pageerror', error => process.stderr.write(`page error: ${error.message}\n`));
    page.on('console', message => {
      if (message.type() === 'error') process.stderr.write(`page console: ${message.text()}\n`);
    });
    page.on('crash', () => {
      for (const contents of [this.webContents, ...viewsBelow(this.contentView).map(view => view.webContents)])
        contents.crashed();
    });
    // Closing the visible window asks the page first, which gives main its chance to refuse.
    page.on('dialog', dialog => {
      if (dialog.type() !== 'beforeunload') return void dialog.dismiss().catch(() => {});
      const event = preventable({});
      this.emit('close', event);
      void (event.defaultPrevented ? dialog.dismiss() : dialog.accept()).catch(() => {});
    });
    link.on('navigated', frame => {
      if (frame.parentId === undefined) this.#loadedUrl = '';
    });
    link.on('dom-ready', () => {
      this.#loadedUrl = link.mainFrame.url;
      this.contentView.documentChanged();
    });
    return link;
  }

  #followContents(): void {
    const contents = this.webContents;
    contents.once('did-finish-load', () => this.emit('ready-to-show'));
    contents.on('host-size', ({ width, height }: { width: number; height: number }) => {
      const changed = width !== this.#bounds.width || height !== this.#bounds.height;
      this.#bounds = { ...this.#bounds, width, height };
      if (changed) this.emit('resize');
    });
    contents.on('host-focus', () => this.#setFocused(true));
    contents.on('host-blur', () => this.#setFocused(false));
  }

  async #navigate(url: string): Promise<void> {
    const link = await this.#link!;
    // How the load ends is told by the link's events; here only an address that cannot be asked for at all matters.
    await link.page.goto(url, { waitUntil: 'commit' });
  }

  async #focusPage(): Promise<void> {
    this.#setFocused(true);
    const link = await this.#link!;
    await link.page.evaluate(() => {
      if (document.activeElement instanceof HTMLIFrameElement) document.activeElement.blur();
      window.focus();
    });
  }

  async #zoomPage(factor: number): Promise<void> {
    this.#zoom = factor;
    const link = await this.#link!;
    await link.page.evaluate(zoom => document.documentElement.style.setProperty('zoom', String(zoom)), factor);
    this.contentView.documentChanged();
  }

  #setFocused(focused: boolean): void {
    if (this.#focused === focused) return;
    this.#focused = focused;
    this.emit(focused ? 'focus' : 'blur');
    app.emit(focused ? 'browser-window-focus' : 'browser-window-blur', preventable({}), this);
  }

  #asViewHost(): ViewHost {
    return {
      link: () => this.#link!,
      isLoaded: () => this.#loadedUrl !== '' && this.#loadedUrl !== 'about:blank',
      origin: () => originOf(this.webContents.wantedUrl),
      zoomFactor: () => this.#zoom,
      printedFolder: () => join(app.getPath('userData'), 'printed'),
    };
  }

  /** The page went away by itself: a person closed the window, or the browser ended. It cannot be kept any more. */
  #pageClosed(): void {
    if (this.#state !== 'open') return;
    this.emit('close', preventable({}));
    this.#closed();
  }

  #closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    windows.delete(this.id);
    for (const view of viewsBelow(this.contentView)) view.webContents.destroyed();
    this.webContents.destroyed();
    this.emit('closed');
    if (windows.size === 0) app.allWindowsClosed();
  }

  /** Whose frame this is, for a request from it: a view's overlay with all inside it, or the window's page. */
  static ownerOf: OwnerLookup = (frame: Frame) => {
    const window = pageOwners.get(frame.page());
    if (!window) return undefined;
    const overlays = viewsBelow(window.contentView);
    for (let each: Frame | null = frame; each; each = each.parentFrame()) {
      const isBelowPage = each.parentFrame() !== null && each.parentFrame()!.parentFrame() === null;
      const view = isBelowPage ? overlays.find(overlay => overlay.overlayName === each!.name()) : undefined;
      if (view) return { owner: view.webContents.owner, isOwnFrame: each === frame };
    }
    return { owner: window.webContents.owner, isOwnFrame: frame.parentFrame() === null };
  };
}

browser.on('popup', (opener, url) => pageOwners.get(opener)?.webContents.askToOpen(url));
browser.on('gone', () => {
  for (const window of BrowserWindow.getAllWindows()) window.destroy();
});
app.host = {
  windows: () => BrowserWindow.getAllWindows(),
  ownerOf: frame => BrowserWindow.ownerOf(frame),
};
