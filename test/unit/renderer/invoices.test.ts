import { afterEach, describe, expect, test, vi } from 'vitest';
import type { InvoiceView } from '../../../common/contract/invoices.ts';
import type { AttemptId, CustomerId, InvoiceId } from '../../../common/ids.ts';
import { money, plainAmount } from '../../../common/money.ts';
import { InvoiceForm } from '../../../renderer/desk/features/invoices/invoice-form-state.svelte.ts';
import { PaidState } from '../../../renderer/desk/features/invoices/invoice-list-state.svelte.ts';
import { CreditForm, VoidForm } from '../../../renderer/desk/features/invoices/invoice-state.svelte.ts';
import { daysLate, wordOf } from '../../../renderer/desk/features/invoices/invoice-text.ts';
import { MoveState } from '../../../renderer/desk/features/invoices/move-state.svelte.ts';
import { lineAmount, partAmount } from '../../../renderer/desk/features/invoices/typed-amount.ts';
import { attempt } from '../../support/desk-preview/fake-data.ts';
import { fakeBridge, give, refuse } from '../../support/fake-bridge.ts';

const TODAY = '2026-03-12';
const usd = (minor: number) => money(minor, 'USD');
const GRACE = 'customer-grace' as CustomerId;
const NOAH = 'customer-noah' as CustomerId;
const PAYMENT = 'payment-1' as AttemptId;

afterEach(() => vi.unstubAllGlobals());

function invoice(number: string, total: number, open = total, due_on: string | null = '2026-03-01'): InvoiceView {
  const ids = { invoice_id: `id-${number}` as InvoiceId, customer_id: GRACE, number, about: number };
  return { ...ids, issued_on: '2026-02-01', due_on, total: usd(total), open: usd(open), voided: false };
}

describe('amounts of lines and parts', () => {
  test.each([
    ['', 0],
    ['0', 0],
    ['1,234.5', 123_450],
    ['-20', -2000],
    ['−0.01', -1],
    ['75000', 7_500_000],
    ['99999999999.99', 9_999_999_999_999],
  ])('a line of “%s” is %i cents', (text, minor) => {
    expect(lineAmount(text, 'USD')).toEqual({ money: usd(minor), problem: null });
  });

  test.each([
    ['1.234', 'decimals'],
    ['12,34', 'letters'],
    ['.', 'letters'],
    ['-', 'letters'],
    ['1e3', 'letters'],
    ['999999999999.99', 'letters'],
  ])('a line of “%s” cannot be read: %s', (text, problem) => {
    expect(lineAmount(text, 'USD')).toEqual({ money: null, problem });
  });

  test('a part of a payment is never below zero, and a yen has no cents', () => {
    expect(partAmount('-1', 'USD').money).toBeNull();
    expect(partAmount('', 'USD').money).toEqual(usd(0));
    expect(partAmount('1.5', 'JPY').problem).toBe('decimals');
  });
});

describe('an invoice in words', () => {
  test('is late from the day after it was due, while something is open', () => {
    expect(daysLate(invoice('A', 100, 100, TODAY), TODAY)).toBe(0);
    expect(daysLate(invoice('A', 100, 100, '2026-03-11'), TODAY)).toBe(1);
    expect(daysLate(invoice('A', 100, 0, '2026-03-11'), TODAY)).toBe(0);
    expect(daysLate(invoice('A', 100, 100, null), TODAY)).toBe(0);
  });

  test('is open, paid in part, paid or voided', () => {
    expect([invoice('A', 100), invoice('A', 100, 40), invoice('A', 100, 0)].map(wordOf)).toEqual([
      'open',
      'part',
      'paid',
    ]);
    expect(wordOf({ ...invoice('A', 100, 0), voided: true })).toBe('voided');
  });
});

