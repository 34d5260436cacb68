import type { IpcRendererEvent } from 'electron';
import { contextBridge, ipcRenderer } from 'electron';

const KINDS = ['ready', 'height', 'changed', 'focus-left', 'tokenised', 'failed'];

/** The payment page's bridge. It can say six things and hear commands; it can ask for nothing. */
contextBridge.exposeInMainWorld('pay', {
  tell: (kind: unknown, data: unknown) => {
    if (typeof kind === 'string' && KINDS.includes(kind)) ipcRenderer.send('pay:tell', kind, data);
  },
  listen: (listener: (command: unknown) => void) => {
    const forward = (_event: IpcRendererEvent, command: unknown) => listener(command);
    ipcRenderer.on('pay:command', forward);
    return () => void ipcRenderer.removeListener('pay:command', forward);
  },
});
