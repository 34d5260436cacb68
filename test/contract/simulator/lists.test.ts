import { describe, expect, test } from 'vitest';
import { DOCUMENTED_LIST_LAG_MS } from '../../../main/gateway/simulator/assumptions.ts';
import { raw, refusalOf, startBench, usd, useBench, type Bench } from './support.ts';

const bench = useBench();

function pay(on: Bench, amount: number, rest: object = {}) {
  const request = { sourceId: 'cnon:card-nonce-ok', idempotencyKey: on.key(), amountMoney: usd(amount) };
  return on.client.payments.create({ ...request, ...rest });
}

async function ids(on: Bench, request: object = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const payment of await on.client.payments.list(request)) found.push(payment.id!);
  return found;
}

describe('pages', () => {
  test('all pages together hold every payment once, newest first', async () => {
    const own = await startBench();
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      made.unshift((await pay(own, 100 + index)).payment!.id!);
      own.simulator.control.advance(10);
    }
    expect(await ids(own, { limit: 3 })).toEqual(made);
    expect(await ids(own, { limit: 3, sortOrder: 'ASC' })).toEqual(made.toReversed());
    await own.simulator.close();
  });

  test('a cursor dies after five minutes, with changed parameters, and when it is made up', async () => {
    for (let index = 0; index < 3; index += 1) await pay(bench, 500 + index);
    const first = await raw(bench, 'GET', '/v2/payments?limit=1');
    const cursor = encodeURIComponent((first.body as { cursor: string }).cursor);
    expect((await raw(bench, 'GET', `/v2/payments?limit=1&cursor=${cursor}`)).status).toBe(200);
    expect((await raw(bench, 'GET', `/v2/payments?limit=2&cursor=${cursor}`)).code).toBe('INVALID_CURSOR');
    expect((await raw(bench, 'GET', '/v2/refunds?cursor=nonsense')).code).toBe('INVALID_CURSOR');
    bench.simulator.control.advance(300_000);
    expect((await raw(bench, 'GET', `/v2/payments?limit=1&cursor=${cursor}`)).code).toBe('INVALID_CURSOR');
  });

  test('limits over 100 are ignored, impossible ones refused', async () => {
    expect((await raw(bench, 'GET', '/v2/payments?limit=1000')).status).toBe(200);
    expect((await raw(bench, 'GET', '/v2/payments?limit=0')).code).toBe('VALUE_TOO_LOW');
    expect((await raw(bench, 'GET', '/v2/payments?limit=many')).code).toBe('EXPECTED_INTEGER');
    expect((await raw(bench, 'GET', '/v2/payments?sort_order=UP')).code).toBe('INVALID_SORT_ORDER');
    expect((await raw(bench, 'GET', '/v2/payments?sort_field=AMOUNT')).code).toBe('INVALID_ENUM_VALUE');
    expect((await raw(bench, 'GET', '/v2/payments?begin_time=yesterday')).code).toBe('INVALID_TIME');
  });
});

describe('filters', () => {
  test('total, last four, brand, time and update time each narrow the list', async () => {
    const own = await startBench();
    const early = (await pay(own, 4100)).payment!;
    own.simulator.control.advance(60_000);
    const customerDetails = { customerInitiated: false };
    const { customer } = await own.client.customers.create({ givenName: 'Ana' });
    const stored = { sourceId: 'ccof:customer-card-id-mastercard-ok', customerId: customer!.id!, customerDetails };
    const late = (await pay(own, 4200, stored)).payment!;
    const [earlyId, lateId] = [early.id!, late.id!];
    expect(await ids(own, { total: 4100n })).toEqual([earlyId]);
    expect(await ids(own, { last4: '9029' })).toEqual([lateId]);
    expect(await ids(own, { cardBrand: 'VISA' })).toEqual([earlyId]);
    expect(await ids(own, { beginTime: late.createdAt! })).toEqual([lateId]);
    expect(await ids(own, { endTime: early.createdAt! })).toEqual([earlyId]);
    expect(await ids(own, { isOfflinePayment: true })).toEqual([]);
    expect(await ids(own, { locationId: own.simulator.locationId })).toHaveLength(2);
    expect(await refusalOf(own.client.payments.list({ locationId: 'LELSEWHERE' }))).toBe('400 INVALID_LOCATION');
    // The fee of the early payment arrived after its creation, and moved its update time.
    const updated = { updatedAtBeginTime: new Date(Date.parse(early.createdAt!) + 1_000).toISOString() };
    expect(await ids(own, { ...updated, sortField: 'UPDATED_AT' as const, sortOrder: 'ASC' })).toEqual([
      earlyId,
      lateId,
    ]);
    const narrow = { ...updated, updatedAtEndTime: new Date(Date.parse(early.createdAt!) + 10_000).toISOString() };
    expect(await ids(own, narrow)).toEqual([earlyId]);
    const backwards = { beginTime: late.createdAt!, endTime: early.createdAt! };
    expect(await refusalOf(own.client.payments.list(backwards))).toBe('400 INVALID_TIME_RANGE');
    await own.simulator.close();
  });

  test('a lagging list misses the newest payment and shows a stale one', async () => {
    const own = await startBench();
    own.simulator.control.settings.list_lag_ms = DOCUMENTED_LIST_LAG_MS;
    const { payment } = await pay(own, 700, { autocomplete: false });
    expect(await ids(own)).toEqual([]);
    own.simulator.control.advance(3_100);
    await own.client.payments.complete({ paymentId: payment!.id! });
    const [stale] = (await own.client.payments.list({})).data;
    expect(stale!.status).toBe('APPROVED');
    expect((await own.client.payments.get({ paymentId: payment!.id! })).payment!.status).toBe('COMPLETED');
    own.simulator.control.advance(3_100);
    const [fresh] = (await own.client.payments.list({})).data;
    expect(fresh!.status).toBe('COMPLETED');
    await own.simulator.close();
  });

  test('a payment made elsewhere shows up without a word from us', async () => {
    const made = bench.simulator.control.createForeignPayment({
      amount_minor: 6123,
      source: 'CARD',
      note: 'Front counter',
    });
    const found = await ids(bench, { total: 6123n });
    expect(found).toEqual([made.id]);
    const { payment } = await bench.client.payments.get({ paymentId: made.id });
    expect(payment!.applicationDetails!.squareProduct).toBe('SQUARE_POS');
  });
});

describe('places', () => {
  test('locations answer by list, id and main', async () => {
    const { locations } = await bench.client.locations.list();
    expect(locations).toMatchObject([{ id: bench.simulator.locationId, status: 'ACTIVE', currency: 'USD' }]);
    expect(locations![0]!.capabilities).toContain('CREDIT_CARD_PROCESSING');
    const main = await bench.client.locations.get({ locationId: 'main' });
    expect(main.location!.id).toBe(bench.simulator.locationId);
    expect(await refusalOf(bench.client.locations.get({ locationId: 'LNONE' }))).toBe('404 NOT_FOUND');
  });

  test('the merchant names its main location', async () => {
    const { merchant } = await bench.client.merchants.get({ merchantId: 'me' });
    expect(merchant).toMatchObject({ id: bench.simulator.merchantId, mainLocationId: bench.simulator.locationId });
    expect((await bench.client.merchants.list()).data).toHaveLength(1);
  });
});
