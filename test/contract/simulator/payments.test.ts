import { describe, expect, test } from 'vitest';
import {
  contractFetch,
  errorOf,
  failedPayment,
  hasContract,
  makeCustomer,
  messagesChecked,
  refusalOf,
  usd,
  useBench,
} from './support.ts';

const bench = useBench();

function pay(sourceId: string, amount = 1000, rest: object = {}) {
  return bench.client.payments.create({ sourceId, idempotencyKey: bench.key(), amountMoney: usd(amount), ...rest });
}

describe('literals', () => {
  test.each(['cnon:card-nonce-ok', 'cnon:gift-card-nonce-ok', 'wnon:cash-app-ok', 'wnon:afterpay-or-clearpay-ok'])(
    '%s completes at once',
    async source => {
      const { payment } = await pay(source);
      expect(payment).toMatchObject({ status: 'COMPLETED', amountMoney: usd(1000), totalMoney: usd(1000) });
      expect(payment!.orderId).toBeTruthy();
      expect(payment!.versionToken).toBeTruthy();
    },
  );

  test.each([
    ['cnon:card-nonce-declined', 'GENERIC_DECLINE'],
    ['cnon:card-nonce-rejected-cvv', 'CVV_FAILURE'],
    ['cnon:card-nonce-rejected-postalcode', 'ADDRESS_VERIFICATION_FAILURE'],
    ['cnon:card-nonce-rejected-expiration', 'INVALID_EXPIRATION'],
    ['cnon:gift-card-nonce-insufficient-permission', 'INSUFFICIENT_PERMISSIONS'],
    ['wnon:cash-app-declined', 'GENERIC_DECLINE'],
    ['wnon:afterpay-or-clearpay-declined', 'GENERIC_DECLINE'],
  ])('%s is declined with %s and leaves a failed payment', async (source, code) => {
    const error = await errorOf(pay(source));
    expect(error.statusCode).toBe(400);
    expect(error.errors[0]).toMatchObject({ code, category: 'PAYMENT_METHOD_ERROR' });
    const failed = failedPayment(error);
    expect(failed).toMatchObject({ status: 'FAILED', approved_money: { amount: 0, currency: 'USD' } });
    const { payment } = await bench.client.payments.get({ paymentId: failed.id });
    expect(payment!.status).toBe('FAILED');
    if (source.startsWith('cnon:')) {
      expect(payment!.cardDetails).toMatchObject({ status: 'FAILED', errors: [{ code }] });
      expect(payment!.cardDetails!.cardPaymentTimeline!.capturedAt).toBeUndefined();
    }
  });

  test('declines answer 402 when the setting says so', async () => {
    bench.simulator.control.settings.decline_status = 402;
    expect(await refusalOf(pay('cnon:card-nonce-declined'))).toBe('402 GENERIC_DECLINE');
    bench.simulator.control.settings.decline_status = 400;
  });

  test('a used token is refused without a payment', async () => {
    const before = bench.simulator.control.payments().length;
    expect(await refusalOf(pay('cnon:card-nonce-already-used'))).toBe('400 CARD_TOKEN_USED');
    expect(await refusalOf(pay('cnon:never-made'))).toBe('400 INVALID_CARD_DATA');
    expect(bench.simulator.control.payments()).toHaveLength(before);
  });

  test.each([
    ['ccof:customer-card-id-ok', 'VISA'],
    ['ccof:customer-card-id-visa-ok', 'VISA'],
    ['ccof:customer-card-id-mastercard-ok', 'MASTERCARD'],
    ['ccof:customer-card-id-american-express-ok', 'AMERICAN_EXPRESS'],
  ])('%s charges a stored %s', async (source, brand) => {
    const { payment } = await pay(source, 1000, { customerId: await makeCustomer(bench) });
    expect(payment!.cardDetails).toMatchObject({
      status: 'CAPTURED',
      entryMethod: 'ON_FILE',
      card: { cardBrand: brand },
    });
  });

  test.each([
    ['ccof:customer-card-id-declined', 'GENERIC_DECLINE'],
    ['ccof:customer-card-id-rejected-postalcode', 'ADDRESS_VERIFICATION_FAILURE'],
    ['ccof:customer-card-id-rejected-expiration', 'INVALID_EXPIRATION'],
    ['ccof:customer-card-id-requires-verification', 'CARD_DECLINED_VERIFICATION_REQUIRED'],
  ])('%s is declined with %s', async (source, code) => {
    expect(await refusalOf(pay(source, 1000, { customerId: await makeCustomer(bench) }))).toBe(`400 ${code}`);
  });

  test('a stored card needs its customer', async () => {
    expect(await refusalOf(pay('ccof:customer-card-id-ok'))).toBe('400 MISSING_REQUIRED_PARAMETER');
  });

  test('a gift card that runs short says what it holds, and pays in part when asked', async () => {
    const error = await errorOf(pay('cnon:gift-card-nonce-insufficient-funds', 1000));
    expect(error.errors.map(entry => [entry.code, entry.detail])).toEqual([
      ['INSUFFICIENT_FUNDS', "Authorization error: 'INSUFFICIENT_FUNDS'"],
      ['GIFT_CARD_AVAILABLE_AMOUNT', '100'],
    ]);
    const rest = { autocomplete: false, acceptPartialAuthorization: true };
    const { payment } = await pay('cnon:gift-card-nonce-insufficient-funds', 1000, rest);
    expect(payment).toMatchObject({ status: 'APPROVED', approvedMoney: usd(100) });
    const clash = { autocomplete: true, acceptPartialAuthorization: true };
    expect(await refusalOf(pay('cnon:gift-card-nonce-ok', 1000, clash))).toBe('400 CONFLICTING_PARAMETERS');
  });

  test.each([
    ['bnon:bank-nonce-ok', 'COMPLETED'],
    ['bnon:bank-nonce-failure', 'FAILED'],
    ['bnon:bank-nonce-account-unusable', 'FAILED'],
    ['bnon:bank-nonce-insufficient-funds', 'FAILED'],
    ['bnon:bank-nonce-invalid-account', 'FAILED'],
    ['bnon:bank-nonce-buyer-refused-payment', 'FAILED'],
  ])('%s is pending, then %s', async (source, end) => {
    const { payment } = await pay(source);
    expect(payment!.status).toBe('PENDING');
    expect(await refusalOf(bench.client.payments.cancel({ paymentId: payment!.id! }))).toBe('400 BAD_REQUEST');
    bench.simulator.control.advance(61_000);
    const later = await bench.client.payments.get({ paymentId: payment!.id! });
    expect(later.payment!.status).toBe(end);
  });
});

