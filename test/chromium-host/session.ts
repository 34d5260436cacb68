/**
 * Electron sessions: who answers a request. A session reaches nothing by itself; a request is answered by the protocol
 * handler that main registered for its scheme, or refused.
 */
import { EventEmitter } from 'node:events';
import { allowEmbedding, allowFrames } from './relaxations.ts';
import { WebRequest } from './web-request.ts';

type ProtocolHandler = (request: Request) => Response | Promise<Response>;
/** A request as it comes from the browser. `body` is the bytes sent with it, if any. */
export type HostRequest = {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: Uint8Array | undefined;
  resourceType: string;
  webContentsId: number | undefined;
  frame: object | null;
};
export type HostAnswer =
  | { kind: 'refused'; reason: 'blockedbyclient' | 'failed' }
  | { kind: 'response'; status: number; headers: Headers; body: Buffer };

/** Electron's names for what Chromium's debugging protocol calls a resource. */
const resourceTypes: Record<string, string> = {
  document: 'mainFrame',
  stylesheet: 'stylesheet',
  image: 'image',
  script: 'script',
  font: 'font',
  media: 'media',
  fetch: 'xhr',
  xhr: 'xhr',
  websocket: 'webSocket',
  ping: 'ping',
};

class Protocol {
  #handlers = new Map<string, ProtocolHandler>();

  handle(scheme: string, handler: ProtocolHandler): void {
    if (this.#handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    this.#handlers.set(scheme, handler);
  }
  unhandle(scheme: string): void {
    this.#handlers.delete(scheme);
  }
  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme);
  }
  /** The two pages use https, which needs no privileges; other schemes are not part of the preview. */
  registerSchemesAsPrivileged(): void {}
  handlerFor(address: string): ProtocolHandler | undefined {
    return this.#handlers.get(new URL(address).protocol.slice(0, -1));
  }
}

/** What an answer must be relaxed for; see relaxations.ts. */
export type Embedding = { kind: 'window document' } | { kind: 'view document'; windowOrigin: string } | undefined;

type Eraser = (origins: readonly string[], storages: readonly string[] | undefined) => Promise<void>;

export class Session extends EventEmitter {
  static #byPartition = new Map<string, Session>();
  /** Set by the host once there is a browser whose storage can be erased. */
  static erase: Eraser = () => Promise.resolve();

  readonly protocol = new Protocol();
  readonly webRequest = new WebRequest();
  readonly partition: string;
  readonly #origins = new Set<string>();
  permissionRequestHandler: unknown = null;
  permissionCheckHandler: unknown = null;
  devicePermissionHandler: unknown = null;
  spellCheckerEnabled = true;

  constructor(partition: string) {
    super();
    this.partition = partition;
  }

  static fromPartition(partition: string): Session {
    const known = Session.#byPartition.get(partition);
    if (known) return known;
    const session = new Session(partition);
    Session.#byPartition.set(partition, session);
    return session;
  }

  static get defaultSession(): Session {
    return Session.fromPartition('');
  }

