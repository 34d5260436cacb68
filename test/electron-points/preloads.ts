/** Runs a built preload against a recorder and reads out what a page could do with what it exposes. */
import { createContext, runInContext } from 'node:vm';

export type Bridge = {
  /** Names in the page's world, with the names inside. */
  readonly exposed: Readonly<Record<string, readonly string[]>>;
  /** Modules that were asked for. */
  readonly required: readonly string[];
  /** Channels that a page can reach through what is exposed, whatever it passes in. */
  readonly reached: readonly string[];
  readonly subscribed: readonly string[];
  /** What came to the page that is more than plain data: an event, a sender, a function of main. */
  readonly leaked: readonly string[];
  readonly broke: string | null;
};

type Call = { readonly how: string; readonly channel: string };

/** What a page may try as a name: of a channel, of a property, of a kind. */
const TRIED = [
  ...['desk:call', 'pay:tell', 'electron-store-get-data', 'ELECTRON_BROWSER_REQUIRE', 'constructor', '__proto__'],
  ...['ready', 'tokenised', 'anything', '', 1, null, {}, ['desk:call']],
];

export function readBridge(text: string): Bridge {
  const calls: Call[] = [];
  const listeners = new Map<string, ((...values: unknown[]) => void)[]>();
  const required: string[] = [];
  const exposed = new Map<string, unknown>();
  const leaked: string[] = [];
  const note = (how: string) => (channel: unknown) => {
    calls.push({ how, channel: String(channel) });
    return how === 'invoke' ? Promise.resolve({ ok: true }) : undefined;
  };
  const ipcRenderer = {
    ...{ invoke: note('invoke'), send: note('send'), sendSync: note('sendSync'), postMessage: note('postMessage') },
    ...{ sendToHost: note('sendToHost'), removeAllListeners: note('removeAllListeners') },
    on: (channel: string, listener: () => void) =>
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    removeListener: () => {},
  };
  const inWorld = (name: string, value: unknown): void => void exposed.set(name, value);
  const electron = {
    ipcRenderer,
    contextBridge: {
      exposeInMainWorld: inWorld,
      exposeInIsolatedWorld: (_id: number, name: string, value: unknown) => inWorld(name, value),
    },
    ...{ webFrame: {}, webUtils: {}, shell: {}, clipboard: {} },
  };
  const require = (name: string): unknown => {
    required.push(name);
    return name === 'electron' ? electron : {};
  };
  try {
    const world = createContext({
      require,
      module: { exports: {} },
      exports: {},
      process: {},
      window: {},
      globalThis: {},
    });
    runInContext(text, world, { timeout: 1000 });
    for (const value of exposed.values()) tryOut(value, value, leaked);
    const marker = { sender: 'the sender', ports: [] };
    for (const listener of [...listeners.values()].flat()) hearing(() => listener(marker, 'a.name', { a: 1 }));
    return {
      exposed: Object.fromEntries([...exposed].map(([name, value]) => [name, Object.keys(value as object).sort()])),
      required,
      reached: [...new Set(calls.map(({ how, channel }) => `${how} ${channel}`))].sort(),
      subscribed: [...listeners.keys()],
      leaked,
      broke: null,
    };
  } catch (error) {
    return { exposed: {}, required, reached: [], subscribed: [], leaked, broke: String(error) };
  }
}

/** A page may have subscribed with something that is no function; that harms nobody but the page. */
function hearing(speak: () => void): void {
  try {
    speak();
  } catch {
    // The page's own fault.
  }
}

/** Calls everything with everything, as a page would that was taken over. */
function tryOut(value: unknown, owner: unknown, leaked: string[]): void {
  const hear = (...values: unknown[]): void => {
    if (values.some(one => typeof one === 'object' && one !== null && 'sender' in one)) leaked.push('the event object');
  };
  if (typeof value === 'function') {
    for (const first of [...TRIED, hear]) {
      for (const second of [hear, 'desk:call', {}]) {
        const answer: unknown = Reflect.apply(value, owner, [first, second]);
        if (typeof answer === 'object' && answer !== null && !('then' in answer))
          leaked.push(`answers ${Object.keys(answer).join(', ')}`);
      }
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) tryOut(inner, value, leaked);
  }
}
