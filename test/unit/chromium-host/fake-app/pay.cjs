const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('pay', {
  ping: value => ipcRenderer.invoke('ping', value),
  call: (name, value) => ipcRenderer.invoke('call', name, value),
});
