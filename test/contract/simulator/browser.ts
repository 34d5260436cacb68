/**
 * A real Chromium that sees the stand-in as the app does: the page at one https host, the script and its frames at
 * another, forwarded to the simulator, under the policy of the payment view.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { usd, useBench, type Bench } from './support.ts';

export const installed = findChromium() !== null;
if (!installed) process.stdout.write('NOT RUN: Chromium is not installed\n');

const PAGE = 'https://pay.tillside.localhost/';
const SCRIPT_HOST = 'https://web.squarecdn.tillside.localhost';
/** Where a person finds what the forms looked like in the last run. */
export const SCREENSHOTS = join(tmpdir(), 'tillside-simulator');

const POLICY = [
  "default-src 'none'",
  `script-src ${SCRIPT_HOST}`,
  'frame-src https:',
  "style-src 'self'",
  `connect-src ${SCRIPT_HOST}`,
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

export const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** An installed Chromium: the CHROMIUM variable, then the usual places; null when there is none. */
export function findChromium(): string | null {
  const places = [
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return places.find(place => place !== undefined && existsSync(place)) ?? null;
}

/** One browser with one page, which every visit loads anew: a page of its own for each test would take a second. */
async function launch(): Promise<Browser> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return chromium.launch({ executablePath: findChromium()!, args: ARGUMENTS });
}

async function onlyPage(browser: Browser): Promise<Page> {
  const known = browser.contexts()[0]?.pages()[0];
  return known ?? browser.newPage({ locale: 'en-US' });
}

export type Visit = {
  page: Page;
  fields: FrameLocator;
  /** Policy violations and errors of the page; a test that allows none expects this to be empty. */
  faults: string[];
};

/** Opens the page with square.js loaded and a card attached, unless `attach` is false. */
async function visit(browser: Browser, bench: Bench, options: VisitOptions = {}): Promise<Visit> {
  const page = await onlyPage(browser);
  await page.setViewportSize({ width: options.width ?? 640, height: 400 });
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  page.removeAllListeners();
  const faults: string[] = [];
  page.on('pageerror', error => faults.push(String(error)));
  page.on('console', message => message.type() === 'error' && faults.push(message.text()));
  const dark = options.dark ? ' class="dark"' : '';
  const html = `<!doctype html><html${dark}><head><title>Pay</title><link rel="stylesheet" href="page.css"></head><body>
    <div id="card"></div><span id="gift"></span><section id="other"></section>
    <script src="${SCRIPT_HOST}/v1/square.js"></script></body></html>`;
  const css = `body { margin: 0; padding: 16px; background: rgb(255 255 255); color: rgb(21 24 29) }
    .dark body { background: rgb(21 24 29); color: rgb(230 232 235) }`;
  await page.route(`${PAGE}**`, route =>
    route.request().url().endsWith('.css')
      ? route.fulfill({ contentType: 'text/css', body: css })
      : route.fulfill({ contentType: 'text/html', body: html, headers: { 'content-security-policy': POLICY } }),
  );
  await page.route(`${SCRIPT_HOST}/**`, async route => {
    const request = route.request();
    const url = bench.simulator.baseUrl + request.url().slice(SCRIPT_HOST.length);
    const body = request.postDataBuffer();
    const init = { method: request.method(), ...(body ? { body: new Uint8Array(body) } : {}) };
    const response = await fetch(url, init).catch(() => null);
    // A page may be closed while its last request is still on the way.
    if (!response) return void (await route.abort().catch(() => undefined));
    const headers = Object.fromEntries(response.headers);
    const answer = { status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) };
    await route.fulfill(answer).catch(() => undefined);
  });
  await page.goto(PAGE);
  if (options.attach !== false) await attach(page, bench, options.card ?? {});
  return { page, fields: page.frameLocator('.sq-card-wrapper iframe'), faults };
}

export type VisitOptions = { width?: number; dark?: boolean; attach?: boolean; card?: object };

type PageCard = {
  attach(target: string): Promise<void>;
  addEventListener(type: string, listener: (event: unknown) => void): void;
};
type PageScope = {
  Square: { payments(applicationId: string, locationId: string): { card(options: object): Promise<PageCard> } };
  payments: ReturnType<PageScope['Square']['payments']>;
  card: PageCard;
  heard: unknown[];
};

/** `window.card`, attached; its events collect in `window.heard`. */
async function attach(page: Page, bench: Bench, options: object): Promise<void> {
  await page.evaluate(
    async ([applicationId, locationId, cardOptions]) => {
      const scope = window as never as PageScope;
      scope.payments = scope.Square.payments(applicationId, locationId);
      scope.card = await scope.payments.card(cardOptions);
      scope.heard = [];
      const types = ['focusClassAdded', 'focusClassRemoved', 'errorClassAdded', 'errorClassRemoved'];
      for (const type of [...types, 'cardBrandChanged', 'postalCodeChanged', 'escape', 'submit']) {
        scope.card.addEventListener(type, event => scope.heard.push(event));
      }
      await scope.card.attach('#card');
    },
    [bench.simulator.applicationId, bench.simulator.locationId, options] as const,
  );
}

