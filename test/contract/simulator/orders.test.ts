import type { Square } from 'square';
import { describe, expect, test } from 'vitest';
import { raw, refusalOf, usd, useBench } from './support.ts';

const bench = useBench();
const orders = () => bench.client.orders;

const line = (amount: number, rest: Partial<Square.OrderLineItem> = {}): Square.OrderLineItem => ({
  name: 'Visit',
  quantity: '1',
  basePriceMoney: usd(amount),
  ...rest,
});
async function create(wish: Partial<Square.Order> = { lineItems: [line(1000)] }): Promise<Square.Order> {
  const order = { locationId: bench.simulator.locationId, ...wish };
  return (await orders().create({ idempotencyKey: bench.key(), order })).order!;
}
const look = async (orderId: string) => (await orders().get({ orderId })).order!;
const pay = async (orderId: string, amount: number, rest: object = {}) => {
  const request = { sourceId: 'cnon:card-nonce-ok', idempotencyKey: bench.key(), amountMoney: usd(amount), orderId };
  return (await bench.client.payments.create({ ...request, ...rest })).payment!;
};

describe('amounts', () => {
  test('discounts come before taxes, and the total is what the lines add up to', async () => {
    const order = await create({
      lineItems: [line(1999, { quantity: '3' }), line(505, { quantity: '0.5' })],
      discounts: [{ name: 'Family', percentage: '10' }],
      taxes: [{ name: 'Sales tax', percentage: '7.25' }],
      serviceCharges: [{ name: 'Handling', amountMoney: usd(100), calculationPhase: 'TOTAL_PHASE' }],
    });
    // 5997 and 252 (half to even of 252.5) less 600 and 25, taxed with 391 and 16, and 100 for handling.
    expect(order.lineItems!.map(item => item.grossSalesMoney!.amount)).toEqual([5997n, 252n]);
    expect(order).toMatchObject({ totalDiscountMoney: usd(625), totalTaxMoney: usd(407), totalMoney: usd(6131) });
    const lines = order.lineItems!.reduce((sum, item) => sum + item.totalMoney!.amount!, 0n);
    expect(lines + 100n).toBe(6131n);
  });

  test('an amount off is spread without losing a cent, and never takes more than there is', async () => {
    const spread = await create({
      lineItems: [line(100), line(100), line(100)],
      discounts: [{ name: 'Coupon', amountMoney: usd(100) }],
    });
    expect(spread).toMatchObject({ totalDiscountMoney: usd(100), totalMoney: usd(200) });
    const all = await create({ lineItems: [line(100)], discounts: [{ name: 'Coupon', amountMoney: usd(500) }] });
    expect(all).toMatchObject({ totalDiscountMoney: usd(100), totalMoney: usd(0) });
  });

  test('an inclusive tax is in the price already, and a tax of one line is for that line only', async () => {
    const wish = {
      lineItems: [line(1100, { appliedTaxes: [{ taxUid: 'vat' }] }), line(1000)],
      taxes: [{ uid: 'vat', name: 'VAT', percentage: '10', type: 'INCLUSIVE', scope: 'LINE_ITEM' }],
    } as const;
    const order = { locationId: bench.simulator.locationId, ...wish } as unknown as Square.Order;
    const calculated = (await orders().calculate({ order })).order!;
    expect(calculated).toMatchObject({ totalTaxMoney: usd(100), totalMoney: usd(2100) });
    expect(calculated.id).toBeUndefined();
  });
});

describe('paying', () => {
  test('one payment of the whole closes the order, which shows it as its tender', async () => {
    const order = await create({ lineItems: [line(1000)], referenceId: 'D1-000007' });
    expect(order).toMatchObject({ state: 'OPEN', version: 1, netAmountDueMoney: usd(1000) });
    expect(await refusalOf(pay(order.id!, 999))).toBe('400 PAYMENT_AMOUNT_MISMATCH');
    const payment = await pay(order.id!, 1000, { tipMoney: usd(150) });
    const closed = await look(order.id!);
    expect(closed).toMatchObject({ state: 'COMPLETED', netAmountDueMoney: usd(0), totalTipMoney: usd(150) });
    expect(closed.tenders).toMatchObject([{ type: 'CARD', paymentId: payment.id!, amountMoney: usd(1150) }]);
    expect(closed.version!).toBeGreaterThan(order.version!);
    expect(await refusalOf(pay(order.id!, 1000))).toBe('400 BAD_REQUEST');
  });

  test('a declined card leaves the order open for the next one', async () => {
    const { id } = await create();
    expect(await refusalOf(pay(id!, 1000, { sourceId: 'cnon:card-nonce-declined' }))).toBe('400 GENERIC_DECLINE');
    expect((await look(id!)).tenders).toBeUndefined();
    expect((await pay(id!, 1000)).status).toBe('COMPLETED');
  });

  test('held parts are captured together, or not at all', async () => {
    const { id } = await create();
    const parts = [await pay(id!, 600, { autocomplete: false }), await pay(id!, 400, { autocomplete: false })];
    const ids = parts.map(payment => payment.id!);
    expect(await refusalOf(pay(id!, 1, { autocomplete: false }))).toBe('400 BAD_REQUEST');
    expect(await refusalOf(bench.client.payments.complete({ paymentId: ids[0]! }))).toBe('400 BAD_REQUEST');
    const payOrder = (paymentIds: string[]) => orders().pay({ orderId: id!, idempotencyKey: bench.key(), paymentIds });
    expect(await refusalOf(payOrder([ids[0]!]))).toBe('400 BAD_REQUEST');
    expect(await refusalOf(payOrder([ids[0]!, ids[0]!]))).toBe('400 BAD_REQUEST');
    const paid = (await payOrder(ids)).order!;
    expect(paid).toMatchObject({ state: 'COMPLETED', netAmountDueMoney: usd(0) });
    expect(paid.version).toBe((await look(id!)).version);
    for (const paymentId of ids)
      expect((await bench.client.payments.get({ paymentId })).payment!.status).toBe('COMPLETED');
  });

  test('beside a held part nothing is taken at once, and no part is changed: nobody could finish such an order', async () => {
    const { id } = await create();
    const part = await pay(id!, 600, { autocomplete: false });
    expect(await refusalOf(pay(id!, 400))).toBe('400 PAYMENT_AMOUNT_MISMATCH');
    const payment = { amountMoney: usd(700) };
    const change = bench.client.payments.update({ paymentId: part.id!, idempotencyKey: bench.key(), payment });
    expect(await refusalOf(change)).toBe('400 BAD_REQUEST');
  });

  test('a payment without an order has one all the same', async () => {
    const request = { sourceId: 'cnon:card-nonce-ok', idempotencyKey: bench.key(), amountMoney: usd(321) };
    const payment = (await bench.client.payments.create(request)).payment!;
    const order = await look(payment.orderId!);
    expect(order).toMatchObject({ state: 'COMPLETED', totalMoney: usd(321) });
    expect(order.tenders![0]!.paymentId).toBe(payment.id);
    expect(await refusalOf(orders().get({ orderId: 'nothing' }))).toBe('404 NOT_FOUND');
  });
});

