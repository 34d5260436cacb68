import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  CURRENCIES,
  CURRENCY_EXPONENT,
  formatMoney,
  isCurrency,
  largestPayment,
  money,
  parseAmount,
  plainAmount,
  split,
  subtract,
  type Currency,
} from '../../../common/money.ts';
import { anyMoney } from '../../support/builders.ts';

const small = (currency: Currency) => fc.integer({ min: -1e12, max: 1e12 }).map(minor => money(minor, currency));

describe('money', () => {
  test('a fraction, an unsafe integer and an unknown currency are refused', () => {
    for (const minor of [0.1, 12.5, Number.NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53)]) {
      expect(() => money(minor, 'USD')).toThrow(RangeError);
    }
    for (const currency of ['usd', 'XXX', '', 'toString', '__proto__', 'constructor']) {
      expect(() => money(1, currency as Currency)).toThrow(RangeError);
      expect(isCurrency(currency)).toBe(false);
    }
  });

  test('there is no negative zero', () => {
    expect(Object.is(money(-0, 'USD').minor, 0)).toBe(true);
    expect(Object.is(subtract(money(5, 'USD'), money(5, 'USD')).minor, 0)).toBe(true);
  });

  test('adding does not depend on the order, and taking away undoes it', () => {
    fc.assert(
      fc.property(small('USD'), small('USD'), small('USD'), (a, b, c) => {
        expect(add(a, b)).toEqual(add(b, a));
        expect(add(add(a, b), c)).toEqual(add(a, add(b, c)));
        expect(subtract(add(a, b), b)).toEqual(a);
        expect(add(a, money(0, 'USD'))).toEqual(a);
      }),
    );
  });

  test('two currencies are never added, and no sum leaves the exact integers', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CURRENCIES), fc.constantFrom(...CURRENCIES), (left, right) => {
        fc.pre(left !== right);
        expect(() => add(money(1, left), money(1, right))).toThrow(RangeError);
        expect(() => subtract(money(1, left), money(1, right))).toThrow(RangeError);
      }),
    );
    expect(() => add(money(Number.MAX_SAFE_INTEGER, 'USD'), money(1, 'USD'))).toThrow(RangeError);
    expect(() => subtract(money(Number.MIN_SAFE_INTEGER, 'USD'), money(1, 'USD'))).toThrow(RangeError);
  });
});

describe('split', () => {
  test('nothing is lost, and no two parts differ by more than one', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 200 }), (minor, parts) => {
        const shares = split(money(minor, 'USD'), parts).map(share => share.minor);
        expect(shares).toHaveLength(parts);
        expect(shares.reduce((sum, share) => sum + BigInt(share), 0n)).toBe(BigInt(minor));
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('ten dollars over three is 3.34, 3.33, 3.33', () => {
    expect(split(money(1000, 'USD'), 3).map(plainAmount)).toEqual(['3.34', '3.33', '3.33']);
    expect(split(money(-1000, 'USD'), 3).map(plainAmount)).toEqual(['-3.34', '-3.33', '-3.33']);
  });

  test('an amount is shared over at least one whole part', () => {
    for (const parts of [0, -1, 1.5, Number.NaN]) expect(() => split(money(1, 'USD'), parts)).toThrow(RangeError);
  });
});

