/**
 * `safeStorage` over a keyring of its own: a random key in a file beside the data folder (`<userData>-keyring/key`,
 * readable by the owner alone). It protects a copied data folder, which is what tests check; it is no match for an
 * operating system's keyring, and the preview refuses live credentials.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from './app.ts';

const header = Buffer.from('host1');
const nonceLength = 12;
const tagLength = 16;

function keyring(): Buffer {
  const folder = `${app.getPath('userData').replace(/[\\/]+$/, '')}-keyring`;
  const file = join(folder, 'key');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, randomBytes(32), { mode: 0o600 });
    renameSync(temporary, file);
  }
  return readFileSync(file);
}

function encryptString(plainText: string): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', keyring(), nonce);
  const body = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()]);
  return Buffer.concat([header, nonce, cipher.getAuthTag(), body]);
}

/** Throws, like Electron, when the bytes were not made with this keyring. */
function decryptString(encrypted: Buffer): string {
  try {
    const bytes = Buffer.from(encrypted);
    if (!bytes.subarray(0, header.length).equals(header)) throw new Error('not made here');
    const nonce = bytes.subarray(header.length, header.length + nonceLength);
    const tag = bytes.subarray(header.length + nonceLength, header.length + nonceLength + tagLength);
    const decipher = createDecipheriv('aes-256-gcm', keyring(), nonce).setAuthTag(tag);
    const body = decipher.update(bytes.subarray(header.length + nonceLength + tagLength));
    return Buffer.concat([body, decipher.final()]).toString('utf8');
  } catch {
    throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.');
  }
}

export const safeStorage = {
  isEncryptionAvailable: () => true,
  isAsyncEncryptionAvailable: async () => true,
  encryptString,
  decryptString,
  encryptStringAsync: async (plainText: string) => encryptString(plainText),
  decryptStringAsync: async (encrypted: Buffer) => ({ result: decryptString(encrypted), shouldReEncrypt: false }),
  /** Not `basic_text`, which would be a key that everybody knows; but none of the real keyrings either. */
  getSelectedStorageBackend: () => 'unknown' as const,
  setUsePlainTextEncryption: () => {},
};
