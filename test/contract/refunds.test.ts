import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { REFUND_REFUSALS } from '../../common/contract/refund-shapes.ts';
import { money } from '../../common/money.ts';
import type { Gateway, GatewayPayment, RefundRequest } from '../../main/gateway/gateway.ts';
import { createSquareGateway } from '../../main/gateway/square/adapter.ts';
import { refundOutcomeOf, type Failure } from '../../main/gateway/square/errors.ts';
import { startSimulator, type Simulator } from '../../main/gateway/simulator/simulator.ts';
import { systemRandom } from '../../main/platform/ids.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { paymentRequest, useCannedSquare } from '../support/canned-square.ts';

/** Giving back through the real SDK: against the simulator for what is documented, against a server for what may come. */
const canned = useCannedSquare();
const request = (change: Partial<RefundRequest> = {}): RefundRequest => ({
  ...{ idempotency_key: '0190b3a4-7c1d-7e2f-8a3b-4c5d6e7f8a9c', amount: money(500, 'USD') },
  ...{ square_payment_id: 'PAYMENT1', reference: 'D1-R000001-a1b2c3d4' },
  ...change,
});
const squareRefund = (change: object = {}) => ({
  ...{
    id: 'PAYMENT1_REFUND1',
    status: 'PENDING',
    payment_id: 'PAYMENT1',
    amount_money: { amount: 500, currency: 'USD' },
  },
  ...{ reason: 'D1-R000001-a1b2c3d4', destination_type: 'CARD' },
  ...{ created_at: '2026-01-15T15:00:00.000Z', updated_at: '2026-01-15T15:00:01.000Z' },
  ...change,
});

async function answered(status: number, body: unknown) {
  canned.answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
  return canned.gateway().createRefund(await canned.gateway().prepareRefund(request()));
}
const refused = (status: number, code: string) => answered(status, { errors: [{ category: 'REFUND_ERROR', code }] });

describe('the bytes of a refund', () => {
  test('are the same every time, name the payment, the amount and our reference, and nothing else', async () => {
    const bytes = await canned.gateway().prepareRefund(request());
    expect(await canned.gateway().prepareRefund(structuredClone(request()))).toBe(bytes);
    expect(JSON.parse(bytes)).toEqual({
      idempotency_key: request().idempotency_key,
      amount_money: { amount: 500, currency: 'USD' },
      payment_id: 'PAYMENT1',
      reason: 'D1-R000001-a1b2c3d4',
    });
    expect(canned.received).toEqual([]);
  });

  test('are what arrives, byte by byte, at every send', async () => {
    const bytes = await canned.gateway().prepareRefund(request());
    canned.answer = { status: 200, body: JSON.stringify({ refund: squareRefund() }) };
    await canned.gateway().createRefund(bytes);
    await canned.gateway().createRefund(bytes);
    expect(canned.received.map(one => one.body)).toEqual([bytes, bytes]);
    expect(canned.received[0]).toMatchObject({ method: 'POST', path: '/v2/refunds' });
  });
});

