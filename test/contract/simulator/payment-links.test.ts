import type { Square } from 'square';
import { describe, expect, test } from 'vitest';
import { makeToken, raw, refusalOf, usd, useBench } from './support.ts';

const bench = useBench();
const links = () => bench.client.checkout.paymentLinks;
const MINUTE = 60_000;

async function create(wish: Partial<Square.checkout.CreatePaymentLinkRequest> = {}) {
  const quickPay = { name: 'Cleaning', priceMoney: usd(12_500), locationId: bench.simulator.locationId };
  return links().create({ idempotencyKey: bench.key(), ...('order' in wish ? {} : { quickPay }), ...wish });
}
const orderOf = async (link: Square.PaymentLink) => (await bench.client.orders.get({ orderId: link.orderId! })).order!;

type Answer = { result: string; state: string; payment: { id: string; status: string }; errors: { code: string }[] };
async function visit(link: Square.PaymentLink, call = '', body?: object): Promise<Response> {
  return fetch(link.url! + call, body ? { method: 'POST', body: JSON.stringify(body) } : {});
}
const pay = async (link: Square.PaymentLink, body: object): Promise<Answer> =>
  (await (await visit(link, '/payments', body)).json()) as Answer;
const state = async (link: Square.PaymentLink) => ((await (await visit(link, '/state')).json()) as Answer).state;

describe('the page of a link', () => {
  test('a card of the form pays a draft order, which is open and paid then', async () => {
    const made = await create({ paymentNote: 'Invoice 7', prePopulatedData: { buyerEmail: 'ines@example.com' } });
    const link = made.paymentLink!;
    expect(made.relatedResources!.orders![0]!.state).toBe('DRAFT');
    const page = await visit(link);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(await page.text()).toContain('id="card"');
    const { token } = await makeToken(bench, '4111 1111 1111 1111');
    const paid = await pay(link, { source_id: token });
    expect(paid.result).toBe('paid');
    const payment = (await bench.client.payments.get({ paymentId: paid.payment.id })).payment!;
    expect(payment).toMatchObject({
      status: 'COMPLETED',
      amountMoney: usd(12_500),
      orderId: link.orderId!,
      note: 'Invoice 7',
      buyerEmailAddress: 'ines@example.com',
    });
    const order = await orderOf(link);
    expect(order).toMatchObject({ state: 'OPEN', netAmountDueMoney: usd(0) });
    expect(order.tenders![0]!.paymentId).toBe(payment.id);
    expect(await state(link)).toBe('paid');
  });

  test('a declined card leaves it open, and it is paid once however often somebody presses', async () => {
    const link = (await create()).paymentLink!;
    const declined = await makeToken(bench, '4000 0000 0000 0002');
    expect(await pay(link, { source_id: declined.token })).toMatchObject({
      result: 'declined',
      payment: { status: 'FAILED' },
    });
    expect(await state(link)).toBe('open');
    expect((await orderOf(link)).state).toBe('DRAFT');
    expect((await pay(link, { source_id: 'cnon:card-nonce-ok' })).result).toBe('paid');
    expect((await pay(link, { source_id: 'cnon:card-nonce-ok' })).result).toBe('refused');
    const { tenders } = await orderOf(link);
    expect(tenders).toHaveLength(1);
  });

  test('presses at the same moment take the money once', async () => {
    const link = (await create()).paymentLink!;
    const presses = await Promise.all([1, 2, 3, 4].map(() => pay(link, { source_id: 'cnon:card-nonce-ok' })));
    expect(presses.map(press => press.result).sort()).toEqual(['paid', 'refused', 'refused', 'refused']);
  });

  test('a page takes no cash, no card on file and no invented token', async () => {
    const link = (await create()).paymentLink!;
    for (const source_id of ['CASH', 'EXTERNAL', 'ccof:customer-card-id-ok', 'cnon:invented', '']) {
      expect((await pay(link, { source_id })).result, source_id).toBe('refused');
    }
    expect(await state(link)).toBe('open');
  });

  test('a tip is taken only where the link allows one', async () => {
    const strict = (await create()).paymentLink!;
    const open = (await create({ checkoutOptions: { allowTipping: true } })).paymentLink!;
    for (const link of [strict, open]) await pay(link, { source_id: 'cnon:card-nonce-ok', tip_minor: 500 });
    expect((await orderOf(strict)).totalTipMoney).toEqual(usd(0));
    expect((await orderOf(open)).totalTipMoney).toEqual(usd(500));
  });

  test('the order of a link cannot be paid through the API while it is a draft', async () => {
    const link = (await create()).paymentLink!;
    const request = { sourceId: 'cnon:card-nonce-ok', amountMoney: usd(12_500), orderId: link.orderId! };
    const direct = bench.client.payments.create({ ...request, idempotencyKey: bench.key() });
    expect(await refusalOf(direct)).toBe('400 BAD_REQUEST');
  });

  test('a payment answers with its reference, and people pay without a browser', async () => {
    const order = {
      locationId: bench.simulator.locationId,
      referenceId: 'D1-000099',
      lineItems: [{ name: 'Bill', quantity: '1', basePriceMoney: usd(4_000) }],
    };
    const link = (await create({ order })).paymentLink!;
    const paid = bench.simulator.control.people.payLink(link.id!);
    expect(paid).toMatchObject({ result: 'paid', payment: { reference_id: 'D1-000099', order_id: link.orderId! } });
  });
});

