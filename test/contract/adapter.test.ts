import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DECLINE_REASONS, REFUSAL_REASONS } from '../../common/contract/payments.ts';
import { CURRENCIES, money } from '../../common/money.ts';
import type { GatewayConnection, MoneyOutcome, PaymentRequest } from '../../main/gateway/gateway.ts';
import { createSquareGateway } from '../../main/gateway/square/adapter.ts';
import { failureOf, outcomeOf, readFailure, type Failure } from '../../main/gateway/square/errors.ts';
import { fromSquareMoney, toSquareMoney } from '../../main/gateway/square/money.ts';

/** A server that answers whatever the test says, to show what the adapter makes of it. */
let server: Server;
let answer: { status: number; body: string; headers?: Record<string, string> };
let received: { method: string; path: string; body: string; authorization: string | undefined }[] = [];
beforeAll(async () => {
  server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const { method = '', url = '', headers } = message;
      received.push({ method, path: url, body: Buffer.concat(chunks).toString('utf8'), authorization: headers.authorization });
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.body);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received = [];
});

const connection = (): GatewayConnection => ({
  environment: 'simulator',
  base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  access_token: 'EAAA-contract',
  location_id: 'LOCATION1',
  currency: 'USD',
  timeout_ms: 1000,
});
const gateway = () => createSquareGateway(connection());
const request = (change: Partial<PaymentRequest> = {}): PaymentRequest => ({
  idempotency_key: '0190b3a4-7c1d-7e2f-8a3b-4c5d6e7f8a9b',
  amount: money(1250, 'USD'),
  reference: 'D1-000001-a1b2c3d4',
  source: { kind: 'token', token: 'cnon:test', channel: 'desk', two_phase: true },
  note: '',
  ...change,
});
const payment = (change: object = {}) => ({
  id: 'PAYMENT1',
  status: 'COMPLETED',
  amount_money: { amount: 1250, currency: 'USD' },
  reference_id: 'D1-000001-a1b2c3d4',
  source_type: 'CARD',
  created_at: '2026-01-15T15:00:00.000Z',
  updated_at: '2026-01-15T15:00:01.000Z',
  version_token: 'v1',
  card_details: { card: { card_brand: 'VISA', last_4: '1111' } },
  ...change,
});
async function sent(status: number, body: unknown, headers?: Record<string, string>): Promise<MoneyOutcome> {
  answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body), ...(headers ? { headers } : {}) };
  return gateway().createPayment(await gateway().prepare(request()));
}
const errors = (...codes: string[]) => ({ errors: codes.map(code => ({ category: 'PAYMENT_METHOD_ERROR', code })) });

const KINDS = ['approved', 'completed', 'cancelled', 'declined', 'refused', 'not_sent', 'unknown'];
function isOutcome(outcome: MoneyOutcome): void {
  expect(KINDS).toContain(outcome.kind);
  if (outcome.kind === 'declined') expect(DECLINE_REASONS).toContain(outcome.reason);
  if (outcome.kind === 'refused') expect(REFUSAL_REASONS).toContain(outcome.reason);
  expect(JSON.stringify(outcome)).not.toContain('EAAA');
}

