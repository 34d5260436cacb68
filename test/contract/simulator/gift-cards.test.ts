import type { Square } from 'square';
import { describe, expect, test } from 'vitest';
import { errorOf, makeCustomer, makeToken, raw, refusalOf, usd, useBench } from './support.ts';

const bench = useBench();
const cards = () => bench.client.giftCards;
const TEST_CARD = '7783 3200 0000 0000';
const bought = { buyerPaymentInstrumentIds: ['ccof:elsewhere'] };

async function make(balance_minor = 0): Promise<Square.GiftCard> {
  const { locationId } = bench.simulator;
  const giftCard = { type: 'DIGITAL' as const };
  const made = (await cards().create({ idempotencyKey: bench.key(), locationId, giftCard })).giftCard!;
  if (balance_minor > 0) {
    await act(made.id!, { type: 'ACTIVATE', activateActivityDetails: { amountMoney: usd(balance_minor), ...bought } });
  }
  return made;
}
async function act(giftCardId: string, wish: Omit<Square.GiftCardActivity, 'locationId'>) {
  const giftCardActivity = { ...wish, giftCardId, locationId: bench.simulator.locationId };
  return (await cards().activities.create({ idempotencyKey: bench.key(), giftCardActivity })).giftCardActivity!;
}
const look = async (id: string) => (await cards().get({ id })).giftCard!;
async function pay(gan: string, amount: number, rest: object = {}) {
  const { token } = await makeToken(bench, gan, { kind: 'gift_card' });
  const request = { sourceId: token, idempotencyKey: bench.key(), amountMoney: usd(amount) };
  return (await bench.client.payments.create({ ...request, ...rest })).payment!;
}

describe('the life of a gift card', () => {
  test('made, activated, loaded, taken from, blocked, deactivated; each activity says what is left', async () => {
    const card = await make();
    const id = card.id!;
    expect(card).toMatchObject({ state: 'PENDING', balanceMoney: usd(0), gan: expect.stringMatching(/^7783\d{12}$/) });
    const load = { type: 'LOAD', loadActivityDetails: { amountMoney: usd(500), ...bought } } as const;
    expect(await refusalOf(act(id, load))).toBe('400 BAD_REQUEST');
    await act(id, { type: 'ACTIVATE', activateActivityDetails: { amountMoney: usd(2_000), ...bought } });
    expect((await act(id, load)).giftCardBalanceMoney).toEqual(usd(2_500));
    const redeem = (amount: number) => act(id, { type: 'REDEEM', redeemActivityDetails: { amountMoney: usd(amount) } });
    const redeemed = await redeem(700);
    expect(redeemed.redeemActivityDetails!.status).toBe('COMPLETED');
    expect(await refusalOf(redeem(1_801))).toBe('400 INSUFFICIENT_FUNDS');
    const refund = (amount: number) =>
      act(id, { type: 'REFUND', refundActivityDetails: { redeemActivityId: redeemed.id!, amountMoney: usd(amount) } });
    await refund(600);
    expect(await refusalOf(refund(101))).toBe('400 REFUND_AMOUNT_INVALID');
    const reason = { amountMoney: usd(50), reason: 'SUPPORT_ISSUE' } as const;
    await act(id, { type: 'ADJUST_INCREMENT', adjustIncrementActivityDetails: reason });
    await act(id, { type: 'ADJUST_DECREMENT', adjustDecrementActivityDetails: { ...reason, amountMoney: usd(20) } });
    expect((await look(id)).balanceMoney).toEqual(usd(2_430));
    await act(id, { type: 'BLOCK', blockActivityDetails: { reason: 'CHARGEBACK_BLOCK' } });
    expect(await refusalOf(redeem(1))).toBe('400 BAD_REQUEST');
    expect(await refusalOf(pay(card.gan!, 1))).toBe('400 INVALID_CARD');
    await act(id, { type: 'UNBLOCK', unblockActivityDetails: { reason: 'CHARGEBACK_UNBLOCK' } });
    await act(id, { type: 'DEACTIVATE', deactivateActivityDetails: { reason: 'UNKNOWN_REASON' } });
    expect(await look(id)).toMatchObject({ state: 'DEACTIVATED', balanceMoney: usd(0) });
    const types: string[] = [];
    for await (const one of await cards().activities.list({ giftCardId: id, limit: 4, sortOrder: 'ASC' }))
      types.push(one.type);
    expect([...types].sort()).toEqual(
      [
        'ACTIVATE',
        'LOAD',
        'REDEEM',
        'REFUND',
        'ADJUST_INCREMENT',
        'ADJUST_DECREMENT',
        'BLOCK',
        'UNBLOCK',
        'DEACTIVATE',
      ].sort(),
    );
  });

  test('a card is sold by the line of a paid order, once', async () => {
    const card = await make();
    const lineItems = [{ uid: 'gift', quantity: '1', itemType: 'GIFT_CARD' as const, basePriceMoney: usd(3_000) }];
    const { locationId } = bench.simulator;
    const order = (await bench.client.orders.create({ idempotencyKey: bench.key(), order: { locationId, lineItems } }))
      .order!;
    const details = { orderId: order.id!, lineItemUid: 'gift' };
    const activate = () => act(card.id!, { type: 'ACTIVATE', activateActivityDetails: details });
    expect(await refusalOf(activate())).toBe('400 BAD_REQUEST');
    const request = { sourceId: 'cnon:card-nonce-ok', amountMoney: usd(3_000), orderId: order.id! };
    await bench.client.payments.create({ ...request, idempotencyKey: bench.key() });
    expect((await activate()).activateActivityDetails!.amountMoney).toEqual(usd(3_000));
    const again = act(card.id!, { type: 'LOAD', loadActivityDetails: details });
    expect(await refusalOf(again)).toBe('400 BAD_REQUEST');
  });

  test('no card holds more than two thousand, and none is sold for nothing', async () => {
    const card = await make(200_000);
    const load = act(card.id!, { type: 'LOAD', loadActivityDetails: { amountMoney: usd(1), ...bought } });
    expect(await refusalOf(load)).toBe('400 PAYMENT_LIMIT_EXCEEDED');
    const unpaid = act((await make()).id!, { type: 'ACTIVATE', activateActivityDetails: { amountMoney: usd(1) } });
    expect(await refusalOf(unpaid)).toBe('400 MISSING_REQUIRED_PARAMETER');
  });
});