describe('parseAmount', () => {
  test('what is written plainly is read back, in every currency', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CURRENCIES), fc.nat(), (currency, seed) => {
        const minor = 1 + (seed % largestPayment(currency).minor);
        const amount = money(minor, currency);
        expect(parseAmount(plainAmount(amount), currency)).toEqual({ money: amount });
        expect(parseAmount(formatMoney(amount, 'en-US', 'bare'), currency)).toEqual({ money: amount });
      }),
    );
  });

  test('five hundred yen is 500, not 50000', () => {
    expect(parseAmount('500', 'JPY')).toEqual({ money: money(500, 'JPY') });
    expect(parseAmount('500', 'USD')).toEqual({ money: money(50_000, 'USD') });
    expect(parseAmount('500', 'KWD')).toEqual({ money: money(500_000, 'KWD') });
    expect(formatMoney(money(500, 'JPY'), 'en-US')).toBe('¥500');
    expect(plainAmount(money(500, 'JPY'))).toBe('500');
  });

  test.each([
    ['12', 1200],
    ['12.5', 1250],
    ['12.50', 1250],
    ['  12.50 ', 1250],
    ['.5', 50],
    ['12.', 1200],
    ['0012.50', 1250],
    ['1,234.50', 123_450],
    ['12,345.00', 1_234_500],
    ['50,000.00', 5_000_000],
    ['0.01', 1],
  ])('%j is read as %i cents', (text, minor) => {
    expect(parseAmount(text, 'USD')).toEqual({ money: money(minor, 'USD') });
  });

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['-5', 'negative'],
    ['−5', 'negative'],
    ['–5', 'negative'],
    ['0', 'zero'],
    ['0.00', 'zero'],
    ['.00', 'zero'],
    ['.', 'letters'],
    ['abc', 'letters'],
    ['12a', 'letters'],
    ['$12', 'letters'],
    ['1e3', 'letters'],
    ['0x10', 'letters'],
    ['Infinity', 'letters'],
    ['NaN', 'letters'],
    ['1.2.3', 'letters'],
    ['1 234', 'letters'],
    ['12,34', 'letters'],
    ['1,2345', 'letters'],
    ['1.234,50', 'letters'],
    ['1２', 'letters'],
    ['12.345', 'decimals'],
    ['12.500', 'decimals'],
    ['50000.01', 'large'],
    ['99999999999999999999', 'large'],
    ['9007199254740993', 'large'],
  ])('%j is refused as %s', (text, problem) => {
    expect(parseAmount(text, 'USD')).toEqual({ problem });
  });

  test('a currency decides how many decimals there may be', () => {
    for (const currency of CURRENCIES) {
      const exponent = CURRENCY_EXPONENT[currency];
      expect(parseAmount(`7.${'0'.repeat(exponent)}`, currency)).toEqual({
        money: money(7 * 10 ** exponent, currency),
      });
      expect(parseAmount(`7.${'0'.repeat(exponent + 1)}`, currency)).toEqual({ problem: 'decimals' });
    }
  });

  test('any text gives an amount or a named problem, and never more than one payment may be', () => {
    const typed = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789.,- $e') }));
    fc.assert(
      fc.property(typed, fc.constantFrom(...CURRENCIES), (text, currency) => {
        const parsed = parseAmount(text, currency);
        if ('problem' in parsed) {
          expect(parsed.problem).toMatch(/^(empty|letters|decimals|zero|negative|large)$/);
          return;
        }
        expect(Number.isSafeInteger(parsed.money.minor)).toBe(true);
        expect(parsed.money.minor).toBeGreaterThan(0);
        expect(parsed.money.minor).toBeLessThanOrEqual(largestPayment(currency).minor);
      }),
      { numRuns: 500 },
    );
  });
});

describe('writing amounts', () => {
  test('plain digits hold the exact amount, at any size and sign', () => {
    fc.assert(
      fc.property(anyMoney(), amount => {
        const text = plainAmount(amount);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(BigInt(text.replace('.', ''))).toBe(BigInt(amount.minor));
        expect(text.split('.')[1]?.length ?? 0).toBe(CURRENCY_EXPONENT[amount.currency]);
      }),
    );
  });

  test('an amount for reading holds the same digits as the plain one', () => {
    fc.assert(
      fc.property(anyMoney(), amount => {
        const digits = (text: string): string => text.replace(/[^\d.]/g, '');
        expect(digits(formatMoney(amount, 'en-US', 'bare'))).toBe(digits(plainAmount(amount)));
        expect(digits(formatMoney(amount, 'en-US'))).toContain(digits(plainAmount(amount)));
      }),
    );
  });

  test('the largest exact amount is not rounded', () => {
    expect(formatMoney(money(Number.MAX_SAFE_INTEGER, 'USD'), 'en-US')).toBe('$90,071,992,547,409.91');
    expect(formatMoney(money(-123_456, 'USD'), 'en-US')).toBe('-$1,234.56');
    expect(formatMoney(money(123_456, 'EUR'), 'en-GB')).toBe('€1,234.56');
  });
});
