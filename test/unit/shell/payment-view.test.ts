import type { Input } from 'electron';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { forwardedKey } from '../../../main/shell/forwarded-keys.ts';
import { PAY_ORIGIN } from '../../../main/shell/origins.ts';
import type { CardFieldsState } from '../../../main/shell/payment-view.ts';
import { ipcMain } from '../../support/electron-stub.ts';
import { settle } from './fixtures.ts';
import { LIVE, openPayment, PAY_FRAME, PLACE, REQUEST, SANDBOX } from './payment-fixtures.ts';

vi.mock('electron', () => import('../../support/electron-stub.ts'));

let stage: Awaited<ReturnType<typeof openPayment>>;
beforeEach(async () => {
  stage = await openPayment();
});
afterEach(() => stage.deskWindow.destroy());

describe('the state of the card fields', () => {
  test('goes from loading to live and follows the page', () => {
    const states: CardFieldsState[] = [];
    const stop = stage.payment.onState(state => states.push(state));
    stage.payment.setup(SANDBOX);
    expect(stage.view().webContents.loaded).toEqual([`${PAY_ORIGIN}/`]);
    expect(stage.payment.state().phase).toBe('loading');
    stage.payment.setTheme({ theme: 'dark', contrast: 'normal' });
    stage.tell('ready', null);
    expect(stage.commands()).toEqual([{ kind: 'setup', ...SANDBOX, theme: { theme: 'dark', contrast: 'normal' } }]);
    stage.tell('height', { height_px: 131.2 });
    stage.tell('changed', { complete: true, brand: 'VISA', focused: true, empty: false });
    stop();
    stage.tell('changed', LIVE);
    expect(states.map(state => state.phase)).toEqual(['loading', 'loading', 'live']);
    expect(states.at(-1)).toEqual({
      phase: 'live',
      complete: true,
      brand: 'VISA',
      focused: true,
      height_px: 132,
      failure: null,
    });
  });

  test('listens to nobody but the main frame of its own page', () => {
    stage.payment.setup(SANDBOX);
    stage.tell('ready', null, { url: `${PAY_ORIGIN}/`, parent: PAY_FRAME });
    stage.tell('ready', null, { url: 'https://web.squarecdn.com/', parent: null });
    stage.tell('ready', null, null);
    ipcMain.emit('pay:tell', { sender: stage.deskWindow.webContents, senderFrame: PAY_FRAME }, 'ready', null);
    expect(stage.commands()).toEqual([]);
    stage.goLive();
    for (const data of [null, 7, {}, { height_px: 'x' }, { height_px: -1 }, { height_px: 1e9 }, { height_px: NaN }]) {
      stage.tell('height', data);
    }
    stage.tell('made-up', {});
    stage.tell('changed', { complete: 'yes' });
    expect(stage.payment.state().height_px).toBe(0);
    expect(stage.logged.every(([event]) => event === 'card_fields_unknown_message')).toBe(true);
    expect(stage.logged).toHaveLength(9);
  });

  test('tries again after 1, 2, 4 .. 30 s while the view is wanted, and not while it is hidden', () => {
    stage.payment.setup(SANDBOX);
    stage.payment.place(PLACE);
    const waits_ms: number[] = [];
    for (let turn = 0; turn < 7; turn += 1) {
      stage.tell('ready', null);
      stage.tell('failed', { failure: 'script', reason: 'script_not_loaded' });
      expect(stage.payment.state()).toMatchObject({ phase: 'failed', failure: 'script' });
      expect(stage.view().visible).toBe(false);
      const before_ms = stage.clock.now();
      while (stage.payment.state().phase === 'failed') stage.clock.pass(500);
      waits_ms.push(stage.clock.now() - before_ms);
    }
    expect(waits_ms).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    stage.payment.place(null);
    stage.tell('ready', null);
    stage.tell('failed', { failure: 'fields', reason: 'attach_timeout' });
    stage.clock.pass(600_000);
    expect(stage.payment.state().phase).toBe('failed');
    stage.payment.place(PLACE);
    stage.clock.pass(30_000);
    expect(stage.payment.state().phase).toBe('loading');
    stage.goLive();
    stage.tell('failed', { failure: 'fields', reason: 'x' });
    stage.clock.pass(1_000);
    expect(stage.payment.state().phase).toBe('loading');
  });

  test('fails when the page says nothing for 40 s, when it crashes, and when it cannot be loaded', async () => {
    stage.payment.setup(SANDBOX);
    stage.clock.pass(40_000);
    expect(stage.payment.state()).toMatchObject({ phase: 'failed', failure: 'fields' });
    stage.payment.reload();
    stage.goLive();
    stage.view().webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(stage.payment.state().phase).toBe('failed');
    expect(stage.logged.at(-1)).toEqual(['card_fields_failed', { failure: 'fields', reason: 'crashed', failures: 1 }]);
    stage.view().webContents.loadResult = Promise.reject(new Error('ERR_FAILED'));
    stage.payment.reload();
    await settle();
    expect(stage.payment.state()).toMatchObject({ phase: 'failed', failure: 'script' });
  });

  test('reload leaves live fields alone, because somebody may be on the way into them', () => {
    stage.payment.setup(SANDBOX);
    stage.goLive();
    stage.payment.reload();
    stage.tell('changed', { ...LIVE, focused: true, empty: false });
    stage.payment.reload();
    expect(stage.view().webContents.loaded).toHaveLength(1);
    stage.tell('failed', { failure: 'fields', reason: 'gone' });
    stage.payment.reload();
    expect(stage.view().webContents.loaded).toHaveLength(2);
  });
});

