import { createSocket, type Socket } from 'node:dgram';
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

export type Marks = { readonly marks: readonly string[]; readonly reports: number };
export type AttackGround = { attack(attack: Attack, number: number): Promise<Marks>; close(): Promise<void> };

const LOADING_MS = 5000;
const PATIENCE_MS = 700;
const STEP_MS = 20;

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
  const stun = `127.0.0.1:${socket.address().port}`;
  return {
    attack: (attack, number) => runOnce({ context, socket, stun, ground, bundle, bare }, attack, number),
    async close() {
      socket.close();
      await context.close();
    },
  };
}

type Parts = {
  context: BrowserContext;
  socket: Socket;
  stun: string;
  ground: Ground;
  bundle: string;
  bare: boolean;
};

async function runOnce(parts: Parts, attack: Attack, number: number): Promise<Marks> {
  const { context, socket, stun, ground } = parts;
  const marks = new Set<string>();
  let reports = 0;
  const code = armed(attack.code, number, `top.postMessage({hit:${number}},'*')`, stun);
  const onPacket = (): void => void marks.add('a packet went out');
  socket.on('message', onPacket);
  await context.routeWebSocket(/./, one => void (marks.add('a socket was opened'), one.close()));
  await context.route('**/*', route => answer(parts, route, attack, code, marks));
  const page = await context.newPage();
  page.on('dialog', dialog => void dialog.dismiss().catch(() => {}));
  await page.exposeFunction('tillsideMark', (what: string) => {
    if (what === 'report') reports += 1;
    else marks.add(what);
  });
  await page.addInitScript(() => {
    const mark = (what: string): void => (window as unknown as { tillsideMark(what: string): void }).tillsideMark(what);
    addEventListener('message', event => {
      if ((event.data as { hit?: number } | null)?.hit !== undefined) mark('ran');
    });
    document.addEventListener('securitypolicyviolation', () => mark('report'));
  });
  // A page that was led away, or that never ends to load, has had its time as well.
  await page.goto(`${ground.origin}/`, { waitUntil: 'load', timeout: LOADING_MS }).catch(() => {});
  for (let waited_ms = 0; waited_ms < PATIENCE_MS && marks.size === 0; waited_ms += STEP_MS) {
    await new Promise(resolve => setTimeout(resolve, STEP_MS));
  }
  socket.off('message', onPacket);
  for (const one of context.pages()) await one.close().catch(() => {});
  await context.unrouteAll({ behavior: 'ignoreErrors' });
  return { marks: [...marks], reports };
}

async function answer({ ground, bundle, bare }: Parts, route: Route, attack: Attack, code: string, marks: Set<string>) {
  const request = route.request();
  const { hostname, origin, pathname } = new URL(request.url());
  if (hostname === AWAY_HOST) {
    marks.add(`asked for ${request.resourceType()}`);
    const type = pathname.endsWith('.js') ? 'text/javascript' : pathname.endsWith('.css') ? 'text/css' : 'text/html';
    return route
      .fulfill({ body: '', headers: { 'content-type': type, 'access-control-allow-origin': '*' } })
      .catch(() => {});
  }
  if (origin !== ground.origin) return route.abort().catch(() => {});
  const headers = bare ? {} : ground.headers;
  const send = (body: string | Buffer, type: string): Promise<void> =>
    route.fulfill({ body, headers: { ...headers, 'content-type': type } }).catch(() => {});
  if (pathname === '/attack.js') return send(scriptOf(code), 'text/javascript');
  if (pathname === '/sw.js') return send('', 'text/javascript');
  if (pathname === '/')
    return send(documentWith(readFileSync(join(bundle, 'index.html'), 'utf8'), attack, code), 'text/html');
  const response = await answerFromBundle(bundle, new Request(request.url()), headers);
  const body = Buffer.from(await response.arrayBuffer());
  return route
    .fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body })
    .catch(() => {});
}

export async function openBrowser(): Promise<Browser> {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const args = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({
    executablePath: findChromium()!,
    args: [...args, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', ...(isRoot ? ['--no-sandbox'] : [])],
  });
}
