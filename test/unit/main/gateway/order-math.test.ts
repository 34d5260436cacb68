import '../../../support/fixed-dice.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, Money } from '../../../../main/gateway/simulator/checks.ts';
import { rows, share, withTotals } from '../../../../main/gateway/simulator/order-math.ts';

const usd = (amount: number): Money => ({ amount, currency: 'USD' });
const amount = (row: JsonObject, name: string): number => (row[name] as Money).amount;

const percentage = fc.integer({ min: 0, max: 9_999 }).map(hundredths => (hundredths / 100).toFixed(2));
const line = fc.record({
  quantity: fc.oneof(fc.integer({ min: 1, max: 20 }).map(String), fc.constantFrom('0.5', '1.25', '0.00001', '3.33333')),
  base_price_money: fc.integer({ min: 0, max: 500_000 }).map(usd),
});
const order = fc.record({
  line_items: fc.array(line, { maxLength: 8 }),
  discounts: fc.array(
    fc.oneof(
      percentage.map(value => ({ percentage: value })),
      fc.integer({ min: 0, max: 900_000 }).map(value => ({ amount_money: usd(value) })),
    ),
    { maxLength: 3 },
  ),
  taxes: fc.array(fc.record({ percentage, type: fc.constantFrom('ADDITIVE', 'INCLUSIVE') }), { maxLength: 3 }),
  service_charges: fc.array(
    fc.record({ percentage, calculation_phase: fc.constantFrom('SUBTOTAL_PHASE', 'TOTAL_PHASE') }),
    { maxLength: 2 },
  ),
});

/** What does not add up in a worked out order, one sentence each. */
function faultsOf(shown: JsonObject): string[] {
  const faults: string[] = [];
  const sum = (name: string, field: string) => rows(shown, name).reduce((total, row) => total + amount(row, field), 0);
  const check = (left: number, right: number, what: string) =>
    left !== right && faults.push(`${what}: ${left}, ${right}`);
  check(
    amount(shown, 'total_money'),
    sum('line_items', 'total_money') + sum('service_charges', 'total_money'),
    'total',
  );
  check(amount(shown, 'total_discount_money'), sum('discounts', 'applied_money'), 'discounts');
  check(amount(shown, 'total_discount_money'), sum('line_items', 'total_discount_money'), 'discounts of lines');
  check(amount(shown, 'total_tax_money'), sum('taxes', 'applied_money'), 'taxes');
  check(amount(shown, 'total_tax_money'), sum('line_items', 'total_tax_money'), 'taxes of lines');
  for (const row of rows(shown, 'line_items')) {
    const off = amount(row, 'total_discount_money');
    if (off < 0 || off > amount(row, 'gross_sales_money')) faults.push('a line is discounted below nothing');
  }
  return faults;
}

describe('the amounts of an order', () => {
  test('every amount is whole, and the parts are the total', () => {
    fc.assert(
      fc.property(order, wish => {
        const shown = withTotals(wish as JsonObject, 'USD');
        expect(faultsOf(shown)).toEqual([]);
        expect(shown.total_money.amount).toBeGreaterThanOrEqual(0);
        expect(Number.isSafeInteger(shown.total_money.amount)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('working out what was worked out changes nothing', () => {
    fc.assert(
      fc.property(order, wish => {
        const once = withTotals(wish as JsonObject, 'USD');
        expect(withTotals(once, 'USD')).toEqual(once);
      }),
      { numRuns: 200 },
    );
  });

  test('a cent that is lost is noticed', () => {
    const wish = { line_items: [{ quantity: '1', base_price_money: usd(999) }], taxes: [{ percentage: '7.25' }] };
    const shown: JsonObject = withTotals(wish, 'USD');
    expect(faultsOf(shown)).toEqual([]);
    expect(faultsOf({ ...shown, total_money: usd(amount(shown, 'total_money') - 1) })).toHaveLength(1);
  });

  test.each([
    [25, 1, 10, 2],
    [35, 1, 10, 4],
    [26, 1, 10, 3],
    [24, 1, 10, 2],
    [0, 5, 7, 0],
    [9_007_199_254_740_991, 1, 1, 9_007_199_254_740_991],
  ])('%i times %i by %i is %i, half to even', (whole, numerator, denominator, rounded) => {
    expect(share(whole, numerator, denominator)).toBe(rounded);
  });
});
