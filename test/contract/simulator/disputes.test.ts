import { describe, expect, test } from 'vitest';
import { raw, refusalOf, usd, useBench } from './support.ts';

const bench = useBench();
const SECOND = 1_000;
const DAY = 86_400 * SECOND;

async function pay(amount: number): Promise<string> {
  const request = { sourceId: 'cnon:card-nonce-ok', idempotencyKey: bench.key(), amountMoney: usd(amount) };
  return (await bench.client.payments.create(request)).payment!.id!;
}
async function disputeOf(paymentId: string) {
  for await (const dispute of await bench.client.disputes.list()) {
    if (dispute.disputedPayment!.paymentId === paymentId) return dispute;
  }
  return null;
}
async function disputed(amount = 8803): Promise<{ disputeId: string; paymentId: string }> {
  const paymentId = await pay(amount);
  bench.simulator.control.advance(11 * SECOND);
  return { disputeId: (await disputeOf(paymentId))!.id!, paymentId };
}
const look = async (disputeId: string) => (await bench.client.disputes.get({ disputeId })).dispute!;
const write = (disputeId: string, evidenceText = 'The patient signed.', idempotencyKey = bench.key()) =>
  bench.client.disputes.createEvidenceText({ disputeId, idempotencyKey, evidenceText, evidenceType: 'RECEIPT' });
const fundsOf = (id: string) => bench.simulator.control.disputes().find(dispute => dispute['id'] === id)!['funds'];
const refund = (paymentId: string) =>
  bench.client.refunds.refundPayment({ idempotencyKey: bench.key(), paymentId, amountMoney: usd(100) });

describe('the beginning', () => {
  test.each([
    [8801, 'AMOUNT_DIFFERS'],
    [8802, 'CANCELLED'],
    [8803, 'DUPLICATE'],
    [8804, 'NO_KNOWLEDGE'],
    [8805, 'NOT_AS_DESCRIBED'],
    [8806, 'NOT_RECEIVED'],
    [8807, 'PAID_BY_OTHER_MEANS'],
    [8808, 'CUSTOMER_REQUESTS_CREDIT'],
    [8809, 'EMV_LIABILITY_SHIFT'],
  ])('a payment of %i is disputed a while later, for %s', async (amount, reason) => {
    const paymentId = await pay(amount);
    expect(await disputeOf(paymentId)).toBeNull();
    bench.simulator.control.advance(11 * SECOND);
    const dispute = (await disputeOf(paymentId))!;
    expect(dispute).toMatchObject({ reason, state: 'EVIDENCE_REQUIRED', amountMoney: usd(amount), cardBrand: 'VISA' });
    expect(Date.parse(dispute.dueAt!)).toBeGreaterThan(bench.simulator.control.now());
    expect(fundsOf(dispute.id!)).toBe('held');
    expect(await refusalOf(refund(paymentId))).toBe('400 PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE');
    const { payment } = await bench.client.payments.get({ paymentId });
    expect(payment!.processingFee).toHaveLength(1);
  });

  test('other amounts are not disputed, and neither is what was given back before', async () => {
    const [plain, returned] = [await pay(8800), await pay(8804)];
    const whole = { idempotencyKey: bench.key(), paymentId: returned, amountMoney: usd(8804) };
    await bench.client.refunds.refundPayment(whole);
    bench.simulator.control.advance(DAY);
    expect(await disputeOf(plain)).toBeNull();
    expect(await disputeOf(returned)).toBeNull();
  });

  test('a fee that comes after the dispute comes all the same', async () => {
    const { settings } = bench.simulator.control;
    settings.fee_delay_ms = 60 * SECOND;
    const { paymentId } = await disputed();
    settings.fee_delay_ms = 5 * SECOND;
    expect((await bench.client.payments.get({ paymentId })).payment!.processingFee).toBeUndefined();
    bench.simulator.control.advance(60 * SECOND);
    expect((await bench.client.payments.get({ paymentId })).payment!.processingFee).toHaveLength(1);
    const all = (await bench.client.disputes.list()).data.filter(one => one.disputedPayment!.paymentId === paymentId);
    expect(all).toHaveLength(1);
  });
});

