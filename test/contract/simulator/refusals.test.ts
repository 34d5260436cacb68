import { describe, expect, test } from 'vitest';
import { errorOf, raw, refusalOf, usd, useBench } from './support.ts';

const bench = useBench();

function pay(sourceId: string, amount = 1000, rest: object = {}) {
  return bench.client.payments.create({ sourceId, idempotencyKey: bench.key(), amountMoney: usd(amount), ...rest });
}

describe('refusals', () => {
  test.each([
    ['zero', { amountMoney: usd(0) }, 'VALUE_TOO_LOW'],
    ['over the limit', { amountMoney: usd(5_000_001) }, 'AMOUNT_TOO_HIGH'],
    ['over the limit with its tip', { amountMoney: usd(5_000_000), tipMoney: usd(1) }, 'AMOUNT_TOO_HIGH'],
    ['in another currency', { amountMoney: { amount: 1000n, currency: 'EUR' as const } }, 'CURRENCY_MISMATCH'],
    ['at another location', { locationId: 'LELSEWHERE' }, 'INVALID_LOCATION'],
    ['with a bad address', { buyerEmailAddress: 'nobody' }, 'INVALID_EMAIL_ADDRESS'],
    ['with a bad phone number', { buyerPhoneNumber: '12' }, 'INVALID_PHONE_NUMBER'],
    ['for an unknown customer', { customerId: 'NOBODY' }, 'NOT_FOUND'],
    ['on an unknown order', { orderId: 'NOTHING' }, 'NOT_FOUND'],
    ['with too much fee', { appFeeMoney: usd(901) }, 'INVALID_FEES'],
  ])('a payment %s is refused', async (_name, rest, code) => {
    expect((await errorOf(pay('cnon:card-nonce-ok', 1000, rest))).errors[0]!.code).toBe(code);
  });

  test.each([
    ['reference_id', 40],
    ['note', 500],
    ['statement_description_identifier', 20],
    ['idempotency_key', 45],
  ])('%s takes %i characters and not one more', async (field, longest) => {
    const body = { source_id: 'cnon:card-nonce-ok', amount_money: { amount: 100, currency: 'USD' } };
    const base = { ...body, idempotency_key: bench.key() };
    const fits = await raw(bench, 'POST', '/v2/payments', { ...base, [field]: 'x'.repeat(longest) });
    expect(fits.status).toBe(200);
    const another = { ...base, idempotency_key: bench.key() };
    const long = await raw(bench, 'POST', '/v2/payments', { ...another, [field]: 'x'.repeat(longest + 1) });
    expect([long.status, long.code, long.field]).toEqual([400, 'VALUE_TOO_LONG', field]);
  });

  test('missing and mistyped fields are named', async () => {
    const missing = await raw(bench, 'POST', '/v2/payments', {});
    expect(missing.body.errors!.map(error => error.field)).toEqual(['source_id', 'idempotency_key', 'amount_money']);
    const body = { source_id: 'cnon:card-nonce-ok', idempotency_key: bench.key(), unheard_of: 1 };
    const wrong = await raw(bench, 'POST', '/v2/payments', {
      ...body,
      amount_money: { amount: '100', currency: 'USD' },
    });
    expect([wrong.code, wrong.field]).toEqual(['EXPECTED_INTEGER', 'amount_money.amount']);
    const fine = await raw(bench, 'POST', '/v2/payments', { ...body, amount_money: { amount: 100, currency: 'USD' } });
    expect(fine.status, 'unknown fields are tolerated').toBe(200);
  });

  test('authority, path, method and media type are judged before anything else', async () => {
    expect((await raw(bench, 'GET', '/v2/payments', undefined, { authorization: 'Bearer no' })).code).toBe(
      'UNAUTHORIZED',
    );
    expect((await raw(bench, 'GET', '/v2/nothing')).status).toBe(404);
    expect((await raw(bench, 'DELETE', '/v2/payments')).status).toBe(405);
    expect((await raw(bench, 'POST', '/v2/payments', '{')).code).toBe('EXPECTED_JSON_BODY');
    expect((await raw(bench, 'POST', '/v2/payments', 'a=b', { 'content-type': 'text/plain' })).status).toBe(415);
    const { settings } = bench.simulator.control;
    settings.scopes = settings.scopes.filter(scope => scope !== 'PAYMENTS_WRITE');
    const scoped = await raw(bench, 'POST', '/v2/payments', {});
    settings.scopes = [...settings.scopes, 'PAYMENTS_WRITE'];
    expect([scoped.status, scoped.code]).toEqual([403, 'INSUFFICIENT_SCOPES']);
    settings.token_state = 'expired';
    const expired = await raw(bench, 'GET', '/v2/locations');
    settings.token_state = 'valid';
    expect([expired.status, expired.code]).toEqual([401, 'ACCESS_TOKEN_EXPIRED']);
  });

  test('a closed location takes cash but no card', async () => {
    const { location } = bench.simulator.control.settings;
    location.status = 'INACTIVE';
    const card = await refusalOf(pay('cnon:card-nonce-ok'));
    const cash = await pay('CASH', 1000, { cashDetails: { buyerSuppliedMoney: usd(1000) } });
    location.status = 'ACTIVE';
    expect(card).toBe('400 CARD_PROCESSING_NOT_ENABLED');
    expect(cash.payment!.status).toBe('COMPLETED');
  });
});