describe('bank accounts on the page', () => {
  test('a debit is pending for about a minute, then completed, and only then can it be refunded', async () => {
    const link = (await create()).paymentLink!;
    const { result, payment } = await pay(link, { source_id: 'bnon:bank-nonce-ok' });
    expect(result).toBe('pending');
    expect(await state(link)).toBe('pending');
    const paymentId = payment.id;
    expect((await bench.client.payments.get({ paymentId })).payment).toMatchObject({
      status: 'PENDING',
      sourceType: 'BANK_ACCOUNT',
    });
    expect(await refusalOf(bench.client.payments.cancel({ paymentId }))).toBe('400 BAD_REQUEST');
    expect(await refusalOf(bench.client.payments.complete({ paymentId }))).toBe('400 BAD_REQUEST');
    const refund = () =>
      bench.client.refunds.refundPayment({ idempotencyKey: bench.key(), paymentId, amountMoney: usd(500) });
    expect(await refusalOf(refund())).toBe('400 REFUND_ERROR_PAYMENT_NEEDS_COMPLETION');
    expect((await pay(link, { source_id: 'cnon:card-nonce-ok' })).result).toBe('refused');
    bench.simulator.control.advance(MINUTE);
    expect((await bench.client.payments.get({ paymentId })).payment!.status).toBe('COMPLETED');
    expect(await state(link)).toBe('paid');
    expect((await refund()).refund!.status).toBe('PENDING');
  });

  test.each([
    ['bnon:bank-nonce-insufficient-funds', 'INSUFFICIENT_FUNDS'],
    ['bnon:bank-nonce-account-unusable', 'ACCOUNT_UNUSABLE'],
    ['bnon:bank-nonce-invalid-account', 'INVALID_ACCOUNT'],
    ['bnon:bank-nonce-buyer-refused-payment', 'BUYER_REFUSED_PAYMENT'],
  ])('%s fails with %s, and the link can be paid again', async (source_id, code) => {
    const link = (await create()).paymentLink!;
    const paymentId = (await pay(link, { source_id })).payment.id;
    bench.simulator.control.advance(MINUTE);
    const payment = (await bench.client.payments.get({ paymentId })).payment!;
    expect(payment).toMatchObject({ status: 'FAILED', bankAccountDetails: { errors: [{ code }] } });
    expect(await state(link)).toBe('open');
    expect((await pay(link, { source_id: 'cnon:card-nonce-ok' })).result).toBe('paid');
  });
});