describe('the form of an invoice', () => {
  function typed(): InvoiceForm {
    const form = new InvoiceForm(GRACE, 'USD', TODAY);
    Object.assign(form.lines[0]!, { description: 'Crown', net: '0.10', tax: '0.20' });
    return form;
  }

  test('its total is exact, and a line that cannot be read leaves none', () => {
    const form = typed();
    form.addLine();
    Object.assign(form.lines[1]!, { description: 'Less', net: '-0.05' });
    expect(form.total).toEqual(usd(25));
    form.lines[1]!.net = 'x';
    expect(form.total).toBeNull();
  });

  test('nothing is sent while something is missing, and each field says what', async () => {
    const bridge = fakeBridge({});
    const form = new InvoiceForm(GRACE, 'USD', TODAY);
    form.due_on = '2026-03-11';
    expect(await form.save()).toBeNull();
    expect(bridge.asked).toEqual([]);
    expect(form.lineErrors[0]).toHaveProperty('description');
    expect(form.lineErrors[0]).toHaveProperty('net');
    expect(form.dueWrong).toBeDefined();
    form.lines[0]!.description = '4111 1111 1111 1111';
    expect(form.lineErrors[0]?.description).toMatch(/card number/);
  });

  test('a total of zero or below is refused here already', async () => {
    const bridge = fakeBridge({});
    const form = typed();
    form.lines[0]!.net = '-0.20';
    expect(await form.save()).toBeNull();
    expect(form.totalWrong).toBeDefined();
    expect(bridge.asked).toEqual([]);
  });

  test('sent again after a lost answer it is the same invoice', async () => {
    let answers = 0;
    const bridge = fakeBridge({
      'invoices.new': () => give({ invoice_id: 'id-new' }),
      'invoices.add': () => ((answers += 1) === 1 ? refuse('disk_full') : give(invoice('A', 30))),
    });
    const form = typed();
    expect(await form.save()).toBeNull();
    expect(form.failure?.code).toBe('disk_full');
    expect(await form.save()).not.toBeNull();
    expect(bridge.of('invoices.new')).toHaveLength(1);
    expect(bridge.of('invoices.add').map(input => input['invoice_id'])).toEqual(['id-new', 'id-new']);
  });

  test('two presses are one invoice', async () => {
    const bridge = fakeBridge({ 'invoices.new': () => give({ invoice_id: 'id-new' }) });
    const form = typed();
    await Promise.all([form.save(), form.save()]);
    expect(bridge.of('invoices.add')).toHaveLength(1);
  });
});

describe('voiding and credit', () => {
  const known = { invoice: invoice('A', 8000, 5000), lines: [], note: '', allocations: [] };

  test('nothing is voided without a reason', async () => {
    const bridge = fakeBridge({});
    const form = new VoidForm(known);
    form.reason = ' a ';
    expect(await form.send()).toBe(false);
    expect(bridge.asked).toEqual([]);
    form.reason = 'twice';
    expect(await form.send()).toBe(true);
  });

  test('at most the credit and at most what is open is used', () => {
    expect(new CreditForm(known, usd(9000), plainAmount).text).toBe('50.00');
    const form = new CreditForm(known, usd(3000), plainAmount);
    expect(form.amount).toEqual(usd(3000));
    form.text = '30.01';
    expect(form.tooMuch).toBe(true);
    expect(form.amount).toBeNull();
    form.text = '12.50';
    expect(form.left).toEqual(usd(1750));
  });
});

