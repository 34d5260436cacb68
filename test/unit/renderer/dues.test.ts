import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi, afterEach } from 'vitest';
import type { InvoiceView } from '../../../common/contract/invoices.ts';
import { money, type Money } from '../../../common/money.ts';
import { Dues } from '../../../renderer/desk/features/collect/dues.svelte.ts';
import { sharesText } from '../../../renderer/desk/features/collect/owed-text.ts';

const usd = (minor: number): Money => money(minor, 'USD');
const TODAY = '2026-03-12';
const invoice = (number: string, open: number, due_on: string | null): InvoiceView => ({
  ...{ invoice_id: number as never, number, customer_id: 'c' as never, about: 'Visit', issued_on: '2026-01-02' },
  ...{ due_on, total: usd(open), open: usd(open), voided: false },
});
const THREE = [
  invoice('A', 85_00, '2026-02-13'),
  invoice('B', 60_00, '2026-03-06'),
  invoice('C', 140_00, '2026-04-03'),
];
const format = {
  money: (value: Money) => `$${(value.minor / 100).toFixed(2)}`,
  list: (parts: readonly string[]) => parts.join(' and '),
} as never;

let amount: Money | null;
let changes: number;
let owing: readonly InvoiceView[];
let answer: Promise<void>;

beforeEach(() => {
  amount = null;
  changes = 0;
  owing = THREE;
  answer = Promise.resolve();
  const call = async (): Promise<unknown> => {
    const invoices = owing;
    await answer;
    const open = usd(invoices.reduce((sum, one) => sum + one.open.minor, 0));
    return { ok: true, value: { invoices, open, overdue: usd(145_00), credit: usd(0) } };
  };
  vi.stubGlobal('window', { desk: { call, on: () => () => undefined } });
});
afterEach(() => vi.unstubAllGlobals());

async function dues(): Promise<Dues> {
  const made: Dues = new Dues({
    amount: () => amount,
    write: sum => {
      amount = sum;
      made.typed();
    },
    changed: () => {
      changes += 1;
    },
  });
  await made.load('c' as never);
  return made;
}
const type = (made: Dues, minor: number): void => {
  amount = usd(minor);
  made.typed();
};
const parts = (made: Dues): [string, number][] =>
  (made.share(amount!).shares as readonly { invoice_id: string; amount: Money }[]).map(share => [
    share.invoice_id,
    share.amount.minor,
  ]);

describe('how an amount is shared over what is owed', () => {
  test('the oldest is paid first, and the sentence says what stays open', async () => {
    const made = await dues();
    type(made, 120_00);
    expect(parts(made)).toEqual([
      ['A', 85_00],
      ['B', 35_00],
    ]);
    expect(sharesText(THREE, made.share(usd(120_00)), format)).toBe(
      'Pays A in full and $35.00 of B, which keeps $25.00 open.',
    );
  });

  test('more than is owed pays everything, and the rest is said to stay unallocated', async () => {
    const made = await dues();
    type(made, 300_00);
    expect(made.share(usd(300_00)).rest).toEqual(usd(15_00));
    expect(sharesText(THREE, made.share(usd(300_00)), format)).toContain('$15.00 of it pays nothing yet');
  });

  test('an invoice that is left out is paid nothing; ticked again it has its place back', async () => {
    const made = await dues();
    type(made, 120_00);
    made.pay(THREE[0]!, false);
    expect(parts(made)).toEqual([
      ['B', 60_00],
      ['C', 60_00],
    ]);
    made.pay(THREE[0]!, true);
    expect(parts(made)[0]).toEqual(['A', 85_00]);
    expect(changes).toBeGreaterThan(0);
  });

  test('a typed part holds, and the others make room for it', async () => {
    const made = await dues();
    type(made, 120_00);
    made.payPart(THREE[2]!, 100_00);
    expect(parts(made)).toEqual([
      ['A', 20_00],
      ['C', 100_00],
    ]);
    made.payPart(THREE[2]!, null);
    expect(parts(made)).toHaveLength(2);
  });

  test('without an invoice nothing is paid of them, and back again', async () => {
    const made = await dues();
    type(made, 120_00);
    made.payNothing(true);
    expect(made.share(usd(120_00))).toEqual({ shares: [], rest: usd(120_00) });
    made.payNothing(false);
    expect(parts(made)).toHaveLength(2);
  });

  test('whatever is ticked and typed, the parts and the rest are the amount, and none is more than is open', async () => {
    const made = await dues();
    const step = fc.record({
      at: fc.integer({ min: 0, max: 2 }),
      paid: fc.boolean(),
      part: fc.integer({ min: 0, max: 20_000 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40_000 }), fc.array(step, { maxLength: 6 }), (minor, steps) => {
        type(made, minor);
        for (const { at, paid, part } of steps) {
          if (part % 2 === 0) made.pay(THREE[at]!, paid);
          else made.payPart(THREE[at]!, part);
        }
        const { shares, rest } = made.share(amount!);
        const open = new Map(THREE.map(one => [one.invoice_id as string, one.open.minor]));
        for (const share of shares) expect(share.amount.minor).toBeLessThanOrEqual(open.get(share.invoice_id)!);
        expect(shares.reduce((sum, share) => sum + share.amount.minor, rest.minor)).toBe(amount!.minor);
        expect(rest.minor).toBeGreaterThanOrEqual(0);
        made.payNothing(false);
        made.forget();
        made.invoices = THREE;
      }),
    );
  });
});

