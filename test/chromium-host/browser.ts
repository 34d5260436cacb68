/**
 * The installed Chromium under the preview: starts it, answers all of its requests through the sessions, and makes sure
 * that neither process outlives the other. Chromium is driven over a pipe, which closes when this process dies, however
 * it dies; Chromium then ends by itself.
 */
import { EventEmitter } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext, Frame, Page, Request as PageRequest, Route } from 'playwright-core';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { chromiumFlags } from './chromium-flags.ts';
import { Session } from './session.ts';
import type { Embedding } from './session.ts';

/** Who owns a page's frame: looked up by the host for every request. */
export type FrameOwner = {
  id: number;
  session: Session;
  /** Called before a document is loaded that main did not ask for; true refuses it. */
  refusesNavigation: (url: string, isMainFrame: boolean, isInitial: boolean) => boolean;
  embedding: (isOwnDocument: boolean) => Embedding;
};
export type OwnerLookup = (frame: Frame) => { owner: FrameOwner; isOwnFrame: boolean } | undefined;
type Launch = { userData: string; appended: readonly string[]; width: number; height: number };
type BrowserEvents = { gone: []; popup: [opener: Page, url: string] };

const close_ms = 3000;

export const isHeadless = process.argv.includes('--headless');

/** Set by tests so that they can connect to the very same browser; 0 lets the system choose the port. */
function debuggingPort(): number | undefined {
  const wanted = process.env.TILLSIDE_HOST_DEBUGGING_PORT;
  return wanted === undefined || wanted === '' ? undefined : Number(wanted);
}

/**
 * TLS secrets must not reach the disk because of a variable left in the environment. And where Electron writes no crash
 * report unless it is told to, Chromium writes one of every page that dies, with what was just being typed into it. A
 * file where the folder of the reports should be keeps it from that; its switch against them breaks debugging.
 */
function browserEnvironment(profile: string): Record<string, string> {
  const config = join(profile, 'no-reports');
  mkdirSync(join(config, 'chromium'), { recursive: true });
  writeFileSync(join(config, 'chromium', 'Crash Reports'), '');
  const kept = Object.entries(process.env).filter(([name]) => name !== 'SSLKEYLOGFILE' && name !== 'NODE_CHANNEL_FD');
  const set = kept.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(set), CHROME_CONFIG_HOME: config };
}

class Browser extends EventEmitter<BrowserEvents> {
  #context: Promise<BrowserContext> | undefined;
  #hidden: Promise<BrowserContext> | undefined;
  #launch: Launch | undefined;
  #lookup: OwnerLookup = () => undefined;
  #expected = new WeakSet<Page>();
  #opening = 0;
  #profile = '';
  #firstPage: Page | undefined;
  #closing = false;