/** Style options of the kind the payment view uses, for a light and a dark page. */
export const LIGHT = {
  input: { color: 'rgb(21 24 29)', backgroundColor: 'rgb(255 255 255)', fontSize: '15px', fontFamily: 'sans-serif' },
  'input::placeholder': { color: 'rgb(117 123 131)' },
  '.input-container': { borderColor: 'rgb(128 133 141)', borderRadius: '6px', borderWidth: '1px' },
  '.input-container.is-focus': { borderColor: 'rgb(46 104 198)', borderWidth: '2px' },
  '.input-container.is-error': { borderColor: 'rgb(161 48 43)', borderWidth: '1px' },
  '.message-text.is-error': { color: 'rgb(161 48 43)' },
  '.message-icon.is-error': { color: 'rgb(161 48 43)' },
};
export const DARK = {
  input: { color: 'rgb(230 232 235)', backgroundColor: 'rgb(27 30 36)', fontSize: '15px', fontFamily: 'sans-serif' },
  'input::placeholder': { color: 'rgb(160 165 172)' },
  '.input-container': { borderColor: 'rgb(117 123 131)', borderRadius: '6px', borderWidth: '1px' },
  '.input-container.is-focus': { borderColor: 'rgb(132 178 253)', borderWidth: '2px' },
  '.input-container.is-error': { borderColor: 'rgb(244 146 135)', borderWidth: '1px' },
  '.message-text.is-error': { color: 'rgb(244 146 135)' },
  '.message-icon.is-error': { color: 'rgb(244 146 135)' },
};

export type Typed = { number: string; expiry?: string; cvv?: string; postal?: string };

/** Types a card as a person does: one field after the other, the form itself moving on. */
export async function typeCard(visited: Visit, card: Typed): Promise<void> {
  await visited.fields.locator('[data-field=cardNumber]').click();
  await visited.page.keyboard.type(card.number.replace(/ /g, ''));
  await visited.page.keyboard.type((card.expiry ?? '12/30').replace('/', ''));
  await visited.page.keyboard.type(card.cvv ?? '111');
  if (card.postal !== '') await visited.page.keyboard.type(card.postal ?? '94103');
}

export type TokenResult = {
  status: string;
  token: string;
  errors?: { type: string; message: string; field?: string }[];
  details?: {
    method: string;
    card: { brand: string; last4: string; expMonth: number; expYear: number };
    billing: object;
  };
};

export const BY_PHONE = {
  intent: 'CHARGE',
  amount: '10.00',
  currencyCode: 'USD',
  billingContact: { givenName: 'Marisol' },
  customerInitiated: false,
  sellerKeyedIn: true,
};
export const AT_THE_DESK = { ...BY_PHONE, customerInitiated: true, sellerKeyedIn: false };

/** Calls tokenize in the page; a rejection comes back as its name. */
export function tokenize(page: Page, details?: object, cardOnFile?: string): Promise<TokenResult> {
  return page.evaluate(
    ([given, stored]) =>
      (window as never as { card: { tokenize(...rest: unknown[]): Promise<TokenResult> } }).card
        .tokenize(given, stored)
        .catch((error: Error & { errors: [] }) => ({ status: error.name, token: '', errors: error.errors })),
    [details, cardOnFile] as const,
  );
}

/** Visits for the tests of one file: a browser, a simulator, and short words for what tests do with them. */
export function useForm() {
  const bench = useBench();
  const held: { browser?: Browser } = {};
  beforeAll(async () => {
    held.browser = await launch();
  });
  afterAll(() => held.browser?.close());
  return {
    bench,
    withVisit: async (options: VisitOptions, work: (visited: Visit) => Promise<void>) =>
      work(await visit(held.browser!, bench, options)),
    charge: (sourceId: string, rest: object = {}) =>
      bench.client.payments.create({ sourceId, idempotencyKey: bench.key(), amountMoney: usd(1000), ...rest }),
    clear: (visited: Visit) => visited.page.evaluate('card.clear()'),
    valueOf: (visited: Visit, field: string) => visited.fields.locator(`[data-field=${field}]`).inputValue(),
    /** `value …` of what a script in the page resolves to, or the name of the error. */
    nameOf: (visited: Visit, script: string) =>
      visited.page.evaluate<string>(
        `(async () => ${script})().then(value => 'value ' + JSON.stringify(value), error => error.name)`,
      ),
  };
}
