import { expect, test } from '../support/app.ts';

test('the payment view and Square’s frames cannot reach the desk’s bridge or page', async ({ app }) => {
  const { desk } = app;
  await desk.prepareCard('marisol ort', '12');
  const pay = await app.host.payFrame();
  const square = await desk.cardFrame();
  for (const frame of [pay, square]) {
    const seen = await frame.evaluate(() => {
      const reach = (look: () => unknown): string => {
        try {
          return String(look());
        } catch (error) {
          return (error as Error).name;
        }
      };
      return {
        own: typeof (window as unknown as { desk?: unknown }).desk,
        parent: reach(() => (window.parent as unknown as { desk: unknown }).desk),
        top: reach(() => (window.top as unknown as { desk: unknown }).desk),
        document: reach(() => window.top?.document.title),
        globals: Object.keys(window).filter(name => /binding|electron|ipc|require|host/i.test(name)),
      };
    });
    expect(seen.own).toBe('undefined');
    expect(seen.top).toBe('SecurityError');
    expect(seen.document).toBe('SecurityError');
    expect(seen.globals).toEqual([]);
  }
});

test('the desk cannot reach the network, run foreign script or show a foreign frame', async ({ app }) => {
  const { page } = app.desk;
  const blocked = await page.evaluate(async () => {
    const tried: Record<string, string> = {};
    const fate = async (name: string, work: () => Promise<unknown>): Promise<void> => {
      tried[name] = await work().then(
        value => `reached ${String(value)}`,
        () => 'blocked',
      );
    };
    const event = (element: HTMLElement, set: () => void): Promise<string> =>
      new Promise((resolve, reject) => {
        element.addEventListener('load', () => resolve('load'));
        element.addEventListener('error', () => reject(new Error('error')));
        set();
        setTimeout(() => reject(new Error('nothing')), 1500);
      });
    await fate('fetch', () => fetch('https://example.com/'));
    await fate('fetch own', () => fetch('/index.html'));
    await fate('simulator', () => fetch('https://web.squarecdn.tillside.localhost/v1/square.js'));
    await fate('beacon', async () => {
      if (!navigator.sendBeacon('https://example.com/')) throw new Error('refused');
      throw new Error('queued, and refused by the policy');
    });
    await fate(
      'socket',
      () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket('wss://example.com/');
          socket.onopen = () => resolve('open');
          socket.onerror = () => reject(new Error('error'));
        }),
    );
    const image = document.createElement('img');
    await fate('image', () =>
      event(image, () => {
        image.src = 'https://example.com/x.png';
        document.body.append(image);
      }),
    );
    const script = document.createElement('script');
    await fate('inline script', async () => {
      script.textContent = 'window.ran = true';
      document.body.append(script);
      if (!(window as unknown as { ran?: boolean }).ran) throw new Error('did not run');
      return 'ran';
    });
    await fate('eval', async () => (window as unknown as { eval(text: string): unknown }).eval('1 + 1'));
    await fate('markup', async () => {
      document.body.insertAdjacentHTML('beforeend', '<b>x</b>');
      return 'inserted';
    });
    const policies: string[] = [];
    await fate('policy', async () => {
      const types = (
        window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): { name: string } } }
      ).trustedTypes;
      policies.push(types.createPolicy('evil', { createHTML: (text: string) => text }).name);
      return policies[0];
    });
    return tried;
  });
  expect(Object.entries(blocked).filter(([, fate]) => fate !== 'blocked')).toEqual([]);
});

test('a window opened or a navigation started by the page leads nowhere', async ({ app }) => {
  const { page } = app.desk;
  await page.evaluate(() => void window.open('https://example.com/'));
  await page.evaluate(() => {
    location.href = 'https://example.com/';
  });
  await page.waitForTimeout(500);
  const addresses = app.host.browser.contexts().flatMap(context => context.pages().map(one => one.url()));
  expect(addresses.filter(address => address.includes('example.com'))).toEqual([]);
  expect(page.url()).toBe('https://desk.tillside.localhost/');
  expect(await app.desk.ask('session.state')).toMatchObject({ phase: 'open' });
});
