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
export type DeviceSecret = { readonly id: string; readonly secret: Buffer };

/**
 * An older secret stays until no slot needs it: it is replaced when a person is removed, and everybody else's slot moves
 * on at the next sign-in.
 */
export type DeviceSecrets = {
  /** A first secret; what the folder had is replaced. Throws keyring_unavailable when there is no keyring to trust. */
  create(folder: string): Promise<DeviceSecret>;
  /** All of them, the newest first. Throws keyring_lost when the keyring no longer opens what it once sealed. */
  read(folder: string): Promise<readonly [DeviceSecret, ...DeviceSecret[]]>;
  /** Adds a newer one beside those that are there. */
  renew(folder: string): Promise<DeviceSecret>;
  /** Forgets all but the newest and those named. */
  keep(folder: string, ids: readonly string[]): Promise<void>;
};

const FILE = 'device-secret.bin';
/** Each secret as its name and its bytes in hexadecimal, the newest first. */
const LINE = /^([0-9a-f]{16}) ([0-9a-f]{64})$/;

export function makeDeviceSecret(random: Random): DeviceSecret {
  return { id: random(8).toString('hex'), secret: random(32) };
}

/** `preview` runs without a keyring of the system; it takes what its host offers, and never a live credential. */
export function electronDeviceSecrets(random: Random, preview: boolean): DeviceSecrets {
  const write = async (folder: string, secrets: readonly DeviceSecret[]): Promise<void> => {
    await assertTrustworthy(preview);
    const text = secrets.map(({ id, secret }) => `${id} ${secret.toString('hex')}`).join('\n');
    writeDurably(join(folder, FILE), await safeStorage.encryptStringAsync(text));
  };
  const read: DeviceSecrets['read'] = async folder => {
    const file = join(folder, FILE);
    if (!existsSync(file)) throw new AppError('keyring_lost');
    await assertTrustworthy(preview);
    const secrets = parse(await decrypted(readFileSync(file)));
    return secrets as [DeviceSecret, ...DeviceSecret[]];
  };
  return {
    async create(folder) {
      const made = makeDeviceSecret(random);
      await write(folder, [made]);
      return made;
    },
    read,
    async renew(folder) {
      const made = makeDeviceSecret(random);
      await write(folder, [made, ...(await read(folder))]);
      return made;
    },
    async keep(folder, ids) {
      const known = await read(folder);
      const left = known.filter((one, index) => index === 0 || ids.includes(one.id));
      if (left.length < known.length) await write(folder, left);
    },
  };
}

function parse(text: string): DeviceSecret[] {
  return text.split('\n').map(line => {
    const [, id, secret] = LINE.exec(line) ?? [];
    if (id === undefined || secret === undefined) throw new AppError('keyring_lost');
    return { id, secret: Buffer.from(secret, 'hex') };
  });
}

/**
 * A keyring that opens what it seals now, and not this, is another one: the secret is lost. A keyring that does not even
 * do that is locked or still starting, and may well open it later.
 */
async function decrypted(sealed: Buffer): Promise<string> {
  try {
    return (await safeStorage.decryptStringAsync(sealed)).result;
  } catch {
    const probe = 'tillside';
    try {
      const back = await safeStorage.decryptStringAsync(await safeStorage.encryptStringAsync(probe));
      if (back.result === probe) throw new AppError('keyring_lost');
    } catch (error) {
      if (error instanceof AppError) throw error;
    }
    throw new AppError('keyring_unavailable');
  }
}

/** On Linux without a keyring the system falls back to a password that everybody knows. That is refused, not used. */
async function assertTrustworthy(preview: boolean): Promise<void> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) throw new AppError('keyring_unavailable');
  if (preview || process.platform !== 'linux') return;
  const backend = safeStorage.getSelectedStorageBackend();
  if (backend === 'basic_text' || backend === 'unknown') throw new AppError('keyring_unavailable', { backend });
}
