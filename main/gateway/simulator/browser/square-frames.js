// @ts-check
/**
 * Frames of the simulator's origin. A frame says "ready" to its page; the page, having checked origin, source and
 * channel, hands it one end of a private message channel. Everything after that goes through the channel.
 */
import { UnexpectedError } from './square-errors.js';

// Known while the script tag runs, and only then.
const SCRIPT_URL = /** @type {HTMLScriptElement} */ (document.currentScript).src;
const FRAME_ORIGIN = new URL(SCRIPT_URL).origin;
const READY_TIMEOUT_MS = 10_000;
let frames = 0;

/**
 * @typedef {object} Frame
 * @property {HTMLIFrameElement} element
 * @property {(call: string, value?: unknown) => Promise<any>} call
 * @property {() => void} close
 */

/**
 * Opens a frame inside `parent`. Rejects with UnexpectedError when it does not answer.
 * @param {HTMLElement} parent
 * @param {string} file
 * @param {Record<string, string>} query
 * @param {string} title what assistive technology calls the frame
 * @param {(event: string, detail: any) => void} onEvent
 * @returns {Promise<Frame>}
 */
export async function openFrame(parent, file, query, title, onEvent) {
  frames += 1;
  const channel = String(frames);
  const url = new URL(`frames/${file}`, SCRIPT_URL);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  url.searchParams.set('channel', channel);
  url.searchParams.set('parent', location.origin);

  const element = document.createElement('iframe');
  element.title = title;
  Object.assign(element.style, {
    border: '0',
    width: '100%',
    height: '0',
    display: 'block',
    background: 'transparent',
  });
  // The same colour scheme on both sides keeps the frame's canvas see-through on dark pages.
  element.style.colorScheme = 'light';
  const connected = connect(element, channel);
  element.src = url.href;
  parent.append(element);
  let port;
  try {
    port = await connected;
  } catch (error) {
    element.remove();
    throw error;
  }
  return speak(element, port, onEvent);
}

/**
 * @param {HTMLIFrameElement} element
 * @param {string} channel
 * @returns {Promise<MessagePort>}
 */
function connect(element, channel) {
  return new Promise((resolve, reject) => {
    /** @param {MessageEvent} event */
    const onMessage = event => {
      if (event.origin !== FRAME_ORIGIN || event.source !== element.contentWindow) return;
      if (event.data?.type !== 'simulator:ready' || event.data.channel !== channel) return;
      finish();
      const { port1, port2 } = new MessageChannel();
      element.contentWindow?.postMessage({ type: 'simulator:connect', channel }, FRAME_ORIGIN, [port2]);
      resolve(port1);
    };
    const fail = () => {
      finish();
      reject(new UnexpectedError('loading the form'));
    };
    // A frame that has loaded without saying "ready" is an error page.
    const onLoad = () => setTimeout(fail, 1_000);
    const timer = setTimeout(fail, READY_TIMEOUT_MS);
    const finish = () => {
      clearTimeout(timer);
      window.removeEventListener('message', onMessage);
      element.removeEventListener('load', onLoad);
    };
    window.addEventListener('message', onMessage);
    element.addEventListener('load', onLoad);
  });
}

/**
 * @param {HTMLIFrameElement} element
 * @param {MessagePort} port
 * @param {(event: string, detail: any) => void} onEvent
 * @returns {Frame}
 */
function speak(element, port, onEvent) {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let calls = 0;
  port.onmessage = ({ data }) => {
    if (data.event !== undefined) return onEvent(data.event, data.detail);
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error === undefined) call?.resolve(data.value);
    else call?.reject(new Error(data.error));
  };
  return {
    element,
    call(name, value) {
      return new Promise((resolve, reject) => {
        calls += 1;
        waiting.set(calls, { resolve, reject });
        port.postMessage({ id: calls, call: name, value });
      });
    },
    close() {
      for (const call of waiting.values()) call.reject(new Error('The form was removed.'));
      waiting.clear();
      port.close();
      element.remove();
    },
  };
}

/**
 * The bank's dialog over the whole page. Resolves with the simulator's answer, or null when the payer dismissed it.
 * @param {{ challenge?: string, source?: string, card?: { brand: string, last4: string } }} subject
 * @returns {Promise<any>}
 */
export function openChallenge(subject) {
  return new Promise((resolve, reject) => {
    /** @type {Frame | undefined} */
    let frame;
    const before = document.activeElement;
    const query = { theme: pageIsDark() ? 'dark' : 'light' };
    const done = (/** @type {any} */ answer) => {
      frame?.close();
      if (before instanceof HTMLElement) before.focus();
      resolve(answer);
    };
    openFrame(document.body, 'challenge.html', query, 'Verification by the bank', (event, detail) => {
      if (event === 'done') done(detail);
      if (event === 'cancel') done(null);
      if (event !== 'show' || !frame) return;
      frame.element.style.visibility = 'visible';
      frame.element.focus();
      void frame.call('focus');
    }).then(opened => {
      frame = opened;
      const full = { position: 'fixed', inset: '0', height: '100%', zIndex: '2147483647', visibility: 'hidden' };
      Object.assign(opened.element.style, full);
      opened.call('start', subject).catch(reject);
    }, reject);
  });
}

/** Judged by the colour of the text, which every page sets for its theme. */
export function pageIsDark() {
  const parts = getComputedStyle(document.body)
    .color.match(/[\d.]+/g)
    ?.map(Number) ?? [0, 0, 0];
  const [red = 0, green = 0, blue = 0] = parts;
  return (red * 299 + green * 587 + blue * 114) / 1000 > 128;
}
