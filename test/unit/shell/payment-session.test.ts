import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PAY_ORIGIN, SIMULATOR_SCRIPT_ORIGIN } from '../../../main/shell/origins.ts';
import { prevents } from '../../support/electron-stub.ts';
import { HOSTILE_URLS, isRequestable } from './fixtures.ts';
import { openPayment, PRODUCTION, SANDBOX, startSimulator } from './payment-fixtures.ts';

vi.mock('electron', () => import('../../support/electron-stub.ts'));

let stage: Awaited<ReturnType<typeof openPayment>>;
beforeEach(async () => {
  stage = await openPayment();
});
afterEach(() => stage.deskWindow.destroy());

const simulator = await startSimulator();
afterAll(() => simulator.stop());

describe('the payment view', () => {
  test('has every preference by value and a session of its own for each set-up', () => {
    stage.payment.setup(PRODUCTION);
    const first = stage.view();
    expect(first.options.webPreferences).toEqual({
      session: first.webContents.session,
      preload: '/bundle/pay.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      plugins: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      backgroundThrottling: false,
      devTools: false,
    });
    expect(first.webContents.session.partition).toMatch(/^pay-\d+$/);
    expect(first.visible).toBe(false);
    stage.payment.setup({ ...PRODUCTION });
    expect(stage.view()).toBe(first);
    stage.payment.setup(SANDBOX);
    expect(stage.view()).not.toBe(first);
    expect(stage.view().webContents.session.partition).not.toBe(first.webContents.session.partition);
    expect(first.webContents.destroyed).toBe(true);
    expect(stage.deskWindow.contentView.children).toEqual([stage.view()]);
    stage.payment.setup(null);
    expect(stage.payment.state().phase).toBe('off');
    expect(stage.deskWindow.contentView.children).toEqual([]);
  });

  test('loads a script of nobody but Square and the simulator', () => {
    const scripts = [
      'https://evil.example/v1/square.js',
      'http://web.squarecdn.com/v1/square.js',
      'https://web.squarecdn.com.evil.example/v1/square.js',
      'https://web.squarecdn.com/v1/other.js',
      `${PAY_ORIGIN}/v1/square.js`,
      '',
    ];
    for (const scriptUrl of scripts) expect(() => stage.payment.setup({ ...SANDBOX, scriptUrl })).toThrow(/Square/);
    for (const address of [undefined, 'http://192.168.1.4:80', 'https://127.0.0.1:1', 'http://evil.example']) {
      const training = { ...SANDBOX, scriptUrl: simulator.setup.scriptUrl };
      const setup = address === undefined ? training : { ...training, simulatorBaseUrl: address };
      expect(() => stage.payment.setup(setup)).toThrow(/simulator/);
    }
    expect(stage.payment.state().phase).toBe('off');
  });

  test.each([
    [
      PRODUCTION,
      "default-src 'none'; script-src 'self' https://web.squarecdn.com; " +
        "style-src 'self' https://web.squarecdn.com 'unsafe-inline'; connect-src https://web.squarecdn.com " +
        'https://pci-connect.squareup.com https://o160250.ingest.sentry.io; frame-src https:; ' +
        'font-src https://square-fonts-production-f.squarecdn.com https://d1g145x70srn7h.cloudfront.net; ' +
        "img-src 'self' data:; form-action https:; base-uri 'none'; worker-src 'none'; object-src 'none'; frame-ancestors 'none'",
    ],
    [
      SANDBOX,
      "default-src 'none'; script-src 'self' https://sandbox.web.squarecdn.com; " +
        "style-src 'self' https://sandbox.web.squarecdn.com 'unsafe-inline'; connect-src " +
        'https://sandbox.web.squarecdn.com https://pci-connect.squareupsandbox.com ' +
        'https://o160250.ingest.sentry.io; frame-src https:; ' +
        'font-src https://square-fonts-production-f.squarecdn.com https://d1g145x70srn7h.cloudfront.net; ' +
        "img-src 'self' data:; form-action https:; base-uri 'none'; worker-src 'none'; object-src 'none'; frame-ancestors 'none'",
    ],
    [
      simulator.setup,
      `default-src 'none'; script-src 'self' ${SIMULATOR_SCRIPT_ORIGIN}; ` +
        `style-src 'self' ${SIMULATOR_SCRIPT_ORIGIN} 'unsafe-inline'; connect-src ${SIMULATOR_SCRIPT_ORIGIN}; ` +
        `frame-src ${SIMULATOR_SCRIPT_ORIGIN}; font-src ${SIMULATOR_SCRIPT_ORIGIN}; img-src 'self' data:; ` +
        `form-action ${SIMULATOR_SCRIPT_ORIGIN}; base-uri 'none'; worker-src 'none'; object-src 'none'; frame-ancestors 'none'`,
    ],
  ])('serves its page with the policy of its site', async (setup, policy) => {
    stage.payment.setup(setup);
    const answer = await stage.view().webContents.session.ask(`${PAY_ORIGIN}/`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toBe(policy);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('knows in training its page and the simulator, and no other place', async () => {
    stage.payment.setup(simulator.setup);
    const { session } = stage.view().webContents;
    stage.goLive();
    const script = await session.ask(simulator.setup.scriptUrl);
    expect([script.status, script.headers.get('x-path')]).toEqual([200, '/v1/square.js']);
    expect(await script.text()).toBe('window.Square = {};');
    for (const url of [...HOSTILE_URLS.filter(url => !url.startsWith('data:')), PRODUCTION.scriptUrl]) {
      expect(session.cancels(url)).toBe(true);
      if (isRequestable(url)) expect((await session.ask(url)).status).toBe(403);
      expect(prevents(stage.view().webContents, 'will-frame-navigate', { url, isMainFrame: false })).toBe(true);
    }
    const fields = `${SIMULATOR_SCRIPT_ORIGIN}/fields`;
    expect(session.cancels(fields)).toBe(false);
    expect(prevents(stage.view().webContents, 'will-frame-navigate', { url: fields, isMainFrame: false })).toBe(false);
  });

  test('answers 502 for a simulator that is not there', async () => {
    stage.payment.setup({ ...simulator.setup, simulatorBaseUrl: 'http://127.0.0.1:1' });
    expect((await stage.view().webContents.session.ask(simulator.setup.scriptUrl)).status).toBe(502);
  });

  test('reaches Square only after its own page has loaded, and never http or this machine', async () => {
    stage.payment.setup(PRODUCTION);
    const { session } = stage.view().webContents;
    expect((await session.ask(PRODUCTION.scriptUrl)).status).toBe(403);
    expect(session.cancels(`${PAY_ORIGIN}/pay.js`)).toBe(false);
    stage.goLive();
    expect(session.protocolHandlers.has('https')).toBe(false);
    expect(session.cancels(PRODUCTION.scriptUrl)).toBe(false);
    expect(session.cancels('https://acs.bank.example/challenge')).toBe(false);
    const closed = ['http://bank.example/', 'ws://bank.example/', 'file:///x', 'ftp://x/', `${PAY_ORIGIN}/pay.js`];
    for (const url of [...closed, 'https://localhost/', 'https://127.0.0.1/', SIMULATOR_SCRIPT_ORIGIN]) {
      expect(session.cancels(url)).toBe(true);
    }
    stage.tell('failed', { failure: 'fields', reason: 'gone' });
    stage.payment.reload();
    expect(session.protocolHandlers.has('https')).toBe(true);
  });

  test('denies every permission and never leaves its page', () => {
    stage.payment.setup(PRODUCTION);
    const { webContents } = stage.view();
    const answers: boolean[] = [];
    const request = [{}, 'media', (granted: boolean) => answers.push(granted), {}] as never[];
    webContents.session.permissionRequestHandler?.(...request);
    expect(answers).toEqual([false]);
    expect(webContents.session.permissionCheckHandler?.(...([null, 'payment-handler', '', {}] as never[]))).toBe(false);
    for (const url of [...HOSTILE_URLS, PRODUCTION.scriptUrl]) {
      expect(prevents(webContents, 'will-navigate', { url, isMainFrame: true })).toBe(true);
      expect(prevents(webContents, 'will-frame-navigate', { url, isMainFrame: true })).toBe(true);
      expect(webContents.windowOpenHandler?.({ url })).toEqual({ action: 'deny' });
    }
  });
});