describe('an answer to a refund', () => {
  test.each(['PENDING', 'COMPLETED', 'REJECTED', 'FAILED'])('that agrees is accepted as %s', async status => {
    expect(await answered(200, { refund: squareRefund({ status }) })).toMatchObject({
      kind: 'accepted',
      refund: { square_refund_id: 'PAYMENT1_REFUND1', status, amount: money(500, 'USD'), settles: true },
    });
  });

  test.each([
    ['another amount', { amount_money: { amount: 501, currency: 'USD' } }],
    ['another currency', { amount_money: { amount: 500, currency: 'EUR' } }],
    ['another payment', { payment_id: 'PAYMENT2' }],
    ['another reference', { reason: 'D1-R000002-a1b2c3d4' }],
  ])('that names %s is no definite answer', async (_what, change) => {
    expect(await answered(200, { refund: squareRefund(change) })).toMatchObject({
      kind: 'unknown',
      reason: 'answer_mismatch',
    });
  });

  test.each([
    ['no refund', {}],
    ['a status nobody knows', { refund: squareRefund({ status: 'WAITING' }) }],
    ['an error beside the refund', { refund: squareRefund(), errors: [{ category: 'API_ERROR', code: 'ODD' }] }],
    ['no JSON', '<html>'],
  ])('with %s is unreadable, so the money may have moved', async (_what, body) => {
    expect(await answered(200, body)).toMatchObject({ kind: 'unknown' });
  });

  test.each([
    [400, 'REFUND_AMOUNT_INVALID', 'amount_invalid'],
    [400, 'PAYMENT_NOT_REFUNDABLE', 'not_refundable'],
    [400, 'PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE', 'disputed'],
    [400, 'REFUND_ALREADY_PENDING', 'already_pending'],
    [400, 'REFUND_ERROR_PAYMENT_NEEDS_COMPLETION', 'not_completed'],
    [403, 'INSUFFICIENT_PERMISSIONS_FOR_REFUND', 'not_permitted'],
    [400, 'REFUND_DECLINED', 'declined'],
    [400, 'CARD_MISMATCH', 'declined'],
    [400, 'RESERVATION_DECLINED', 'declined'],
    [400, 'GENERIC_DECLINE', 'declined'],
    [404, 'NOT_FOUND', 'payment_unknown'],
    [400, 'CURRENCY_MISMATCH', 'amount_invalid'],
    [400, 'INVALID_VALUE', 'software_fault'],
  ])('%i %s is refused as %s', async (status, code, reason) => {
    expect(await refused(status, code)).toEqual({ kind: 'refused', reason, square_code: code });
  });

  test.each([
    [401, 'UNAUTHORIZED', { kind: 'not_sent', reason: 'unauthorized' }],
    [403, 'INSUFFICIENT_SCOPES', { kind: 'not_sent', reason: 'missing_scope' }],
    [429, 'RATE_LIMITED', { kind: 'unknown', reason: 'rate_limited' }],
    [500, 'REFUND_DECLINED', { kind: 'unknown', reason: 'server_error' }],
    [503, 'SERVICE_UNAVAILABLE', { kind: 'unknown', reason: 'server_error' }],
    [400, 'IDEMPOTENCY_KEY_REUSED', { kind: 'unknown', reason: 'answer_mismatch' }],
    [400, 'TEMPORARY_ERROR', { kind: 'unknown', reason: 'server_error' }],
    [404, 'SOMETHING_NEW', { kind: 'unknown' }],
  ])('%i %s says nothing about the money', async (status, code, expected) => {
    expect(await refused(status, code)).toMatchObject(expected);
  });

  test('a code that is not listed is never a refusal', async () => {
    const code = fc.stringMatching(/^X_[A-Z_]{3,20}$/);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(400, 402, 404, 409, 422), code, async (status, one) => {
        expect((await refused(status, one)).kind).toBe('unknown');
      }),
      { numRuns: 20 },
    );
  });

  test('every failure has exactly one outcome, and none of them is "accepted"', () => {
    const codes = fc.array(fc.oneof(fc.constantFrom('REFUND_DECLINED', 'NOT_FOUND', 'TEMPORARY_ERROR'), fc.string()));
    const answer = fc.record({
      ...{ kind: fc.constant('answered' as const), status: fc.integer({ min: 400, max: 599 }), codes },
      ...{ failedPaymentId: fc.constant(null), retry_after_ms: fc.option(fc.nat()) },
    });
    const silence = fc.constantFrom('never_connected', 'timeout', 'connection_lost', 'unreadable');
    fc.assert(
      fc.property(fc.oneof(answer, fc.record({ kind: silence })), failure => {
        const outcome = refundOutcomeOf(failure as Failure);
        expect(['refused', 'not_sent', 'unknown']).toContain(outcome.kind);
        if (outcome.kind === 'refused') expect(REFUND_REFUSALS).toContain(outcome.reason);
      }),
    );
  });

  test('a desk without a line has sent nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const gateway = createSquareGateway({ ...canned.connection(), base_url: `http://127.0.0.1:${port}` });
    expect(await gateway.createRefund(await gateway.prepareRefund(request()))).toEqual({
      kind: 'not_sent',
      reason: 'offline',
    });
  });
});

