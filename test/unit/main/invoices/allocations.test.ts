import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../common/errors.ts';
import { releaseAllocations } from '../../../../main/invoices/allocations.ts';
import { allocationViews, unallocatedPayments } from '../../../../main/invoices/queries.ts';
import { unallocatedOf } from '../../../../main/ledger/events/unallocated.ts';
import {
  allocationProblems,
  attach,
  bill,
  openOf,
  rebill,
  sharesOf,
  unbill,
  useCredit,
} from '../../../support/bills.ts';
import type { Pays } from '../../../support/bills.ts';
import { balances, cardOf, cashOf, countFacts, dollars } from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { outsidersProblem } from '../../../support/stand-alone-check.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
let customer: string;
beforeEach(async () => {
  office = await TempOffice.create({ connected: false });
  customer = office.addCustomer('Marisol Ortiz').customer_id;
});
afterEach(async () => {
  expect(allocationProblems(office)).toEqual([]);
  expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  expect(outsidersProblem(office)).toBeNull();
  await office.close();
});
const left = (attempt_id: string): number => unallocatedOf(office.ledger.database, attempt_id);
const pay = (minor: number, pays: Pays, customer_id: string | null = customer) =>
  office.take(cashOf(office, { amount: dollars(minor), customer_id, pays: sharesOf(pays), again_because: 'a test' }));

describe('a payment taken for invoices', () => {
  test('pays them in the commit that puts it on the books, and the rest stays in sight', async () => {
    const first = bill(office, customer, { net: 85_00 });
    const second = bill(office, customer, { net: 60_00, tax: 4_80 });
    const { attempt_id } = await pay(120_00, [
      [first.invoice_id, 85_00],
      [second.invoice_id, 30_00],
    ]);
    expect([openOf(office, first.invoice_id), openOf(office, second.invoice_id), left(attempt_id)]).toEqual([
      0, 34_80, 5_00,
    ]);
    expect(balances(office.ledger.database)).toMatchObject({
      ...{ receivable: 34_80, revenue: -145_00, tax_payable: -4_80, unallocated_receipts: -5_00, drawer_cash: 120_00 },
    });
    const tray = unallocatedPayments(office.ledger.database, 10, 'USD');
    expect(tray).toMatchObject({
      count: 1,
      sum: dollars(5_00),
      payments: [{ attempt_id, unallocated: dollars(5_00) }],
    });
  });

  test.each([
    ['more than is open of it', 85_01, 100_00],
    ['more than the payment', 85_00, 84_99],
  ])('is refused before anything is taken where it pays %s', async (_what, part, amount) => {
    const invoice = bill(office, customer, { net: 85_00 });
    await expect(pay(amount, [[invoice.invoice_id, part]])).rejects.toThrow(AppError);
    expect(countFacts(office.ledger.database, 'tender.recorded')).toBe(0);
  });

  test('is refused for another customer’s invoice, a voided one, one that is not there and one named twice', async () => {
    const other = office.addCustomer('Desmond Achebe').customer_id;
    const theirs = bill(office, other);
    const gone = bill(office, customer);
    unbill(office, gone.invoice_id);
    const mine = bill(office, customer);
    const refused = [
      [[[theirs.invoice_id, 1]], 'allocation_other_customer'],
      [[[gone.invoice_id, 1]], 'invoice_voided'],
      [[[office.newId(), 1]], 'invoice_not_found'],
      [
        [
          [mine.invoice_id, 1],
          [mine.invoice_id, 1],
        ],
        'invalid_input',
      ],
    ] as const;
    for (const [pays, code] of refused) await expect(pay(100, pays)).rejects.toThrow(code);
    await expect(pay(100, [[mine.invoice_id, 1]], null)).rejects.toThrow('allocation_other_customer');
  });

  test('is asked for an invoice that was paid meanwhile: the money comes in, and waits in the tray', async () => {
    office.connected = true;
    const invoice = bill(office, customer, { net: 50_00 });
    // While Square is being asked; of another amount, or the desk would take it for the same payment again.
    office.interrupt = async (call, moment) => {
      if (call !== 'createPayment' || moment !== 'before' || openOf(office, invoice.invoice_id) < 50_00) return;
      await pay(60_00, [[invoice.invoice_id, 50_00]]);
    };
    const input = cardOf(office, { amount: dollars(50_00), customer_id: customer, again_because: 'a test' });
    const { attempt_id } = await office.take({ ...input, pays: sharesOf([[invoice.invoice_id, 50_00]]) });
    expect(office.row(attempt_id).state).toBe('completed');
    expect([openOf(office, invoice.invoice_id), left(attempt_id)]).toEqual([0, 50_00]);
  });

  test('is paid by somebody else: the name is kept with the payment, and is not in the clear in the journal', async () => {
    const input = cashOf(office, { customer_id: customer, payer_name: 'Grandmother Ortiz' });
    const { attempt_id } = await office.take(input);
    const stored = office.ledger.database.prepare('SELECT payer_name FROM payment WHERE attempt_id = ?').pluck();
    expect(stored.get(attempt_id)).toBe('Grandmother Ortiz');
    const bodies = office.ledger.database.prepare('SELECT group_concat(body) FROM journal').pluck().get();
    expect(String(bodies)).not.toContain('Grandmother');
  });
});

