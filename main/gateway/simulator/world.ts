/** What every handler needs: the books, the settings, simulated time and fresh ids. */
import { createHmac } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/ids.ts';
import type { Books } from './books.ts';
import type { Meta } from './records.ts';
import { defaultSettings, type SimulatorSettings } from './settings.ts';

export type World = {
  books: Books;
  settings: SimulatorSettings;
  clock: Clock;
  random: Random;
  token: string;
  /** Identity and simulated time offset, kept in the books. */
  meta: Meta;
  /** Simulated UTC milliseconds. */
  now(): number;
  /** Moves simulated time forward, durably. */
  advance(delay_ms: number): void;
  /** A fresh id of the given length after the prefix. */
  id(prefix: string, length: number): string;
  /** Identifies a card number without holding it: HMAC under a key that only these books know. */
  fingerprint(bytes: Uint8Array | string): string;
};

// No vowels and no look-alikes, so that ids never spell words and never look like amounts.
const LETTERS = 'BCDFGHJKLMNPQRSTVWXYZ23456789bcd';

/** Opens the world over the given books, giving it an identity when the books are new. */
export function makeWorld(books: Books, clock: Clock, random: Random, token: string, applicationId?: string): World {
  const id = (prefix: string, length: number): string =>
    prefix + [...random(length)].map(byte => LETTERS[byte % LETTERS.length]).join('');
  const known = books.get('meta', 'meta');
  const meta: Meta = {
    application_id: applicationId ?? known?.application_id ?? id('sandbox-sq0idb-', 22),
    location_id: known?.location_id ?? id('L', 12).toUpperCase(),
    merchant_id: known?.merchant_id ?? id('M', 12).toUpperCase(),
    fingerprint_key: known?.fingerprint_key ?? random(32).toString('base64'),
    born_at: known?.born_at ?? new Date(clock.now()).toISOString(),
    offset_ms: known?.offset_ms ?? 0,
  };
  const now = () => clock.now() + meta.offset_ms;
  books.commit(now(), [{ table: 'meta', id: 'meta', value: { ...meta } }]);
  return {
    books,
    settings: defaultSettings(meta.application_id.startsWith('sandbox-') ? 'sandbox' : 'production'),
    clock,
    random,
    token,
    meta,
    now,
    advance(delay_ms) {
      meta.offset_ms += delay_ms;
      books.commit(now(), [{ table: 'meta', id: 'meta', value: { ...meta } }]);
    },
    id,
    fingerprint: bytes =>
      `sq-1-${createHmac('sha256', Buffer.from(meta.fingerprint_key, 'base64')).update(bytes).digest('base64url')}`,
  };
}

/** RFC 3339 UTC text of an instant. */
export function iso(instant_ms: number): string {
  return new Date(instant_ms).toISOString();
}
