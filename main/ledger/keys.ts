import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import { AppError } from '../../common/errors.ts';
import type { Random } from '../platform/ids.ts';

/**
 * One random ledger key opens everything. It is never stored bare: each slot has a pair of keys, gives the ledger key to
 * the public half, and keeps the private half under a person's password joined with this computer's device secret; the
 * private half of the recovery slot comes from the printed key. From it come the page key (the file), the
 * field key (tokens and personal data inside facts) and the anchor key (the head outside the file).
 */
export type LedgerKeys = {
  readonly page: Buffer;
  readonly field: Buffer;
  readonly anchor: Buffer;
  readonly slots: Buffer;
};

export function deriveKeys(ledgerKey: Buffer): LedgerKeys {
  const derive = (purpose: string): Buffer => derived(ledgerKey, `tillside 1 ${purpose}`);
  return { page: derive('page'), field: derive('field'), anchor: derive('anchor'), slots: derive('slots') };
}

function derived(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), purpose, 32));
}

/** Cost of one password guess. Kept in the slot, so that it can rise later without locking anybody out. */
export type PasswordCost = { readonly memory_kib: number; readonly passes: number; readonly lanes: number };
export const PASSWORD_COST: PasswordCost = { memory_kib: 128 * 1024, passes: 3, lanes: 2 };

/** AES-256-GCM. `context` is bound to the ciphertext: a sealed value moved elsewhere does not open. */
export function seal(key: Buffer, plain: Buffer, context: string, random: Random): Buffer {
  const iv = random(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(context, 'utf8'));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

/** Opens what `seal` made; undefined when the key, the context or a single bit differs. */
export function unseal(key: Buffer, sealed: Buffer, context: string): Buffer | undefined {
  if (sealed.length < 28) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(sealed.subarray(12, 28));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The library's own number for the variant that resists both guessing hardware and side channels. */
const ARGON2ID = 2;

/** Wrapping key of a person's slot: the password alone, or the device alone, opens nothing. */
export async function personSlotKey(
  password: string,
  salt: Buffer,
  cost: PasswordCost,
  deviceSecret: Buffer,
): Promise<Buffer> {
  const stretched = await hashRaw(password.normalize('NFKC'), {
    algorithm: ARGON2ID,
    salt,
    memoryCost: cost.memory_kib,
    timeCost: cost.passes,
    parallelism: cost.lanes,
    outputLen: 32,
  });
  return derived(Buffer.concat([stretched, deviceSecret]), 'tillside 1 person slot');
}

/** The pair of the recovery slot: its private half is on paper only. */
export function recoveryPair(recoveryKey: Buffer): KeyPair {
  return makeKeyPair(turn => derived(recoveryKey, `tillside 1 recovery slot ${turn}`));
}

/** Names a ledger key in facts, without telling anything about it. */
export function keyName(ledgerKey: Buffer): string {
  return derived(ledgerKey, 'tillside 1 name').toString('hex').slice(0, 16);
}

/**
 * Two halves: what is sealed for the public one opens with the private one alone. So a new ledger key can be given to
 * everybody's slot without anybody's password, and the old ledger key is no help in getting the new one.
 */
export type KeyPair = { readonly private: Buffer; readonly public: Buffer };

/** Every version of OpenSSL and of BoringSSL, which Electron is built on, has this curve. */
const CURVE = 'prime256v1';

export function keyPairOf(privateKey: Buffer): KeyPair {
  const half = createECDH(CURVE);
  half.setPrivateKey(privateKey);
  return { private: privateKey, public: half.getPublicKey() };
}

/** A number that is no private key of the curve comes once in four thousand million; then the next one is taken. */
export function makeKeyPair(bytes: (turn: number) => Buffer): KeyPair {
  for (let turn = 0; turn < 8; turn += 1) {
    try {
      return keyPairOf(bytes(turn));
    } catch {
      continue;
    }
  }
  throw new Error('assertion failed: a private key is found within eight turns');
}

/** Seals for the holder of the private half. `context` is bound as in `seal`. */
export function sealFor(publicKey: Buffer, plain: Buffer, context: string, random: Random): Buffer {
  const once = makeKeyPair(() => random(32));
  const sealed = seal(agreedKey(once, publicKey, [once.public, publicKey]), plain, context, random);
  return Buffer.concat([once.public, sealed]);
}

/** Opens what `sealFor` made for this pair; undefined for everything else. */
export function unsealWith(pair: KeyPair, sealed: Buffer, context: string): Buffer | undefined {
  const once = sealed.subarray(0, pair.public.length);
  try {
    return unseal(agreedKey(pair, once, [once, pair.public]), sealed.subarray(once.length), context);
  } catch {
    // The first bytes are no point of the curve.
    return undefined;
  }
}

function agreedKey(mine: KeyPair, theirs: Buffer, order: readonly Buffer[]): Buffer {
  const half = createECDH(CURVE);
  half.setPrivateKey(mine.private);
  return derived(Buffer.concat([half.computeSecret(theirs), ...order]), 'tillside 1 sealed for a slot');
}

/** Key of the labels on the sign-in page: this computer can read the names, a stolen disk cannot. */
export function labelKey(deviceSecret: Buffer): Buffer {
  return derived(deviceSecret, 'tillside 1 slot labels');
}

/** Crockford's alphabet: no I, L, O, U, so that a printed key can be read and typed without doubt. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const RECOVERY_KEY_BYTES = 20;

/** 160 bits as eight groups of four characters. */
export function printRecoveryKey(key: Buffer): string[] {
  let bits = BigInt(`0x${key.toString('hex')}`);
  let text = '';
  for (let index = 0; index < 32; index += 1) {
    text = ALPHABET[Number(bits & 31n)]! + text;
    bits >>= 5n;
  }
  return text.match(/.{4}/g)!;
}

/** Reads a printed key back; forgives case, spaces, dashes and the letters that look like digits. */
export function readRecoveryKey(typed: string): Buffer {
  const text = tidyRecoveryText(typed);
  if (!/^[0-9A-HJKMNP-TV-Z]{32}$/.test(text)) throw new AppError('recovery_key_wrong');
  let bits = 0n;
  for (const letter of text) bits = (bits << 5n) | BigInt(ALPHABET.indexOf(letter));
  return Buffer.from(bits.toString(16).padStart(RECOVERY_KEY_BYTES * 2, '0'), 'hex');
}

export function tidyRecoveryText(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
}

export function macOf(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

export function sameMac(left: string, right: string): boolean {
  const a = Buffer.from(left, 'hex');
  const b = Buffer.from(right, 'hex');
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b);
}

export function sha256Hex(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
