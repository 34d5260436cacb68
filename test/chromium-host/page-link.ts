/**
 * One debugging session per browser page. It knows every frame of the page by the browser's own account (id, parent,
 * address), carries messages between main and the preloads, and tells what loads. Nothing here trusts what a page says
 * about itself.
 */
import { EventEmitter } from 'node:events';
import type { CDPSession, Page } from 'playwright-core';
import { bindingName, inputSource, pageSideSource, preloadSource, worldName } from './page-bridge.ts';
import type { FrameRole } from './page-bridge.ts';
import { decodeWire, encodeWire } from './wire.ts';

/** A frame as the browser knows it. `name` is the name attribute of its iframe element. */
export type FrameRecord = { id: string; parentId: string | undefined; url: string; name: string };
/** A message from the preload's world of a frame. */
export type PageMessage = { kind: string; [key: string]: unknown };
type ContextRecord = { frameId: string; origin: string };
type FrameDetails = {
  id: string;
  parentId?: string;
  url: string;
  urlFragment?: string;
  name?: string;
  unreachableUrl?: string;
};
export type PageLinkEvents = {
  message: [frame: FrameRecord, message: PageMessage];
  navigated: [frame: FrameRecord, failedUrl: string | undefined];
  loaded: [frame: FrameRecord];
  'dom-ready': [];
};

export class PageLink extends EventEmitter<PageLinkEvents> {
  readonly page: Page;
  readonly #session: CDPSession;
  readonly #frames = new Map<string, FrameRecord>();
  readonly #contexts = new Map<number, ContextRecord>();
  #mainFrameId = '';

  private constructor(page: Page, session: CDPSession) {
    super();
    this.page = page;
    this.#session = session;
  }

  /** Opens the session and installs the input reporter. Must be awaited before the page loads anything. */
  static async open(page: Page): Promise<PageLink> {
    const session = await page.context().newCDPSession(page);
    const link = new PageLink(page, session);
    link.#listen();
    await session.send('Page.enable');
    const { frameTree } = await session.send('Page.getFrameTree');
    link.#mainFrameId = frameTree.frame.id;
    link.#record(frameTree.frame);
    await session.send('Runtime.enable');
    await session.send('Runtime.addBinding', { name: bindingName, executionContextName: worldName });
    await link.#addScript(inputSource(), worldName);
    return link;
  }

  get session(): CDPSession {
    return this.#session;
  }

  get mainFrame(): FrameRecord {
    return this.#frames.get(this.#mainFrameId) ?? { id: this.#mainFrameId, parentId: undefined, url: '', name: '' };
  }

  frame(id: string | undefined): FrameRecord | undefined {
    return id === undefined ? undefined : this.#frames.get(id);
  }

  /** The frame of an overlay: a child of the page's own frame, by the name that only the host gave. */
  frameNamed(name: string): FrameRecord | undefined {
    return [...this.#frames.values()].find(frame => frame.name === name && frame.parentId === this.#mainFrameId);
  }

  /** Gives the frame with this role its preload, from its next document on. */
  async addPreload(secret: string, role: FrameRole, bundle: string): Promise<void> {
    await this.#addScript(pageSideSource(secret, role), undefined);
    await this.#addScript(preloadSource(secret, role, bundle), worldName);
  }

  /** Hands a message to the preload of a frame; false when the frame has none now. */
  deliver(frameId: string, message: object): boolean {
    const context = [...this.#contexts].findLast(([, record]) => record.frameId === frameId);
    if (!context) return false;
    const call = {
      functionDeclaration: 'function (text) { globalThis.tillsideDeliver?.(text); }',
      executionContextId: context[0],
      arguments: [{ value: encodeWire(message) }],
      silent: true,
    };
    // The document may have gone in the meantime; then there is nobody to tell.
    this.#session.send('Runtime.callFunctionOn', call).catch(() => {});
    return true;
  }

  async #addScript(source: string, world: string | undefined): Promise<void> {
    const where = world === undefined ? {} : { worldName: world };
    await this.#session.send('Page.addScriptToEvaluateOnNewDocument', { source, ...where });
  }

  #record(details: FrameDetails): FrameRecord {
    const url = details.url + (details.urlFragment ?? '');
    const known = this.#frames.get(details.id);
    const record = { id: details.id, parentId: details.parentId, url, name: details.name ?? known?.name ?? '' };
    this.#frames.set(details.id, record);
    return record;
  }

  #listen(): void {
    const session = this.#session;
    session.on('Page.frameAttached', ({ frameId, parentFrameId }) => {
      this.#frames.set(frameId, { id: frameId, parentId: parentFrameId, url: '', name: '' });
    });
    session.on('Page.frameDetached', ({ frameId, reason }) => {
      if (reason !== 'swap') this.#frames.delete(frameId);
    });
    session.on('Page.frameNavigated', ({ frame }) => this.emit('navigated', this.#record(frame), frame.unreachableUrl));
    session.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      const known = this.#frames.get(frameId);
      if (known) this.#frames.set(frameId, { ...known, url });
    });
    session.on('Page.frameStoppedLoading', ({ frameId }) => {
      const frame = this.#frames.get(frameId);
      if (frame) this.emit('loaded', frame);
    });
    session.on('Page.domContentEventFired', () => this.emit('dom-ready'));
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const frameId = (context.auxData as { frameId?: string } | undefined)?.frameId;
      if (context.name === worldName && frameId) this.#contexts.set(context.id, { frameId, origin: context.origin });
    });
    session.on('Runtime.executionContextDestroyed', event => this.#contexts.delete(event.executionContextId));
    session.on('Runtime.executionContextsCleared', () => this.#contexts.clear());
    session.on('Runtime.bindingCalled', event => this.#receive(event.executionContextId, event.payload));
  }

  #receive(contextId: number, payload: string): void {
    const context = this.#contexts.get(contextId);
    const frame = context && this.#frames.get(context.frameId);
    if (!context || !frame) return;
    // The first script of a document may speak before its navigation is announced; its context's origin is the truth.
    const isCurrent = frame.url.startsWith(`${context.origin}/`);
    const speaker = isCurrent ? frame : { ...frame, url: /^https?:/.test(context.origin) ? `${context.origin}/` : '' };
    this.emit('message', speaker, decodeWire(payload) as PageMessage);
  }
}
