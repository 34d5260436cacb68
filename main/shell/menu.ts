import type { MenuItemConstructorOptions } from 'electron';
import { Menu } from 'electron';
import type { DeskWindow } from './desk-window.ts';

const ZOOM_STEPS = [1, 1.1, 1.25, 1.5, 1.75, 2];

/**
 * The application menu: editing, zoom and quit. Zoom is written out instead of using the built-in roles, because a
 * role zooms whatever has the keyboard, and that may be the card fields. Reloading and developer tools exist only
 * while the app is not packaged.
 */
export function installMenu(options: {
  desk(): DeskWindow | null;
  isPackaged: boolean;
  platform: NodeJS.Platform;
}): void {
  const zoom = (label: string, accelerator: string, direction: -1 | 0 | 1): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => zoomDesk(options.desk(), direction),
  });
  const forDevelopers: MenuItemConstructorOptions[] = options.isPackaged
    ? []
    : [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }];
  const own: MenuItemConstructorOptions =
    options.platform === 'darwin' ? { role: 'appMenu' } : { label: 'File', submenu: [{ role: 'quit' }] };
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      own,
      {
        label: 'Edit',
        submenu: [
          { role: 'undo' },
          { role: 'redo' },
          { type: 'separator' },
          { role: 'cut' },
          { role: 'copy' },
          { role: 'paste' },
          { role: 'selectAll' },
        ],
      },
      {
        label: 'View',
        submenu: [
          zoom('Actual size', 'CommandOrControl+0', 0),
          zoom('Zoom in', 'CommandOrControl+Plus', 1),
          zoom('Zoom out', 'CommandOrControl+-', -1),
          ...forDevelopers,
        ],
      },
    ]),
  );
}

/** One step larger or smaller between 100 and 200 %, or back to 100 %. */
function zoomDesk(desk: DeskWindow | null, direction: -1 | 0 | 1): void {
  if (desk === null || desk.window.isDestroyed()) return;
  const contents = desk.window.webContents;
  const now = contents.getZoomFactor();
  // A zoom factor comes back rounded, so "the same step" needs a little room.
  const larger = ZOOM_STEPS.find(step => step > now + 0.01) ?? 2;
  const smaller = ZOOM_STEPS.findLast(step => step < now - 0.01) ?? 1;
  contents.setZoomFactor(direction === 0 ? 1 : direction === 1 ? larger : smaller);
}
