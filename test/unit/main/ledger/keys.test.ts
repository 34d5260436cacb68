import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deriveKeys,
  personSlotKey,
  printRecoveryKey,
  readRecoveryKey,
  seal,
  unseal,
} from '../../../../main/ledger/keys.ts';
import { systemRandom } from '../../../../main/platform/ids.ts';
import { QUICK_COST } from '../../../support/temp-office.ts';

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(made => Buffer.from(made));
const content = fc.uint8Array({ maxLength: 200 }).map(made => Buffer.from(made));

describe('sealing', () => {
  test('what was sealed opens with the same key and context, and looks like nothing', () => {
    fc.assert(
      fc.property(bytes(32), content, fc.string(), (key, plain, context) => {
        const sealed = seal(key, plain, context, systemRandom);
        expect(unseal(key, sealed, context)).toEqual(plain);
        if (plain.length >= 8) expect(sealed.includes(plain)).toBe(false);
      }),
    );
  });

  test('another key, another context or one changed bit opens nothing', () => {
    fc.assert(
      fc.property(bytes(32), bytes(32), content, fc.nat(), (key, other, plain, spot) => {
        fc.pre(!key.equals(other));
        const sealed = seal(key, plain, 'here', systemRandom);
        const changed = Buffer.from(sealed);
        changed[Math.floor(spot / 8) % changed.length]! ^= 1 << (spot % 8);
        expect(unseal(other, sealed, 'here')).toBeUndefined();
        expect(unseal(key, sealed, 'there')).toBeUndefined();
        expect(unseal(key, changed, 'here')).toBeUndefined();
        expect(unseal(key, sealed.subarray(0, sealed.length - 1), 'here')).toBeUndefined();
      }),
    );
  });

  test('the same text sealed twice looks different', () => {
    const key = randomBytes(32);
    const plain = Buffer.from('the same');
    expect(seal(key, plain, 'a', systemRandom)).not.toEqual(seal(key, plain, 'a', systemRandom));
  });
});

describe('the keys of a ledger', () => {
  test('each purpose has its own, always the same from the same ledger key', () => {
    const ledgerKey = randomBytes(32);
    const { page, field, anchor, slots } = deriveKeys(ledgerKey);
    expect(new Set([ledgerKey, page, field, anchor, slots].map(key => key.toString('hex'))).size).toBe(5);
    expect(deriveKeys(ledgerKey)).toEqual({ page, field, anchor, slots });
  });

  test('a person slot needs both factors: another password or another device gives another key', async () => {
    const salt = randomBytes(16);
    const device = randomBytes(32);
    const key = await personSlotKey('a good password', salt, QUICK_COST, device);
    expect(await personSlotKey('a good password', salt, QUICK_COST, device)).toEqual(key);
    expect(await personSlotKey('a good passwore', salt, QUICK_COST, device)).not.toEqual(key);
    expect(await personSlotKey('a good password', salt, QUICK_COST, randomBytes(32))).not.toEqual(key);
    expect(await personSlotKey('a good password', randomBytes(16), QUICK_COST, device)).not.toEqual(key);
  });

  test('a password typed on another keyboard, with composed or decomposed accents, is the same password', async () => {
    const salt = randomBytes(16);
    const device = randomBytes(32);
    const composed = await personSlotKey('contraseña Ünïq', salt, QUICK_COST, device);
    expect(await personSlotKey('contraseña Ünïq'.normalize('NFD'), salt, QUICK_COST, device)).toEqual(composed);
  });
});

describe('the printed recovery key', () => {
  test('is eight groups of four that are read back exactly', () => {
    fc.assert(
      fc.property(bytes(20), key => {
        const groups = printRecoveryKey(key);
        expect(groups).toHaveLength(8);
        for (const group of groups) expect(group).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}$/);
        expect(readRecoveryKey(groups.join('-'))).toEqual(key);
      }),
    );
    for (const fill of [0, 0xff]) {
      const edge = Buffer.alloc(20, fill);
      expect(readRecoveryKey(printRecoveryKey(edge).join(' '))).toEqual(edge);
    }
  });

  test('is read with confusable letters, small letters, spaces, dashes and line breaks', () => {
    const confuse = (text: string, turn: number): string =>
      [...text]
        .map((letter, at) => {
          const ways: Record<string, string> = { '0': 'Oo0', '1': 'IiLl1' };
          const options = ways[letter] ?? letter + letter.toLowerCase();
          return options[(at + turn) % options.length]!;
        })
        .join('');
    const separators = fc.constantFrom(' ', '-', '  ', '\n', ' - ', '', '\t');
    fc.assert(
      fc.property(bytes(20), separators, fc.nat(5), (key, separator, turn) => {
        expect(readRecoveryKey(` ${confuse(printRecoveryKey(key).join(separator), turn)} `)).toEqual(key);
      }),
    );
  });

  test('is refused when it is too short, too long or holds a letter that is never printed', () => {
    const text = printRecoveryKey(Buffer.alloc(20, 7)).join('');
    for (const wrong of [
      '',
      text.slice(1),
      `${text}0`,
      `U${text.slice(1)}`,
      `!${text.slice(1)}`,
      `é${text.slice(1)}`,
    ]) {
      expect(() => readRecoveryKey(wrong)).toThrow(expect.objectContaining({ code: 'recovery_key_wrong' }));
    }
  });
});
