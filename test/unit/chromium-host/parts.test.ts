import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chromiumFlags } from '../../chromium-host/chromium-flags.ts';
import { pdfOptions } from '../../chromium-host/pdf.ts';
import { allowEmbedding, allowFrames } from '../../chromium-host/relaxations.ts';
import { Session } from '../../chromium-host/session.ts';
import { matchesPattern } from '../../chromium-host/web-request.ts';
import { decodeWire, encodeWire } from '../../chromium-host/wire.ts';

const request = {
  method: 'GET',
  headers: {},
  body: undefined,
  resourceType: 'fetch',
  webContentsId: 1,
  frame: null,
};

describe('what crosses between page and main', () => {
  test('any plain value arrives as it left', () => {
    const plain = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: false,
    });
    fc.assert(
      fc.property(plain, value => {
        expect(decodeWire(encodeWire(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });
  test('an own key called __proto__ stays a key and changes no prototype', () => {
    const value = decodeWire(encodeWire(JSON.parse('{ "__proto__": { "admin": true } }'))) as Record<string, unknown>;
    expect(value.admin).toBeUndefined();
    expect(Object.keys(value)).toEqual(['__proto__']);
  });
  test('a function or a circle is refused as Electron refuses it', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const value of [() => 1, { deep: [Symbol('x')] }, circle]) {
      expect(() => encodeWire(value)).toThrow('An object could not be cloned.');
    }
  });
});

describe('the two relaxations', () => {
  test('only frame-src changes for the desk page', () => {
    const headers = new Headers({ 'content-security-policy': "default-src 'none'; script-src 'self'" });
    allowFrames(headers);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; frame-src https://pay.tillside.localhost",
    );
  });
  test('only frame-ancestors changes for the payment page', () => {
    const headers = new Headers({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    });
    allowEmbedding(headers, 'https://desk.tillside.localhost');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; frame-ancestors https://desk.tillside.localhost",
    );
    expect(headers.has('x-frame-options')).toBe(false);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('a session', () => {
  test('answers only what main handles', async () => {
    const session = new Session('a');
    const url = 'https://desk.tillside.localhost/';
    expect(await session.answer({ ...request, url }, undefined)).toEqual({
      kind: 'refused',
      reason: 'blockedbyclient',
    });
    session.protocol.handle('https', asked => new Response(asked.url, { status: 201, headers: { 'x-own': 'kept' } }));
    const answer = await session.answer({ ...request, url }, undefined);
    if (answer.kind !== 'response') throw new Error('expected an answer');
    expect([answer.status, answer.headers.get('x-own'), answer.body.toString()]).toEqual([201, 'kept', url]);
    expect((await session.answer({ ...request, url: 'http://desk.tillside.localhost/' }, undefined)).kind).toBe(
      'refused',
    );
  });
  test('a handler that throws is a failed request, not a crash', async () => {
    const session = new Session('b');
    session.protocol.handle('https', () => Promise.reject(new Error('boom')));
    expect(await session.answer({ ...request, url: 'https://a.test/' }, undefined)).toEqual({
      kind: 'refused',
      reason: 'failed',
    });
  });
  test('web request listeners can cancel and can change headers', async () => {
    const session = new Session('c');
    session.protocol.handle('https', () => new Response('x', { headers: { a: '1' } }));
    const cancelBad = (details: Record<string, unknown>, decide: (decision: { cancel: boolean }) => void) =>
      decide({ cancel: String(details.url).includes('bad') });
    session.webRequest.onBeforeRequest({ urls: ['https://*/*'] }, cancelBad);
    const rewrite = (_details: object, decide: (decision: object) => void) => decide({ responseHeaders: { b: ['2'] } });
    session.webRequest.onHeadersReceived(rewrite);
    expect((await session.answer({ ...request, url: 'https://x.test/bad' }, undefined)).kind).toBe('refused');
    const answer = await session.answer({ ...request, url: 'https://x.test/good' }, undefined);
    if (answer.kind !== 'response') throw new Error('expected an answer');
    expect([...answer.headers]).toEqual([['b', '2']]);
  });
  test.each([
    ['<all_urls>', 'http://x.test/', true],
    ['https://*/*', 'https://x.test/a?b', true],
    ['https://*/*', 'http://x.test/', false],
    ['*://*.x.test/*', 'https://a.x.test/', true],
    ['*://*.x.test/*', 'https://ax.test/', false],
    ['https://x.test/a*', 'https://x.test/b', false],
  ])('pattern %s on %s is %s', (pattern, url, expected) => {
    expect(matchesPattern(pattern, url)).toBe(expected);
  });
});

test('a browser started by root alone gives up its sandbox', () => {
  const options = {
    width: 1,
    height: 1,
    debuggingPort: undefined,
    appended: ['--disable-features=A'],
    appWindow: false,
  };
  expect(chromiumFlags({ ...options, isRoot: false })).not.toContain('--no-sandbox');
  expect(chromiumFlags({ ...options, isRoot: true })).toContain('--no-sandbox');
  const features = chromiumFlags({ ...options, isRoot: false }).filter(flag => flag.startsWith('--disable-features='));
  expect(features).toHaveLength(1);
  expect(features[0]).toMatch(/Translate.*,A$/);
});

test('paper sizes and margins are inches, as in Electron', () => {
  const options = pdfOptions({
    pageSize: { width: 3.15, height: 8 },
    margins: { top: 0, left: 0.1 },
    printBackground: true,
  });
  expect(options).toMatchObject({ width: '3.15in', height: '8in', printBackground: true });
  expect(options.margin).toEqual({ top: '0in', bottom: '0.4in', left: '0.1in', right: '0.4in' });
  expect(pdfOptions({ pageSize: 'A4' })).toMatchObject({ format: 'A4' });
});
