// @ts-check
/**
 * The frame's end of the channel to its page. One page only: the parent window, at the origin that the browser itself
 * names, with the channel that it put into the address.
 */

const query = new URLSearchParams(location.search);

/**
 * @param {Record<string, (value: any) => unknown>} calls what the page may ask for
 * @returns {(event: string, detail?: unknown) => void} tells the page something; held back until it listens
 */
export function openPort(calls) {
  const parentOrigin = location.ancestorOrigins?.[0] ?? query.get('parent') ?? '';
  const channel = query.get('channel');
  /** @type {MessagePort | null} */
  let port = null;
  /** @type {{ event: string, detail: unknown }[]} */
  let held = [];

  /** @param {MessagePort} opened */
  function listen(opened) {
    port = opened;
    opened.onmessage = async ({ data }) => {
      try {
        const call = Object.hasOwn(calls, data.call) ? calls[data.call] : undefined;
        if (!call) throw new Error(`The frame has no call ${data.call}.`);
        opened.postMessage({ id: data.id, value: await call(data.value) });
      } catch (error) {
        opened.postMessage({ id: data.id, error: error instanceof Error ? error.message : String(error) });
      }
    };
    for (const message of held) opened.postMessage(message);
    held = [];
  }

  /** @param {MessageEvent} event */
  const onMessage = event => {
    if (event.source !== window.parent || event.origin !== parentOrigin || event.ports.length !== 1) return;
    if (event.data?.type !== 'simulator:connect' || event.data.channel !== channel) return;
    window.removeEventListener('message', onMessage);
    const [opened] = event.ports;
    if (opened) listen(opened);
  };
  if (window.parent !== window && parentOrigin === query.get('parent') && channel) {
    window.addEventListener('message', onMessage);
    window.parent.postMessage({ type: 'simulator:ready', channel }, parentOrigin);
  }
  return (event, detail) => {
    if (port) port.postMessage({ event, detail });
    else held.push({ event, detail });
  };
}

/**
 * Posts to the simulator, which is this frame's own origin.
 * @param {string} path
 * @param {BodyInit} body
 */
export async function post(path, body) {
  const response = await fetch(new URL(`../${path}`, location.href), {
    method: 'POST',
    body,
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
  });
  if (!response.ok) throw new Error(`The payment service answered ${response.status}.`);
  return response.json();
}