describe('changing and finding', () => {
  test('an update needs the newest version, merges lines by uid and clears fields', async () => {
    const made = await create({ lineItems: [line(1000)], referenceId: 'old' });
    const locationId = bench.simulator.locationId;
    const orderId = made.id!;
    const [first] = made.lineItems!;
    const lineItems = [{ uid: first!.uid!, quantity: '2' }, line(50)];
    const changed = await orders().update({
      orderId,
      order: { locationId, version: made.version!, lineItems },
      fieldsToClear: ['reference_id'],
    });
    expect(changed.order).toMatchObject({ totalMoney: usd(2050), version: 2 });
    expect(changed.order!.referenceId).toBeUndefined();
    const stale = orders().update({ orderId, order: { locationId, version: 1, referenceId: 'x' } });
    expect(await refusalOf(stale)).toBe('400 VERSION_MISMATCH');
    const canceled = await orders().update({ orderId, order: { locationId, version: 2, state: 'CANCELED' } });
    expect(canceled.order!.state).toBe('CANCELED');
    expect(await refusalOf(pay(orderId, 2050))).toBe('400 BAD_REQUEST');
  });

  test('search keeps to state and customer, page by page; batch reads what it finds', async () => {
    const customerId = 'CUSTOMER-OF-ORDERS';
    const ids = [
      await create({ lineItems: [line(10)], customerId }),
      await create({ lineItems: [line(20)], customerId }),
    ];
    const query = { filter: { customerFilter: { customerIds: [customerId] }, stateFilter: { states: ['OPEN'] } } };
    const request = { locationIds: [bench.simulator.locationId], query, limit: 1 } as Square.SearchOrdersRequest;
    const first = await orders().search(request);
    const second = await orders().search({ ...request, cursor: first.cursor! });
    const found = [...first.orders!, ...second.orders!].map(order => order.id!);
    expect(found.sort()).toEqual(ids.map(order => order.id!).sort());
    expect(second.cursor).toBeUndefined();
    const entries = await orders().search({ ...request, limit: 5, returnEntries: true });
    expect(entries.orderEntries!.map(entry => entry.orderId!).sort()).toEqual([...found].sort());
    const batch = await orders().batchGet({ orderIds: [ids[0]!.id!, 'nothing'] });
    expect(batch.orders!.map(order => order.id)).toEqual([ids[0]!.id]);
  });

  test('one key, one order', async () => {
    const order = { locationId: bench.simulator.locationId, lineItems: [line(10)] };
    const idempotencyKey = bench.key();
    const first = (await orders().create({ idempotencyKey, order })).order!;
    expect((await orders().create({ idempotencyKey, order })).order!.id).toBe(first.id);
    const other = orders().create({ idempotencyKey, order: { ...order, referenceId: 'x' } });
    expect(await refusalOf(other)).toBe('400 IDEMPOTENCY_KEY_REUSED');
  });

  test.each([
    [{ reference_id: 'x'.repeat(41) }, 'VALUE_TOO_LONG', 'order.reference_id'],
    [{ line_items: [{ name: 'A' }] }, 'MISSING_REQUIRED_PARAMETER', 'order.line_items[0].quantity'],
    [{ line_items: [{ quantity: '1' }] }, 'MISSING_REQUIRED_PARAMETER', 'order.line_items[0].base_price_money'],
    [{ line_items: 'none' }, 'EXPECTED_ARRAY', 'order.line_items'],
    [
      { line_items: [{ quantity: '9999999', base_price_money: { amount: 9_000_000_000, currency: 'USD' } }] },
      'VALUE_TOO_HIGH',
      'order.line_items[0]',
    ],
    [
      { line_items: [{ quantity: 'two', base_price_money: { amount: 1, currency: 'USD' } }] },
      'INVALID_VALUE',
      'order.line_items[0].quantity',
    ],
  ])('%j is refused with %s at %s', async (wish, code, field) => {
    const order = { location_id: bench.simulator.locationId, ...wish };
    expect(await raw(bench, 'POST', '/v2/orders', { order })).toMatchObject({ code, field });
  });
});