describe('paying with a gift card', () => {
  test('a payment takes from the balance, and a refund brings it back', async () => {
    const card = await make(5_000);
    const payment = await pay(card.gan!, 1_800);
    expect(payment.cardDetails!.card!.cardBrand).toBe('SQUARE_GIFT_CARD');
    expect((await look(card.id!)).balanceMoney).toEqual(usd(3_200));
    const refund = { idempotencyKey: bench.key(), paymentId: payment.id!, amountMoney: usd(300) };
    await bench.client.refunds.refundPayment(refund);
    bench.simulator.control.advance(6_000);
    expect((await look(card.id!)).balanceMoney).toEqual(usd(3_500));
    const activities = (await cards().activities.list({ giftCardId: card.id!, sortOrder: 'ASC' })).data;
    expect(activities.map(one => [one.type, Number(one.giftCardBalanceMoney!.amount)])).toEqual([
      ['ACTIVATE', 5_000],
      ['REDEEM', 3_200],
      ['REFUND', 3_500],
    ]);
    expect(activities[1]!.redeemActivityDetails!.paymentId).toBe(payment.id);
  });

  test('too little is refused with what there is, and is taken in part when that is asked for', async () => {
    const card = await make(1_000);
    const error = await errorOf(pay(card.gan!, 1_500));
    expect(error.errors.map(one => [one.code, one.detail])).toEqual([
      ['INSUFFICIENT_FUNDS', "Authorization error: 'INSUFFICIENT_FUNDS'"],
      ['GIFT_CARD_AVAILABLE_AMOUNT', '1000'],
    ]);
    expect((await look(card.id!)).balanceMoney).toEqual(usd(1_000));
    const part = { autocomplete: false, acceptPartialAuthorization: true };
    const held = await pay(card.gan!, 1_500, part);
    expect(held).toMatchObject({ status: 'APPROVED', amountMoney: usd(1_500), approvedMoney: usd(1_000) });
    expect((await look(card.id!)).balanceMoney).toEqual(usd(0));
    await bench.client.payments.cancel({ paymentId: held.id! });
    expect((await look(card.id!)).balanceMoney).toEqual(usd(1_000));
    const conflict = pay(card.gan!, 1_500, { acceptPartialAuthorization: true });
    expect(await refusalOf(conflict)).toBe('400 CONFLICTING_PARAMETERS');
  });

  test('what was taken in part is all that is given back, and all that its order has', async () => {
    const card = await make(1_000);
    const order = {
      locationId: bench.simulator.locationId,
      lineItems: [{ quantity: '1', basePriceMoney: usd(1_500) }],
    };
    const { id } = (await bench.client.orders.create({ idempotencyKey: bench.key(), order })).order!;
    const part = { autocomplete: false, acceptPartialAuthorization: true };
    const gift = await pay(card.gan!, 1_500, { ...part, orderId: id! });
    const rest = { sourceId: 'cnon:card-nonce-ok', amountMoney: usd(500), orderId: id!, autocomplete: false };
    const held = (await bench.client.payments.create({ ...rest, idempotencyKey: bench.key() })).payment!;
    expect(await refusalOf(bench.client.payments.complete({ paymentId: gift.id! }))).toBe('400 BAD_REQUEST');
    const paymentIds = [gift.id!, held.id!];
    const paid = (await bench.client.orders.pay({ orderId: id!, idempotencyKey: bench.key(), paymentIds })).order!;
    expect(paid).toMatchObject({ state: 'COMPLETED', netAmountDueMoney: usd(0) });
    const refund = (amount: number) => {
      const request = { idempotencyKey: bench.key(), paymentId: gift.id!, amountMoney: usd(amount) };
      return bench.client.refunds.refundPayment(request);
    };
    expect(await refusalOf(refund(1_001))).toBe('400 REFUND_AMOUNT_INVALID');
    expect((await refund(1_000)).refund!.status).toBe('PENDING');
    expect((await look(card.id!)).balanceMoney).toEqual(usd(1_000));
  });

  test('a card that was never activated pays nothing', async () => {
    const card = await make();
    expect(await refusalOf(pay(card.gan!, 1))).toBe('400 INVALID_CARD');
  });
});