describe('what a payment pays', () => {
  test('is said anew by a reversing pair; the payment itself is not touched', async () => {
    const [first, second] = [bill(office, customer, { net: 100_00 }), bill(office, customer, { net: 50_00 })];
    const { attempt_id } = await pay(120_00, [
      [first.invoice_id, 100_00],
      [second.invoice_id, 20_00],
    ]);
    attach(office, attempt_id, customer, [
      [first.invoice_id, 80_00],
      [second.invoice_id, 40_00],
    ]);
    expect([openOf(office, first.invoice_id), openOf(office, second.invoice_id)]).toEqual([20_00, 10_00]);
    const views = allocationViews(office.ledger.database, { attempt_id });
    expect(views.map(({ stands, amount }) => [stands, amount.minor])).toEqual([
      [false, 100_00],
      [false, 20_00],
      [true, 80_00],
      [true, 40_00],
    ]);
    expect(countFacts(office.ledger.database, 'tender.recorded')).toBe(1);
  });

  test('said again as it is writes nothing', async () => {
    const invoice = bill(office, customer);
    const { attempt_id } = await pay(100_00, [[invoice.invoice_id, 60_00]]);
    const before = countFacts(office.ledger.database);
    attach(office, attempt_id, customer, [[invoice.invoice_id, 60_00]]);
    expect(countFacts(office.ledger.database)).toBe(before);
  });

  test('of money that came without a customer: it becomes theirs, and can then pay', async () => {
    const invoice = bill(office, customer, { net: 40_00 });
    const { attempt_id } = await pay(45_00, [], null);
    attach(office, attempt_id, customer, [[invoice.invoice_id, 40_00]]);
    expect([openOf(office, invoice.invoice_id), left(attempt_id)]).toEqual([0, 5_00]);
    expect(office.row(attempt_id).customer_id).toBe(customer);
  });

  test('cannot be given to another customer while it pays this one’s invoices', async () => {
    const other = office.addCustomer('Desmond Achebe').customer_id;
    const invoice = bill(office, customer);
    const { attempt_id } = await pay(100_00, [[invoice.invoice_id, 60_00]]);
    expect(() => attach(office, attempt_id, other, [])).toThrow('allocation_other_customer');
    attach(office, attempt_id, customer, []);
    attach(office, attempt_id, other, []);
    expect(office.row(attempt_id).customer_id).toBe(other);
  });

  test('goes back to the tray when the invoice is voided', async () => {
    const invoice = bill(office, customer, { net: 30_00 });
    const { attempt_id } = await pay(30_00, [[invoice.invoice_id, 30_00]]);
    unbill(office, invoice.invoice_id);
    expect(left(attempt_id)).toBe(30_00);
    expect(balances(office.ledger.database)['receivable'] ?? 0).toBe(0);
  });

  test('an invoice cannot be changed to less than was paid, and owes the difference when it grows', async () => {
    const invoice = bill(office, customer, { net: 30_00 });
    await pay(20_00, [[invoice.invoice_id, 20_00]]);
    expect(() => rebill(office, invoice.invoice_id, 19_99)).toThrow('invoice_paid_more');
    expect(rebill(office, invoice.invoice_id, 45_00).open).toEqual(dollars(25_00));
    expect(balances(office.ledger.database)['revenue']).toBe(-45_00);
  });
});

