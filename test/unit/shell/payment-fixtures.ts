import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openDeskWindow } from '../../../main/shell/desk-window.ts';
import { PAY_ORIGIN, SIMULATOR_SCRIPT_ORIGIN } from '../../../main/shell/origins.ts';
import type { TokenizeRequest } from '../../../main/shell/payment-view.ts';
import { createPaymentView } from '../../../main/shell/payment-view.ts';
import { ipcMain, recorded } from '../../support/electron-stub.ts';
import { handClock, makeBundle } from './fixtures.ts';

export const PRODUCTION = {
  applicationId: 'sq0idp-1',
  locationId: 'L1',
  scriptUrl: 'https://web.squarecdn.com/v1/square.js',
};

export const SANDBOX = { ...PRODUCTION, scriptUrl: 'https://sandbox.web.squarecdn.com/v1/square.js' };

export const REQUEST: TokenizeRequest = {
  amount: '120.00',
  currencyCode: 'USD',
  intent: 'CHARGE',
  customerInitiated: false,
  sellerKeyedIn: true,
  billingContact: { givenName: 'Ana' },
};

export const PLACE = { x: 10, y: 20, width: 400, height: 200 };
export const LIVE = { complete: false, brand: null, focused: false, empty: true };
export const PAY_FRAME = { url: `${PAY_ORIGIN}/`, parent: null as unknown };

const bundle = makeBundle();

/** A simulator on this machine that serves one script, and the set-up that leads to it. */
export async function startSimulator() {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/javascript', 'x-path': request.url ?? '' });
    response.end('window.Square = {};');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const simulatorBaseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const setup = { ...SANDBOX, scriptUrl: `${SIMULATOR_SCRIPT_ORIGIN}/v1/square.js`, simulatorBaseUrl };
  return { setup, stop: () => void server.close() };
}

/** A desk window with a payment view on the electron stub, and hands to play the page's part. */
export async function openPayment() {
  const clock = handClock();
  const logged: [string, unknown][] = [];
  const desk = await openDeskWindow({
    bundleDirectory: bundle.directory,
    preloadFile: '/bundle/desk.cjs',
    onBoundsChanged: () => {},
    mayClose: () => Promise.resolve(true),
    onClosed: () => {},
  });
  const payment = createPaymentView({
    desk,
    bundleDirectory: bundle.directory,
    preloadFile: '/bundle/pay.cjs',
    clock,
    log: (event, details) => logged.push([event, details]),
  });
  const deskWindow = recorded.windows.at(-1)!;
  const view = () => recorded.views.at(-1)!;
  const tell = (kind: string, data: unknown, senderFrame: unknown = PAY_FRAME) =>
    ipcMain.emit('pay:tell', { sender: view().webContents, senderFrame }, kind, data);
  const commands = () => view().webContents.sent.map(message => message.values[0] as { kind: string });
  const goLive = () => {
    tell('ready', null);
    tell('changed', LIVE);
  };
  return { clock, logged, payment, deskWindow, view, tell, commands, goLive };
}
