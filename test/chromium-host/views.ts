/**
 * `View` and `WebContentsView`: where Electron places a native view over the window, the preview places a frame over
 * the page, at the same bounds in CSS pixels.
 */
import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { WebPreferences } from './carrier.ts';
import type { Embedding } from './session.ts';
import { originOf } from './ipc-main.ts';
import type { PageLink } from './page-link.ts';
import { WebContents } from './web-contents.ts';

export type Rectangle = { x: number; y: number; width: number; height: number };
/** The window that a view is in, as far as the view needs it. */
export type ViewHost = {
  link: () => Promise<PageLink>;
  /** True while the window's page shows a document that can carry a frame. */
  isLoaded: () => boolean;
  origin: () => string;
  zoomFactor: () => number;
  printedFolder: () => string;
};

export class View extends EventEmitter {
  readonly children: View[] = [];
  protected bounds: Rectangle = { x: 0, y: 0, width: 0, height: 0 };
  protected visible = true;
  protected background = 'transparent';
  protected radius = 0;
  #host: ViewHost | undefined;

  get host(): ViewHost | undefined {
    return this.#host;
  }
  addChildView(view: View, index?: number): void {
    const at = this.children.indexOf(view);
    if (at >= 0) this.children.splice(at, 1);
    this.children.splice(index ?? this.children.length, 0, view);
    if (this.#host) view.setHost(this.#host);
  }
  removeChildView(view: View): void {
    const at = this.children.indexOf(view);
    if (at < 0) return;
    this.children.splice(at, 1);
    view.setHost(undefined);
  }
  /** Called when the view enters or leaves a window. */
  setHost(host: ViewHost | undefined): void {
    const before = this.#host;
    this.#host = host;
    for (const child of this.children) child.setHost(host);
    if (before !== host) this.hostChanged(before);
  }
  /** Called when the window's page has a new document, in which no frame is left. */
  documentChanged(): void {
    for (const child of this.children) child.documentChanged();
    this.place();
  }
  setBounds(bounds: Rectangle): void {
    this.bounds = { ...bounds };
    this.place();
    this.emit('bounds-changed');
  }
  getBounds(): Rectangle {
    return { ...this.bounds };
  }
  setVisible(visible: boolean): void {
    this.visible = visible;
    this.place();
  }
  getVisible(): boolean {
    return this.visible;
  }
  setBackgroundColor(color: string): void {
    this.background = color;
    this.place();
  }
  setBorderRadius(radius: number): void {
    this.radius = radius;
    this.place();
  }
  setBackgroundBlur(): void {}

  protected place(): void {}
  protected hostChanged(_before: ViewHost | undefined): void {}
}

type Placement = { name: string; src: string; css: Record<string, string>; origin: string };

/** Makes or moves the overlay; runs in the page. Styles go through CSSOM, which the page's policy allows. */
function placeOverlay({ name, src, css }: Placement): void {
  let overlay = [...document.querySelectorAll('iframe')].find(frame => frame.name === name);
  if (!overlay) {
    overlay = document.createElement('iframe');
    overlay.name = name;
    overlay.title = 'Payment';
    overlay.allow = 'payment';
    // Beside the body, so that a framework which owns the body never meets it.
    document.documentElement.append(overlay);
  }
  for (const [property, value] of Object.entries(css)) overlay.style.setProperty(property, value);
  if (src !== '' && overlay.dataset.asked !== src) {
    overlay.dataset.asked = src;
    overlay.src = src.replace(/^\d+ /, '');
  }
}

export class WebContentsView extends View {
  readonly webContents: WebContents;
  readonly #name = `tillside-view-${randomUUID()}`;
  #loads = 0;
  #zoom = 1;
  #placing: Promise<void> = Promise.resolve();

  constructor(options: { webPreferences?: WebPreferences } = {}) {
    super();
    this.webContents = new WebContents(options.webPreferences ?? {}, {
      role: { kind: 'view', name: this.#name },
      navigate: () => {
        this.#loads += 1;
        this.place();
        return Promise.resolve();
      },
      focus: () => this.#focus(),
      zoom: async factor => {
        this.#zoom = factor;
        this.place();
      },
      embedding: isOwnDocument => this.#embedding(isOwnDocument),
      printedFolder: () => this.host?.printedFolder() ?? '.',
    });
  }

  /** The name of the overlay's iframe element; known to the host alone. */
  get overlayName(): string {
    return this.#name;
  }

  protected override hostChanged(before: ViewHost | undefined): void {
    if (before) void this.#remove(before);
    this.place();
  }

  /** Placements run one after another, so that two quick moves cannot make two frames. */
  protected override place(): void {
    const host = this.host;
    if (!host) return;
    this.#placing = this.#placing.then(() => this.#placeIn(host)).catch(() => {});
  }

  async #placeIn(host: ViewHost): Promise<void> {
    const link = await host.link();
    await this.webContents.attach(link);
    if (!host.isLoaded() || this.host !== host) return;
    const url = this.webContents.wantedUrl;
    const placement = {
      name: this.#name,
      src: url ? `${this.#loads} ${url}` : '',
      css: this.#css(host),
      origin: originOf(url),
    };
    await link.page.evaluate(placeOverlay, placement);
  }

  #css(host: ViewHost): Record<string, string> {
    // Bounds are in the window's pixels. A zoomed page would scale the overlay with it, so its own zoom undoes that.
    const own = this.#zoom / host.zoomFactor();
    const pixels = (value: number) => `${value / this.#zoom}px`;
    return {
      position: 'fixed',
      left: pixels(this.bounds.x),
      top: pixels(this.bounds.y),
      width: pixels(this.bounds.width),
      height: pixels(this.bounds.height),
      display: 'block',
      // A hidden native view keeps its size, so its page can still be measured.
      visibility: this.visible ? 'visible' : 'hidden',
      background: this.background,
      'border-radius': pixels(this.radius),
      'color-scheme': 'normal',
      zoom: String(own),
      border: '0',
      margin: '0',
      padding: '0',
      'z-index': '2147483647',
    };
  }

  async #remove(host: ViewHost): Promise<void> {
    const { page } = await host.link();
    const remove = (name: string) =>
      [...document.querySelectorAll('iframe')].find(each => each.name === name)?.remove();
    await page.evaluate(remove, this.#name).catch(() => {});
  }

  async #focus(): Promise<void> {
    const page: Page | undefined = (await this.host?.link())?.page;
    // A native view that gets the keyboard leaves it with the frame inside that has it; a frame's own focus would not.
    const focus = (name: string): void => {
      const overlay = [...document.querySelectorAll('iframe')].find(each => each.name === name);
      if (overlay !== document.activeElement) overlay?.focus();
    };
    await page?.evaluate(focus, this.#name);
  }

  #embedding(isOwnDocument: boolean): Embedding {
    return isOwnDocument ? { kind: 'view document', windowOrigin: this.host?.origin() ?? "'none'" } : undefined;
  }
}

/** Every overlay inside a view, at any depth. */
export function viewsBelow(view: View): WebContentsView[] {
  return view.children.flatMap(child => [...(child instanceof WebContentsView ? [child] : []), ...viewsBelow(child)]);
}
