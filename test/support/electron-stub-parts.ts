import { EventEmitter } from 'node:events';

/** Parts of the stub that record nothing. No child process is started, and secrets are kept as they are. */
export const utilityProcess = { fork: () => Object.assign(new EventEmitter(), { postMessage() {}, kill: () => true }) };

export const safeStorage = {
  isEncryptionAvailable: () => true,
  encryptString: (text: string) => Buffer.from(text, 'utf8'),
  decryptString: (bytes: Buffer) => bytes.toString('utf8'),
  getSelectedStorageBackend: () => 'gnome_libsecret',
};
