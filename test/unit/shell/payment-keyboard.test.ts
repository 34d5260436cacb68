import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LIVE, openPayment, PLACE, REQUEST, SANDBOX } from './payment-fixtures.ts';

vi.mock('electron', () => import('../../support/electron-stub.ts'));

let stage: Awaited<ReturnType<typeof openPayment>>;
beforeEach(async () => {
  stage = await openPayment();
});
afterEach(() => stage.deskWindow.destroy());

describe('the keyboard', () => {
  test('is not taken by fields that are not there to be typed into', () => {
    expect(stage.payment.focus()).toBe(false);
    stage.payment.setup(SANDBOX);
    stage.tell('ready', null);
    expect(stage.payment.focus()).toBe(false);
    expect(stage.view().webContents.focusCount).toBe(0);
    stage.tell('changed', LIVE);
    expect(stage.payment.focus()).toBe(true);
    expect(stage.view().webContents.focusCount).toBe(1);
    expect(stage.commands().at(-1)).toEqual({ kind: 'focus' });
    stage.tell('failed', { failure: 'fields', reason: 'gone' });
    expect(stage.payment.focus()).toBe(false);
  });

  test('nothing is left in the fields of a desk that was left, and a token on its way is not lost', async () => {
    stage.payment.setup(SANDBOX);
    stage.payment.place(PLACE);
    stage.goLive();
    stage.payment.leave();
    expect(stage.view().visible).toBe(false);
    expect(stage.commands().at(-1)).toEqual({ kind: 'clear' });
    const asked = stage.payment.tokenize(REQUEST);
    stage.payment.leave();
    expect(stage.commands().at(-1)).toMatchObject({ kind: 'tokenize' });
    stage.tell('tokenised', { number: 1, result: { kind: 'cancelled' } });
    await asked;
    expect(stage.commands().at(-1)).toEqual({ kind: 'clear' });
    stage.payment.place(PLACE);
    expect(stage.view().visible).toBe(true);
  });

  test.each(['fail', 'are hidden', 'are unloaded'])(
    'comes back from fields that %s before they said they had it',
    how => {
      stage.payment.setup(SANDBOX);
      stage.payment.place(PLACE);
      stage.goLive();
      stage.payment.focus();
      const before = stage.deskWindow.webContents.focusCount;
      if (how === 'fail') stage.tell('failed', { failure: 'fields', reason: 'gone' });
      else if (how === 'are hidden') stage.payment.place(null);
      else stage.payment.setup(null);
      expect(stage.deskWindow.webContents.focusCount).toBe(before + 1);
    },
  );
});