describe('the prepared bytes', () => {
  const source = fc.oneof(
    fc.record({ kind: fc.constant('token' as const), token: fc.string(), channel: fc.constantFrom('desk' as const, 'phone' as const), two_phase: fc.boolean() }),
    fc.record({ kind: fc.constant('cash' as const), tendered: fc.integer({ min: 1, max: 1e9 }).map(minor => money(minor, 'USD')) }),
    fc.record({ kind: fc.constant('external' as const), type: fc.constant('CHECK' as const), source: fc.string(), source_id: fc.string() }),
  );
  const anyRequest = fc
    .record({ idempotency_key: fc.uuid(), minor: fc.integer({ min: 1, max: 5_000_000 }), currency: fc.constantFrom(...CURRENCIES), reference: fc.string({ maxLength: 40 }), source, note: fc.string() })
    .map(({ minor, currency, ...rest }): PaymentRequest => ({ ...rest, amount: money(minor, currency) }));

  test('are the same every time, and nothing is sent for them', async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, async one => {
        const bytes = await gateway().prepare(one);
        expect(await gateway().prepare(structuredClone(one))).toBe(bytes);
        expect(JSON.parse(bytes)).toMatchObject({
          idempotency_key: one.idempotency_key,
          amount_money: { amount: one.amount.minor, currency: one.amount.currency },
          reference_id: one.reference,
          location_id: 'LOCATION1',
        });
      }),
      { numRuns: 40 },
    );
    expect(received).toEqual([]);
  });

  test('are what arrives, byte by byte, at every send', async () => {
    const bytes = await gateway().prepare(request({ note: 'é "quoted" 😀' }));
    answer = { status: 200, body: JSON.stringify({ payment: payment() }) };
    await gateway().createPayment(bytes);
    await gateway().createPayment(bytes);
    expect(received.map(one => one.body)).toEqual([bytes, bytes]);
    expect(received[0]).toMatchObject({ method: 'POST', path: '/v2/payments', authorization: 'Bearer EAAA-contract' });
  });

  test.each([
    ['desk', true, { autocomplete: false, delay_action: 'CANCEL', delay_duration: 'PT36H' }],
    ['desk', false, { autocomplete: true }],
    ['phone', true, { autocomplete: false, delay_action: 'CANCEL' }],
    ['phone', false, { autocomplete: true }],
  ] as const)('at the %s, two-phase %s: the flags never contradict each other', async (channel, two_phase, expected) => {
    const body = JSON.parse(await gateway().prepare(request({ source: { kind: 'token', token: 'cnon:x', channel, two_phase } })));
    expect(body).toMatchObject(expected);
    expect('delay_action' in body).toBe(two_phase);
    expect(body.customer_details).toEqual({ customer_initiated: channel === 'desk', seller_keyed_in: channel === 'phone' });
  });

  test('of cash and checks say so, with nothing of a card', async () => {
    const cash = await gateway().prepare(request({ source: { kind: 'cash', tendered: money(2000, 'USD') } }));
    expect(JSON.parse(cash)).toMatchObject({ source_id: 'CASH', cash_details: { buyer_supplied_money: { amount: 2000 } } });
    const check = { kind: 'external', type: 'CHECK', source: 'Check', source_id: '1042' } as const;
    expect(JSON.parse(await gateway().prepare(request({ source: check })))).toMatchObject({
      source_id: 'EXTERNAL',
      external_details: { type: 'CHECK', source: 'Check', source_id: '1042' },
    });
    expect(cash).not.toMatch(/customer_initiated|autocomplete/);
  });
});

describe('a 2xx is definite only when it agrees with what was asked', () => {
  test.each([
    ['COMPLETED', 'completed'],
    ['APPROVED', 'approved'],
    ['CANCELED', 'cancelled'],
    ['FAILED', 'declined'],
    ['PENDING', 'unknown'],
  ])('%s is %s', async (status, kind) => {
    expect((await sent(200, { payment: payment({ status }) })).kind).toBe(kind);
  });

  test.each([
    ['another amount', { amount_money: { amount: 1251, currency: 'USD' } }],
    ['another currency', { amount_money: { amount: 1250, currency: 'CAD' } }],
    ['another reference', { reference_id: 'D1-000002-a1b2c3d4' }],
    ['no reference', { reference_id: undefined }],
  ])('with %s it is unknown', async (_what, change) => {
    expect(await sent(200, { payment: payment(change) })).toEqual({ kind: 'unknown', reason: 'answer_mismatch', retry_after_ms: null });
  });

  test.each([
    ['nothing', {}],
    ['no payment', { payment: null }],
    ['an empty payment', { payment: {} }],
    ['errors beside a payment', { ...errors('GENERIC_DECLINE'), payment: payment() }],
    ['an unknown status', { payment: payment({ status: 'DREAMING' }) }],
    ['no id', { payment: payment({ id: undefined }) }],
    ['an amount beyond exact counting', { payment: payment({ amount_money: { amount: 2 ** 60, currency: 'USD' } }) }],
    ['an unknown currency', { payment: payment({ amount_money: { amount: 1250, currency: 'XXX' } }) }],
    ['no time', { payment: payment({ created_at: 'yesterday', updated_at: undefined }) }],
    ['an array', []],
    ['HTML', '<html>Sign in to the hotel network</html>'],
    ['half an object', '{"payment": {"id": "'],
    ['nothing at all', ''],
  ])('with %s it is unknown', async (_what, body) => {
    expect((await sent(200, body)).kind).toBe('unknown');
  });

  test('a redirect is not followed', async () => {
    const outcome = await sent(307, '', { location: `${connection().base_url}/elsewhere` });
    expect(outcome.kind).toBe('unknown');
    expect(received).toHaveLength(1);
  });

  test('a capture is believed only for the payment that was to be captured', async () => {
    answer = { status: 200, body: JSON.stringify({ payment: payment() }) };
    expect((await gateway().completePayment('PAYMENT1', 'v1')).kind).toBe('completed');
    expect(await gateway().completePayment('PAYMENT2', null)).toEqual({
      kind: 'unknown',
      reason: 'answer_mismatch',
      retry_after_ms: null,
    });
    expect(received[0]).toMatchObject({ path: '/v2/payments/PAYMENT1/complete' });
  });
});

