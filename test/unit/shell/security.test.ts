import { readFileSync } from 'node:fs';
import type { App, Session, WebContents } from 'electron';
import { describe, expect, test, vi } from 'vitest';
import { fieldColor, windowColor } from '../../../main/shell/colors.ts';
import { allowFrames, denyNavigation } from '../../../main/shell/navigation.ts';
import { DESK_ORIGIN } from '../../../main/shell/origins.ts';
import { mayFrame } from '../../../main/shell/payment-session.ts';
import { refusePermissions } from '../../../main/shell/permissions.ts';
import { hardenApp } from '../../../main/shell/security.ts';
import { claimSingleInstance } from '../../../main/shell/single-instance.ts';
import { app, BrowserWindow, prevents, session } from '../../support/electron-stub.ts';
import { HOSTILE_URLS } from './fixtures.ts';

vi.mock('electron', () => import('../../support/electron-stub.ts'));

const NAVIGATIONS = ['will-navigate', 'will-frame-navigate', 'will-redirect'];

describe('a page of a hardened app', () => {
  hardenApp(app as unknown as App);
  const contents = new BrowserWindow({ webPreferences: {} }).webContents;

  test('runs in a sandboxed process', () => {
    expect(app.sandboxEnabled).toBe(true);
  });

  test.each(HOSTILE_URLS)('goes nowhere and opens nothing: %j', url => {
    for (const name of NAVIGATIONS) {
      for (const isMainFrame of [true, false]) expect(prevents(contents, name, { url, isMainFrame })).toBe(true);
    }
    expect(contents.windowOpenHandler?.({ url })).toEqual({ action: 'deny' });
  });

  test('does not even load itself again, and attaches no webview', () => {
    expect(prevents(contents, 'will-navigate', { url: `${DESK_ORIGIN}/`, isMainFrame: true })).toBe(true);
    expect(prevents(contents, 'will-attach-webview', {})).toBe(true);
  });

  test('sends no packet of a peer connection, which neither policy nor request filter would see', () => {
    expect(contents.webRtcPolicy).toBe('disable_non_proxied_udp');
  });

  test('lives in a session that denies every permission, also one nobody thought of', () => {
    const made = session.fromPartition('forgotten');
    expect(made.permissionCheckHandler?.(...([null, 'media', '', {}] as never[]))).toBe(false);
  });
});

test('a frame rule opens frames only, never the main frame', () => {
  const contents = new BrowserWindow({ webPreferences: {} }).webContents;
  denyNavigation(contents as unknown as WebContents);
  allowFrames(contents as unknown as WebContents, url => mayFrame(url, 'production'));
  const bank = 'https://acs.bank.example/challenge';
  expect(prevents(contents, 'will-frame-navigate', { url: bank, isMainFrame: false })).toBe(false);
  expect(prevents(contents, 'will-redirect', { url: bank, isMainFrame: false })).toBe(false);
  expect(prevents(contents, 'will-frame-navigate', { url: bank, isMainFrame: true })).toBe(true);
  expect(prevents(contents, 'will-redirect', { url: bank, isMainFrame: true })).toBe(true);
  for (const url of ['http://bank.example/', 'file:///etc/passwd', 'https://localhost/', 'https://10.0.0.1/', '']) {
    expect(prevents(contents, 'will-frame-navigate', { url, isMainFrame: false })).toBe(true);
  }
});

const PERMISSIONS = [
  'clipboard-read',
  'clipboard-sanitized-write',
  'display-capture',
  'fileSystem',
  'fullscreen',
  'geolocation',
  'hid',
  'idle-detection',
  'local-network-access',
  'media',
  'midi',
  'midiSysex',
  'notifications',
  'openExternal',
  'payment-handler',
  'pointerLock',
  'serial',
  'storage-access',
  'unknown',
  'usb',
];

test.each(PERMISSIONS)('the permission %s is denied when checked and when asked for', permission => {
  const made = session.fromPartition(`permission-${permission}`);
  refusePermissions(made as unknown as Session);
  const answers: boolean[] = [];
  const request = [{}, permission, (granted: boolean) => answers.push(granted), {}] as never[];
  made.permissionRequestHandler?.(...request);
  expect(answers).toEqual([false]);
  expect(made.permissionCheckHandler?.(...([null, permission, DESK_ORIGIN, {}] as never[]))).toBe(false);
  expect(prevents(made, 'will-download', {})).toBe(true);
});

test('a second copy is turned away and the first one hears of it', () => {
  let heard = 0;
  app.isFirstInstance = false;
  expect(claimSingleInstance(app as unknown as App, () => (heard += 1))).toBe(false);
  app.isFirstInstance = true;
  expect(claimSingleInstance(app as unknown as App, () => (heard += 1))).toBe(true);
  app.emit('second-instance', {}, [], '/');
  expect(heard).toBe(1);
});

test('the colours of native surfaces are those of the tokens', () => {
  const tokens = readFileSync(new URL('../../../renderer/styles/tokens.css', import.meta.url), 'utf8');
  const more = tokens.slice(tokens.indexOf('[data-contrast='));
  const more_block = more.slice(0, more.indexOf('}'));
  const valueOf = (token: string, dark: boolean, text: string) => {
    const pair = new RegExp(`--${token}: light-dark\\(var\\(--([\\w-]+)\\), var\\(--([\\w-]+)\\)\\)`).exec(text);
    const hex = new RegExp(`--${pair?.[dark ? 2 : 1]}: #(\\w{6})`).exec(tokens)?.[1] ?? '';
    return `rgb(${[0, 2, 4].map(start => parseInt(hex.slice(start, start + 2), 16)).join(', ')})`;
  };
  for (const theme of ['light', 'dark'] as const) {
    const dark = theme === 'dark';
    expect(windowColor({ theme, contrast: 'normal' })).toBe(valueOf('surface-0', dark, tokens));
    expect(fieldColor({ theme, contrast: 'normal' })).toBe(valueOf('surface-2', dark, tokens));
    expect(windowColor({ theme, contrast: 'more' })).toBe(valueOf('surface-0', dark, more_block));
    expect(fieldColor({ theme, contrast: 'more' })).toBe(valueOf('surface-2', dark, more_block));
  }
});