describe('finding and linking', () => {
  test('by number, by token without using it up, and the public test card at first sight', async () => {
    const card = await make(900);
    expect((await cards().getFromGan({ gan: card.gan! })).giftCard).toMatchObject({
      id: card.id!,
      balanceMoney: usd(900),
    });
    const { token } = await makeToken(bench, card.gan!, { kind: 'gift_card' });
    expect((await cards().getFromNonce({ nonce: token })).giftCard!.id).toBe(card.id);
    const request = { sourceId: token, amountMoney: usd(400) };
    await bench.client.payments.create({ ...request, idempotencyKey: bench.key() });
    expect(await refusalOf(cards().getFromNonce({ nonce: token }))).toBe('400 CARD_TOKEN_USED');
    await pay(TEST_CARD, 2_500);
    const seen = (await cards().getFromGan({ gan: TEST_CARD.replaceAll(' ', '') })).giftCard!;
    expect(seen).toMatchObject({ state: 'ACTIVE', balanceMoney: usd(7_500) });
    expect(seen.gan).toBeUndefined();
    await pay(TEST_CARD, 500);
    expect((await look(seen.id!)).balanceMoney).toEqual(usd(7_000));
    expect(await refusalOf(cards().getFromGan({ gan: '7783000000000000' }))).toBe('404 NOT_FOUND');
    expect(await refusalOf(cards().getFromNonce({ nonce: 'cnon:card-nonce-ok' }))).toBe('400 INVALID_CARD_DATA');
  });

  test('customers are linked and unlinked, and lists keep to them', async () => {
    const customerId = await makeCustomer(bench);
    const id = (await make(100)).id!;
    expect((await cards().linkCustomer({ giftCardId: id, customerId })).giftCard!.customerIds).toEqual([customerId]);
    expect((await cards().list({ customerId })).data.map(card => card.id)).toEqual([id]);
    expect((await cards().list({ customerId, state: 'PENDING' })).data).toEqual([]);
    const unlinked = await cards().unlinkCustomer({ giftCardId: id, customerId });
    expect(unlinked.giftCard!.customerIds).toBeUndefined();
    const nobody = cards().linkCustomer({ giftCardId: id, customerId: 'NOBODY' });
    expect(await refusalOf(nobody)).toBe('404 NOT_FOUND');
    expect(await refusalOf(look('gftc:nothing'))).toBe('404 NOT_FOUND');
  });

  test('one key, one activity', async () => {
    const card = await make(1_000);
    const idempotencyKey = bench.key();
    const giftCardActivity = {
      type: 'REDEEM' as const,
      giftCardId: card.id!,
      locationId: bench.simulator.locationId,
      redeemActivityDetails: { amountMoney: usd(100) },
    };
    const send = () => cards().activities.create({ idempotencyKey, giftCardActivity });
    expect((await send()).giftCardActivity!.id).toBe((await send()).giftCardActivity!.id);
    expect((await look(card.id!)).balanceMoney).toEqual(usd(900));
  });

  test.each([
    [{ idempotency_key: 'k'.repeat(129) }, 'VALUE_TOO_LONG', 'idempotency_key'],
    [{ gift_card: { type: 'PAPER' } }, 'INVALID_ENUM_VALUE', 'gift_card.type'],
    [{ gift_card: { type: 'DIGITAL', gan_source: 'OTHER', gan: '1234567' } }, 'VALUE_TOO_SHORT', 'gift_card.gan'],
    [{ gift_card: { type: 'DIGITAL', gan_source: 'OTHER' } }, 'INVALID_VALUE', 'gift_card.gan'],
    [{ location_id: 'elsewhere' }, 'INVALID_LOCATION', 'location_id'],
  ])('%j is refused with %s at %s', async (wish, code, field) => {
    const base = { idempotency_key: bench.key(), location_id: 'main', gift_card: { type: 'DIGITAL' } };
    expect(await raw(bench, 'POST', '/v2/gift-cards', { ...base, ...wish })).toMatchObject({ code, field });
  });
});
