import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Square } from 'square';
import { describe, expect, test } from 'vitest';
import { raw, refusalOf, startBench, usd, useBench } from './support.ts';

const bench = useBench();
const DEVICES = {
  card: '9fa747a2-25ff-48ee-b078-04381f7c828f',
  tip: '22cd266c-6246-4c06-9983-67f0c26346b0',
  gift_card: '4mp4e78c-88ed-4d55-a269-8008dfe14e9',
  interac: '388b5a08-a77c-48ef-ad2a-4a790e6f2789',
  interac_tip: '2b0b734b-b187-47f0-9d6f-288745210bdb',
  felica: '19a01fbd-3dcd-4d9f-a499-a641684af745',
  paypay: 'cae0ee02-f83b-11ec-b939-0242ac120002',
  pay_later: '819f8d79-961e-4097-8f70-ef70b3e7db28',
  buyer_cancels: '841100b9-ee60-4537-9bcf-e30b2ba5e215',
  times_out: '0a956d49-619a-4530-8e5e-8eac603ffc5e',
  offline: 'da40d603-c2ea-4a65-8cfd-f42e36dab0c7',
};
const SECOND = 1_000;
const checkouts = () => bench.client.terminal.checkouts;

async function send(deviceId: string, wish: Partial<Square.TerminalCheckout> = {}): Promise<string> {
  const checkout = { amountMoney: usd(2610), deviceOptions: { deviceId }, ...wish };
  return (await checkouts().create({ idempotencyKey: bench.key(), checkout })).checkout!.id!;
}
const look = async (checkoutId: string) => (await checkouts().get({ checkoutId })).checkout!;
async function paymentOf(checkoutId: string) {
  const { paymentIds } = await look(checkoutId);
  return (await bench.client.payments.get({ paymentId: paymentIds![0]! })).payment!;
}
async function pair(name = 'Front desk', deviceId?: string): Promise<string> {
  const request = { idempotencyKey: bench.key(), deviceCode: { name, productType: 'TERMINAL_API' } } as const;
  const code = (await bench.client.devices.codes.create(request)).deviceCode!;
  return bench.simulator.control.people.pairDevice(code.code!, deviceId).device_id!;
}

