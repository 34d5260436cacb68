import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { customerCard } from '../../../../main/customers/customers.ts';
import { searchCustomers } from '../../../../main/customers/search.ts';
import { cardOf, cashOf, dollars } from '../../../support/builders.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
const PEOPLE: readonly (readonly [name: string, phone: string, email: string])[] = [
  ['Inés Ibarra', '(510) 555-0101', 'ines.ibarra@example.com'],
  ['Lucía Ortiz', '415.555.0102', 'lucia@example.com'],
  ['Ortiz Catering', '', 'orders@ortiz-catering.example'],
  ['Mortimer Smith', '+1 415 555 0103', 'm.smith@example.org'],
  ["Seán O'Brien", '', "sean.o'brien@example.com"],
  ['100% Clean_ing "Best" Ltd.', '', ''],
  ['Ed', '', ''],
  ['😀 Emoji Müller-Łukasz', '', ''],
  ['שרה כהן', '052-555-0104', ''],
  ['محمد علي', '', ''],
  ['王小明', '', ''],
  ['Jose\u0301 Decomposed', '', ''],
];
beforeAll(async () => {
  office = await TempOffice.create();
  for (const [name, phone, email] of PEOPLE) office.addCustomer(name, { phone, email });
});
afterAll(() => office.close());
const find = (text: string, limit = 50) => searchCustomers(office.ledger.database, text, limit);
const names = (text: string): string[] => find(text).found.map(customer => customer.name);

describe('a customer is found', () => {
  test.each([
    ['ines', 'Inés Ibarra'],
    ['INÉS', 'Inés Ibarra'],
    ['ibar', 'Inés Ibarra'],
    ['arra in', 'Inés Ibarra'],
    ['lucia ort', 'Lucía Ortiz'],
    ['ort luc', 'Lucía Ortiz'],
    ['muller', '😀 Emoji Müller-Łukasz'],
    ['😀', '😀 Emoji Müller-Łukasz'],
    ['jose', 'Jose\u0301 Decomposed'],
    ["o'br", "Seán O'Brien"],
    ['כהן', 'שרה כהן'],
    ['שרה', 'שרה כהן'],
    ['محمد', 'محمد علي'],
    ['王小明', '王小明'],
    ['王', '王小明'],
    ['ed', 'Ed'],
    ['e', 'Ed'],
    ['in', 'Inés Ibarra'],
    ['ib', 'Inés Ibarra'],
    ['小明', '王小明'],
    ['or', 'Lucía Ortiz'],
  ])('by a part of the name: %j', (text, name) => {
    expect(names(text)).toContain(name);
  });

  test.each([
    ['5105550101', 'Inés Ibarra'],
    ['510-555-0101', 'Inés Ibarra'],
    ['(510) 555 0101', 'Inés Ibarra'],
    ['510.555', 'Inés Ibarra'],
    ['555-0102', 'Lucía Ortiz'],
    ['0103', 'Mortimer Smith'],
    ['+14155550103', 'Mortimer Smith'],
    ['0525550104', 'שרה כהן'],
  ])('by telephone digits, however separated: %j', (text, name) => {
    expect(names(text)).toContain(name);
  });

  test.each([
    ['ines.ibarra@example.com', 'Inés Ibarra'],
    ['smith@', 'Mortimer Smith'],
    ['ortiz-catering.example', 'Ortiz Catering'],
    ["sean.o'brien@", "Seán O'Brien"],
    ['C-1001', 'Inés Ibarra'],
    ['c-1003', 'Ortiz Catering'],
    ['1004', 'Mortimer Smith'],
  ])('by e-mail address or code: %j', (text, name) => {
    expect(names(text)).toContain(name);
  });

  test('a name that begins with what was typed comes first, then one with such a word, then the rest', () => {
    expect(names('ort')).toEqual(['Ortiz Catering', 'Lucía Ortiz', 'Mortimer Smith']);
  });

  test('without a word, the newest customers come first', () => {
    expect(find('', 3).found.map(customer => customer.code)).toEqual(['C-1012', 'C-1011', 'C-1010']);
    expect(find('   ', 3)).toMatchObject({ more: true });
  });

  test('the limit holds, and says when there are more', () => {
    expect(find('555', 2)).toMatchObject({ found: { length: 2 }, more: true });
    expect(find('555', 50)).toMatchObject({ found: { length: 4 }, more: false });
  });

  test('what matches nobody finds nobody', () => {
    for (const text of ['zzzz', '9999999', 'nobody@', 'ines ortiz', 'C-9999']) expect(names(text), text).toEqual([]);
  });
});

describe('what means something to the search engine means nothing here', () => {
  test.each([
    ['100% cl', ['100% Clean_ing "Best" Ltd.']],
    ['clean_ing', ['100% Clean_ing "Best" Ltd.']],
    ['"best"', ['100% Clean_ing "Best" Ltd.']],
    ['%%%', []],
    ['___', []],
    ['ines*', []],
    ['ines OR ortiz', []],
    ['NEAR(ines ortiz)', []],
    ['text:ines', []],
    ['"""', []],
    ["'; DROP TABLE customer; --", []],
    ['^ines', []],
    ['ines\\', []],
    ['((((', []],
  ])('%j', (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  test('no text makes it fail, and only real matches come back', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(...'aeio "*%_\\\'^:()-+.,@\u0301é😀ש\u200f{}[]|~0123456789'),
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 30 })), text => {
        const { found } = find(text, 50);
        expect(found.length).toBeLessThanOrEqual(PEOPLE.length);
      }),
      { numRuns: 300 },
    );
  });

  test('any three letters in a row of any name find it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PEOPLE), fc.nat(), ([name], at) => {
        const letters = [...name.normalize('NFC')];
        fc.pre(letters.length >= 3);
        const start = at % (letters.length - 2);
        const part = letters
          .slice(start, start + 3)
          .join('')
          .trim();
        fc.pre(part.length >= 3 && !/\s/.test(part));
        expect(names(part)).toContain(name);
      }),
    );
  });
});

describe("a customer's card", () => {
  test('shows what was received and not claimed, this year, and last', async () => {
    const { customer_id } = office.addCustomer('Ruth Feldman', { note: 'prefers mornings' });
    await office.take(cashOf(office, { customer_id, amount: dollars(100) }));
    const card = await office.take(cardOf(office, { customer_id, amount: dollars(250) }));
    expect(customerCard(office.ledger.database, customer_id, office.clock.now())).toMatchObject({
      customer: { name: 'Ruth Feldman' },
      note: 'prefers mornings',
      unallocated: dollars(350),
      paid_this_year: dollars(350),
      last_payment: { day: '2026-01-15' },
      recent: [{ word: 'paid' }, { word: 'paid' }],
    });
    expect(customerCard(office.ledger.database, customer_id, office.clock.now() + 400 * 86_400_000)).toMatchObject({
      unallocated: dollars(350),
      paid_this_year: dollars(0),
    });
    expect(card.customer).toEqual({ customer_id, name: 'Ruth Feldman' });
  });

  test('of nobody is refused', () => {
    expect(() => customerCard(office.ledger.database, office.newId(), 0)).toThrow(
      expect.objectContaining({ code: 'customer_not_found' }),
    );
  });

  test('codes count up and are never given twice', () => {
    const codes = Array.from({ length: 5 }, (_, index) => office.addCustomer(`Number ${index}`).code);
    expect(new Set(codes).size).toBe(5);
    const numbers = codes.map(code => Number(code.slice(2)));
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
  });
});
