import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasCardNumber, passesLuhn } from '../../../common/card-numbers.ts';

/** The numbers that Square publishes for tests, and other networks' own, without separators. */
const TEST_NUMBERS = [
  '4111111111111111',
  '5105105105105100',
  '6011000000000004',
  '30000000000004',
  '3569990010095841',
  '340000000000009',
  '6222988812340000',
  '7783320000000000',
  '4000000000000002',
  '4000000000000010',
  '4800000000000004',
  '5222220000000005',
  '6011000000201016',
  '4310000000201019',
  '5248480000210026',
  '5500000000201016',
  '370000000201014',
  '4811110000000008',
  '378282246310005',
  '30569309025904',
  '4222222222222',
  '6304000000000000000',
];
/** UnionPay's published test number carries no check digit. */
const CHECKED = TEST_NUMBERS.filter(digits => !digits.startsWith('62'));
const grouped = (digits: string, separator: string): string => digits.replace(/(\d{4})(?=\d)/g, `$1${separator}`);
const between = (digits: string, separator: string): string => [...digits].join(separator);
/** The same digits out of another block of Unicode. */
const fromBlock = (digits: string, zero: number): string =>
  [...digits].map(digit => String.fromCodePoint(zero + Number(digit))).join('');

describe('a card number in free text is found', () => {
  test.each(TEST_NUMBERS)('%s, bare or separated in any usual way', digits => {
    const separators = [
      '',
      ' ',
      '-',
      '.',
      '  ',
      ' - ',
      '\u00a0',
      '\u2009',
      '\u2013',
      '\u2014',
      '/',
      '_',
      '\t',
      '\n',
      ', ',
    ];
    const missed = separators.filter(separator => !hasCardNumber(`card ${grouped(digits, separator)} thanks`));
    expect(missed).toEqual([]);
    expect(hasCardNumber(between(digits, ' '))).toBe(true);
    expect(hasCardNumber(between(digits, '.'))).toBe(true);
  });

  test('in full-width, mathematical, Arabic and Devanagari digits', () => {
    for (const zero of [0xff10, 0x1d7ce, 0x1d7f6, 0x0660, 0x06f0, 0x0966]) {
      expect(hasCardNumber(`no. ${fromBlock('4111111111111111', zero)}`), zero.toString(16)).toBe(true);
      expect(hasCardNumber(grouped(fromBlock('4111111111111111', zero), '-')), zero.toString(16)).toBe(true);
    }
  });

  test('with invisible characters between its digits', () => {
    for (const hidden of ['\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u200e']) {
      expect(hasCardNumber(between('4111111111111111', hidden)), hidden.codePointAt(0)!.toString(16)).toBe(true);
    }
  });

  test('wherever it stands in a longer text', () => {
    const words = fc.string({ unit: fc.constantFrom(...'abcdefghij klmnopqrst') });
    fc.assert(
      fc.property(words, fc.constantFrom(...TEST_NUMBERS), words, (before, digits, after) => {
        expect(hasCardNumber(`${before} ${digits} ${after}`)).toBe(true);
        expect(hasCardNumber(`${before}x${grouped(digits, ' ')}x${after}`)).toBe(true);
      }),
    );
  });

  test('beside its security code, its expiry date or a count', () => {
    for (const digits of TEST_NUMBERS) {
      for (const beside of ['7', '12', '123', '1234', '12/27', '12 2027']) {
        expect(hasCardNumber(`${grouped(digits, ' ')} ${beside}`), `${digits} ${beside}`).toBe(true);
        expect(hasCardNumber(`${beside} ${grouped(digits, '-')}`), `${beside} ${digits}`).toBe(true);
      }
    }
  });

  test('beside a telephone number', () => {
    expect(hasCardNumber('4111 1111 1111 1111 510 555 0123')).toBe(true);
    expect(hasCardNumber('5105550123 4111111111111111')).toBe(true);
  });
});

describe('what an office writes every day is not a card number', () => {
  test.each([
    '(510) 555-0123',
    '+1 510 555 0123',
    '+44 20 7946 0958',
    '+49 89 1234 5678 90',
    '2026-11-22',
    '11/22/2026',
    'Visit of 2026-11-22 at 14:30',
    'INV-2026-000123',
    'Invoice 20260115-0042',
    'Check No. 001042',
    'D1-000123-a1b2c3d4',
    'C-1042',
    'Order 1234567890',
    'ZIP 60614-1234',
    '123-45-6789',
    'Total 1,234,567.89',
    'crown 26, filling 14, 15, 18',
    '',
    '0000 0000 0000 0000',
  ])('%j', text => {
    expect(hasCardNumber(text)).toBe(false);
  });

  test('no telephone number of any North American shape', () => {
    const digits = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
    fc.assert(
      fc.property(
        digits(3),
        digits(3),
        digits(4),
        fc.constantFrom('-', ' ', '.', ''),
        (area, middle, end, separator) => {
          expect(hasCardNumber(`${area}${separator}${middle}${separator}${end}`)).toBe(false);
          expect(hasCardNumber(`+1 (${area}) ${middle}-${end}`)).toBe(false);
        },
      ),
    );
  });

  test('no date, and no number of twelve digits or less', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999_999_999 }),
        fc.date({ noInvalidDate: true, min: new Date(0) }),
        (number, date) => {
          expect(hasCardNumber(`Invoice ${number}`)).toBe(false);
          expect(hasCardNumber(date.toISOString().slice(0, 10).slice(-10))).toBe(false);
        },
      ),
    );
  });
});

test('changing one digit of a card number breaks its check', () => {
  fc.assert(
    fc.property(fc.constantFrom(...CHECKED), fc.nat(18), fc.integer({ min: 1, max: 9 }), (digits, at, change) => {
      const index = at % digits.length;
      const changed = digits.slice(0, index) + ((Number(digits[index]) + change) % 10) + digits.slice(index + 1);
      expect(passesLuhn(digits)).toBe(true);
      expect(passesLuhn(changed)).toBe(false);
    }),
  );
});