describe('every failure has exactly one outcome', () => {
  const anyCode = fc.oneof(
    fc.constantFrom('GENERIC_DECLINE', 'CVV_FAILURE', 'INVALID_CARD_DATA', 'AMOUNT_TOO_HIGH', 'BAD_REQUEST', 'TEMPORARY_ERROR', 'IDEMPOTENCY_KEY_REUSED', 'NOT_FOUND'),
    fc.string(),
  );
  const failure: fc.Arbitrary<Failure> = fc.oneof(
    fc.constantFrom<Failure>({ kind: 'never_connected' }, { kind: 'timeout' }, { kind: 'connection_lost' }, { kind: 'unreadable' }),
    fc.record({
      kind: fc.constant('answered' as const),
      status: fc.integer({ min: 400, max: 599 }),
      codes: fc.array(anyCode, { maxLength: 3 }),
      failedPaymentId: fc.option(fc.string({ minLength: 1 })),
      retry_after_ms: fc.option(fc.nat()),
    }),
  );

  test('and a failed read has one as well', () => {
    fc.assert(
      fc.property(failure, one => {
        isOutcome(outcomeOf(one));
        expect(outcomeOf(one).kind).not.toMatch(/approved|completed|cancelled/);
        expect(readFailure(one).kind).toMatch(/^(unexpected|unreachable|cursor_expired|unauthorized|missing_scope|not_found|rate_limited)$/);
      }),
      { numRuns: 1000 },
    );
  });

  test('whatever is thrown, by the transport or by the SDK', () => {
    fc.assert(
      fc.property(fc.anything(), fc.option(fc.anything(), { nil: undefined }), (error, transport) => {
        isOutcome(outcomeOf(failureOf(error, transport)));
      }),
      { numRuns: 500 },
    );
  });

  test('a code that is not listed is never taken for a decline', () => {
    const listed = /^(.*(DECLINE|FAILURE|INVALID|EXPIR|FUNDS|LIMIT|PERMISSION|SUPPORTED|USED|CARD|VALUE|EXPECTED|MISSING|AMOUNT|CURRENCY|FEES|BAD_|UNKNOWN_BODY|TEMPORARY|IDEMP).*)$/;
    fc.assert(
      fc.property(fc.string().filter(code => !listed.test(code)), fc.constantFrom(400, 402, 404, 405, 409, 410, 413, 422), (code, status) => {
        const outcome = outcomeOf({ kind: 'answered', status, codes: [code], failedPaymentId: null, retry_after_ms: null });
        expect(outcome).toEqual({ kind: 'unknown', reason: 'answer_unreadable', retry_after_ms: null });
      }),
    );
  });

  test.each([408, 429, 500, 501, 502, 503, 504, 599])('a %i is unknown even when it holds a decline code', async status => {
    expect((await sent(status, errors('GENERIC_DECLINE'))).kind).toBe('unknown');
  });

  test.each([
    [400, ['TEMPORARY_ERROR'], 'unknown'],
    [400, ['IDEMPOTENCY_KEY_REUSED'], 'unknown'],
    [400, ['IDEMPOTENCY_KEY_REUSED', 'GENERIC_DECLINE'], 'unknown'],
    [404, ['NOT_FOUND'], 'unknown'],
    [409, ['CONFLICT'], 'unknown'],
    [400, ['toString'], 'unknown'],
    [400, ['__proto__'], 'unknown'],
    [400, ['constructor'], 'unknown'],
    [401, ['UNAUTHORIZED'], 'not_sent'],
    [403, ['INSUFFICIENT_SCOPES'], 'not_sent'],
    [403, ['CARD_PROCESSING_NOT_ENABLED'], 'refused'],
    [400, ['CARD_PROCESSING_NOT_ENABLED'], 'refused'],
    [400, ['GENERIC_DECLINE'], 'declined'],
    [402, ['GENERIC_DECLINE'], 'declined'],
    [400, ['INSUFFICIENT_FUNDS', 'GIFT_CARD_AVAILABLE_AMOUNT'], 'declined'],
    [400, ['SOMETHING_NEW', 'CVV_FAILURE'], 'declined'],
    [400, ['CURRENCY_MISMATCH'], 'refused'],
    [400, [], 'unknown'],
  ])('a %i with %j is %s', async (status, codes, kind) => {
    expect((await sent(status, errors(...codes))).kind).toBe(kind);
  });

  test('a failed payment in the body of an error is a decline, with its id', async () => {
    const body = { ...errors('SOMETHING_NEW'), payment: payment({ status: 'FAILED' }) };
    expect(await sent(400, body)).toEqual({
      kind: 'declined',
      reason: 'generic',
      square_code: 'SOMETHING_NEW',
      square_payment_id: 'PAYMENT1',
    });
  });

  test('English text is never looked at', async () => {
    const detail = 'Authorization error: GENERIC_DECLINE, card declined, insufficient funds';
    expect((await sent(400, { errors: [{ category: 'API_ERROR', code: 'NEW', detail }] })).kind).toBe('unknown');
  });

  test.each([
    ['3', 3000],
    ['0', 0],
    ['999999', 3_600_000],
    ['-5', null],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    ['soon', null],
  ])('Retry-After %j is %j ms', async (header, retry_after_ms) => {
    expect(await sent(429, errors('RATE_LIMITED'), { 'retry-after': header })).toEqual({
      kind: 'unknown',
      reason: 'rate_limited',
      retry_after_ms,
    });
  });
});

