import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Route } from 'playwright-core';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { answerFromBundle } from '../../main/shell/bundle-files.ts';
import { DESK_ORIGIN, PAY_ORIGIN } from '../../main/shell/origins.ts';
import { deskPolicy, pageHeaders, payPolicy } from '../../main/shell/policies.ts';
import type { Attack } from './attacks.ts';

export const AWAY_HOST = 'away.example';

/** A page of ours with its own headers, or, for the control, without any. */
export type Ground = {
  readonly name: 'desk' | 'pay, training' | 'pay, production';
  readonly origin: string;
  readonly pages: 'desk' | 'pay';
  readonly headers: Record<string, string>;
};

export const GROUNDS: readonly Ground[] = [
  { name: 'desk', origin: DESK_ORIGIN, pages: 'desk', headers: pageHeaders(deskPolicy(), 'no-referrer') },
  {
    name: 'pay, training',
    origin: PAY_ORIGIN,
    pages: 'pay',
    headers: pageHeaders(payPolicy('simulator'), 'strict-origin'),
  },
  {
    name: 'pay, production',
    origin: PAY_ORIGIN,
    pages: 'pay',
    headers: pageHeaders(payPolicy('production'), 'strict-origin'),
  },
];

/** The attack's code with this number's mark and address in it. */
export function armed(code: string, number: number, mark: string, stun: string): string {
  return code.replaceAll('MARK', mark).replaceAll('AWAY', `https://${AWAY_HOST}/${number}`).replace('STUN', stun);
}

/** The page's own document with the attack in it: as markup, or as a script of its own origin that is not ours. */
export function documentWith(html: string, attack: Attack, code: string): string {
  const foreign = attack.kind === 'markup' ? code : '<script type="module" src="/attack.js"></script>';
  return html.replace('</body>', `${foreign}</body>`);
}

export const scriptOf = (code: string): string => `(async () => { ${code} })().catch(() => {});`;

/** `took_ms` is how long the first mark was awaited. */
export type Marks = { readonly marks: readonly string[]; readonly took_ms: number };
export type AttackGround = {
  /** Waits for a mark until this much time has passed since the page was asked for, and until it has loaded. */
  attack(attack: Attack, number: number, patience_ms: number): Promise<Marks>;
  close(): Promise<void>;
};

const LOADING_MS = 5000;
const STEP_MS = 10;

/** Chromium with one of our pages in it. Nothing leaves the computer: every request ends in a handler here. */
export async function openGround(
  browser: Browser,
  ground: Ground,
  bundle: string,
  bare: boolean,
): Promise<AttackGround> {
  const context = await browser.newContext({ serviceWorkers: 'allow' });
  const socket = createSocket('udp4');
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  const now: Now = { attack: null, number: 0, code: '', marks: new Set() };
  // Once for all attacks. What an earlier one does late bears its number, and is not taken for the next one's.
  const mark = (number: number, what: string): void => void (number === now.number && now.marks.add(what));
  // A port is given again: what an attack elsewhere still sends to its last owner is not this one's.
  socket.on('message', () => void (now.attack?.code.includes('STUN') && mark(now.number, 'a packet went out')));
  await context.exposeBinding('tillsideMark', (_source, number: number) => mark(number, 'ran'));
  await context.addInitScript(() => {
    addEventListener('message', event => {
      const number = (event.data as { hit?: number } | null)?.hit;
      if (number !== undefined) (window as unknown as { tillsideMark(number: number): void }).tillsideMark(number);
    });
  });
  context.on('dialog', dialog => void dialog.dismiss().catch(() => {}));
  // Not by a route: that puts a socket of its own in the page's hands, which asks no policy and so is always opened.
  context.on('page', page => page.on('websocket', one => mark(numberIn(one.url()), 'a socket was opened')));
  await context.route('**/*', route => answer({ ground, bundle, bare, now, mark }, route).catch(() => {}));
  const stun = `127.0.0.1:${socket.address().port}`;
  return {
    attack: (attack, number, patience_ms) => {
      const code = armed(attack.code, number, `top.postMessage({hit:${number}},'*')`, stun);
      Object.assign(now, { attack, number, code, marks: new Set() });
      return runOnce(context, ground, now, patience_ms);
    },
    async close() {
      socket.close();
      await context.close();
    },
  };
}

/** The attack that is under way in a context. */
type Now = { attack: Attack | null; number: number; code: string; marks: Set<string> };
type Parts = {
  readonly ground: Ground;
  readonly bundle: string;
  readonly bare: boolean;
  readonly now: Now;
  readonly mark: (number: number, what: string) => void;
};

/** Every address away from here bears the number of its attack. */
const numberIn = (address: string): number => Number(/\/(\d+)/.exec(new URL(address).pathname)?.[1]);

/** In one page again and again, which is many times cheaper than a page of its own for each. */
async function runOnce(context: BrowserContext, ground: Ground, now: Now, patience_ms: number): Promise<Marks> {
  const [page = await context.newPage(), ...others] = context.pages();
  for (const one of others) await one.close().catch(() => {});
  const began_ms = performance.now();
  const took_ms = (): number => performance.now() - began_ms;
  // A page that was led away, or that never ends to load, has had its time as well.
  await page.goto(`${ground.origin}/`, { waitUntil: 'load', timeout: LOADING_MS }).catch(() => {});
  while (took_ms() < patience_ms && now.marks.size === 0) await new Promise(resolve => setTimeout(resolve, STEP_MS));
  return { marks: [...now.marks], took_ms: took_ms() };
}

async function answer({ ground, bundle, bare, now, mark }: Parts, route: Route): Promise<void> {
  const request = route.request();
  const { hostname, origin, pathname } = new URL(request.url());
  if (hostname === AWAY_HOST) {
    mark(numberIn(request.url()), `asked for ${request.resourceType()}`);
    const type = pathname.endsWith('.js') ? 'text/javascript' : pathname.endsWith('.css') ? 'text/css' : 'text/html';
    return route.fulfill({ body: '', headers: { 'content-type': type, 'access-control-allow-origin': '*' } });
  }
  if (origin !== ground.origin || now.attack === null) return route.abort();
  const headers = bare ? {} : ground.headers;
  const send = (body: string | Buffer, type: string): Promise<void> =>
    route.fulfill({ body, headers: { ...headers, 'content-type': type } });
  if (pathname === '/attack.js') return send(scriptOf(now.code), 'text/javascript');
  if (pathname === '/sw.js') return send('', 'text/javascript');
  if (pathname === '/') {
    const html = readFileSync(join(bundle, 'index.html'), 'utf8');
    return send(documentWith(html, now.attack, now.code), 'text/html');
  }
  // What is judged here is the policy. With the page's own scripts the attacks are tried in the running app.
  if (pathname.endsWith('.js')) return send('', 'text/javascript');
  const response = await answerFromBundle(bundle, new Request(request.url()), headers);
  const body = Buffer.from(await response.arrayBuffer());
  return route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
}

export async function openBrowser(): Promise<Browser> {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const args = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({
    executablePath: findChromium()!,
    args: [...args, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', ...(isRoot ? ['--no-sandbox'] : [])],
  });
}
