/**
 * What runs inside the pages. As in Electron, the preload bundle runs in a world of its own: it shares the document
 * with the page but no JavaScript object, and the binding to main exists only there. `exposeInMainWorld` crosses by
 * document events under a name that the page does not know.
 *
 * The functions below are sent to the page as text, so they must not use anything outside themselves.
 */
import { decodeWire, encodeWire } from './wire.ts';

export const worldName = 'tillside-preload';
export const bindingName = 'tillsideHost';

/** How the host tells one of its frames from any other: the window's own page, or an overlay by its secret name. */
export type FrameRole = { kind: 'window' } | { kind: 'view'; name: string };

type Bridge = { describe: (value: unknown) => unknown; revive: (described: unknown) => unknown };
type Answer = { ok: boolean; value: Described };
type Described = { type: string; value?: unknown; id?: number; entries?: [string, Described][]; items?: Described[] };

/**
 * One side of the bridge between the page's world and the preload's. Functions stay where they were made and are called
 * by number; promises are settled later; everything else is cloned by the browser on its way through `event.detail`.
 */
function makeBridge(secret: string, here: string, there: string): Bridge {
  const functions: ((...values: unknown[]) => unknown)[] = [];
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  const dispatch = document.dispatchEvent.bind(document);
  const Carrier = CustomEvent;
  let answer: Answer | undefined;
  let promises = 0;
  const emit = (to: string, kind: string, detail: unknown) =>
    dispatch(new Carrier(`${secret}:${to}:${kind}`, { detail }));
  const listen = (kind: string, handle: (detail: never) => void) =>
    document.addEventListener(`${secret}:${here}:${kind}`, event => handle((event as CustomEvent).detail as never));

  const describe = (value: unknown): Described => {
    if (typeof value === 'function') {
      functions.push(value as (...values: unknown[]) => unknown);
      return { type: 'function', id: functions.length - 1 };
    }
    if (value instanceof Promise) {
      const id = ++promises;
      value.then(
        settled => emit(there, 'settle', { id, ok: true, value: describe(settled) }),
        (error: unknown) => emit(there, 'settle', { id, ok: false, value: describeError(error) }),
      );
      return { type: 'promise', id };
    }
    if (Array.isArray(value)) return { type: 'list', items: value.map(describe) };
    if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
      return { type: 'object', entries: Object.entries(value).map(([key, inner]) => [key, describe(inner)]) };
    }
    if (typeof value === 'symbol') throw new Error('A symbol cannot cross the context bridge.');
    return { type: 'value', value };
  };
  const describeError = (error: unknown): Described =>
    error instanceof Error ? { type: 'error', value: error.message } : describe(error);
  const revive = (described: Described): unknown => {
    if (described.type === 'function') return (...values: unknown[]) => call(described.id!, values);
    if (described.type === 'promise') {
      return new Promise((resolve, reject) => waiting.set(described.id!, { resolve, reject }));
    }
    if (described.type === 'list') return described.items!.map(revive);
    if (described.type === 'error') return new Error(described.value as string);
    if (described.type !== 'object') return described.value;
    return Object.fromEntries(described.entries!.map(([key, inner]) => [key, revive(inner)]));
  };
  const call = (id: number, values: unknown[]): unknown => {
    answer = undefined;
    emit(there, 'call', { id, values: values.map(describe) });
    const got = answer as Answer | undefined;
    if (!got) throw new Error('The other side of the context bridge is gone.');
    if (!got.ok) throw revive(got.value);
    return revive(got.value);
  };
  listen('call', ({ id, values }: { id: number; values: Described[] }) => {
    try {
      emit(there, 'answer', { ok: true, value: describe(functions[id]!(...values.map(revive))) });
    } catch (error) {
      emit(there, 'answer', { ok: false, value: describeError(error) });
    }
  });
  listen('answer', (detail: Answer) => (answer = detail));
  listen('settle', ({ id, ok, value }: Answer & { id: number }) => {
    const promise = waiting.get(id);
    waiting.delete(id);
    if (ok) promise?.resolve(revive(value));
    else promise?.reject(revive(value));
  });
  return { describe, revive: described => revive(described as Described) };
}

/** The page's side: puts what the preload exposes on `window`, frozen, as Electron's contextBridge does. */
function startPageSide(secret: string, bridgeOf: typeof makeBridge): void {
  const bridge = bridgeOf(secret, 'page', 'preload');
  const freeze = (value: unknown): unknown => {
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze);
    return Object.freeze(value);
  };
  document.addEventListener(`${secret}:expose`, event => {
    const { key, api } = (event as CustomEvent).detail as { key: string; api: unknown };
    Object.defineProperty(window, key, { value: freeze(bridge.revive(api)), enumerable: true });
  });
}

type Runtime = {
  secret: string;
  makeBridge: typeof makeBridge;
  encode: typeof encodeWire;
  decode: typeof decodeWire;
  send: (text: string) => void;
};
type Listener = (event: object, ...values: unknown[]) => void;

