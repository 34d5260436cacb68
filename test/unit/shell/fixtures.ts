import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Clock } from '../../../main/platform/clock.ts';

/** A bundle with one page, one script, one style, and beside it a secret that must never be served. */
export function makeBundle(): { directory: string; secret: string } {
  const root = mkdtempSync(join(tmpdir(), 'tillside-bundle-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const directory = join(root, 'bundle');
  mkdirSync(join(directory, 'assets'), { recursive: true });
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(directory, 'assets', 'index-Ab_1-x.js'), 'export {};');
  writeFileSync(join(directory, 'assets', 'index.css'), 'body {}');
  writeFileSync(join(directory, '.hidden.js'), 'hidden');
  writeFileSync(join(directory, 'ledger.db'), 'not for pages');
  writeFileSync(join(root, 'secret.json'), 'SECRET');
  mkdirSync(join(root, 'bundle-twin'));
  writeFileSync(join(root, 'bundle-twin', 'twin.js'), 'SECRET');
  symlinkSync(join(root, 'secret.json'), join(directory, 'link.json'));
  symlinkSync(root, join(directory, 'up'));
  return { directory, secret: 'SECRET' };
}

/** A clock that a test moves by hand. */
export function handClock(): Clock & { pass(time_ms: number): void } {
  let now_ms = 1_000_000;
  let timers: { at_ms: number; work: () => void }[] = [];
  return {
    now: () => now_ms,
    after(delay_ms, work) {
      const timer = { at_ms: now_ms + delay_ms, work };
      timers.push(timer);
      return () => {
        timers = timers.filter(other => other !== timer);
      };
    },
    pass(time_ms) {
      const until_ms = now_ms + time_ms;
      for (;;) {
        const next = timers.filter(timer => timer.at_ms <= until_ms).sort((one, two) => one.at_ms - two.at_ms)[0];
        if (next === undefined) break;
        timers = timers.filter(timer => timer !== next);
        now_ms = next.at_ms;
        next.work();
      }
      now_ms = until_ms;
    },
  };
}

/** Lets promises that are already settled run their continuations. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

/** Addresses a page has no business with, from plain to tricky. */
export const HOSTILE_URLS = [
  'http://desk.tillside.localhost/',
  'https://evil.example/',
  'https://desk.tillside.localhost.evil.example/',
  'https://desk.tillside.localhost@evil.example/',
  'https://desk.tillside.localhost:8443/',
  'https://127.0.0.1/',
  'https://[::1]/',
  'http://127.0.0.1:4300/',
  'ws://127.0.0.1/',
  'wss://evil.example/',
  'file:///etc/passwd',
  'ftp://evil.example/',
  'chrome://settings',
  'data:text/html,<script>1</script>',
  'javascript:alert(1)',
  'blob:null/1',
  'not an address',
  '',
];

/** Whether a browser would make an https request of this address at all. */
export function isRequestable(url: string): boolean {
  return url.startsWith('https:') && !url.includes('@');
}