describe('what the published test devices do', () => {
  test('card success goes from pending over in progress to a payment of the terminal', async () => {
    const id = await send(DEVICES.card, { referenceId: 'D1-000042', note: 'Front desk' });
    expect((await look(id)).status).toBe('PENDING');
    bench.simulator.control.advance(2 * SECOND);
    expect((await look(id)).status).toBe('IN_PROGRESS');
    bench.simulator.control.advance(5 * SECOND);
    expect((await look(id)).status).toBe('COMPLETED');
    const payment = await paymentOf(id);
    expect(payment).toMatchObject({
      status: 'COMPLETED',
      amountMoney: usd(2610),
      terminalCheckoutId: id,
      referenceId: 'D1-000042',
      note: 'Front desk',
      applicationDetails: { squareProduct: 'TERMINAL_API' },
      deviceDetails: { deviceId: DEVICES.card },
      cardDetails: { entryMethod: 'CONTACTLESS', cvvStatus: 'CVV_NOT_CHECKED', status: 'CAPTURED' },
    });
    bench.simulator.control.advance(6 * SECOND);
    // 2.6 % of 26.10 and 15 cents.
    expect((await paymentOf(id)).processingFee![0]!.amountMoney).toEqual(usd(83));
    const listed = await bench.client.payments.list({ limit: 1 });
    expect(listed.data[0]!.id).toBe(payment.id);
  });

  test('the tip device adds a fifth, the gift card and pay later devices pay with theirs', async () => {
    const ids = [await send(DEVICES.tip), await send(DEVICES.gift_card), await send(DEVICES.pay_later)];
    bench.simulator.control.advance(10 * SECOND);
    expect(await paymentOf(ids[0]!)).toMatchObject({ tipMoney: usd(522), totalMoney: usd(3132) });
    expect((await look(ids[0]!)).tipMoney).toEqual(usd(522));
    expect((await paymentOf(ids[1]!)).cardDetails!.card!.cardBrand).toBe('SQUARE_GIFT_CARD');
    expect((await paymentOf(ids[2]!)).sourceType).toBe('BUY_NOW_PAY_LATER');
  });

  test('the buyer cancels, the device times out, the offline device keeps it pending', async () => {
    const [buyer, late, offline] = [
      await send(DEVICES.buyer_cancels),
      await send(DEVICES.times_out),
      await send(DEVICES.offline),
    ];
    expect(await look(late)).toMatchObject({ status: 'CANCELED', cancelReason: 'TIMED_OUT' });
    bench.simulator.control.advance(10 * SECOND);
    expect(await look(buyer)).toMatchObject({ status: 'CANCELED', cancelReason: 'BUYER_CANCELED' });
    expect((await look(offline)).status).toBe('PENDING');
    const { checkout } = await checkouts().cancel({ checkoutId: offline });
    expect(checkout).toMatchObject({ status: 'CANCELED', cancelReason: 'SELLER_CANCELED' });
    expect(await refusalOf(checkouts().cancel({ checkoutId: offline }))).toBe('400 BAD_REQUEST');
    for (const id of [buyer, late, offline]) expect((await look(id)).paymentIds).toBeUndefined();
  });

  test('a checkout that nobody fetches ends at its deadline', async () => {
    const [long, short] = [await send(DEVICES.offline), await send(DEVICES.offline, { deadlineDuration: 'PT30S' })];
    bench.simulator.control.advance(30 * SECOND);
    expect(await look(short)).toMatchObject({ status: 'CANCELED', cancelReason: 'TIMED_OUT' });
    bench.simulator.control.advance(269 * SECOND);
    expect((await look(long)).status).toBe('PENDING');
    bench.simulator.control.advance(SECOND);
    expect(await look(long)).toMatchObject({ status: 'CANCELED', cancelReason: 'TIMED_OUT' });
  });

  test('devices for another currency are refused, and pay in their own', async () => {
    expect(await refusalOf(send(DEVICES.interac))).toBe('400 BAD_REQUEST');
    const { location } = bench.simulator.control.settings;
    const payIn = async (currency: 'CAD' | 'JPY', deviceId: string) => {
      location.currency = currency;
      const id = await send(deviceId, { amountMoney: { amount: 1000n, currency } });
      bench.simulator.control.advance(10 * SECOND);
      location.currency = 'USD';
      return paymentOf(id);
    };
    const interac = await payIn('CAD', DEVICES.interac);
    expect(interac.cardDetails!.card!.cardBrand).toBe('INTERAC');
    expect((await payIn('CAD', DEVICES.interac_tip)).tipMoney).toEqual({ amount: 200n, currency: 'CAD' });
    expect((await payIn('JPY', DEVICES.felica)).cardDetails!.card!.cardBrand).toBe('FELICA');
    expect((await payIn('JPY', DEVICES.paypay)).walletDetails!.brand).toBe('PAYPAY');
    const refund = { amountMoney: usd(100), paymentId: interac.id!, reason: 'Returned', deviceId: DEVICES.interac };
    const made = bench.client.terminal.refunds.create({ idempotencyKey: bench.key(), refund });
    expect(await refusalOf(made)).toBe('501 NOT_IMPLEMENTED');
  });
});