describe('the place of the card fields', () => {
  test('follows the zoom of the desk, and hiding keeps the page', () => {
    stage.payment.setup(SANDBOX);
    stage.goLive();
    stage.deskWindow.webContents.zoomFactor = 1.5;
    stage.payment.place(PLACE);
    expect(stage.view().bounds).toEqual({ x: 15, y: 30, width: 600, height: 300 });
    expect(stage.view().webContents.zoomFactor).toBe(1.5);
    expect(stage.view().visible).toBe(true);
    stage.tell('changed', { ...LIVE, focused: true, empty: false });
    const before = stage.deskWindow.webContents.focusCount;
    stage.payment.place(null);
    expect(stage.view().visible).toBe(false);
    expect(stage.deskWindow.webContents.focusCount).toBe(before + 1);
    stage.payment.place({ ...PLACE, width: 0 });
    expect(stage.view().visible).toBe(false);
    expect(stage.view().webContents.loaded).toHaveLength(1);
  });
});

describe('a token', () => {
  test('comes back once, stamped with the time of the clock', async () => {
    stage.payment.setup(SANDBOX);
    stage.goLive();
    const wish = stage.payment.tokenize(REQUEST);
    const command = stage.commands().at(-1)!;
    expect(command).toEqual({ kind: 'tokenize', number: 1, request: REQUEST });
    expect(await stage.payment.tokenize(REQUEST)).toEqual({ kind: 'failed', reason: 'busy' });
    stage.clock.pass(1_234);
    const result = { kind: 'token', token: 'cnon:abc', brand: 'VISA', last4: '1111', extra: 'dropped' };
    stage.tell('tokenised', { number: 1, result });
    expect(await wish).toEqual({
      kind: 'token',
      token: 'cnon:abc',
      brand: 'VISA',
      last4: '1111',
      minted_at_ms: stage.clock.now(),
    });
    stage.tell('tokenised', { number: 1, result });
    expect(stage.logged.at(-1)?.[0]).toBe('card_token_came_late');
    expect(JSON.stringify(stage.logged)).not.toContain('cnon');
  });

  test.each([
    [
      { kind: 'invalid', fields: ['cvv', 'evil', 7], message_codes: ['VALIDATION_ERROR', 'Card 4111 is wrong'] },
      { kind: 'invalid', fields: ['cvv'], message_codes: ['VALIDATION_ERROR', 'unknown'] },
    ],
    [{ kind: 'cancelled', token: 'x' }, { kind: 'cancelled' }],
    [
      { kind: 'failed', reason: 'TokenizationError' },
      { kind: 'failed', reason: 'TokenizationError' },
    ],
    [
      { kind: 'failed', reason: 'c4111111111111111' },
      { kind: 'failed', reason: 'unknown' },
    ],
    [
      { kind: 'token', token: '4111111111111111' },
      { kind: 'failed', reason: 'malformed' },
    ],
    [{ kind: 'token' }, { kind: 'failed', reason: 'malformed' }],
    [{ kind: 'made-up' }, { kind: 'failed', reason: 'malformed' }],
  ])('that is not a good one becomes a value: %j', async (told, result) => {
    stage.payment.setup(SANDBOX);
    stage.goLive();
    const wish = stage.payment.tokenize(REQUEST);
    stage.tell('tokenised', { number: 1, result: told });
    expect(await wish).toEqual(result);
  });

  test('is not waited for without live fields, for more than 5 minutes, or across a reload', async () => {
    expect(await stage.payment.tokenize(REQUEST)).toEqual({ kind: 'failed', reason: 'not_live' });
    stage.payment.setup(SANDBOX);
    stage.goLive();
    const slow = stage.payment.tokenize(REQUEST);
    stage.clock.pass(299_999);
    stage.tell('height', { height_px: 420 });
    stage.clock.pass(1);
    expect(await slow).toEqual({ kind: 'failed', reason: 'timeout' });
    stage.tell('tokenised', { number: 1, result: { kind: 'token', token: 'cnon:late' } });
    const lost = stage.payment.tokenize(REQUEST);
    stage.view().webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(await lost).toEqual({ kind: 'failed', reason: 'fields_lost' });
    stage.payment.reload();
    stage.goLive();
    const unloaded = stage.payment.tokenize(REQUEST);
    stage.payment.setup(null);
    expect(await unloaded).toEqual({ kind: 'failed', reason: 'unloaded' });
  });
});

