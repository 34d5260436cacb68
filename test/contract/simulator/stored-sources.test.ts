import { describe, expect, test } from 'vitest';
import { makeCustomer, makeToken, refusalOf, usd, useBench } from './support.ts';

const bench = useBench();
const DAY = 86_400_000;
const accounts = () => bench.client.bankAccounts;

async function charge(sourceId: string, rest: object = {}) {
  const request = { sourceId, idempotencyKey: bench.key(), amountMoney: usd(2_000) };
  return (await bench.client.payments.create({ ...request, ...rest })).payment!;
}
const store = (sourceId: string, rest: object = {}) =>
  accounts().createBankAccount({ idempotencyKey: bench.key(), sourceId, ...rest });

describe('bank accounts of customers', () => {
  test('stored from a token, debited for its customer only, and never again once disabled', async () => {
    const customerId = await makeCustomer(bench);
    const made = (await store('bnon:bank-nonce-ok', { customerId })).bankAccount!;
    expect(made).toMatchObject({ status: 'VERIFIED', debitable: true, customerId });
    const bankAccountId = made.id;
    expect((await accounts().get({ bankAccountId })).bankAccount!.id).toBe(made.id);
    expect((await accounts().list()).data.map(account => account.id)).toContain(made.id);
    const payment = await charge(made.id, { customerId });
    expect(payment).toMatchObject({ status: 'PENDING', sourceType: 'BANK_ACCOUNT' });
    expect(await refusalOf(charge(made.id))).toBe('400 MISSING_REQUIRED_PARAMETER');
    expect(await refusalOf(charge(made.id, { customerId: await makeCustomer(bench) }))).toBe('404 NOT_FOUND');
    expect(await refusalOf(charge(made.id, { customerId, autocomplete: false }))).toBe('400 CONFLICTING_PARAMETERS');
    const off = (await accounts().disableBankAccount({ bankAccountId })).bankAccount!;
    expect(off).toMatchObject({ status: 'DISABLED', debitable: false });
    expect(await refusalOf(charge(made.id, { customerId }))).toBe('400 BAD_REQUEST');
    bench.simulator.control.advance(60_000);
    expect((await bench.client.payments.get({ paymentId: payment.id! })).payment!.status).toBe('COMPLETED');
  });

  test('an account without money fails whenever it is debited', async () => {
    const { bankAccount } = await store('bnon:bank-nonce-insufficient-funds');
    const { id } = await charge(bankAccount!.id);
    bench.simulator.control.advance(60_000);
    expect((await bench.client.payments.get({ paymentId: id! })).payment).toMatchObject({
      status: 'FAILED',
      bankAccountDetails: { errors: [{ code: 'INSUFFICIENT_FUNDS' }] },
    });
  });

  test('cards, unknown customers and unknown accounts are refused, and one key stores once', async () => {
    expect(await refusalOf(store('cnon:card-nonce-ok'))).toBe('400 INVALID_VALUE');
    expect(await refusalOf(store('bnon:bank-nonce-ok', { customerId: 'NOBODY' }))).toBe('400 CUSTOMER_NOT_FOUND');
    expect(await refusalOf(accounts().get({ bankAccountId: 'bact:nothing' }))).toBe('404 NOT_FOUND');
    expect(await refusalOf(charge('bact:nothing'))).toBe('404 NOT_FOUND');
    const idempotencyKey = bench.key();
    const first = (await store('bnon:bank-nonce-ok', { idempotencyKey })).bankAccount!;
    expect((await store('bnon:bank-nonce-ok', { idempotencyKey })).bankAccount!.id).toBe(first.id);
    expect(await refusalOf(store('bnon:bank-nonce-failure', { idempotencyKey }))).toBe('400 IDEMPOTENCY_KEY_REUSED');
  });
});

describe('cards on file', () => {
  test.each([
    ['ccof:customer-card-id-declined', '400 GENERIC_DECLINE'],
    ['ccof:customer-card-id-rejected-postalcode', '400 ADDRESS_VERIFICATION_FAILURE'],
    ['ccof:customer-card-id-rejected-expiration', '400 INVALID_EXPIRATION'],
    ['ccof:customer-card-id-requires-verification', '400 CARD_DECLINED_VERIFICATION_REQUIRED'],
  ])('%s answers %s', async (sourceId, refusal) => {
    expect(await refusalOf(charge(sourceId, { customerId: await makeCustomer(bench) }))).toBe(refusal);
  });

  test('a card is good to the end of its month, and not a moment longer', async () => {
    const customerId = await makeCustomer(bench);
    const now = new Date(bench.simulator.control.now());
    const [year, month] = [now.getUTCFullYear() + 1, now.getUTCMonth() + 1];
    const { token } = await makeToken(bench, '4111 1111 1111 1111', { month, year });
    const wish = { customerId, billingAddress: { postalCode: '94103' } };
    const { card } = await bench.client.cards.create({ idempotencyKey: bench.key(), sourceId: token, card: wish });
    const end = Date.UTC(year, month);
    bench.simulator.control.advance(end - bench.simulator.control.now() - DAY);
    expect((await charge(card!.id!, { customerId })).status).toBe('COMPLETED');
    bench.simulator.control.advance(DAY);
    expect(await refusalOf(charge(card!.id!, { customerId }))).toBe('400 CARD_EXPIRED');
  });
});