describe('the calls', () => {
  test('create, read, list, update by version', async () => {
    const link = (await create({ description: 'First' })).paymentLink!;
    expect((await links().get({ id: link.id! })).paymentLink).toMatchObject({ description: 'First', url: link.url! });
    const listed: string[] = [];
    for await (const entry of await links().list({ limit: 2 })) listed.push(entry.id!);
    expect(listed).toContain(link.id);
    const changed = await links().update({ id: link.id!, paymentLink: { version: 1, description: 'Second' } });
    expect(changed.paymentLink).toMatchObject({ version: 2, description: 'Second', orderId: link.orderId! });
    const stale = links().update({ id: link.id!, paymentLink: { version: 1, description: 'Third' } });
    expect(await refusalOf(stale)).toBe('400 VERSION_MISMATCH');
  });

  test('a deleted link takes no payment, and its order is canceled', async () => {
    const link = (await create()).paymentLink!;
    expect((await links().delete({ id: link.id! })).cancelledOrderId).toBe(link.orderId);
    expect(await state(link)).toBe('gone');
    expect((await pay(link, { source_id: 'cnon:card-nonce-ok' })).result).toBe('refused');
    expect((await orderOf(link)).state).toBe('CANCELED');
    expect(await refusalOf(links().get({ id: link.id! }))).toBe('404 NOT_FOUND');
    expect(await refusalOf(links().delete({ id: link.id! }))).toBe('404 NOT_FOUND');
  });

  test('deleting a paid link leaves its money and its order alone', async () => {
    const link = (await create()).paymentLink!;
    await pay(link, { source_id: 'cnon:card-nonce-ok' });
    expect((await links().delete({ id: link.id! })).cancelledOrderId).toBeUndefined();
    expect(await orderOf(link)).toMatchObject({ state: 'OPEN', netAmountDueMoney: usd(0) });
  });

  test('a page that answers nobody has taken the money all the same', async () => {
    const link = (await create()).paymentLink!;
    bench.simulator.control.addFault({ fault: 'drop_after_commit', path: '/v1/links/*' });
    await expect(pay(link, { source_id: 'cnon:card-nonce-ok' })).rejects.toThrow();
    bench.simulator.control.clearFaults();
    expect(await state(link)).toBe('paid');
  });

  test.each([
    [{}, 'MISSING_REQUIRED_PARAMETER', 'quick_pay'],
    [
      { quick_pay: { name: 'A', price_money: { amount: 1, currency: 'USD' }, location_id: 'main' }, order: {} },
      'CONFLICTING_PARAMETERS',
      'order',
    ],
    [
      { quick_pay: { name: '', price_money: { amount: 1, currency: 'USD' }, location_id: 'main' } },
      'VALUE_EMPTY',
      'quick_pay.name',
    ],
    [
      { quick_pay: { name: 'A', price_money: { amount: 1, currency: 'EUR' }, location_id: 'main' } },
      'CURRENCY_MISMATCH',
      'quick_pay.price_money.currency',
    ],
    [{ payment_note: 'x'.repeat(501) }, 'VALUE_TOO_LONG', 'payment_note'],
    [{ pre_populated_data: { buyer_email: 'nobody' } }, 'INVALID_EMAIL_ADDRESS', 'pre_populated_data.buyer_email'],
    [
      { pre_populated_data: { buyer_phone_number: '1' } },
      'INVALID_PHONE_NUMBER',
      'pre_populated_data.buyer_phone_number',
    ],
  ])('%j is refused with %s at %s', async (body, code, field) => {
    expect(await raw(bench, 'POST', '/v2/online-checkout/payment-links', body)).toMatchObject({ code, field });
  });

  test('one key, one link', async () => {
    const idempotencyKey = bench.key();
    const first = await create({ idempotencyKey });
    expect((await create({ idempotencyKey })).paymentLink!.id).toBe(first.paymentLink!.id);
    expect(await refusalOf(create({ idempotencyKey, description: 'x' }))).toBe('400 IDEMPOTENCY_KEY_REUSED');
  });
});
