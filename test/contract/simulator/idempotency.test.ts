import { describe, expect, test } from 'vitest';
import { errorOf, failedPayment, refusalOf, usd, useBench } from './support.ts';

const bench = useBench();

function pay(idempotencyKey: string, rest: object = {}) {
  return bench.client.payments.create({
    sourceId: 'cnon:card-nonce-ok',
    idempotencyKey,
    amountMoney: usd(1000),
    ...rest,
  });
}
const count = () => bench.simulator.control.payments().length;

describe('one key, one effect', () => {
  test('the same request again answers with the first payment', async () => {
    const key = bench.key();
    const first = await pay(key);
    const before = count();
    expect((await pay(key)).payment).toEqual(first.payment);
    expect(count()).toBe(before);
  });

  test('two competing requests with one key make one payment', async () => {
    const key = bench.key();
    const before = count();
    const [left, right] = await Promise.all([pay(key), pay(key)]);
    expect(left.payment!.id).toBe(right.payment!.id);
    expect(count()).toBe(before + 1);
  });

  test('another body under the same key is refused', async () => {
    const key = bench.key();
    await pay(key);
    const error = await errorOf(pay(key, { amountMoney: usd(2000) }));
    expect(error.errors[0]).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', category: 'INVALID_REQUEST_ERROR' });
  });

  test('after a decline the same request repeats it, and a new card needs a new key', async () => {
    const key = bench.key();
    const first = await errorOf(pay(key, { sourceId: 'cnon:card-nonce-declined' }));
    const before = count();
    const again = await errorOf(pay(key, { sourceId: 'cnon:card-nonce-declined' }));
    expect(failedPayment(again).id).toBe(failedPayment(first).id);
    expect(count()).toBe(before);
    expect(await refusalOf(pay(key))).toBe('400 IDEMPOTENCY_KEY_REUSED');
    expect((await pay(bench.key())).payment!.status).toBe('COMPLETED');
  });

  test('a refused request leaves its key free', async () => {
    const key = bench.key();
    expect(await refusalOf(pay(key, { amountMoney: usd(0) }))).toBe('400 VALUE_TOO_LOW');
    expect((await pay(key)).payment!.status).toBe('COMPLETED');
  });

  test('forgotten keys charge again when a retention is set', async () => {
    bench.simulator.control.settings.key_retention_ms = 60_000;
    const key = bench.key();
    const first = await pay(key);
    bench.simulator.control.advance(61_000);
    const second = await pay(key);
    bench.simulator.control.settings.key_retention_ms = null;
    expect(second.payment!.id).not.toBe(first.payment!.id);
  });

  test('keys are apart per operation', async () => {
    const key = bench.key();
    const { payment } = await pay(key);
    const refund = await bench.client.refunds.refundPayment({
      idempotencyKey: key,
      amountMoney: usd(100),
      paymentId: payment!.id!,
    });
    expect(refund.refund!.status).toBe('PENDING');
  });
});

describe('cancel by key', () => {
  const cancel = (idempotencyKey: string) => bench.client.payments.cancelByIdempotencyKey({ idempotencyKey });

  test('it cancels a hold, and again without harm', async () => {
    const key = bench.key();
    const { payment } = await pay(key, { autocomplete: false });
    expect((await cancel(key)).errors).toBeUndefined();
    expect((await bench.client.payments.get({ paymentId: payment!.id! })).payment!.status).toBe('CANCELED');
    expect((await cancel(key)).errors).toBeUndefined();
  });

  test('an unknown key is a success that proves nothing: a late original still charges', async () => {
    const key = bench.key();
    await cancel(key);
    expect((await pay(key)).payment!.status).toBe('COMPLETED');
  });

  test('the late original is refused when the setting says so', async () => {
    bench.simulator.control.settings.cancel_blocks_late_original = true;
    const key = bench.key();
    await cancel(key);
    const late = await refusalOf(pay(key));
    bench.simulator.control.settings.cancel_blocks_late_original = false;
    expect(late).toBe('400 IDEMPOTENCY_KEY_REUSED');
  });

  test('a captured payment must be refunded instead', async () => {
    const key = bench.key();
    const { payment } = await pay(key);
    expect(await refusalOf(cancel(key))).toBe('400 DELAYED_TRANSACTION_CAPTURED');
    expect((await bench.client.payments.get({ paymentId: payment!.id! })).payment!.status).toBe('COMPLETED');
  });

  test('after the cancel the same key still answers with the first, approved, answer', async () => {
    const key = bench.key();
    const first = await pay(key, { autocomplete: false });
    await cancel(key);
    const again = await pay(key, { autocomplete: false });
    expect(again.payment).toEqual(first.payment);
  });
});
