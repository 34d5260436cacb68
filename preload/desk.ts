import type { IpcRendererEvent } from 'electron';
import { contextBridge, ipcRenderer } from 'electron';

/** The desk's whole view of the outside: ask by name, hear events. It never grows; the contract does. */
contextBridge.exposeInMainWorld('desk', {
  call: (name: unknown, input: unknown) => ipcRenderer.invoke('desk:call', name, input),
  on: (listener: (name: string, payload: unknown) => void) => {
    // Only name and payload cross: the event object would hand its sender to the page.
    const forward = (_event: IpcRendererEvent, name: string, payload: unknown) => listener(name, payload);
    ipcRenderer.on('desk:event', forward);
    return () => void ipcRenderer.removeListener('desk:event', forward);
  },
});