/** The preload's `require('electron')`: ipcRenderer over the binding, contextBridge over document events. */
function makeElectron({ secret, makeBridge: bridgeOf, encode, decode, send }: Runtime): object {
  const bridge = bridgeOf(secret, 'preload', 'page');
  const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listeners = new Map<string, Listener[]>();
  let lastCall = 0;
  const ipcRenderer = {
    invoke: (channel: string, ...values: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = ++lastCall;
        send(encode({ kind: 'invoke', id, channel, values }));
        calls.set(id, { resolve, reject });
      }),
    send: (channel: string, ...values: unknown[]) => send(encode({ kind: 'send', channel, values })),
    sendSync: () => {
      throw new Error('ipcRenderer.sendSync is not available in the preview; use invoke.');
    },
    on: (channel: string, listener: Listener) => {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    off: (channel: string, listener: Listener) => {
      const kept = [...(listeners.get(channel) ?? [])];
      const at = kept.lastIndexOf(listener);
      if (at >= 0) kept.splice(at, 1);
      listeners.set(channel, kept);
      return ipcRenderer;
    },
    once: (channel: string, listener: Listener) => {
      const wrapped: Listener = (event, ...values) => {
        ipcRenderer.off(channel, wrapped);
        listener(event, ...values);
      };
      return ipcRenderer.on(channel, wrapped);
    },
    removeListener: (channel: string, listener: Listener) => ipcRenderer.off(channel, listener),
    removeAllListeners: (channel: string) => {
      listeners.delete(channel);
      return ipcRenderer;
    },
  };
  const contextBridge = {
    exposeInMainWorld: (key: string, api: unknown) => {
      const detail = { key, api: bridge.describe(api) };
      document.dispatchEvent(new CustomEvent(`${secret}:expose`, { detail }));
    },
  };
  const deliver = (text: string) => {
    const message = decode(text) as { kind: string; id: number; channel: string; ok: boolean; values: unknown[] };
    if (message.kind === 'event') {
      for (const listener of listeners.get(message.channel) ?? []) listener({ sender: ipcRenderer }, ...message.values);
      return;
    }
    const call = calls.get(message.id);
    calls.delete(message.id);
    if (message.ok) call?.resolve(message.values[0]);
    else call?.reject(new Error(String(message.values[0])));
  };
  // Only this world has the property, so no page can call it or see it.
  Object.defineProperty(globalThis, 'tillsideDeliver', { value: deliver });
  return { ipcRenderer, contextBridge, webFrame: {} };
}

/**
 * Tells main about keys, size, focus and signs of life. Keys are F-keys, Escape and Ctrl, Alt or Command chords only:
 * what a person types, a card number above all, never leaves the frame.
 */
function reportInput(send: (message: object) => void, isMainFrame: boolean): void {
  let lastActive_ms = 0;
  const active = () => {
    const now_ms = performance.now();
    if (now_ms - lastActive_ms > 500) send({ kind: 'active' });
    if (now_ms - lastActive_ms > 500) lastActive_ms = now_ms;
  };
  const key = (event: KeyboardEvent) => {
    active();
    const isChord = event.ctrlKey || event.altKey || event.metaKey;
    if (!event.isTrusted || !(isChord || event.key === 'Escape' || /^F\d{1,2}$/.test(event.key))) return;
    const { code, shiftKey: shift, ctrlKey: control, altKey: alt, metaKey: meta } = event;
    const type = event.type === 'keydown' ? 'keyDown' : 'keyUp';
    const input = { type, key: event.key, code, isAutoRepeat: event.repeat, shift, control, alt, meta };
    send({ kind: 'key', input, phase: 'before' });
    // By then the page has had its turn; a menu shortcut counts only when the page did not take the key.
    if (type === 'keyDown') setTimeout(() => event.defaultPrevented || send({ kind: 'key', input, phase: 'after' }), 0);
  };
  addEventListener('keydown', key, true);
  addEventListener('keyup', key, true);
  addEventListener('pointerdown', active, true);
  addEventListener('pointermove', active, { capture: true, passive: true });
  if (!isMainFrame) return;
  const size = () => send({ kind: 'size', width: innerWidth, height: innerHeight });
  addEventListener('resize', size);
  addEventListener('focus', () => send({ kind: 'focus' }));
  addEventListener('blur', () => document.hasFocus() || send({ kind: 'blur' }));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const theme = () => send({ kind: 'theme', dark: dark.matches });
  dark.addEventListener('change', theme);
  size();
  theme();
}

function condition(role: FrameRole): string {
  if (role.kind === 'window') return 'self === top';
  return `self !== top && parent === top && window.name === ${JSON.stringify(role.name)}`;
}

/** For the page's own world: receives what the preload exposes, in the frame with this role only. */
export function pageSideSource(secret: string, role: FrameRole): string {
  return `if (${condition(role)}) (${startPageSide})(${JSON.stringify(secret)}, ${makeBridge});`;
}

/** For the preload's world, in every frame: reports input. Runs before any preload. */
export function inputSource(): string {
  return `{ const binding = globalThis[${JSON.stringify(bindingName)}]; const encode = ${encodeWire};
(${reportInput})(message => binding(encode(message)), self === top); }`;
}

/** For the preload's world: runs a preload bundle in the frame with this role, with Electron's sandboxed globals. */
export function preloadSource(secret: string, role: FrameRole, bundle: string): string {
  return `if (${condition(role)}) {
const binding = globalThis[${JSON.stringify(bindingName)}];
const electron = (${makeElectron})({ secret: ${JSON.stringify(secret)}, makeBridge: ${makeBridge},
  encode: ${encodeWire}, decode: ${decodeWire}, send: text => binding(text) });
const require = name => {
  if (name === 'electron') return electron;
  throw new Error('A sandboxed preload may require only electron, not ' + name);
};
const process = Object.freeze({ type: 'renderer', platform: ${JSON.stringify(process.platform)}, sandboxed: true,
  contextIsolated: true, env: {}, argv: [], versions: {} });
const module = { exports: {} };
(function (require, process, module, exports) {
${bundle}
})(require, process, module, module.exports);
}`;
}