describe('keys inside the card fields', () => {
  const press = (input: Partial<Input>) =>
    ({ type: 'keyDown', key: '', code: '', control: false, alt: false, shift: false, meta: false, ...input }) as Input;

  test('no key that types into a field is forwarded', () => {
    for (const key of [...'0123456789abcxyzKk/ -', 'Enter', 'Tab', 'Backspace', 'Delete', 'ArrowLeft', 'Escape']) {
      expect(forwardedKey(press({ key, code: /\d/.test(key) ? `Digit${key}` : key }))).toBeNull();
      expect(forwardedKey(press({ key, code: 'Numpad4', alt: true }))).toBeNull();
    }
    expect(forwardedKey(press({ key: '4', code: 'Digit4', alt: true, control: true }))).toBeNull();
    expect(forwardedKey(press({ key: 'v', control: true }))).toBeNull();
    expect(forwardedKey(press({ key: 'F2', type: 'keyUp' }))).toBeNull();
  });

  test('shortcuts reach the desk, and leaving the fields gives it the keyboard', () => {
    const keys: unknown[] = [];
    stage.payment.onKey(key => keys.push(key));
    stage.payment.setup(SANDBOX);
    stage.goLive();
    const none = { control: false, alt: false, shift: false };
    const shortcuts = [{ key: 'F2' }, { key: 'k', meta: true }, { key: '4', code: 'Digit4' }];
    for (const input of shortcuts) stage.view().webContents.emit('before-input-event', {}, press(input));
    stage.view().webContents.emit('before-input-event', {}, press({ key: '¢', code: 'Digit4', alt: true }));
    const before = stage.deskWindow.webContents.focusCount;
    for (const toward of ['escape', 'submit', 'forward', 'backward', 'elsewhere']) stage.tell('focus-left', { toward });
    expect(keys).toEqual([
      { ...none, key: 'F2' },
      { ...none, key: 'k', control: true },
      { ...none, key: '4', alt: true },
      { ...none, key: 'Escape' },
      { ...none, key: 'Enter' },
      { ...none, key: 'Tab' },
      { ...none, key: 'Tab', shift: true },
    ]);
    expect(stage.deskWindow.webContents.focusCount).toBe(before + 4);
  });
});

test('the view goes with the desk window and hears nothing more', () => {
  stage.payment.setup(SANDBOX);
  stage.goLive();
  const heard = ipcMain.listenerCount('pay:tell');
  stage.deskWindow.destroy();
  expect(ipcMain.listenerCount('pay:tell')).toBe(heard - 1);
  expect(stage.payment.state().phase).toBe('off');
  expect(stage.view().webContents.destroyed).toBe(true);
});
