const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('desk', {
  call: (name, value) => ipcRenderer.invoke('call', name, value),
  on: (channel, listener) => {
    const wrapped = (_event, value) => listener(value);
    ipcRenderer.on(channel, wrapped);
    return () => ipcRenderer.off(channel, wrapped);
  },
});