describe('credit', () => {
  test('kept on purpose leaves the tray, and pays a later invoice before any younger money does', async () => {
    const { attempt_id } = await pay(20_00, []);
    attach(office, attempt_id, customer, [], 20_00);
    expect(unallocatedPayments(office.ledger.database, 10, 'USD').count).toBe(0);
    await (office.clock as FakeClock).advance(1000);
    const younger = await pay(10_00, []);
    const invoice = bill(office, customer, { net: 25_00 });
    useCredit(office, customer, [[invoice.invoice_id, 25_00]]);
    expect([openOf(office, invoice.invoice_id), left(attempt_id), left(younger.attempt_id)]).toEqual([0, 0, 5_00]);
  });

  test('is never spent beyond what there is', async () => {
    await pay(20_00, []);
    const invoice = bill(office, customer, { net: 25_00 });
    expect(() => useCredit(office, customer, [[invoice.invoice_id, 20_01]])).toThrow('allocation_too_much');
  });
});

/** Square tells that so much was given back of a payment, as sync writes it. */
function givenBack(attempt_id: string, amount_minor: number): void {
  office.ledger.write('square', write => {
    write.fact('square.refund.observed', {
      ...{ square_refund_id: office.newId(), square_payment_id: 'SQ', attempt_id, status: 'COMPLETED', amount_minor },
      ...{
        currency: 'USD',
        reason: '',
        settles: true,
        created_at_ms: 1,
        updated_at_ms: 1,
        day: '2026-03-12',
        customer_id: null,
      },
    });
    releaseAllocations(write, attempt_id, '2026-03-12');
  });
}

test('what was given back no longer pays: the invoice that was attached last is owed again', async () => {
  const [first, second] = [bill(office, customer, { net: 50_00 }), bill(office, customer, { net: 50_00 })];
  const { attempt_id } = await pay(110_00, [
    [first.invoice_id, 50_00],
    [second.invoice_id, 50_00],
  ]);
  givenBack(attempt_id, 40_00);
  expect([openOf(office, first.invoice_id), openOf(office, second.invoice_id), left(attempt_id)]).toEqual([
    0, 30_00, 0,
  ]);
});

test('whatever people do, every cent of every payment is in one place, and every invoice owes what is not paid', async () => {
  const step = fc.record({
    kind: fc.constantFrom('bill', 'pay', 'pay', 'attach', 'attach', 'rebill', 'unbill', 'credit', 'refund'),
    one: fc.nat(99),
    other: fc.nat(99),
    minor: fc.integer({ min: 1, max: 90_00 }),
    rest: fc.nat(90_00),
  });
  const at = <Value>(list: readonly Value[], index: number): Value => list[index % list.length]!;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async steps => {
      const who = [office.addCustomer('A').customer_id, office.addCustomer('B').customer_id] as const;
      const invoices = [bill(office, who[0]).invoice_id, bill(office, who[1]).invoice_id];
      const payments: string[] = [(await pay(50_00, [], who[0])).attempt_id];
      let accepted = 0;
      for (const { kind, one, other, minor, rest } of steps) {
        const invoice = at(invoices, one);
        const owner = at(who, one);
        const pays: Pays = [
          [invoice, minor],
          [at(invoices, other), rest + 1],
        ].slice(0, 1 + (one % 2)) as never;
        try {
          if (kind === 'bill') invoices.push(bill(office, owner, { net: minor }).invoice_id);
          if (kind === 'pay') payments.push((await pay(minor + rest, pays, at([...who, null], other))).attempt_id);
          if (kind === 'attach') attach(office, at(payments, other), owner, one % 3 === 0 ? [] : pays, rest % 30_00);
          if (kind === 'rebill') rebill(office, invoice, minor);
          if (kind === 'unbill' && one % 3 === 0) unbill(office, invoice);
          if (kind === 'credit') useCredit(office, owner, pays);
          if (kind === 'refund') {
            const paid = office.row(at(payments, other));
            const back = office.ledger.database.prepare(
              'SELECT coalesce(sum(amount_minor), 0) FROM square_refund WHERE attempt_id = ?',
            );
            const open = paid.amount_minor - Number(back.pluck().get(paid.attempt_id));
            if (open >= minor) givenBack(paid.attempt_id, minor);
          }
          accepted += 1;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
        }
        expect(allocationProblems(office)).toEqual([]);
      }
      return accepted > 0;
    }),
    { numRuns: 25 },
  );
});
