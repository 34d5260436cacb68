import { expect, test } from 'vitest';
import { answerFromBundle, findBundleFile } from '../../../main/shell/bundle-files.ts';
import { makeBundle } from './fixtures.ts';

const bundle = makeBundle();

const NASTY_PATHS = [
  '',
  '//',
  '/..',
  '/../secret.json',
  '/../../etc/passwd',
  '/assets/../../secret.json',
  '/assets/../index.html',
  '/./index.html',
  '/%2e%2e/secret.json',
  '/%2e%2e%2fsecret.json',
  '/%252e%252e%252fsecret.json',
  '/..%2fsecret.json',
  '/..%5csecret.json',
  '/..\\secret.json',
  '/assets\\..\\..\\secret.json',
  '/index.html%00.js',
  '/index.html\0.js',
  '/index.html%0a',
  '/index.html/',
  '/index.html/.',
  '/index.html.',
  '/index.html ',
  '/index.html::$DATA',
  '/C:/secret.json',
  '/c$/secret.json',
  '/\\\\server\\share\\x.js',
  '//server/share/x.js',
  '/.hidden.js',
  '/assets/.git/config.json',
  '/nul.js',
  '/CON',
  '/com1.json',
  '/aux.css',
  '/link.json',
  '/up/secret.json',
  '/up/bundle-twin/twin.js',
  '/../bundle-twin/twin.js',
  '/ledger.db',
  '/assets',
  '/missing.js',
  '/~root/x.js',
  '/assets/index.css?raw',
  '/assets/index.css#x',
  '/ｉndex.html',
  '/‥/secret.json',
  `/${'a'.repeat(5_000)}.js`,
  'index.html',
];

test.each(NASTY_PATHS)('the path %j finds no file', async path => {
  expect(await findBundleFile(bundle.directory, path)).toBeNull();
});

test('no address of a nasty path is answered with a file that is not of the bundle', async () => {
  for (const path of NASTY_PATHS) {
    const address = `https://desk.tillside.localhost${path.startsWith('/') ? '' : '/'}${path}`;
    if (!URL.canParse(address)) continue;
    const answer = await answerFromBundle(bundle.directory, new Request(address), {});
    const text = await answer.text();
    expect(text).not.toContain(bundle.secret);
    if (answer.status === 200) expect(text).toMatch(/<title>page|body \{\}/);
  }
});

test.each([
  ['/', 'text/html; charset=utf-8'],
  ['/index.html', 'text/html; charset=utf-8'],
  ['/assets/index-Ab_1-x.js', 'text/javascript; charset=utf-8'],
  ['/assets/index.css?v=1', 'text/css; charset=utf-8'],
])('%s is served as %s', async (path, type) => {
  const request = new Request(`https://desk.tillside.localhost${path}`);
  const answer = await answerFromBundle(bundle.directory, request, { 'x-kept': 'yes' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe(type);
  expect(answer.headers.get('x-kept')).toBe('yes');
  expect((await answer.text()).length).toBeGreaterThan(0);
});

test('only GET and HEAD are answered, and HEAD without a body', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const request = new Request('https://desk.tillside.localhost/', { method });
    expect((await answerFromBundle(bundle.directory, request, {})).status).toBe(405);
  }
  const head = new Request('https://desk.tillside.localhost/', { method: 'HEAD' });
  const answer = await answerFromBundle(bundle.directory, head, {});
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe('');
});