  /** True when some session asked to be kept on disk, so that the profile must not be erased. */
  static anyPersistent(): boolean {
    return [...Session.#byPartition.values()].some(session => session.isPersistent());
  }

  isPersistent(): boolean {
    return this.partition.startsWith('persist:');
  }
  /** Chromium never prompts here and grants nothing (see chromium-flags.ts); the handlers are kept to be looked at. */
  setPermissionRequestHandler(handler: unknown): void {
    this.permissionRequestHandler = handler;
  }
  setPermissionCheckHandler(handler: unknown): void {
    this.permissionCheckHandler = handler;
  }
  setDevicePermissionHandler(handler: unknown): void {
    this.devicePermissionHandler = handler;
  }
  setDisplayMediaRequestHandler(): void {}
  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellCheckerEnabled = enabled;
  }
  setSpellCheckerLanguages(): void {}
  isSpellCheckerEnabled(): boolean {
    return this.spellCheckerEnabled;
  }
  async clearStorageData(options: { origin?: string; storages?: string[] } = {}): Promise<void> {
    await Session.erase(options.origin ? [options.origin] : [...this.#origins], options.storages);
  }
  async clearData(): Promise<void> {
    await this.clearStorageData();
  }
  /** The preview never caches: every request is answered by main. */
  async clearCache(): Promise<void> {}
  async clearCodeCaches(): Promise<void> {}
  async clearHostResolverCache(): Promise<void> {}
  async clearAuthCache(): Promise<void> {}
  flushStorageData(): void {}
  async closeAllConnections(): Promise<void> {}
  async setProxy(): Promise<void> {}
  getStoragePath(): string | null {
    return null;
  }

  /** As in Electron: main's own handlers answer first unless the caller says to go past them. */
  async fetch(
    input: string | Request,
    init: RequestInit & { bypassCustomProtocolHandlers?: boolean } = {},
  ): Promise<Response> {
    const { bypassCustomProtocolHandlers, ...rest } = init;
    const request = new Request(input, rest);
    const handler = bypassCustomProtocolHandlers ? undefined : this.protocol.handlerFor(request.url);
    return handler ? handler(request) : fetch(request);
  }

  /** Answers a browser's request: webRequest listeners, then the protocol handler, then the relaxations. */
  async answer(request: HostRequest, embedding: Embedding): Promise<HostAnswer> {
    const resourceType =
      request.resourceType === 'document' && embedding?.kind !== 'window document' && request.frame
        ? documentType(request.frame)
        : (resourceTypes[request.resourceType] ?? 'other');
    const details = { ...request, body: undefined, id: 0, resourceType, timestamp: Date.now(), referrer: '' };
    const before = await this.webRequest.ask('onBeforeRequest', details);
    if (before.cancel) return this.#refuse(details, 'blockedbyclient');
    if (before.redirectURL) {
      const headers = new Headers({ location: before.redirectURL });
      return { kind: 'response', status: 307, headers, body: Buffer.alloc(0) };
    }
    const sending = await this.webRequest.ask('onBeforeSendHeaders', { ...details, requestHeaders: request.headers });
    if (sending.cancel) return this.#refuse(details, 'blockedbyclient');
    const handler = this.protocol.handlerFor(request.url);
    if (!handler) return this.#refuse(details, 'blockedbyclient');
    this.#origins.add(new URL(request.url).origin);
    let response: Response;
    try {
      const body = request.method === 'GET' || request.method === 'HEAD' ? null : (request.body ?? null);
      const headers = sending.requestHeaders ?? request.headers;
      response = await handler(
        new Request(request.url, { method: request.method, headers, body: body as BodyInit | null }),
      );
    } catch {
      return this.#refuse(details, 'failed');
    }
    return this.#complete(details, response, embedding);
  }

  async #complete(details: Record<string, unknown>, response: Response, embedding: Embedding): Promise<HostAnswer> {
    if (response.type === 'error') return this.#refuse(details, 'failed');
    let headers = new Headers(response.headers);
    const asRecord: Record<string, string[]> = {};
    for (const [name, value] of headers) asRecord[name] = [...(asRecord[name] ?? []), value];
    const received = await this.webRequest.ask('onHeadersReceived', {
      ...details,
      statusCode: response.status,
      statusLine: `HTTP/1.1 ${response.status}`,
      responseHeaders: asRecord,
    });
    if (received.cancel) return this.#refuse(details, 'blockedbyclient');
    if (received.responseHeaders) {
      headers = new Headers();
      for (const [name, values] of Object.entries(received.responseHeaders)) {
        for (const value of [values].flat()) headers.append(name, value);
      }
    }
    if (embedding?.kind === 'window document') allowFrames(headers);
    if (embedding?.kind === 'view document') allowEmbedding(headers, embedding.windowOrigin);
    // The body arrives decoded, so a length or encoding of the original would be wrong.
    for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
    const body = Buffer.from(await response.arrayBuffer());
    void this.webRequest.ask('onCompleted', { ...details, statusCode: response.status, fromCache: false }, true);
    return { kind: 'response', status: response.status, headers, body };
  }

  #refuse(details: Record<string, unknown>, reason: 'blockedbyclient' | 'failed'): HostAnswer {
    const error = reason === 'failed' ? 'net::ERR_FAILED' : 'net::ERR_BLOCKED_BY_CLIENT';
    void this.webRequest.ask('onErrorOccurred', { ...details, error, fromCache: false }, true);
    return { kind: 'refused', reason };
  }
}

function documentType(frame: object): string {
  return 'parent' in frame && frame.parent ? 'subFrame' : 'mainFrame';
}

/** `net.fetch`: outside any window, so outside any session's handlers but the default one's. */
export const net = {
  fetch: (input: string | Request, init?: RequestInit & { bypassCustomProtocolHandlers?: boolean }) =>
    Session.defaultSession.fetch(input, init),
  isOnline: () => true,
  get online() {
    return true;
  },
};
