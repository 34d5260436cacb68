import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Random bytes as a parameter, so that a simulation can repeat a run exactly. */
export type Random = (length: number) => Buffer;

export const systemRandom: Random = length => randomBytes(length);

/**
 * UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits. Sortable by birth and safe to make on several
 * desks that cannot see each other.
 */
export function makeIds(clock: Clock, random: Random): () => string {
  return () => {
    const bytes = random(16);
    bytes.writeUIntBE(clock.now(), 0, 6);
    bytes[6] = (bytes[6]! & 0x0f) | 0x70;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}