describe('a terminal with a person', () => {
  test('a declined card leaves a failed payment, and the next card pays', async () => {
    const id = await send(await pair());
    bench.simulator.control.advance(2 * SECOND);
    const failed = bench.simulator.control.people.tapCard(id, { decline: 'INSUFFICIENT_FUNDS' });
    expect((await look(id)).status).toBe('IN_PROGRESS');
    const read = (await bench.client.payments.get({ paymentId: failed.id })).payment!;
    expect(read).toMatchObject({ status: 'FAILED', terminalCheckoutId: id, approvedMoney: usd(0) });
    const payment = bench.simulator.control.people.tapCard(id, { tip_minor: 90 });
    expect(await look(id)).toMatchObject({ status: 'COMPLETED', paymentIds: [payment.id], tipMoney: usd(90) });
    expect((await bench.client.terminal.dismissTerminalCheckout({ checkoutId: id })).checkout!.status).toBe(
      'COMPLETED',
    );
    expect(() => bench.simulator.control.people.tapCard(id)).toThrow('it is COMPLETED');
  });

  test('a card wins over a cancel that comes too late, and a cancel is obeyed when none comes', async () => {
    const device = await pair();
    const [paid, given] = [await send(device), await send(device)];
    bench.simulator.control.advance(2 * SECOND);
    for (const checkoutId of [paid, given]) {
      expect((await checkouts().cancel({ checkoutId })).checkout!.status).toBe('CANCEL_REQUESTED');
      expect((await checkouts().cancel({ checkoutId })).checkout!.status).toBe('CANCEL_REQUESTED');
    }
    bench.simulator.control.people.tapCard(paid);
    bench.simulator.control.advance(10 * SECOND);
    expect((await look(paid)).status).toBe('COMPLETED');
    expect(await look(given)).toMatchObject({ status: 'CANCELED', cancelReason: 'SELLER_CANCELED' });
    expect(await refusalOf(checkouts().cancel({ checkoutId: paid }))).toBe('400 BAD_REQUEST');
  });

  test('the payer of a test device who is about to pay wins over a cancel too', async () => {
    const id = await send(DEVICES.card);
    bench.simulator.control.advance(1 * SECOND);
    // The device fetched it just now and the payer needs four seconds: a cancel three seconds later comes too late.
    bench.simulator.control.advance(3 * SECOND);
    await checkouts().cancel({ checkoutId: id });
    bench.simulator.control.advance(5 * SECOND);
    expect((await look(id)).status).toBe('COMPLETED');
  });

  test('the payer gives up, and a card that nobody presents ends at the deadline', async () => {
    const device = await pair();
    const [given, waiting] = [await send(device), await send(device)];
    bench.simulator.control.advance(2 * SECOND);
    bench.simulator.control.people.cancelCheckout(given);
    expect((await look(given)).cancelReason).toBe('BUYER_CANCELED');
    expect(await refusalOf(bench.client.terminal.dismissTerminalCheckout({ checkoutId: given }))).toBe(
      '400 BAD_REQUEST',
    );
    bench.simulator.control.advance(300 * SECOND);
    expect(await look(waiting)).toMatchObject({ status: 'CANCELED', cancelReason: 'TIMED_OUT' });
  });

  test('a hold of the terminal lasts 36 hours unless it is completed', async () => {
    const device = await pair();
    const [lost, kept] = [
      await send(device, { paymentOptions: { autocomplete: false } }),
      await send(device, { paymentOptions: { autocomplete: false, delayDuration: 'PT2H', delayAction: 'COMPLETE' } }),
    ];
    bench.simulator.control.advance(2 * SECOND);
    for (const id of [lost, kept]) bench.simulator.control.people.tapCard(id);
    expect(await paymentOf(lost)).toMatchObject({ status: 'APPROVED', delayDuration: 'PT36H' });
    bench.simulator.control.advance(7_200 * SECOND);
    expect((await paymentOf(kept)).status).toBe('COMPLETED');
    bench.simulator.control.advance(36 * 3_600 * SECOND);
    expect((await paymentOf(lost)).status).toBe('CANCELED');
    const tooLong = send(device, { paymentOptions: { autocomplete: false, delayDuration: 'PT37H' } });
    expect(await refusalOf(tooLong)).toBe('400 INVALID_VALUE');
  });

  test('a typed card is keyed, and costs what keyed cards cost', async () => {
    const id = await send(await pair(), { paymentType: 'MANUAL_CARD_ENTRY' });
    bench.simulator.control.advance(2 * SECOND);
    bench.simulator.control.people.tapCard(id);
    expect((await paymentOf(id)).cardDetails!.entryMethod).toBe('KEYED');
  });
});

