import type { Frame } from 'playwright-core';
import type { LaunchedHost } from '../chromium-host/launch.ts';
import type { DeskDriver } from '../support/desk-driver.ts';

/** What one page could say to another to be taken for somebody else: the shapes of every message that we or Square know. */
const MESSAGES: readonly unknown[] = [
  {
    kind: 'tokenised',
    number: 1,
    result: { kind: 'token', token: 'cnon:card-nonce-ok', brand: 'VISA', last4: '1111' },
  },
  { kind: 'changed', complete: true, brand: 'VISA', focused: true, empty: false },
  { kind: 'failed', failure: 'fields', reason: 'spoofed' },
  { kind: 'height', height_px: 1999 },
  { kind: 'focus-left', toward: 'submit' },
  { kind: 'setup', applicationId: 'x', locationId: 'x', scriptUrl: 'https://away.example/square.js' },
  { kind: 'tokenize', number: 1, request: { amount: '1.00', currencyCode: 'USD', intent: 'CHARGE' } },
  { kind: 'clear' },
  { channel: 'desk:call', name: 'session.lock', input: {} },
  { name: 'session.lock', input: {} },
  ['desk:call', 'session.lock', {}],
  { type: 'tokenize', eventName: 'tokenize', data: {} },
  { type: 'token', token: 'cnon:card-nonce-ok', status: 'OK' },
  'session.lock',
];

/** Says everything to every window that can be reached, and plays every message that claims a right origin. */
const sayEverything = (messages: readonly unknown[]): void => {
  const near: Window[] = [];
  const add = (one: Window): void => {
    if (near.includes(one) || near.length > 20) return;
    near.push(one);
    for (let index = 0; index < one.length; index += 1) add(one[index]!);
  };
  add(window);
  add(window.parent);
  add(window.top!);
  const popup = window.open('about:blank');
  if (popup !== null) add(popup);
  for (const message of messages) {
    for (const one of near) one.postMessage(message, '*');
    // The right origin from the wrong source: only a script of the same page could make such an event.
    for (const origin of [
      'https://web.squarecdn.tillside.localhost',
      'https://pay.tillside.localhost',
      location.origin,
    ]) {
      window.dispatchEvent(new MessageEvent('message', { data: message, origin, source: window }));
    }
  }
};

export type Spoofed = { readonly problems: readonly string[]; readonly said: number };

/**
 * With live card fields on the screen, every frame of the app speaks to every other. Nothing may come of it: no call, no
 * other state of the fields, no command, no page that opens.
 */
export async function spoof(host: LaunchedHost, desk: DeskDriver, only?: (frame: Frame) => boolean): Promise<Spoofed> {
  const frames = (): Frame[] => desk.page.frames().filter(frame => /^https:/.test(frame.url()));
  const stateOf = async (): Promise<string> => {
    const { phase } = await desk.ask('session.state');
    return JSON.stringify([await desk.call('card_fields.state'), phase]);
  };
  const before = await stateOf();
  const problems: string[] = [];
  const spoken = frames().filter(only ?? (() => true));
  for (const frame of spoken) {
    const address = new URL(frame.url()).host;
    await frame.evaluate(sayEverything, MESSAGES);
    // What was said is heard in turns of the pages' own loops; each page answers when it has taken its turns.
    for (const one of frames()) await one.evaluate(() => new Promise(resolve => setTimeout(resolve, 50)));
    const after = await stateOf();
    if (after !== before) problems.push(`spoofed from ${address}: ${before} became ${after}`);
    const pages = host.browser.contexts().flatMap(context => context.pages());
    for (const page of pages) {
      if (page !== desk.page && page.url() !== 'about:blank') problems.push(`${address} opened ${page.url()}`);
    }
  }
  return { problems, said: spoken.length * MESSAGES.length };
}