describe('what a payment pays', () => {
  const open = [invoice('OLD', 8000), invoice('NEW', 5000, 5000, '2026-03-10')];
  type Standing = { invoice_id: InvoiceId | null; minor: number };

  function world(standing: readonly Standing[], unallocated: number, customer: CustomerId | null = GRACE) {
    const payer = customer === null ? null : { customer_id: customer, name: 'Grace' };
    const allocations = standing.map(({ invoice_id, minor }, index) => ({
      ...{ allocation_id: `${index}`, attempt_id: PAYMENT, invoice_id, amount: usd(minor), stands: true },
    }));
    return fakeBridge({
      'payments.get': () => give({ attempt: attempt('cash', usd(10_000), { attempt_id: PAYMENT, customer: payer }) }),
      'allocations.of': () => give({ allocations, unallocated: usd(unallocated) }),
      'invoices.list': ({ customer_id }) => give({ invoices: customer_id === GRACE ? open : [] }),
      'invoices.get': ({ invoice_id }) => give({ invoice: { ...invoice('PAID', 2500, 0, '2026-02-10'), invoice_id } }),
    });
  }
  async function loaded(): Promise<MoveState> {
    const move = new MoveState(PAYMENT);
    await move.load();
    return move;
  }
  const typedIn = (move: MoveState): string[] => move.rows.map(row => move.typed[row.invoice.invoice_id] ?? '');

  test('money that pays nothing is proposed to the oldest first, and the parts add up', async () => {
    world([], 10_000);
    const move = await loaded();
    expect(typedIn(move)).toEqual(['80.00', '20.00']);
    expect(move.rest).toEqual(usd(0));
    move.credit = '30';
    expect(move.rest).toEqual(usd(-3000));
    expect(move.fine).toBe(false);
    move.propose();
    expect(typedIn(move)).toEqual(['70.00', '']);
    expect(move.rest).toEqual(usd(0));
  });

  test('what it pays now can be moved, up to what is open and what it paid itself', async () => {
    const bridge = world([{ invoice_id: 'id-PAID' as InvoiceId, minor: 2500 }], 7500);
    const move = await loaded();
    expect(move.rows.map(row => [row.invoice.number, row.available.minor])).toEqual([
      ['PAID', 2500],
      ['OLD', 8000],
      ['NEW', 5000],
    ]);
    expect(typedIn(move)).toEqual(['25.00', '', '']);
    expect(move.different).toBe(false);
    move.typed['id-PAID' as InvoiceId] = '25.01';
    expect(move.tooMuch(move.rows[0]!)).toBe(true);
    move.typed['id-PAID' as InvoiceId] = '';
    move.typed['id-OLD' as InvoiceId] = '33.33';
    move.restToCredit();
    expect(move.credit).toBe('66.67');
    expect(await move.save()).toBeNull();
    move.reason = 'asked by phone';
    expect(await move.save()).toEqual(usd(10_000));
    expect(bridge.of('allocations.set')).toEqual([
      {
        ...{ attempt_id: PAYMENT, customer_id: GRACE, credit: usd(6667), reason: 'asked by phone' },
        pays: [{ invoice_id: 'id-OLD', amount: usd(3333) }],
      },
    ]);
  });

  test('money of nobody waits until somebody is chosen, and another choice begins anew', async () => {
    world([], 10_000, null);
    const move = await loaded();
    expect(move.payer).toBeNull();
    expect(move.fine).toBe(false);
    await move.choose({ customer_id: GRACE, name: 'Grace' });
    expect(typedIn(move)).toEqual(['80.00', '20.00']);
    await move.choose({ customer_id: NOAH, name: 'Noah' });
    expect(move.rows).toEqual([]);
    expect(move.rest).toEqual(usd(10_000));
    await move.choose({ customer_id: GRACE, name: 'Grace' });
    expect(typedIn(move)).toEqual(['80.00', '20.00']);
  });

  test('news change what is open and leave what is typed and chosen', async () => {
    const bridge = world([], 10_000);
    const move = await loaded();
    move.typed['id-OLD' as InvoiceId] = '12.34';
    bridge.answers['invoices.list'] = () => give({ invoices: [invoice('OLD', 8000, 1000)] });
    await move.load();
    expect(move.typed['id-OLD' as InvoiceId]).toBe('12.34');
    expect(move.tooMuch(move.rows[0]!)).toBe(true);
    await move.choose(null);
    await move.load();
    expect(move.payer).toBeNull();
  });
});

test('what payments pay is told by the newest answer, however late an older one comes', async () => {
  const late = Promise.withResolvers<ReturnType<typeof give>>();
  const pays = (minor: number) => give({ allocations: [], unallocated: usd(minor) });
  let asked = 0;
  fakeBridge({ 'allocations.of': () => ((asked += 1) === 1 ? late.promise : pays(2)) });
  const paid = new PaidState();
  const older = paid.load([PAYMENT]);
  await paid.load([PAYMENT]);
  late.resolve(pays(1));
  await older;
  expect(paid.of[PAYMENT]?.unallocated).toEqual(usd(2));
});
