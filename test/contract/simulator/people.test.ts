import { describe, expect, test } from 'vitest';
import { makeCustomer, makeToken, raw, refusalOf, usd, useBench } from './support.ts';

const bench = useBench();

async function pay(rest: object = {}) {
  const request = { sourceId: 'cnon:card-nonce-ok', idempotencyKey: bench.key(), amountMoney: usd(1000) };
  return (await bench.client.payments.create({ ...request, ...rest })).payment!;
}
const refund = (paymentId: string, amount: number, rest: object = {}) =>
  bench.client.refunds.refundPayment({ idempotencyKey: bench.key(), amountMoney: usd(amount), paymentId, ...rest });

describe('refunds', () => {
  test('a card refund is pending, then completed, and the payment counts it', async () => {
    const payment = await pay();
    const made = (await refund(payment.id!, 400, { reason: 'Returned' })).refund!;
    expect(made).toMatchObject({ status: 'PENDING', reason: 'Returned', paymentId: payment.id! });
    expect(made.id.startsWith(`${payment.id!}_`)).toBe(true);
    bench.simulator.control.advance(6_000);
    expect((await bench.client.refunds.get({ refundId: made.id })).refund!.status).toBe('COMPLETED');
    const after = (await bench.client.payments.get({ paymentId: payment.id! })).payment!;
    expect(after).toMatchObject({ refundedMoney: usd(400), refundIds: [made.id] });
    expect(await refusalOf(refund(payment.id!, 601))).toBe('400 REFUND_AMOUNT_INVALID');
    expect((await refund(payment.id!, 600)).refund!.status).toBe('PENDING');
    const listed = await bench.client.refunds.list({ status: 'COMPLETED', sourceType: 'CARD' });
    expect(listed.data.map(entry => entry.id)).toContain(made.id);
  });

  test('cash refunds complete at once', async () => {
    const payment = await pay({ sourceId: 'CASH', cashDetails: { buyerSuppliedMoney: usd(1000) } });
    expect((await refund(payment.id!, 1000)).refund).toMatchObject({ status: 'COMPLETED', destinationType: 'CASH' });
  });

  test('only completed money comes back', async () => {
    const hold = await pay({ autocomplete: false });
    expect(await refusalOf(refund(hold.id!, 100))).toBe('400 REFUND_ERROR_PAYMENT_NEEDS_COMPLETION');
    await bench.client.payments.cancel({ paymentId: hold.id! });
    expect(await refusalOf(refund(hold.id!, 100))).toBe('400 PAYMENT_NOT_REFUNDABLE');
    expect(await refusalOf(refund('nothing', 100))).toBe('404 NOT_FOUND');
    const done = await pay();
    expect(await refusalOf(refund(done.id!, 100, { paymentVersionToken: 'old' }))).toBe('400 VERSION_MISMATCH');
    const amount_money = { amount: 100, currency: 'USD' };
    const body = { idempotency_key: bench.key(), payment_id: done.id, amount_money, reason: 'x'.repeat(193) };
    expect((await raw(bench, 'POST', '/v2/refunds', body)).code).toBe('VALUE_TOO_LONG');
  });

  test('a failed refund is lost for that part, a rejected one may be tried again', async () => {
    const payment = await pay();
    bench.simulator.control.settings.refund_outcome = 'REJECTED';
    const rejected = (await refund(payment.id!, 600)).refund!;
    bench.simulator.control.advance(6_000);
    expect((await bench.client.refunds.get({ refundId: rejected.id })).refund!.status).toBe('REJECTED');
    bench.simulator.control.settings.refund_outcome = 'FAILED';
    await refund(payment.id!, 600);
    bench.simulator.control.advance(6_000);
    bench.simulator.control.settings.refund_outcome = 'COMPLETED';
    expect(await refusalOf(refund(payment.id!, 500))).toBe('400 REFUND_AMOUNT_INVALID');
    expect((await refund(payment.id!, 400)).refund!.status).toBe('PENDING');
  });

  test('twenty refunds, one year, and no open dispute are the limits', async () => {
    const many = await pay();
    for (let index = 0; index < 20; index += 1) await refund(many.id!, 1);
    expect(await refusalOf(refund(many.id!, 1))).toBe('400 PAYMENT_NOT_REFUNDABLE');
    const disputed = await pay({ amountMoney: usd(8803) });
    bench.simulator.control.advance(11_000);
    expect(await refusalOf(refund(disputed.id!, 1))).toBe('400 PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE');
    const old = await pay();
    bench.simulator.control.advance(366 * 86_400_000);
    expect(await refusalOf(refund(old.id!, 1))).toBe('400 PAYMENT_NOT_REFUNDABLE');
  });

  test('unlinked refunds need the capability', async () => {
    const request = {
      idempotencyKey: bench.key(),
      amountMoney: usd(100),
      unlinked: true,
      destinationId: 'CASH',
      locationId: bench.simulator.locationId,
      cashDetails: { sellerSuppliedMoney: usd(100) },
    };
    expect(await refusalOf(bench.client.refunds.refundPayment(request))).toBe(
      '400 INSUFFICIENT_PERMISSIONS_FOR_REFUND',
    );
    bench.simulator.control.settings.location.capabilities.push('UNLINKED_REFUNDS');
    const made = await bench.client.refunds.refundPayment({ ...request, idempotencyKey: bench.key() });
    bench.simulator.control.settings.location.capabilities.pop();
    expect(made.refund).toMatchObject({ unlinked: true, status: 'COMPLETED' });
  });
});

