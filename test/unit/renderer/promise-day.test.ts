import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, isDay } from '../../../common/time.ts';
import { readPromiseDay } from '../../../renderer/desk/features/promises/promise-day.ts';

/** A Thursday. */
const TODAY = '2026-03-12';

test.each([
  ['15', '2026-03-15'],
  ['12', '2026-03-12'],
  ['11', '2026-04-11'],
  [' 1 ', '2026-04-01'],
  ['31', '2026-03-31'],
  ['thu', '2026-03-12'],
  ['Fri', '2026-03-13'],
  ['wednesday', '2026-03-18'],
  ['+10', '2026-03-22'],
  ['+0', '2026-03-12'],
  ['2026-04-02', '2026-04-02'],
])('%s is %s', (typed, day) => {
  expect(readPromiseDay(typed, TODAY)).toBe(day);
});

test.each(['', 'x', 's', '0', '32', '99', '3/15', '15.', '-1', '+', '2026-02-30', '+1234'])('%s is no day', typed => {
  expect(readPromiseDay(typed, TODAY)).toBe(null);
});

test('a number is the next day of that number, whatever today is', () => {
  fc.assert(
    fc.property(fc.nat(1500), fc.integer({ min: 1, max: 31 }), (ahead, number) => {
      const today = addDays('2026-01-01', ahead);
      const day = readPromiseDay(String(number), today)!;
      expect(isDay(day)).toBe(true);
      expect(day >= today).toBe(true);
      expect(Number(day.slice(-2))).toBe(number);
      for (let between = today; between < day; between = addDays(between, 1)) {
        expect(Number(between.slice(-2))).not.toBe(number);
      }
    }),
  );
});