  /** Begins to start Chromium; the pages below wait for it. */
  start(launch: Launch, lookup: OwnerLookup): void {
    if (this.#context) return;
    this.#launch = launch;
    this.#lookup = lookup;
    this.#profile = join(launch.userData, 'host-profile');
    // Chromium writes what was typed into a page to its session files. Nothing of that may stay between two runs.
    if (!Session.anyPersistent()) this.#erase();
    this.#context = this.#open(this.#profile, isHeadless, debuggingPort());
    this.#context.catch(() => {});
  }

  /** The page for a new window: the browser's first one, then more. Hidden windows never appear on the screen. */
  async openPage(hidden: boolean): Promise<Page> {
    const context = await (hidden && !isHeadless ? this.#hiddenContext() : this.#started());
    const first = this.#firstPage;
    this.#firstPage = undefined;
    if (first && !hidden) return first;
    this.#opening += 1;
    try {
      const page = await context.newPage();
      this.#expected.add(page);
      return page;
    } finally {
      this.#opening -= 1;
    }
  }

  /** The address for a second debugging client, when a port was asked for. */
  async debuggingAddress(): Promise<string | undefined> {
    if (debuggingPort() === undefined) return undefined;
    await this.#started();
    const [port, path] = readFileSync(join(this.#profile, 'DevToolsActivePort'), 'utf8').trim().split('\n');
    return `ws://127.0.0.1:${port}${path}`;
  }

  /** Ends the browser and erases its profile. Safe to call more than once. */
  async close(): Promise<void> {
    this.#closing = true;
    const contexts = await Promise.allSettled([this.#context, this.#hidden]);
    const closing = contexts.map(result => (result.status === 'fulfilled' ? result.value?.close() : undefined));
    const patience = new Promise(resolve => setTimeout(resolve, close_ms).unref());
    await Promise.race([Promise.allSettled(closing), patience]);
    if (this.#launch && !Session.anyPersistent()) this.#erase();
  }

  #erase(): void {
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 3 });
  }

  #started(): Promise<BrowserContext> {
    if (!this.#context) throw new Error('Windows can be opened only after app.whenReady().');
    return this.#context;
  }

  /** With a visible window, paper is printed by a second browser that has none. */
  #hiddenContext(): Promise<BrowserContext> {
    this.#hidden ??= this.#open(`${this.#profile}/hidden`, true, undefined);
    return this.#hidden;
  }

  async #open(profile: string, headless: boolean, port: number | undefined): Promise<BrowserContext> {
    const executablePath = findChromium();
    if (!executablePath) throw new Error('No Chrome, Edge or Chromium was found; install one or set CHROMIUM.');
    const { appended, width, height } = this.#launch!;
    mkdirSync(profile, { recursive: true, mode: 0o700 });
    const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless,
      chromiumSandbox: !isRoot,
      args: chromiumFlags({ isRoot, width, height, debuggingPort: port, appended, appWindow: !headless }),
      ignoreDefaultArgs: ['--enable-automation'],
      env: browserEnvironment(profile),
      viewport: headless ? { width, height } : null,
      colorScheme: null,
      acceptDownloads: false,
      serviceWorkers: 'block',
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    if (profile === this.#profile) this.#firstPage = context.pages()[0];
    for (const page of context.pages()) this.#expected.add(page);
    await context.route('**/*', (route, request) => this.#answer(route, request));
    context.on('page', page => void this.#inspect(page));
    context.on('close', () => {
      if (!this.#closing) this.emit('gone');
    });
    return context;
  }

  /** A page that the host did not open is a pop-up: main is asked, and it never stays. */
  async #inspect(page: Page): Promise<void> {
    const opener = await page.opener();
    if (this.#expected.has(page) || !opener) return;
    this.emit('popup', opener, page.url());
    await page.close().catch(() => {});
  }

  async #answer(route: Route, request: PageRequest): Promise<void> {
    const frame = frameOf(request);
    const found = frame && this.#lookup(frame);
    if (!found) return quietly(route.abort('blockedbyclient'));
    const { owner, isOwnFrame } = found;
    const isDocument = request.isNavigationRequest();
    const url = request.url();
    if (isDocument && owner.refusesNavigation(url, isOwnFrame, frame.url() === '')) {
      // This leaves the document that is there in place, as a refused navigation does in Electron.
      return quietly(route.abort('aborted'));
    }
    const answer = await owner.session.answer(
      {
        url,
        method: request.method(),
        headers: request.headers(),
        body: request.postDataBuffer() ?? undefined,
        resourceType: request.resourceType(),
        webContentsId: owner.id,
        frame: { url: frame.url(), parent: isOwnFrame ? null : {} },
      },
      isDocument ? owner.embedding(isOwnFrame) : undefined,
    );
    if (answer.kind === 'refused') return quietly(route.abort(answer.reason));
    const headers: Record<string, string> = Object.fromEntries(answer.headers);
    const cookies = answer.headers.getSetCookie();
    if (cookies.length > 0) headers['set-cookie'] = cookies.join('\n');
    return quietly(route.fulfill({ status: answer.status, headers, body: answer.body }));
  }
}

/** A request may outlive its frame or its page; then there is nobody left to answer. */
async function quietly(work: Promise<void>): Promise<void> {
  await work.catch(() => {});
}

function frameOf(request: PageRequest): Frame | undefined {
  try {
    return request.frame();
  } catch {
    return undefined;
  }
}

export const browser = new Browser();