describe('customers', () => {
  test('create, read, update by version, search and delete', async () => {
    const phone = '+1 (312) 555-0146';
    const request = { givenName: 'Ines', emailAddress: 'ines@example.com', phoneNumber: phone, referenceId: 'T-77' };
    const made = (await bench.client.customers.create({ ...request, idempotencyKey: bench.key() })).customer!;
    expect(made).toMatchObject({ ...request, version: 0n, creationSource: 'THIRD_PARTY' });
    const customerId = made.id!;
    const changed = await bench.client.customers.update({ customerId, note: 'Calls at noon', version: 0n });
    expect(changed.customer).toMatchObject({ givenName: 'Ines', note: 'Calls at noon', version: 1n });
    expect(await refusalOf(bench.client.customers.update({ customerId, note: 'x', version: 0n }))).toBe('409 CONFLICT');
    const search = (filter: object) => bench.client.customers.search({ query: { filter } });
    expect((await search({ emailAddress: { exact: 'INES@example.com' } })).customers).toHaveLength(1);
    expect((await search({ phoneNumber: { fuzzy: '3125550146' } })).customers).toHaveLength(1);
    expect((await search({ referenceId: { exact: 'T-7' } })).customers).toBeUndefined();
    expect((await bench.client.customers.list({ count: true })).data.length).toBeGreaterThan(0);
    await bench.client.customers.delete({ customerId });
    expect(await refusalOf(bench.client.customers.get({ customerId }))).toBe('404 NOT_FOUND');
  });

  test.each([
    [{}, 'BAD_REQUEST'],
    [{ givenName: 'x'.repeat(301) }, 'VALUE_TOO_LONG'],
    [{ nickname: 'x'.repeat(101), givenName: 'A' }, 'VALUE_TOO_LONG'],
    [{ emailAddress: 'nobody' }, 'INVALID_EMAIL_ADDRESS'],
    [{ phoneNumber: '12' }, 'INVALID_PHONE_NUMBER'],
  ])('%j is refused with %s', async (request, code) => {
    expect(await refusalOf(bench.client.customers.create(request))).toBe(`400 ${code}`);
  });

  test('search pages with a cursor that it checks', async () => {
    for (const name of ['Aa', 'Bb', 'Cc'])
      await bench.client.customers.create({ givenName: name, referenceId: 'page' });
    const query = { filter: { referenceId: { exact: 'page' } }, sort: { field: 'CREATED_AT', order: 'ASC' } } as const;
    const first = await bench.client.customers.search({ query, limit: 2n, count: true });
    expect(first.customers!.map(customer => customer.givenName)).toHaveLength(2);
    expect(first.count).toBe(3n);
    const second = await bench.client.customers.search({ query, limit: 2n, count: true, cursor: first.cursor! });
    expect(second.customers).toHaveLength(1);
    const changed = bench.client.customers.search({ query, limit: 1n, cursor: first.cursor! });
    expect(await refusalOf(changed)).toBe('400 INVALID_CURSOR');
  });
});