describe('the end', () => {
  test('evidence is written, read, removed and submitted, and the bank decides for the seller', async () => {
    const { disputeId, paymentId } = await disputed();
    expect(await refusalOf(bench.client.disputes.submitEvidence({ disputeId }))).toBe('400 BAD_REQUEST');
    const kept = (await write(disputeId)).evidence!;
    const dropped = (await write(disputeId, 'Wrong paper.')).evidence!;
    const ids = { disputeId, evidenceId: kept.id! };
    expect((await bench.client.disputes.evidence.get(ids)).evidence!.evidenceText).toBe('The patient signed.');
    await bench.client.disputes.evidence.delete({ disputeId, evidenceId: dropped.id! });
    expect((await bench.client.disputes.evidence.list({ disputeId })).data.map(entry => entry.id)).toEqual([kept.id]);
    expect((await look(disputeId)).evidenceIds).toEqual([kept.id]);
    expect((await bench.client.disputes.submitEvidence({ disputeId })).dispute!.state).toBe('PROCESSING');
    expect(await refusalOf(write(disputeId))).toBe('400 BAD_REQUEST');
    expect(await refusalOf(bench.client.disputes.evidence.delete(ids))).toBe('400 BAD_REQUEST');
    bench.simulator.control.advance(61 * SECOND);
    expect((await look(disputeId)).state).toBe('WON');
    expect(fundsOf(disputeId)).toBe('returned');
    expect((await refund(paymentId)).refund!.status).toBe('PENDING');
  });

  test('a picture is evidence too, once per key', async () => {
    const { disputeId } = await disputed();
    const idempotencyKey = bench.key();
    const send = (bytes: string, contentType = 'image/png', key = idempotencyKey) =>
      bench.client.disputes.createEvidenceFile({
        disputeId,
        request: { idempotencyKey: key, evidenceType: 'PROOF_OF_DELIVERY_DOCUMENTATION', contentType },
        imageFile: new File([bytes], 'slip.png', { type: contentType }),
      });
    const made = (await send('a picture\r\n--of lines')).evidence!;
    expect(made).toMatchObject({ evidenceFile: { filename: 'slip.png', filetype: 'image/png' } });
    expect((await send('a picture\r\n--of lines')).evidence!.id).toBe(made.id);
    expect(await refusalOf(send('another picture'))).toBe('400 IDEMPOTENCY_KEY_REUSED');
    expect(await refusalOf(send('text', 'text/plain', bench.key()))).toBe('400 INVALID_CONTENT_TYPE');
    expect(await refusalOf(send('', 'image/png', bench.key()))).toBe('400 VALUE_EMPTY');
    const large = 'x'.repeat(5_000_001);
    expect(await refusalOf(send(large, 'image/png', bench.key()))).toBe('400 VALUE_TOO_LONG');
    expect((await look(disputeId)).evidenceIds).toEqual([made.id]);
  });

  test('accepted is lost at once, unanswered is lost when its time is over, and the bank may decide against the seller', async () => {
    const [given, silent, answered] = [await disputed(), await disputed(), await disputed()];
    expect((await bench.client.disputes.accept({ disputeId: given.disputeId })).dispute!.state).toBe('ACCEPTED');
    expect(await refusalOf(bench.client.disputes.accept({ disputeId: given.disputeId }))).toBe('400 BAD_REQUEST');
    await write(answered.disputeId);
    await bench.client.disputes.submitEvidence({ disputeId: answered.disputeId });
    bench.simulator.control.settings.dispute_outcome = 'LOST';
    bench.simulator.control.advance(14 * DAY);
    bench.simulator.control.settings.dispute_outcome = 'WON';
    const states = [];
    for (const { disputeId } of [given, silent, answered]) {
      states.push((await look(disputeId)).state);
      expect(fundsOf(disputeId)).toBe('taken');
    }
    expect(states).toEqual(['ACCEPTED', 'LOST', 'LOST']);
    expect(await refusalOf(refund(silent.paymentId))).toBe('400 PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE');
    const lost = (await bench.client.disputes.list({ states: 'LOST' })).data;
    const found = lost.map(dispute => dispute.id);
    expect(found).toEqual(expect.arrayContaining([silent.disputeId, answered.disputeId]));
    expect(found).not.toContain(given.disputeId);
  });

  test('texts keep to their limits, and one key writes once', async () => {
    const { disputeId } = await disputed();
    const path = `/v2/disputes/${disputeId}/evidence-text`;
    const long = { idempotency_key: bench.key(), evidence_text: 'x'.repeat(501) };
    expect((await raw(bench, 'POST', path, long)).code).toBe('VALUE_TOO_LONG');
    const key = bench.key();
    const first = (await write(disputeId, 'Once.', key)).evidence!;
    expect((await write(disputeId, 'Once.', key)).evidence!.id).toBe(first.id);
    expect(await refusalOf(write(disputeId, 'Twice.', key))).toBe('400 IDEMPOTENCY_KEY_REUSED');
    expect(await refusalOf(look('nothing'))).toBe('404 NOT_FOUND');
    const type = { idempotency_key: bench.key(), evidence_text: 'A', evidence_type: 'POEM' };
    expect((await raw(bench, 'POST', path, type)).code).toBe('INVALID_ENUM_VALUE');
  });
});