describe('amounts to start from', () => {
  test('the oldest, what is late, and all; each only where it says something new', async () => {
    const made = await dues();
    expect(made.offers(TODAY).map(({ id, invoices }) => [id, invoices.length])).toEqual([
      ['oldest', 1],
      ['overdue', 2],
      ['all', 3],
    ]);
    made.invoices = THREE.slice(0, 1);
    expect(made.offers(TODAY).map(({ id }) => id)).toEqual(['oldest']);
    made.invoices = [];
    expect(made.offers(TODAY)).toEqual([]);
  });

  test('an offer makes the amount, and ticking one more makes it more', async () => {
    const made = await dues();
    made.offer([THREE[1]!]);
    expect(amount).toEqual(usd(60_00));
    expect(parts(made)).toEqual([['B', 60_00]]);
    made.pay(THREE[2]!, true);
    expect(amount).toEqual(usd(200_00));
    made.pay(THREE[1]!, false);
    expect(amount).toEqual(usd(140_00));
  });

  test('ticking before an amount is typed makes the amount', async () => {
    const made = await dues();
    made.pay(THREE[1]!, true);
    expect(amount).toEqual(usd(60_00));
  });

  test('an amount that is typed after an offer is shared over everything again', async () => {
    const made = await dues();
    made.offer([THREE[2]!]);
    type(made, 100_00);
    expect(parts(made)).toEqual([
      ['A', 85_00],
      ['B', 15_00],
    ]);
  });

  test('whoever was found by an invoice starts with it, unless an amount is typed already', async () => {
    const made = await dues();
    made.offerNamed('B');
    expect(amount).toEqual(usd(60_00));
    made.offerNamed('C');
    expect(amount).toEqual(usd(60_00));
  });
});

test('what stays owed and late is counted with the draft, and without it once it is done', async () => {
  const made = await dues();
  type(made, 100_00);
  vi.spyOn(made, 'shared', 'get').mockImplementation(() => made.share(amount!));
  expect(made.after(TODAY, true)).toEqual({ open: usd(185_00), overdue: usd(45_00) });
  expect(made.after(TODAY, false)).toEqual({ open: usd(285_00), overdue: usd(145_00) });
});

test('a late answer about somebody who is no longer the payer is dropped', async () => {
  const made = await dues();
  let open: () => void = () => undefined;
  answer = new Promise(resolve => {
    open = resolve;
  });
  const late = made.load('other' as never);
  made.forget();
  open();
  await late;
  expect(made.invoices).toEqual([]);
  expect(made.owed).toBe(null);
});
