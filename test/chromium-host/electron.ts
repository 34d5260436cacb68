/** What `import ... from 'electron'` means in the preview. Only what main/shell uses is here. */
import { app } from './app.ts';
import { browser } from './browser.ts';
import { BrowserWindow } from './browser-window.ts';
import { clipboard, dialog, nativeTheme, powerMonitor, screen, shell } from './desktop.ts';
import { ipcMain } from './ipc-main.ts';
import { Menu, MenuItem } from './menu.ts';
import { safeStorage } from './safe-storage.ts';
import { Session, net } from './session.ts';
import { testChannel } from './test-channel.ts';
import { utilityProcess } from './utility-process.ts';
import { View, WebContentsView } from './views.ts';
import { WebContents } from './web-contents.ts';

const session = {
  fromPartition: (partition: string) => Session.fromPartition(partition),
  get defaultSession() {
    return Session.defaultSession;
  },
};
const protocol = Session.defaultSession.protocol;
const webContents = {
  getAllWebContents: () => WebContents.getAllWebContents(),
  fromId: (id: number) => WebContents.fromId(id),
  getFocusedWebContents: () => BrowserWindow.getFocusedWindow()?.webContents ?? null,
};

/** Erases what the browser stored for these origins. Electron's name for everything is no list at all. */
Session.erase = async (origins, storages) => {
  const link = await BrowserWindow.getAllWindows()[0]?.hostLink();
  const storageTypes = storages?.map(name => (name === 'localstorage' ? 'local_storage' : name)).join(',') ?? 'all';
  for (const origin of origins) await link?.session.send('Storage.clearDataForOrigin', { origin, storageTypes });
};

void app.whenStarted().then(async () => {
  const address = await browser.debuggingAddress();
  if (address) testChannel.notify({ kind: 'host-ready', debugging_address: address });
});
// When the test that started the host is gone, nobody will ever close it.
process.on('disconnect', () => app.exit(0));

export {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeTheme,
  net,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  utilityProcess,
  View,
  webContents,
  WebContentsView,
};
// electron-store takes the default export apart.
export default {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeTheme,
  net,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  utilityProcess,
  View,
  webContents,
  WebContentsView,
};