describe('what happens on the way', () => {
  test('a connection that was never made is the only "not sent"', async () => {
    const nowhere = createServer();
    await new Promise<void>(resolve => nowhere.listen(0, '127.0.0.1', resolve));
    const { port } = nowhere.address() as AddressInfo;
    await new Promise(resolve => nowhere.close(resolve));
    const away = createSquareGateway({ ...connection(), base_url: `http://127.0.0.1:${port}` });
    expect(await away.createPayment(await away.prepare(request()))).toEqual({ kind: 'not_sent', reason: 'offline' });
    expect(await away.getLocation('L')).toEqual({ kind: 'unreachable' });
  });

  test('a connection that is cut, or an answer that does not come, is unknown', async () => {
    const cutting = createServer(message => message.socket.destroy());
    const silent = createServer(() => {});
    const slow = createServer((_message, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"payment":');
    });
    for (const [one, reason] of [[cutting, /connection_lost/], [silent, /timeout/], [slow, /timeout|connection_lost|unreadable/]] as const) {
      await new Promise<void>(resolve => one.listen(0, '127.0.0.1', resolve));
      const { port } = one.address() as AddressInfo;
      const bad = createSquareGateway({ ...connection(), base_url: `http://127.0.0.1:${port}`, timeout_ms: 200 });
      const outcome = await bad.createPayment(await bad.prepare(request()));
      expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(reason) as string });
      one.closeAllConnections();
      one.close();
    }
  });
});

describe('money at the border', () => {
  test('goes out as a big integer and comes back as it was; a big integer never leaves the adapter', async () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom(...CURRENCIES), (minor, currency) => {
        expect(fromSquareMoney(toSquareMoney(money(minor, currency)))).toEqual(money(minor, currency));
      }),
    );
    expect(fromSquareMoney({ amount: 2n ** 60n, currency: 'USD' })).toBeUndefined();
    expect(fromSquareMoney(undefined)).toBeUndefined();
    answer = {
      status: 200,
      body: JSON.stringify({ payments: [payment({ processing_fee: [{ amount_money: { amount: 66, currency: 'USD' } }], refunded_money: { amount: 5, currency: 'USD' } })] }),
    };
    const page = await gateway().listPayments({ from_ms: 0, to_ms: 1, cursor: null });
    expect(page).toMatchObject({ kind: 'ok', value: { cursor: null, payments: [{ fee_minor: 66, refunded_minor: 5, amount: money(1250, 'USD') }] } });
    // JSON.stringify throws at the first big integer it meets.
    for (const value of [page, await gateway().getPayment('PAYMENT1'), await sent(200, { payment: payment() })]) {
      expect(() => JSON.stringify(value)).not.toThrow();
    }
  });

  test('one unreadable payment makes the whole page unreadable, so that no hole stays in the books', async () => {
    answer = { status: 200, body: JSON.stringify({ payments: [payment(), payment({ id: undefined })] }) };
    expect(await gateway().listPayments({ from_ms: 0, to_ms: 1, cursor: null })).toEqual({ kind: 'unexpected' });
  });
});
