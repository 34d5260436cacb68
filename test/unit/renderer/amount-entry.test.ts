import { describe, expect, test } from 'vitest';
import {
  readAmount,
  typeAmount,
  usualNotes,
  type Entry,
} from '../../../renderer/desk/features/collect/amount-entry.ts';
import { money, plainAmount, type Currency } from '../../../common/money.ts';

/** Types key by key, as a hand does, and answers what stands in the field. */
function keyByKey(mode: Entry['mode'], keys: string, currency: Currency = 'USD'): Entry {
  return [...keys].reduce<Entry>((entry, key) => typeAmount(entry, entry.text + key, currency), { mode, text: '' });
}

const minor = (entry: Entry, currency: Currency = 'USD'): number | string | null => {
  const read = readAmount(entry, currency);
  return read.money?.minor ?? read.problem;
};

describe('an amount as written', () => {
  test.each([
    ['42.50', 4250],
    ['120', 12000],
    ['4250', 425000],
    ['.5', 50],
    ['1,234.50', 123450],
    ['50,000.00', 5000000],
    [' 7 ', 700],
  ])('%s is %d cents', (text, cents) => {
    expect(minor({ mode: 'plain', text })).toBe(cents);
  });

  test.each([
    ['', 'empty'],
    ['12a', 'letters'],
    ['1.2.3', 'letters'],
    ['12,34', 'letters'],
    ['1.005', 'decimals'],
    ['0', 'zero'],
    ['0.00', 'zero'],
    ['-5', 'negative'],
    ['50,000.01', 'large'],
    ['999999999999999999', 'large'],
  ])('"%s" is no amount: %s', (text, problem) => {
    expect(minor({ mode: 'plain', text })).toBe(problem);
  });

  test('typing leaves the text as it is', () => {
    expect(keyByKey('plain', '42.5')).toEqual({ mode: 'plain', text: '42.5' });
  });
});

describe('the keypad', () => {
  test('4250 stands there as 42.50 and is 42.50', () => {
    const entry = keyByKey('keypad', '4250');
    expect(entry).toEqual({ mode: 'keypad', text: '42.50' });
    expect(minor(entry)).toBe(4250);
  });

  test('shows every step, so nobody guesses', () => {
    const steps = ['4', '42', '425', '4250'].map(keys => keyByKey('keypad', keys).text);
    expect(steps).toEqual(['0.04', '0.42', '4.25', '42.50']);
  });

  test('taking a digit back shifts the others right', () => {
    expect(typeAmount({ mode: 'keypad', text: '42.50' }, '42.5', 'USD').text).toBe('4.25');
  });

  test('emptying the field leaves it empty', () => {
    expect(typeAmount({ mode: 'keypad', text: '0.04' }, '', 'USD')).toEqual({ mode: 'keypad', text: '' });
  });

  test('a typed point means the digits are written out', () => {
    const entry = keyByKey('keypad', '42.5');
    expect(entry).toEqual({ mode: 'plain', text: '42.5' });
    expect(minor(entry)).toBe(4250);
  });

  test('a pasted amount with a point is taken as written', () => {
    expect(minor(typeAmount({ mode: 'keypad', text: '' }, '42.50', 'USD'))).toBe(4250);
    expect(minor(typeAmount({ mode: 'keypad', text: '0.04' }, '1,234.50', 'USD'))).toBe(123450);
  });

  test('a letter stays visible as an error', () => {
    expect(minor(keyByKey('keypad', '4x'))).toBe('letters');
  });

  test('zeros alone are no amount', () => {
    expect(minor(keyByKey('keypad', '000'))).toBe('empty');
  });

  test('a currency without cents has no point, one with three has three digits', () => {
    expect(keyByKey('keypad', '500', 'JPY').text).toBe('500');
    expect(keyByKey('keypad', '4250', 'KWD').text).toBe('4.250');
    expect(minor(keyByKey('keypad', '4250', 'KWD'), 'KWD')).toBe(4250);
  });

  test('more digits than any amount has do not run away', () => {
    expect(minor(keyByKey('keypad', '9'.repeat(30)))).toBe('large');
  });
});

describe('usual notes', () => {
  const notes = (cents: number): string[] => usualNotes(money(cents, 'USD'), 3).map(plainAmount);

  test('are the next round sums above the amount, nearest first', () => {
    expect(notes(7340)).toEqual(['75.00', '80.00', '100.00']);
    expect(notes(230)).toEqual(['3.00', '5.00', '10.00']);
  });

  test('never repeat and never offer less than the amount', () => {
    for (let cents = 1; cents < 30_000; cents += 37) {
      const offered = usualNotes(money(cents, 'USD'), 3).map(note => note.minor);
      expect(new Set(offered).size).toBe(offered.length);
      expect(offered.every(note => note > cents)).toBe(true);
    }
  });

  test('of a round sum are above it, not the sum itself', () => {
    expect(notes(10_000)).toEqual([]);
    expect(notes(2000)).toEqual(['50.00', '100.00']);
  });
});