describe('tenders that are only recorded', () => {
  test('cash completes with the change computed', async () => {
    const { payment } = await pay('CASH', 1250, { cashDetails: { buyerSuppliedMoney: usd(2000) } });
    expect(payment).toMatchObject({
      status: 'COMPLETED',
      sourceType: 'CASH',
      cashDetails: { changeBackMoney: usd(750) },
    });
  });

  test('cash needs enough cash, and cannot wait', async () => {
    expect(await refusalOf(pay('CASH'))).toBe('400 MISSING_REQUIRED_PARAMETER');
    expect(await refusalOf(pay('CASH', 1000, { cashDetails: { buyerSuppliedMoney: usd(999) } }))).toBe(
      '400 VALUE_TOO_LOW',
    );
    const rest = { cashDetails: { buyerSuppliedMoney: usd(1000) }, autocomplete: false };
    expect(await refusalOf(pay('CASH', 1000, rest))).toBe('400 CONFLICTING_PARAMETERS');
  });

  test('an external tender keeps its slip number', async () => {
    const externalDetails = { type: 'CHECK', source: 'First Bank', sourceId: '10442' };
    const { payment } = await pay('EXTERNAL', 1000, { externalDetails });
    expect(payment).toMatchObject({ status: 'COMPLETED', sourceType: 'EXTERNAL', externalDetails });
    const wrong = pay('EXTERNAL', 1000, { externalDetails: { type: 'BARTER', source: 'x' } });
    expect(await refusalOf(wrong)).toBe('400 INVALID_ENUM_VALUE');
  });
});

