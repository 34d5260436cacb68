import type { App } from 'electron';
import { denyNavigation } from './navigation.ts';
import { refusePermissions } from './permissions.ts';

/**
 * Rules for the whole app, to be called before the app is ready: every process sandboxed, and every page and session
 * closed by default, also one that a later change forgets to close.
 */
export function hardenApp(app: App): void {
  app.enableSandbox();
  app.on('session-created', session => refusePermissions(session));
  app.on('web-contents-created', (_event, contents) => denyNavigation(contents));
  // No policy of a page and no filter of requests sees the packets of a peer connection.
  app.on('web-contents-created', (_event, contents) => contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp'));
}