describe('cards on file', () => {
  const save = (sourceId: string, customerId: string, postalCode?: string) =>
    bench.client.cards.create({
      idempotencyKey: bench.key(),
      sourceId,
      card: { customerId, ...(postalCode ? { billingAddress: { postalCode } } : {}) },
    });
  const charge = (sourceId: string, customerId: string) =>
    pay({ sourceId, customerId, customerDetails: { customerInitiated: false } });

  test('a token becomes a card that can be charged until it is disabled', async () => {
    const customerId = await makeCustomer(bench);
    const { token } = await makeToken(bench, '4111 1111 1111 1111', { postal: '60601' });
    const card = (await save(token, customerId, '60601')).card!;
    expect(card).toMatchObject({ cardBrand: 'VISA', last4: '1111', enabled: true, customerId });
    expect(await refusalOf(save(token, customerId, '60601'))).toBe('400 SOURCE_USED');
    const payment = await charge(card.id!, customerId);
    expect(payment.cardDetails).toMatchObject({ entryMethod: 'ON_FILE', card: { fingerprint: card.fingerprint! } });
    expect((await bench.client.cards.list({ customerId })).data).toHaveLength(1);
    expect((await bench.client.cards.disable({ cardId: card.id! })).card!.enabled).toBe(false);
    expect((await bench.client.cards.list({ customerId })).data).toHaveLength(0);
    expect((await bench.client.cards.list({ customerId, includeDisabled: true })).data).toHaveLength(1);
    expect((await bench.client.cards.get({ cardId: card.id! })).card!.enabled).toBe(false);
    expect(await refusalOf(charge(card.id!, customerId))).toBe('400 INVALID_CARD');
  });

  test('the same number has the same fingerprint, another number another', async () => {
    const customerId = await makeCustomer(bench);
    const fingerprintOf = async (digits: string) => {
      const { token } = await makeToken(bench, digits);
      return (await save(token, customerId, '94103')).card!.fingerprint;
    };
    const first = await fingerprintOf('4111 1111 1111 1111');
    expect(await fingerprintOf('4111 1111 1111 1111')).toBe(first);
    expect(await fingerprintOf('5105 1051 0510 5100')).not.toBe(first);
  });

  test('the billing postal code must be the one typed', async () => {
    const customerId = await makeCustomer(bench);
    expect(await refusalOf(save('cnon:card-nonce-ok', customerId))).toBe('400 VERIFY_AVS_FAILURE');
    expect((await save('cnon:card-nonce-ok', customerId, '94103')).card!.enabled).toBe(true);
    expect(await refusalOf(save('cnon:card-nonce-ok', 'NOBODY', '94103'))).toBe('400 CUSTOMER_NOT_FOUND');
  });

  test('a payment of today can be saved as a card, one of yesterday not', async () => {
    const customerId = await makeCustomer(bench);
    const payment = await pay();
    expect((await save(payment.id!, customerId)).card!.last4).toBe('5858');
    bench.simulator.control.advance(86_400_000);
    expect(await refusalOf(save(payment.id!, customerId))).toBe('400 SOURCE_EXPIRED');
  });

  test('the card that saves and later declines does both', async () => {
    const customerId = await makeCustomer(bench);
    const { token } = await makeToken(bench, '4000 0000 0000 0010');
    const card = (await save(token, customerId, '94103')).card!;
    expect(await refusalOf(charge(card.id!, customerId))).toBe('400 GENERIC_DECLINE');
  });

  test('a stored card is charged for its own customer only', async () => {
    const customerId = await makeCustomer(bench);
    const card = (await save('cnon:card-nonce-ok', customerId, '94103')).card!;
    expect(await refusalOf(charge(card.id!, await makeCustomer(bench)))).toBe('404 NOT_FOUND');
  });
});