describe('two phases', () => {
  const hold = (rest: object = {}) => pay('cnon:card-nonce-ok', 1000, { autocomplete: false, ...rest });

  test('a hold is approved, then completed once', async () => {
    const { payment } = await hold();
    expect(payment).toMatchObject({ status: 'APPROVED', delayDuration: 'PT168H', delayAction: 'CANCEL' });
    expect(payment!.cardDetails!.status).toBe('AUTHORIZED');
    expect(payment!.capabilities).toContain('EDIT_AMOUNT_DOWN');
    const versionToken = payment!.versionToken!;
    const wrong = bench.client.payments.complete({ paymentId: payment!.id!, versionToken: 'old' });
    expect(await refusalOf(wrong)).toBe('400 VERSION_MISMATCH');
    const done = await bench.client.payments.complete({ paymentId: payment!.id!, versionToken });
    expect(done.payment).toMatchObject({ status: 'COMPLETED', cardDetails: { status: 'CAPTURED' } });
    expect(done.payment!.versionToken).not.toBe(versionToken);
    const again = bench.client.payments.complete({ paymentId: payment!.id! });
    expect(await refusalOf(again)).toBe('400 DELAYED_TRANSACTION_CAPTURED');
  });

  test('a canceled hold has no receipt and cannot be completed', async () => {
    const { payment } = await hold();
    expect(payment!.receiptNumber).toHaveLength(4);
    const canceled = await bench.client.payments.cancel({ paymentId: payment!.id! });
    expect(canceled.payment).toMatchObject({ status: 'CANCELED', cardDetails: { status: 'VOIDED' } });
    expect(canceled.payment!.receiptNumber).toBeUndefined();
    const late = bench.client.payments.complete({ paymentId: payment!.id! });
    expect(await refusalOf(late)).toBe('400 DELAYED_TRANSACTION_CANCELED');
  });

  test('an expired hold cancels or completes as it was told', async () => {
    const canceling = await hold({ delayDuration: 'PT1H' });
    const completing = await hold({ delayDuration: 'PT1H', delayAction: 'COMPLETE' });
    bench.simulator.control.advance(3_599_000);
    const early = await bench.client.payments.get({ paymentId: canceling.payment!.id! });
    expect(early.payment!.status).toBe('APPROVED');
    bench.simulator.control.advance(2_000);
    const canceled = await bench.client.payments.get({ paymentId: canceling.payment!.id! });
    expect(canceled.payment).toMatchObject({ status: 'CANCELED', updatedAt: canceling.payment!.delayedUntil! });
    const late = bench.client.payments.complete({ paymentId: canceling.payment!.id! });
    expect(await refusalOf(late)).toBe('400 DELAYED_TRANSACTION_EXPIRED');
    const completed = await bench.client.payments.get({ paymentId: completing.payment!.id! });
    expect(completed.payment).toMatchObject({ status: 'COMPLETED' });
  });

  test('delays outside one minute to seven days are refused', async () => {
    expect(await refusalOf(hold({ delayDuration: 'PT30S' }))).toBe('400 VALUE_TOO_LOW');
    expect(await refusalOf(hold({ delayDuration: 'P8D' }))).toBe('400 VALUE_TOO_HIGH');
    expect(await refusalOf(hold({ delayDuration: 'one week' }))).toBe('400 INVALID_TIME');
  });

  test('an update follows the capabilities of the card', async () => {
    const update = (paymentId: string, payment: object) =>
      bench.client.payments.update({ paymentId, idempotencyKey: bench.key(), payment });
    const free = (await hold()).payment!.id!;
    const raised = await update(free, { amountMoney: usd(1500), tipMoney: usd(200) });
    expect(raised.payment).toMatchObject({ totalMoney: usd(1700), approvedMoney: usd(1700) });
    const only = async (source: string) => (await pay(source, 1000, { autocomplete: false })).payment!.id!;
    expect(await refusalOf(update(await only('cnon:card-edit-not-allowed'), { amountMoney: usd(900) }))).toBe(
      '400 BAD_REQUEST',
    );
    const down = await only('cnon:card-edit-down-only');
    expect(await refusalOf(update(down, { amountMoney: usd(1100) }))).toBe('400 BAD_REQUEST');
    expect((await update(down, { amountMoney: usd(900) })).payment!.totalMoney).toEqual(usd(900));
    const tip = await only('cnon:card-edit-tip-failure');
    expect(await refusalOf(update(tip, { tipMoney: usd(100) }))).toBe('400 GENERIC_DECLINE');
    const failing = await only('cnon:card-edit-failure');
    expect(await refusalOf(update(failing, { amountMoney: usd(900) }))).toBe('400 GENERIC_DECLINE');
  });
});

describe('fees, risk and disputes', () => {
  test.each([
    ['online', {}, 320],
    ['keyed by the seller', { customerDetails: { customerInitiated: false, sellerKeyedIn: true } }, 365],
  ])('the fee of a payment %s appears seconds later', async (_name, rest, fee) => {
    const { payment } = await pay('cnon:card-nonce-ok', 10_000, rest);
    expect(payment!.processingFee).toBeUndefined();
    bench.simulator.control.advance(6_000);
    const later = (await bench.client.payments.get({ paymentId: payment!.id! })).payment!;
    expect(later.processingFee).toMatchObject([{ type: 'INITIAL', amountMoney: usd(fee) }]);
    expect(later.updatedAt! > payment!.updatedAt!).toBe(true);
  });

  test('the documented amounts raise the risk level', async () => {
    expect((await pay('cnon:card-nonce-ok', 2222)).payment!.riskEvaluation!.riskLevel).toBe('MODERATE');
    expect((await pay('cnon:card-nonce-ok', 3333)).payment!.riskEvaluation!.riskLevel).toBe('HIGH');
    expect((await pay('cnon:card-nonce-ok', 1)).payment!.riskEvaluation!.riskLevel).toBe('NORMAL');
  });

  test('flags that contradict each other are declined as in the field reports', async () => {
    const rest = { customerDetails: { customerInitiated: true, sellerKeyedIn: true } };
    expect(await refusalOf(pay('cnon:card-nonce-ok', 1000, rest))).toBe('400 GENERIC_DECLINE');
  });
});

describe.skipIf(!hasContract)('the contract', () => {
  test('every call of this file was held against it, in both directions', () => {
    expect(messagesChecked()).toBeGreaterThan(100);
  });

  test('a request that breaks it is caught', async () => {
    const body = JSON.stringify({ source_id: 'cnon:card-nonce-ok', idempotency_key: 'x'.repeat(46) });
    const sent = contractFetch(`${bench.simulator.baseUrl}/v2/payments`, { method: 'POST', body });
    await expect(sent).rejects.toThrow('The request of CreatePayment breaks the contract');
  });
});