describe('against the simulator', () => {
  let clock: FakeClock;
  let simulator: Simulator;
  let gateway: Gateway;
  beforeAll(async () => {
    clock = createFakeClock();
    simulator = await startSimulator({ clock, random: systemRandom, token: 'EAAA-refunds' });
    gateway = createSquareGateway({
      ...{ environment: 'simulator', base_url: simulator.baseUrl, access_token: simulator.token },
      ...{ location_id: simulator.locationId, currency: 'USD', timeout_ms: 2000 },
    });
  });
  afterAll(() => simulator.close());
  beforeEach(() => {
    simulator.control.settings.refund_outcome = 'COMPLETED';
  });
  afterEach(() => simulator.control.clearFaults());

  let made = 0;
  async function paid(source: Parameters<typeof paymentRequest>[0] = {}): Promise<GatewayPayment> {
    made += 1;
    const token = { kind: 'token', token: 'cnon:card-nonce-ok', channel: 'desk', two_phase: false } as const;
    const asked = paymentRequest({ idempotency_key: `payment-${made}`, source: token, ...source });
    const outcome = await gateway.createPayment(await gateway.prepare(asked));
    if (outcome.kind !== 'completed' && outcome.kind !== 'approved') throw new Error(JSON.stringify(outcome));
    return outcome.payment;
  }
  async function giveBack({ square_payment_id }: GatewayPayment, minor: number, key = `refund-${(made += 1)}`) {
    const asked = request({ idempotency_key: key, square_payment_id, amount: money(minor, 'USD') });
    return gateway.createRefund(await gateway.prepareRefund(asked));
  }

  test('a refund is pending, is found by its id and by our reference, and ends as Square says', async () => {
    const payment = await paid();
    const outcome = await giveBack(payment, 500);
    expect(outcome).toMatchObject({ kind: 'accepted', refund: { status: 'PENDING' } });
    const { square_refund_id } = (outcome as { refund: { square_refund_id: string } }).refund;
    simulator.control.advance(60_000);
    expect(await gateway.getRefund(square_refund_id)).toMatchObject({ kind: 'ok', value: { status: 'COMPLETED' } });
    const page = await gateway.listRefunds({ from_ms: 0, cursor: null });
    expect(page).toMatchObject({
      kind: 'ok',
      value: { refunds: [{ square_refund_id, reason: 'D1-R000001-a1b2c3d4' }] },
    });
    expect(await gateway.getRefund('NOTHING')).toEqual({ kind: 'not_found' });
  });

  test('the same bytes twice are one refund, other bytes under the same key are none', async () => {
    const payment = await paid();
    const first = await giveBack(payment, 500, 'same');
    expect(await giveBack(payment, 500, 'same')).toEqual(first);
    expect(await giveBack(payment, 600, 'same')).toMatchObject({ kind: 'unknown', reason: 'answer_mismatch' });
    expect(await gateway.getPayment(payment.square_payment_id)).toMatchObject({ value: { refunded_minor: 500 } });
  });

  test('a lost answer is unknown, and asking again shows what was made', async () => {
    const payment = await paid();
    simulator.control.addFault({ fault: 'drop_after_commit', method: 'POST', path: '/v2/refunds' });
    expect(await giveBack(payment, 500, 'lost')).toMatchObject({ kind: 'unknown', reason: 'connection_lost' });
    expect(await giveBack(payment, 500, 'lost')).toMatchObject({ kind: 'accepted' });
    expect(await gateway.getPayment(payment.square_payment_id)).toMatchObject({ value: { refunded_minor: 500 } });
  });

  test('more than is left, an open hold, a dispute, an unknown payment and an old one are refused by name', async () => {
    const payment = await paid();
    await giveBack(payment, 1000);
    expect(await giveBack(payment, 251)).toMatchObject({ reason: 'amount_invalid' });
    const held = await paid({
      source: { kind: 'token', token: 'cnon:card-nonce-ok', channel: 'desk', two_phase: true },
    });
    expect(await giveBack(held, 500)).toMatchObject({ reason: 'not_completed' });
    expect(await giveBack({ ...payment, square_payment_id: 'NOTHING' }, 500)).toMatchObject({
      reason: 'payment_unknown',
    });
    const disputed = await paid({ amount: money(8805, 'USD') });
    simulator.control.advance(60_000);
    expect(await giveBack(disputed, 500)).toMatchObject({ reason: 'disputed' });
    const old = await paid();
    simulator.control.advance(366 * 86_400_000);
    expect(await giveBack(old, 500)).toMatchObject({ reason: 'not_refundable' });
  });

  test('what failed cannot be given back again, and what was rejected can', async () => {
    const payment = await paid();
    simulator.control.settings.refund_outcome = 'FAILED';
    await giveBack(payment, 1000);
    simulator.control.advance(60_000);
    expect(await giveBack(payment, 251)).toMatchObject({ reason: 'amount_invalid' });
    simulator.control.settings.refund_outcome = 'REJECTED';
    await giveBack(payment, 250);
    simulator.control.advance(60_000);
    expect(await giveBack(payment, 250)).toMatchObject({ kind: 'accepted' });
  });

  test('cash and checks are records: done at once, and settled by nobody', async () => {
    const cash = await paid({ source: { kind: 'cash', tendered: money(1250, 'USD') } });
    expect(await giveBack(cash, 500)).toMatchObject({ refund: { status: 'COMPLETED', settles: false } });
    const check = await paid({ source: { kind: 'external', type: 'CHECK', source: 'Check', source_id: '1' } });
    expect(await giveBack(check, 500)).toMatchObject({ refund: { status: 'COMPLETED', settles: false } });
  });
});
