import type { Frame } from 'playwright-core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchHost } from '../../chromium-host/launch.ts';
import type { LaunchedHost } from '../../chromium-host/launch.ts';
import { dataFolder, entry, processesWith, removeDataFolders, start_ms, until } from './support.ts';

const registerUrl = new URL('../../chromium-host/register.ts', import.meta.url).href;
const deskUrl = 'https://desk.tillside.localhost/';

afterAll(removeDataFolders);

describe('the Chromium host', () => {
  let host: LaunchedHost;
  let folder: string;
  let usable_ms = 0;
  const call = (name: string, value?: unknown) =>
    host.deskPage.evaluate(
      ([callName, callValue]) =>
        (window as unknown as { desk: { call: (name: unknown, value: unknown) => Promise<unknown> } }).desk.call(
          callName,
          callValue,
        ),
      [name, value],
    );
  const cardFrame = async (): Promise<Frame> => {
    await host.payFrame();
    const find = () => host.deskPage.frames().find(frame => frame.url().endsWith('/card'));
    await until('the card frame', () => find() !== undefined);
    await find()!.waitForSelector('#number');
    return find()!;
  };

  beforeAll(async () => {
    folder = dataFolder();
    const began_ms = Date.now();
    host = await launchHost({ data_dir: folder, entry });
    usable_ms = Date.now() - began_ms;
    // The payment view is loaded after the desk, so the desk is usable before it.
    await until('the view', () => host.logs.includes('view loaded'));
  }, start_ms);
  afterAll(async () => {
    await host?.close();
  });

  test('is usable within a few seconds', () => {
    process.stdout.write(`host usable in ${usable_ms} ms\n`);
    expect(usable_ms).toBeLessThan(10_000);
  });

  test('a page gets its own policy by value, with the one named relaxation', async () => {
    const policy = await host.deskPage.evaluate(async () =>
      (await fetch('/', { cache: 'no-store' })).headers.get('content-security-policy'),
    );
    expect(policy).toContain("require-trusted-types-for 'script'");
    const violation = await host.deskPage.evaluate(
      () =>
        new Promise(resolve => {
          document.addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective), {
            once: true,
          });
          const inline = document.createElement('style');
          inline.textContent = 'body { color: red }';
          document.head.append(inline);
        }),
    );
    expect(violation).toBe('style-src-elem');
    expect(await host.deskPage.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(1, 2, 3)');
  });

  test('a call carries the sender that the browser vouches for', async () => {
    const desk = { url: deskUrl, origin: deskUrl.slice(0, -1), isTop: true };
    expect(await call('sender')).toEqual(desk);
    await host.deskPage.evaluate(() => history.replaceState(null, '', '/#pretend'));
    expect(await call('sender')).toEqual({ ...desk, url: `${deskUrl}#pretend` });
  });

  test('a payment page may speak on its own channel and is refused on the desk’s', async () => {
    const pay = await host.payFrame();
    const answers = await pay.evaluate(async () => {
      const { pay: bridge } = window as unknown as {
        pay: Record<'ping' | 'call', (...values: unknown[]) => Promise<unknown>>;
      };
      return [await bridge.ping(1), await bridge.call('echo', 1).catch((error: Error) => error.message)];
    });
    expect(answers[0]).toEqual({ value: 1, url: 'https://pay.tillside.localhost/', isTop: true });
    expect(answers[1]).toContain('unknown origin https://pay.tillside.localhost');
  });

  test('plain data survives the way to main and back', async () => {
    const value = { text: 'ß €', list: [1, null, -0.5], nested: { yes: true, __proto__key: 1 } };
    expect(await call('echo', value)).toEqual(value);
    expect(await call('echo', undefined)).toBeUndefined();
    expect(
      await host.deskPage.evaluate(() =>
        (window as unknown as { desk: { call: (...values: unknown[]) => Promise<unknown> } }).desk
          .call('echo', () => 1)
          .catch((error: Error) => error.message),
      ),
    ).toMatch(/could not be cloned/);
  });

  test('a round trip takes about a millisecond', async () => {
    const times_ms = await host.deskPage.evaluate(async () => {
      const { desk } = window as unknown as { desk: { call: (...values: unknown[]) => Promise<unknown> } };
      const took: number[] = [];
      for (let at = 0; at < 200; at += 1) {
        const began_ms = performance.now();
        await desk.call('echo', { at });
        took.push(performance.now() - began_ms);
      }
      return took.sort((a, b) => a - b);
    });
    process.stdout.write(`ipc round trip: p50 ${times_ms[100]!.toFixed(2)} ms, p95 ${times_ms[190]!.toFixed(2)} ms\n`);
    expect(times_ms[100]).toBeLessThan(15);
  });

  test('main can tell the page, until the page stops listening', async () => {
    const events = () => host.deskPage.evaluate('events');
    await call('announce', { id: 7 });
    await expect.poll(events).toEqual([{ id: 7 }]);
    await host.deskPage.evaluate('stop()');
    await call('announce', { id: 8 });
    await call('echo', 1);
    expect(await events()).toEqual([{ id: 7 }]);
  });

  test('no page world can see the binding, not even a frame of another origin', async () => {
    const card = await cardFrame();
    for (const frame of [host.deskPage.mainFrame(), await host.payFrame(), card]) {
      const seen = (await frame.evaluate('window.seen')) as string[];
      expect(seen.filter(name => /tillside|playwright|binding|^require$/i.test(name))).toEqual([]);
    }
    expect(await card.evaluate(() => ['desk', 'pay'].filter(name => name in window))).toEqual([]);
  });

  test('a frame that the page makes itself gets no bridge', async () => {
    const names = await host.deskPage.evaluate(() => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const found = Object.getOwnPropertyNames(frame.contentWindow).filter(name =>
        /tillside|playwright|^desk$/i.test(name),
      );
      frame.remove();
      return found;
    });
    expect(names).toEqual([]);
  });

  test('the payment view lies where main put it, and can be hidden', async () => {
    await call('place', { x: 40, y: 60, width: 320, height: 200 });
    const box = async () => (await (await host.payFrame()).frameElement()).boundingBox();
    await expect.poll(box).toEqual({ x: 40, y: 60, width: 320, height: 200 });
    const isVisible = async () => (await (await host.payFrame()).frameElement()).isVisible();
    await call('visible', false);
    await expect.poll(isVisible).toBe(false);
    // A hidden native view keeps its place and size, so its page can still be measured.
    expect(await box()).toEqual({ x: 40, y: 60, width: 320, height: 200 });
    await call('visible', true);
    await expect.poll(isVisible).toBe(true);
  });

  test('keys leave the payment view only when they are commands, never digits', async () => {
    const card = await cardFrame();
    await card.focus('#number');
    await host.deskPage.keyboard.type('4111');
    await host.deskPage.keyboard.press('Escape');
    await host.deskPage.keyboard.press('F6');
    await until('the F6 key', () => host.logs.includes('key keyUp F6'));
    const keys = host.logs.filter(line => line.startsWith('key '));
    expect(keys).toEqual(['key keyDown Escape', 'key keyUp Escape', 'key keyDown F6', 'key keyUp F6']);
    expect(await card.inputValue('#number')).toBe('4111');
  });

  test('a hidden window prints a PDF, without running its scripts, and leaves', async () => {
    const printed = (await call('paper')) as { start: string; length: number; windows: number };
    expect(printed.start).toBe('%PDF-');
    expect(printed.length).toBeGreaterThan(1000);
    expect(printed.windows).toBe(1);
  });

  test('nothing reaches a network: no handler, no answer; a cancelled request fails', async () => {
    const outcomes = await host.deskPage.evaluate(async () => {
      const attempt = (url: string) =>
        fetch(url).then(
          response => String(response.status),
          () => 'failed',
        );
      return [await attempt('/forbidden'), await attempt('/missing')];
    });
    expect(outcomes).toEqual(['failed', '404']);
    for (const url of ['http://127.0.0.1:9/', 'https://example.com/']) {
      const page = await host.browser.contexts()[0]!.newPage();
      await expect(page.goto(url)).rejects.toThrow('ERR_BLOCKED_BY_CLIENT');
      await page.close();
    }
  });

  test('a navigation that main refuses leaves the page where it is', async () => {
    await host.deskPage.evaluate(() => {
      location.href = 'https://elsewhere.tillside.localhost/';
    });
    await until('the refusal', () => host.logs.includes('will-navigate https://elsewhere.tillside.localhost/'));
    expect(await call('echo', 'still here')).toBe('still here');
    expect(new URL(host.deskPage.url()).host).toBe('desk.tillside.localhost');
  });

  test('a pop-up is asked about and never stays', async () => {
    const pages = () => host.browser.contexts()[0]!.pages().length;
    const before = pages();
    await host.deskPage.evaluate(() => void window.open('https://desk.tillside.localhost/pop'));
    await until('the question', () => host.logs.some(line => line.startsWith('open ')));
    await expect.poll(pages).toBe(before);
  });

  test('what would leave the app is told to the test', async () => {
    await call('open', 'https://example.com/help');
    await until('the call', () => host.calls.length > 0);
    expect(host.calls.at(-1)).toEqual({ name: 'shell.openExternal', detail: 'https://example.com/help' });
  });

  test('secrets are kept in a keyring beside the data folder, readable by its owner alone', async () => {
    expect(await call('secret', 'pässword')).toBe('pässword');
    if (process.platform !== 'win32') expect(statSync(`${folder}-keyring/key`).mode & 0o777).toBe(0o600);
  });

  test('a second start tells the first one and ends', async () => {
    const second = spawn(process.execPath, ['--import', registerUrl, entry, '--data', folder, '--headless', 'hello'], {
      stdio: 'ignore',
    });
    const [code] = (await once(second, 'exit')) as [number];
    expect(code).toBe(3);
    await until('the message', () => host.logs.includes('second hello'));
  });

  test('a window whose closing main refuses stays, and closes when main agrees', async () => {
    await call('keep', true);
    host.closeWindow();
    await until('the question', () => host.logs.includes('close asked, refused'));
    expect(await call('echo', 1)).toBe(1);
    await call('keep', false);
    const code = await host.close();
    expect(code).toBe(0);
    expect(host.logs.filter(line => line === 'close asked')).toHaveLength(1);
    expect(existsSync(join(folder, 'host-profile'))).toBe(false);
    expect(existsSync(join(folder, 'host-instance', 'lock'))).toBe(false);
    await until('the end of the browser', () => processesWith(folder).length === 0);
  });
});
