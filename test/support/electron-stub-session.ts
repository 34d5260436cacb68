import { EventEmitter } from 'node:events';

type Handler = (...values: never[]) => unknown;

/** The session of the electron stub: keeps its handlers, and answers for them what a browser would ask. */
export class StubSession extends EventEmitter {
  protocolHandlers = new Map<string, (request: Request) => Response | Promise<Response>>();
  permissionRequestHandler: Handler | null = null;
  permissionCheckHandler: Handler | null = null;
  beforeRequest: ((details: { url: string }, callback: (answer: { cancel?: boolean }) => void) => void) | null = null;
  readonly partition: string;
  readonly options: unknown;

  constructor(partition: string, options: unknown) {
    super();
    this.partition = partition;
    this.options = options;
  }

  protocol = {
    handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) => {
      if (this.protocolHandlers.has(scheme)) throw new Error(`The scheme ${scheme} already has a handler.`);
      this.protocolHandlers.set(scheme, handler);
    },
    unhandle: (scheme: string) => {
      if (!this.protocolHandlers.delete(scheme)) throw new Error(`The scheme ${scheme} has no handler.`);
    },
    isProtocolHandled: (scheme: string) => this.protocolHandlers.has(scheme),
  };

  webRequest = {
    onBeforeRequest: (listener: NonNullable<StubSession['beforeRequest']>) => (this.beforeRequest = listener),
  };

  setPermissionRequestHandler(handler: Handler | null): void {
    this.permissionRequestHandler = handler;
  }

  setPermissionCheckHandler(handler: Handler | null): void {
    this.permissionCheckHandler = handler;
  }

  fetch(): Promise<Response> {
    return Promise.reject(new Error('The stub has no network.'));
  }

  /** What the protocol handler answers for an address. */
  async ask(url: string, init?: RequestInit): Promise<Response> {
    const handler = this.protocolHandlers.get('https');
    if (handler === undefined) throw new Error('No https handler.');
    return handler(new Request(url, init));
  }

  /** Whether the request filter cancels an address. */
  cancels(url: string): boolean {
    let cancelled = false;
    this.beforeRequest?.({ url }, answer => (cancelled = answer.cancel === true));
    return cancelled;
  }
}
