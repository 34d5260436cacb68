import type { App } from 'electron';

/**
 * True when this is the only running copy. Two copies would write one ledger, so a second copy must quit when this is
 * false; the first copy is told through `onSecond` and usually comes to the front.
 */
export function claimSingleInstance(app: App, onSecond: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', () => onSecond());
  return true;
}
