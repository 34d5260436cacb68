import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { safeStorage } from 'electron';
import { AppError } from '../../common/errors.ts';
import { writeDurably } from './durable-file.ts';
import type { Random } from './ids.ts';

/**
 * The device secret: 32 random bytes that only this computer's keyring can open. It is one of two factors of every
 * person's key slot; without it a stolen disk holds nothing that a password could be tried against.
 */
export type DeviceSecrets = {
  /** Throws keyring_unavailable when there is no keyring to trust. */
  create(folder: string): Promise<Buffer>;
  /** Throws keyring_lost when the keyring no longer opens what it once sealed. */
  read(folder: string): Promise<Buffer>;
};

const FILE = 'device-secret.bin';

/** `preview` runs without a keyring of the system; it takes what its host offers, and never a live credential. */
export function electronDeviceSecrets(random: Random, preview: boolean): DeviceSecrets {
  return {
    async create(folder) {
      await assertTrustworthy(preview);
      const secret = random(32);
      writeDurably(join(folder, FILE), await safeStorage.encryptStringAsync(secret.toString('hex')));
      return secret;
    },
    async read(folder) {
      const file = join(folder, FILE);
      if (!existsSync(file)) throw new AppError('keyring_lost');
      await assertTrustworthy(preview);
      try {
        const { result } = await safeStorage.decryptStringAsync(readFileSync(file));
        if (!/^[0-9a-f]{64}$/.test(result)) throw new AppError('keyring_lost');
        return Buffer.from(result, 'hex');
      } catch {
        throw new AppError('keyring_lost');
      }
    },
  };
}

/** On Linux without a keyring the system falls back to a password that everybody knows. That is refused, not used. */
async function assertTrustworthy(preview: boolean): Promise<void> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) throw new AppError('keyring_unavailable');
  if (preview || process.platform !== 'linux') return;
  const backend = safeStorage.getSelectedStorageBackend();
  if (backend === 'basic_text' || backend === 'unknown') throw new AppError('keyring_unavailable', { backend });
}
