import { beforeEach, describe, expect, test, vi } from 'vitest';
import { closeMemoryDoors, forbidCoreDumps } from '../../../main/shell/memory-dumps.ts';
import { mayFrame } from '../../../main/shell/payment-session.ts';
import { coreLimit } from '../../electron-points/processes.ts';
import { openPayment, PLACE, SANDBOX } from './payment-fixtures.ts';

vi.mock('electron', () => import('../../support/electron-stub.ts'));

describe('pictures of the screen', () => {
  let stage: Awaited<ReturnType<typeof openPayment>>;
  beforeEach(async () => {
    stage = await openPayment();
  });
  const last = (): boolean | undefined => stage.deskWindow.protections.at(-1);

  test('do not show the window while the card fields are shown, and show it again without them', () => {
    stage.payment.place(PLACE);
    // Nothing can be typed while there are no fields.
    expect(last()).toBe(false);
    stage.payment.setup(SANDBOX);
    stage.goLive();
    expect(last()).toBe(true);
    stage.payment.place(null);
    expect(last()).toBe(false);
    stage.payment.place(PLACE);
    expect(last()).toBe(true);
    stage.payment.setup(null);
    expect(last()).toBe(false);
  });

  test('show it when the fields have failed, because then there are none', () => {
    stage.payment.setup(SANDBOX);
    stage.payment.place(PLACE);
    stage.tell('ready', null);
    stage.tell('failed', { failure: 'script', reason: 'x' });
    expect(stage.payment.state().phase).toBe('failed');
    expect(last()).toBe(false);
  });
});

test.each([
  'https://router/',
  'https://nas.local/',
  'https://printer.lan./',
  'https://x.internal/',
  'https://a.home.arpa/',
])('a frame of a bank does not go into the office’s own network: %s', url => {
  expect(mayFrame(url, 'production')).toBe(false);
  expect(mayFrame('https://acs.bank.example/', 'production')).toBe(true);
  expect(mayFrame('https://localbank.example/', 'production')).toBe(true);
});

describe('memory', () => {
  test('is not written into a report, and no signal opens the debugger', () => {
    process.report.reportOnFatalError = true;
    closeMemoryDoors();
    const { reportOnFatalError, reportOnSignal, reportOnUncaughtException } = process.report;
    expect([reportOnFatalError, reportOnSignal, reportOnUncaughtException]).toEqual([false, false, false]);
    expect([process.listenerCount('SIGUSR1'), process.listenerCount('SIGUSR2')]).toEqual([1, 1]);
  });

  test.runIf(process.platform === 'linux')('is not written down when this process crashes', () => {
    expect(forbidCoreDumps()).toBe(0);
    // A limit that is none already is left as it is.
    expect(['1 1', '0 0']).toContain(coreLimit(process.pid));
  });
});
