/** `session.webRequest`: main's listeners along the way of a request. */

type Decision = {
  cancel?: boolean;
  redirectURL?: string;
  requestHeaders?: Record<string, string>;
  responseHeaders?: Record<string, string | string[]>;
  statusLine?: string;
};
type RequestFilter = { urls?: string[]; excludeUrls?: string[]; types?: string[] };
type RequestListener = (details: Record<string, unknown>, callback: (decision: Decision) => void) => void;
type Stage =
  | 'onBeforeRequest'
  | 'onBeforeSendHeaders'
  | 'onSendHeaders'
  | 'onHeadersReceived'
  | 'onResponseStarted'
  | 'onBeforeRedirect'
  | 'onCompleted'
  | 'onErrorOccurred';

/** Does Electron's URL pattern (`https://*.example.com/*`, `<all_urls>`) match? */
export function matchesPattern(pattern: string, address: string): boolean {
  if (pattern === '<all_urls>') return true;
  const parts = /^(\*|[a-z][a-z0-9+.-]*):\/\/([^/]*)(\/.*)?$/i.exec(pattern);
  if (!parts) return false;
  const url = new URL(address);
  const [, scheme, host = '', path = '/*'] = parts;
  if (scheme !== '*' && `${scheme}:` !== url.protocol) return false;
  if (scheme === '*' && !/^(https?|wss?|ftp):$/.test(url.protocol)) return false;
  if (host.startsWith('*.')) {
    if (url.hostname !== host.slice(2) && !url.hostname.endsWith(host.slice(1))) return false;
  } else if (host !== '*' && host !== '' && host !== url.host && host !== url.hostname) return false;
  const glob = path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${glob}$`).test(url.pathname + url.search);
}

export class WebRequest {
  #listeners = new Map<Stage, { filter: RequestFilter; listener: RequestListener }>();

  onBeforeRequest = (...values: unknown[]) => this.#set('onBeforeRequest', values);
  onBeforeSendHeaders = (...values: unknown[]) => this.#set('onBeforeSendHeaders', values);
  onSendHeaders = (...values: unknown[]) => this.#set('onSendHeaders', values);
  onHeadersReceived = (...values: unknown[]) => this.#set('onHeadersReceived', values);
  onResponseStarted = (...values: unknown[]) => this.#set('onResponseStarted', values);
  onBeforeRedirect = (...values: unknown[]) => this.#set('onBeforeRedirect', values);
  onCompleted = (...values: unknown[]) => this.#set('onCompleted', values);
  onErrorOccurred = (...values: unknown[]) => this.#set('onErrorOccurred', values);

  #set(stage: Stage, values: unknown[]): void {
    const listener = values.at(-1) as RequestListener | null;
    const filter = values.length > 1 ? (values[0] as RequestFilter) : {};
    if (listener === null) this.#listeners.delete(stage);
    else this.#listeners.set(stage, { filter, listener });
  }

  /** Asks the listener of a stage, if one applies. Stages that only observe answer at once with nothing. */
  ask(stage: Stage, details: Record<string, unknown>, observes = false): Promise<Decision> {
    const entry = this.#listeners.get(stage);
    if (!entry) return Promise.resolve({});
    const { urls, excludeUrls, types } = entry.filter;
    const url = String(details.url);
    const applies =
      (!urls?.length || urls.some(pattern => matchesPattern(pattern, url))) &&
      !excludeUrls?.some(pattern => matchesPattern(pattern, url)) &&
      (!types?.length || types.includes(String(details.resourceType)));
    if (!applies) return Promise.resolve({});
    return new Promise(resolve => {
      entry.listener(details, decision => resolve(decision ?? {}));
      if (observes) resolve({});
    });
  }
}
