/**
 * `webContents`: the page of a window, or the overlay frame of a view inside a window's page. Both are a frame of a
 * browser page, so one class serves both; what differs is how an address is loaded.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Frame, Page } from 'playwright-core';
import { app } from './app.ts';
import type { FrameOwner } from './browser.ts';
import type { Carrier, PrintOptions, WebPreferences } from './carrier.ts';
import { preventable } from './events.ts';
import { ipcMain, originOf, senderFrame } from './ipc-main.ts';
import type { SenderFrame } from './ipc-main.ts';
import { InertWebContents } from './inert.ts';
import type { FrameRecord, PageLink, PageMessage } from './page-link.ts';
import { pdfOptions, writePrinted } from './pdf.ts';
import { Session } from './session.ts';

type OpenHandler = (details: { url: string; disposition: string; frameName: string; features: string }) => {
  action: string;
};
type Load = { resolve: () => void; reject: (error: Error) => void; url: string };

const secret = randomUUID();

export class WebContents extends InertWebContents {
  static #all = new Map<number, WebContents>();
  static #last = 0;

  readonly id = ++WebContents.#last;
  readonly session: Session;
  /** Not part of Electron's public type, but what tests ask: the preferences this was made with. */
  readonly hostWebPreferences: Readonly<WebPreferences>;
  readonly #carrier: Carrier;
  #link: PageLink | undefined;
  #openHandler: OpenHandler | undefined;
  #load: Load | undefined;
  #expectedUrl = '';
  #zoomFactor = 1;
  #printed = 0;
  #destroyed = false;
  #failed = false;

  constructor(preferences: WebPreferences, carrier: Carrier) {
    super();
    this.hostWebPreferences = Object.freeze({ ...preferences });
    this.session = preferences.session ?? Session.fromPartition(preferences.partition ?? '');
    this.#carrier = carrier;
    WebContents.#all.set(this.id, this);
    app.emit('web-contents-created', preventable({}), this);
  }

  static getAllWebContents(): WebContents[] {
    return [...WebContents.#all.values()];
  }
  static fromId(id: number): WebContents | undefined {
    return WebContents.#all.get(id);
  }

  /** Called by the carrier once there is a page. Installs the preload before anything is loaded. */
  async attach(link: PageLink): Promise<void> {
    if (this.#link === link) return;
    this.#link = link;
    const { preload, javascript } = this.hostWebPreferences;
    if (preload) await link.addPreload(secret, this.#carrier.role, readFileSync(preload, 'utf8'));
    if (javascript === false) await link.session.send('Emulation.setScriptExecutionDisabled', { value: true });
    link.on('message', (frame, message) => this.#receive(link, frame, message));
    link.on('navigated', (frame, failedUrl) => this.#navigated(frame, failedUrl));
    link.on('loaded', frame => this.#loaded(frame));
    if (this.#carrier.role.kind === 'window') link.on('dom-ready', () => this.emit('dom-ready'));
  }

  /** The browser's record of this WebContents' own frame, or undefined while there is none. */
  get ownFrame(): FrameRecord | undefined {
    const role = this.#carrier.role;
    return role.kind === 'window' ? this.#link?.mainFrame : this.#link?.frameNamed(role.name);
  }

  /** As the host asks for every request; see browser.ts. */
  get owner(): FrameOwner {
    return {
      id: this.id,
      session: this.session,
      refusesNavigation: (url, isMainFrame, isInitial) => this.#refusesNavigation(url, isMainFrame, isInitial),
      embedding: this.#carrier.embedding,
    };
  }

  get mainFrame(): SenderFrame | null {
    const frame = this.ownFrame;
    return frame && this.#link ? senderFrame(this.#link, frame, frame.id) : null;
  }

  /** Resolves when the page has loaded; rejects when it could not be. */
  loadURL(url: string): Promise<void> {
    this.#expectedUrl = url;
    this.emit('did-start-loading');
    return new Promise((resolve, reject) => {
      this.#load = { resolve, reject, url };
      this.#carrier.navigate(url).catch((error: unknown) => this.#fail(url, String(error)));
    });
  }
  reload(): void {
    void this.loadURL(this.ownFrame?.url ?? this.#expectedUrl).catch(() => {});
  }
  reloadIgnoringCache(): void {
    this.reload();
  }
  /** The address that main asked for last, for a carrier whose page was made anew. */
  get wantedUrl(): string {
    return this.#expectedUrl;
  }

  send(channel: string, ...values: unknown[]): void {
    const frame = this.ownFrame;
    if (!frame || this.#destroyed) return;
    this.#link?.deliver(frame.id, { kind: 'event', channel, values });
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }
  /** Asks main about a pop-up. The preview never opens one, whatever the answer. */
  askToOpen(url: string): void {
    this.#openHandler?.({ url, disposition: 'new-window', frameName: '', features: '' });
  }

  async executeJavaScript(code: string): Promise<unknown> {
    return (await this.#browserFrame()).evaluate(code);
  }
  async insertCSS(css: string): Promise<string> {
    await (await this.#browserFrame()).addStyleTag({ content: css });
    return randomUUID();
  }

  /** PDF bytes of the page as it is. Rejects for the overlay of a view, which is no page of its own. */
  async printToPDF(options: PrintOptions = {}): Promise<Buffer> {
    if (this.#carrier.role.kind === 'view') throw new Error('The preview cannot print a view, only a window.');
    return this.#page().pdf(pdfOptions(options));
  }
  /** Prints into a file, `<userData>/printed/<number>.pdf`, because the preview has no printer. */
  print(options: PrintOptions = {}, callback: (success: boolean, reason: string) => void = () => {}): void {
    const file = join(this.#carrier.printedFolder(), `${Date.now()}-${this.id}-${++this.#printed}.pdf`);
    const background = options.printBackground ?? true;
    this.printToPDF({ ...options, printBackground: background })
      .then(bytes => writePrinted(file, bytes))
      .then(
        () => callback(true, ''),
        (error: unknown) => callback(false, String(error)),
      );
  }
  async getPrintersAsync(): Promise<object[]> {
    return [{ name: 'printed', displayName: 'PDF files in the printed folder', description: '', options: {} }];
  }
  async capturePage(): Promise<{ toPNG: () => Buffer }> {
    const bytes = await this.#page().screenshot();
    return { toPNG: () => bytes };
  }

  getURL(): string {
    return this.ownFrame?.url ?? '';
  }
  isLoading(): boolean {
    return this.#load !== undefined;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  isFocused(): boolean {
    return !this.#destroyed;
  }
  focus(): void {
    this.#carrier.focus().catch(() => {});
  }
  setZoomFactor(factor: number): void {
    this.#zoomFactor = factor;
    this.#carrier.zoom(factor).catch(() => {});
  }
  getZoomFactor(): number {
    return this.#zoomFactor;
  }
  get zoomFactor(): number {
    return this.#zoomFactor;
  }
  set zoomFactor(factor: number) {
    this.setZoomFactor(factor);
  }
  close(): void {
    this.destroyed();
  }

  /** Called by the carrier when the page is gone. */
  destroyed(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    WebContents.#all.delete(this.id);
    this.#load?.reject(new Error('The page was closed while it loaded.'));
    this.#load = undefined;
    this.emit('destroyed');
  }
  crashed(): void {
    this.emit('render-process-gone', preventable({}), { reason: 'crashed', exitCode: 1 });
  }

  #page(): Page {
    if (!this.#link) throw new Error('The page does not exist yet; load an address first.');
    return this.#link.page;
  }
  async #browserFrame(): Promise<Frame> {
    const page = this.#page();
    const role = this.#carrier.role;
    const frame = role.kind === 'window' ? page.mainFrame() : page.frames().find(each => each.name() === role.name);
    if (!frame) throw new Error('The view has no frame yet; add it to a window first.');
    return frame;
  }

  #receive(link: PageLink, frame: FrameRecord, message: PageMessage): void {
    const own = this.ownFrame;
    if (!own || this.#destroyed || !this.#contains(link, frame, own)) return;
    if (message.kind === 'invoke' || message.kind === 'send') {
      // Only the own frame has a preload; a message from any other would be a hole in the host.
      if (frame.id !== own.id) return;
      const sender = senderFrame(link, frame, own.id);
      const event = {
        type: 'frame' as const,
        sender: this,
        senderFrame: sender,
        frameId: sender.routingId,
        processId: 1,
      };
      void ipcMain.receive(event, message, answer => link.deliver(frame.id, answer));
    } else if (message.kind === 'key') this.#key(message);
    else this.emit(`host-${message.kind}`, message);
  }

  #key(message: PageMessage): void {
    const input = message.input as Record<string, unknown>;
    if (message.phase === 'before') this.emit('before-input-event', preventable({}), { ...input, modifiers: [] });
    else this.emit('host-key', input);
  }

  /** True when the frame is this WebContents' own, or inside it without being inside another view's overlay. */
  #contains(link: PageLink, frame: FrameRecord, own: FrameRecord): boolean {
    for (let each: FrameRecord | undefined = frame; each; each = link.frame(each.parentId)) {
      if (each.id === own.id) return true;
      if (WebContents.#isOverlay(link, each)) return false;
    }
    return false;
  }
  static #isOverlay(link: PageLink, frame: FrameRecord): boolean {
    return WebContents.getAllWebContents().some(
      each => each.#link === link && each.#carrier.role.kind === 'view' && each.ownFrame?.id === frame.id,
    );
  }

  #refusesNavigation(url: string, isMainFrame: boolean, isInitial: boolean): boolean {
    if (isMainFrame && url === withoutFragment(this.#expectedUrl) && this.#load) return false;
    const frame = this.mainFrame;
    const details = { url, isSameDocument: false, isMainFrame, isInitial, frame, initiator: frame };
    const anyFrame = preventable(details);
    this.emit('will-frame-navigate', anyFrame);
    if (anyFrame.defaultPrevented) return true;
    if (!isMainFrame) return false;
    const event = preventable(details);
    this.emit('will-navigate', event, url, false, true);
    return event.defaultPrevented;
  }

  #navigated(frame: FrameRecord, failedUrl: string | undefined): void {
    if (frame.id !== this.ownFrame?.id) return;
    this.#failed = failedUrl !== undefined;
    if (failedUrl !== undefined) this.#fail(failedUrl, 'ERR_FAILED');
    else if (frame.url !== 'about:blank') this.emit('did-navigate', preventable({}), frame.url, 200, 'OK');
  }
  #fail(url: string, reason: string): void {
    this.emit('did-fail-load', preventable({}), -2, reason, url, true, 1, 1);
    const load = this.#load;
    this.#load = undefined;
    load?.reject(new Error(`${reason} (-2) loading '${url}'`));
  }
  #loaded(frame: FrameRecord): void {
    if (frame.id !== this.ownFrame?.id || originOf(frame.url) === 'null' || this.#failed) return;
    if (this.#zoomFactor !== 1) this.setZoomFactor(this.#zoomFactor);
    const load = this.#load;
    this.#load = undefined;
    this.emit('did-finish-load');
    this.emit('did-stop-loading');
    load?.resolve();
  }
}

function withoutFragment(url: string): string {
  return url.split('#')[0]!;
}
