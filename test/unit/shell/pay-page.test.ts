/**
 * The real payment page in a real browser under its real policy, with a small Square of its own. Skipped by name when
 * no Chromium is installed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerFromBundle } from '../../../main/shell/bundle-files.ts';
import { PAY_ORIGIN, SIMULATOR_SCRIPT_ORIGIN } from '../../../main/shell/origins.ts';
import { pageHeaders, payPolicy } from '../../../main/shell/policies.ts';
import { findChromium } from '../../../scripts/find-chromium.mjs';
import { bundles } from '../../../vite.config.ts';
import { FAKE_SQUARE } from './fake-square.ts';

const executablePath = findChromium();
const SCRIPT = `${SIMULATOR_SCRIPT_ORIGIN}/v1/square.js`;
const SETUP = {
  kind: 'setup',
  applicationId: 'sandbox-sq0idb-1',
  locationId: 'L1',
  scriptUrl: SCRIPT,
  theme: { theme: 'light', contrast: 'normal' },
};
const TOKENIZE = { kind: 'tokenize', request: { amount: '120.00', sellerKeyedIn: true, customerInitiated: false } };

type Told = [kind: string, data: Record<string, unknown>];

describe.skipIf(executablePath === undefined)('the payment page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillside-pay-page-'));
  const bundle = join(folder, 'renderer', 'pay');
  const headers = pageHeaders(payPolicy('simulator'), 'strict-origin');
  let browser: Browser;
  let page: Page;
  let told: Told[] = [];
  let complaints: string[] = [];
  let script: 'served' | 'refused' | 'empty' = 'served';

  const command = (value: unknown) =>
    page.evaluate(sent => (window as unknown as { hear(command: unknown): void }).hear(sent), value);
  const messages = (kind: string) => told.filter(message => message[0] === kind).map(message => message[1]);
  const latest = (kind: string) => messages(kind).at(-1);
  const square = <Value>(expression: string) => page.evaluate(expression) as Promise<Value>;
  const goLive = async () => {
    await command(SETUP);
    await expect.poll(() => latest('changed')).toEqual({ complete: false, brand: null, focused: false, empty: true });
  };

  beforeAll(async () => {
    const pay = bundles(folder).find(each => each.name === 'renderer pay')!;
    await build(pay.config);
    const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [...asRoot, '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    told = [];
    complaints = [];
    script = 'served';
    const context = await browser.newContext({ viewport: { width: 560, height: 240 } });
    page = await context.newPage();
    page.on('console', message => complaints.push(message.text()));
    page.on('pageerror', error => complaints.push(error.message));
    await context.exposeBinding('told', (_source, kind: string, data: Told[1]) => void told.push([kind, data]));
    await context.addInitScript(() => {
      const hands = window as unknown as Record<string, unknown>;
      hands['pay'] = {
        tell: (kind: string, data: unknown) => (hands['told'] as (kind: string, data: unknown) => void)(kind, data),
        listen: (listener: unknown) => (hands['hear'] = listener),
      };
    });
    await context.route('**/*', async route => {
      const url = route.request().url();
      if (url.startsWith(`${PAY_ORIGIN}/`)) {
        const answer = await answerFromBundle(bundle, new Request(url), headers);
        const body = Buffer.from(await answer.arrayBuffer());
        return route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body });
      }
      if (url === SCRIPT && script !== 'refused') {
        const body = script === 'served' ? FAKE_SQUARE : '';
        return route.fulfill({ contentType: 'text/javascript', body });
      }
      if (url === `${SIMULATOR_SCRIPT_ORIGIN}/fields`)
        return route.fulfill({ contentType: 'text/html', body: '<input>' });
      return route.abort();
    });
    await page.goto(`${PAY_ORIGIN}/`);
    await expect.poll(() => messages('ready').length).toBe(1);
  });

  test('loads the script, attaches the fields and tells state and height, under its policy', async () => {
    await goLive();
    await expect.poll(() => latest('height')?.['height_px']).toBeGreaterThan(100);
    expect(await square('fake.created')).toEqual(['sandbox-sq0idb-1', 'L1']);
    expect(await square('fake.options.includeInputLabels')).toBe(true);
    expect(complaints).toEqual([]);
    expect(await page.locator('input, textarea, select, [contenteditable]').count()).toBe(0);
  });

  test('dresses the fields in the values of the tokens, again when the theme changes', async () => {
    await goLive();
    expect(await square('fake.options.style.input.color')).toBe('#15181d');
    expect(await square('fake.options.style.input.backgroundColor')).toBe('#ffffff');
    expect(await square('fake.options.style[".input-container"].borderColor')).toBe('#80858d');
    const size = parseInt(await square<string>('fake.options.style.input.fontSize'), 10);
    expect(size).toBeLessThanOrEqual(16);
    await command({ kind: 'theme', theme: { theme: 'dark', contrast: 'normal' } });
    await expect.poll(() => square('fake.configured?.style.input.color')).toBe('#e6e8eb');
    await command({ kind: 'theme', theme: { theme: 'dark', contrast: 'more' } });
    await expect.poll(() => square('fake.configured?.style.input.color')).toBe('#ffffff');
  });

  test('goes on without a style that Square refuses', async () => {
    await square('window.refuseStyle = true');
    await goLive();
    expect(await square('fake.options.style')).toBeUndefined();
  });

  test.each(['refused', 'empty'] as const)('says that the script could not be used when it is %s', async how => {
    script = how;
    await command(SETUP);
    await expect.poll(() => latest('failed')?.['failure']).toBe('script');
    expect(messages('changed')).toEqual([]);
    expect(await page.locator('script[src^="https://web"]').count()).toBe(0);
  });

  test('says that the fields failed when Square does not give them', async () => {
    await square('window.refuseFields = true');
    await command(SETUP);
    await expect.poll(() => latest('failed')).toEqual({ failure: 'fields', reason: 'InvalidApplicationIdError' });
  });

  test('sums the fields up, and tells the end of typing', async () => {
    await goLive();
    await square(`fake.type('cardNumber', { isEmpty: false, isCompletelyValid: true, hasFocusClass: true }, 'VISA')`);
    await expect.poll(() => latest('changed')).toEqual({ complete: false, brand: 'VISA', focused: true, empty: false });
    await square(`fake.type('cardNumber', { isEmpty: false, isCompletelyValid: true }, 'VISA');
      fake.type('expirationDate', { isEmpty: false, isCompletelyValid: true }, 'VISA');
      fake.type('cvv', { isEmpty: false, isCompletelyValid: true }, 'VISA')`);
    await expect.poll(() => latest('changed')).toEqual({ complete: true, brand: 'VISA', focused: false, empty: false });
    await square(`fake.type('postalCode', { isEmpty: true, isCompletelyValid: false }, 'VISA')`);
    await expect.poll(() => latest('changed')?.['complete']).toBe(false);
    await square(`fake.emit('escape'); fake.emit('submit')`);
    await expect.poll(() => messages('focus-left')).toEqual([{ toward: 'escape' }, { toward: 'submit' }]);
    await command({ kind: 'clear' });
    await expect.poll(() => latest('changed')?.['empty']).toBe(true);
  });

  test('gives the keyboard back at both edges', async () => {
    await goLive();
    await page.frameLocator('iframe').locator('input').focus();
    await page.keyboard.press('Tab');
    await expect.poll(() => messages('focus-left')).toEqual([{ toward: 'forward' }]);
    await page.frameLocator('iframe').locator('input').focus();
    await page.keyboard.press('Shift+Tab');
    await expect.poll(() => latest('focus-left')).toEqual({ toward: 'backward' });
    expect(await square('fake.focused')).toEqual([]);
  });

  test('hands a keyboard that arrives at the page itself on to the card number', async () => {
    await goLive();
    const field = page.frameLocator('iframe').locator('input');
    await field.focus();
    await square('window.focus()');
    await expect.poll(() => square('fake.focused')).toEqual(['cardNumber']);
    await field.focus();
    await page.mouse.click(300, 230);
    await expect.poll(() => square('fake.focused')).toEqual(['cardNumber', 'cardNumber']);
  });

  test('leaves the keyboard with a challenge of the bank', async () => {
    await goLive();
    await command({ ...TOKENIZE, number: 1 });
    await expect.poll(() => square('fake.asked !== undefined')).toBe(true);
    await page.frameLocator('iframe').locator('input').focus();
    await square('window.focus()');
    await square('new Promise(resolve => setTimeout(resolve, 50))');
    expect(await square('fake.focused')).toEqual([]);
  });

  test('tells a token once, with the request as it was asked, and makes room for a challenge', async () => {
    await goLive();
    const usual_px = latest('height')?.['height_px'];
    await command({ ...TOKENIZE, number: 1 });
    await expect.poll(() => latest('height')?.['height_px'], { timeout: 3_000 }).toBe(420);
    expect(await square('fake.asked')).toEqual(TOKENIZE.request);
    const details = { card: { brand: 'VISA', last4: '1111', expMonth: 1, expYear: 2030 } };
    await square(`fake.answer({ status: 'OK', token: 'cnon:1', details: ${JSON.stringify(details)} })`);
    const result = { kind: 'token', token: 'cnon:1', brand: 'VISA', last4: '1111' };
    await expect.poll(() => messages('tokenised')).toEqual([{ number: 1, result }]);
    await expect.poll(() => latest('height')?.['height_px']).toBe(usual_px);
  });

  test('turns every other answer of Square into a value, and quotes no sentence of it', async () => {
    await goLive();
    const answers = [
      [
        { status: 'Invalid', errors: [{ type: 'VALIDATION_ERROR', message: 'Card 4111', field: 'cvv' }] },
        { kind: 'invalid', fields: ['cvv'], message_codes: ['VALIDATION_ERROR'] },
      ],
      [
        { status: 'Error', errors: [{ type: 'UNKNOWN', message: 'x' }] },
        { kind: 'failed', reason: 'UNKNOWN' },
      ],
      [{ status: 'Cancel' }, { kind: 'cancelled' }],
      [{ status: 'Abort' }, { kind: 'cancelled' }],
      [{ status: 'Unknown' }, { kind: 'failed', reason: 'unknown' }],
      [{ throws: 'TokenizationError' }, { kind: 'failed', reason: 'TokenizationError' }],
    ];
    for (const [number, [answer, result]] of answers.entries()) {
      await command({ ...TOKENIZE, number });
      await square(`fake.answer(${JSON.stringify(answer)})`);
      await expect.poll(() => latest('tokenised')).toEqual({ number, result });
    }
    expect(messages('tokenised')).toHaveLength(answers.length);
  });
});