describe('requests', () => {
  test('one key, one checkout; another body is refused', async () => {
    const idempotencyKey = bench.key();
    const checkout = { amountMoney: usd(100), deviceOptions: { deviceId: DEVICES.offline } };
    const first = await checkouts().create({ idempotencyKey, checkout });
    const again = await checkouts().create({ idempotencyKey, checkout });
    expect(again.checkout!.id).toBe(first.checkout!.id);
    const other = checkouts().create({ idempotencyKey, checkout: { ...checkout, amountMoney: usd(101) } });
    expect(await refusalOf(other)).toBe('400 IDEMPOTENCY_KEY_REUSED');
  });

  test('a checkout whose answer was lost is found by its key, and there is one of it', async () => {
    bench.simulator.control.addFault({ fault: 'drop_after_commit', path: '/v2/terminals/checkouts' });
    const deviceId = await pair();
    const request = { idempotencyKey: bench.key(), checkout: { amountMoney: usd(900), deviceOptions: { deviceId } } };
    await expect(checkouts().create(request)).rejects.toThrow();
    const { checkout } = await checkouts().create(request);
    const found = await checkouts().search({ query: { filter: { deviceId } } });
    expect(found.checkouts!.map(entry => entry.id)).toEqual([checkout!.id]);
  });

  test.each([
    [{ idempotency_key: 'k'.repeat(65) }, {}, 'VALUE_TOO_LONG', 'idempotency_key'],
    [{}, { reference_id: 'x'.repeat(41) }, 'VALUE_TOO_LONG', 'checkout.reference_id'],
    [{}, { note: 'x'.repeat(501) }, 'VALUE_TOO_LONG', 'checkout.note'],
    [
      {},
      { statement_description_identifier: 'x'.repeat(21) },
      'VALUE_TOO_LONG',
      'checkout.statement_description_identifier',
    ],
    [{}, { deadline_duration: 'PT5M1S' }, 'INVALID_VALUE', 'checkout.deadline_duration'],
    [{}, { payment_type: 'CASH' }, 'INVALID_ENUM_VALUE', 'checkout.payment_type'],
    [{}, { device_options: { device_id: 'nobody' } }, 'BAD_REQUEST', 'checkout.device_options.device_id'],
    [{}, { device_options: {} }, 'MISSING_REQUIRED_PARAMETER', 'checkout.device_options.device_id'],
    [{}, { amount_money: { amount: 0, currency: 'USD' } }, 'VALUE_TOO_LOW', 'checkout.amount_money.amount'],
    [{}, { amount_money: { amount: 100, currency: 'EUR' } }, 'CURRENCY_MISMATCH', 'checkout.amount_money.currency'],
    [{}, { order_id: 'nothing' }, 'NOT_FOUND', 'checkout.order_id'],
  ])('%j %j is refused with %s at %s', async (outside, inside, code, field) => {
    const checkout = { amount_money: { amount: 100, currency: 'USD' }, device_options: { device_id: DEVICES.card } };
    const body = { idempotency_key: bench.key(), checkout: { ...checkout, ...inside }, ...outside };
    expect(await raw(bench, 'POST', '/v2/terminals/checkouts', body)).toMatchObject({ code, field });
  });

  test('search finds by device, status and time, page by page, for thirty days', async () => {
    const device = await pair();
    const ids = [await send(device), await send(device), await send(device)];
    const query = { filter: { deviceId: device, status: 'PENDING' }, sort: { sortOrder: 'ASC' } } as const;
    const first = await checkouts().search({ query, limit: 2 });
    const second = await checkouts().search({ query, limit: 2, cursor: first.cursor! });
    expect([...first.checkouts!, ...second.checkouts!].map(entry => entry.id).sort()).toEqual([...ids].sort());
    expect(await refusalOf(checkouts().search({ query, limit: 1, cursor: first.cursor! }))).toBe('400 INVALID_CURSOR');
    const future = new Date(bench.simulator.control.now() + 60_000).toISOString();
    const none = await checkouts().search({ query: { filter: { deviceId: device, createdAt: { startAt: future } } } });
    expect(none.checkouts).toBeUndefined();
    bench.simulator.control.advance(30 * 86_400 * SECOND);
    expect(await refusalOf(look(ids[0]!))).toBe('404 NOT_FOUND');
    expect((await checkouts().search({ query: { filter: { deviceId: device } } })).checkouts).toBeUndefined();
  });

  test('terminal refunds are for Interac: others are sent to the Refunds API', async () => {
    const id = await send(DEVICES.card);
    bench.simulator.control.advance(10 * SECOND);
    const refund = {
      amountMoney: usd(100),
      paymentId: (await paymentOf(id)).id!,
      reason: 'Returned',
      deviceId: DEVICES.card,
    };
    const made = bench.client.terminal.refunds.create({ idempotencyKey: bench.key(), refund });
    expect(await refusalOf(made)).toBe('400 BAD_REQUEST');
    const linked = { idempotencyKey: bench.key(), amountMoney: usd(100), paymentId: refund.paymentId };
    expect((await bench.client.refunds.refundPayment(linked)).refund!.status).toBe('PENDING');
  });
});

test('a checkout on its way survives a restart, and so do its payment and its device', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'terminal-books-'));
  const first = await startBench({ directory });
  const checkout = { amountMoney: usd(500), deviceOptions: { deviceId: DEVICES.card } };
  const made = await first.client.terminal.checkouts.create({ idempotencyKey: 'once', checkout });
  await first.simulator.close();
  const second = await startBench({ directory });
  second.simulator.control.advance(10 * SECOND);
  const read = (await second.client.terminal.checkouts.get({ checkoutId: made.checkout!.id! })).checkout!;
  expect(read.status).toBe('COMPLETED');
  expect(second.simulator.control.payments().map(payment => payment.id)).toEqual(read.paymentIds);
  await second.simulator.close();
  rmSync(directory, { recursive: true });
});
