import type { Session } from 'electron';

/**
 * No page of this app needs a camera, a place, a notification or a device, and Square's frames get none either. Both
 * handlers are needed: most interfaces check first and ask only when the check was refused. A download would write a
 * file where nobody chose to; files leave the app through the save dialog only.
 */
export function refusePermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
  session.on('will-download', event => event.preventDefault());
}
