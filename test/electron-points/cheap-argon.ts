import { hashRaw as real } from '@node-rs/argon2';

/** A password hash that costs next to nothing: hundreds of starts are made, and their passwords protect nothing. */
export function hashRaw(password: Buffer, options: object): Promise<Buffer> {
  return real(password, { ...options, memoryCost: 64, timeCost: 1, parallelism: 1 });
}
