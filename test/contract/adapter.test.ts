import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CURRENCIES, money } from '../../common/money.ts';
import type { PaymentRequest } from '../../main/gateway/gateway.ts';
import { fromSquareMoney, toSquareMoney } from '../../main/gateway/square/money.ts';
import { paymentRequest, squareErrors, squarePayment, useCannedSquare } from '../support/canned-square.ts';

const canned = useCannedSquare();

describe('the prepared bytes', () => {
  const source = fc.oneof(
    fc.record({
      kind: fc.constant('token' as const),
      token: fc.string(),
      channel: fc.constantFrom('desk' as const, 'phone' as const),
      two_phase: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('cash' as const),
      tendered: fc.integer({ min: 1, max: 1e9 }).map(minor => money(minor, 'USD')),
    }),
    fc.record({
      kind: fc.constant('external' as const),
      type: fc.constant('CHECK' as const),
      source: fc.string(),
      source_id: fc.string(),
    }),
  );
  const anyRequest = fc
    .record({
      idempotency_key: fc.uuid(),
      minor: fc.integer({ min: 1, max: 5_000_000 }),
      currency: fc.constantFrom(...CURRENCIES),
      reference: fc.string({ maxLength: 40 }),
      source,
      note: fc.string(),
    })
    .map(({ minor, currency, ...rest }): PaymentRequest => ({ ...rest, amount: money(minor, currency) }));

  test('are the same every time, and nothing is sent for them', async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, async one => {
        const bytes = await canned.gateway().prepare(one);
        expect(await canned.gateway().prepare(structuredClone(one))).toBe(bytes);
        expect(JSON.parse(bytes)).toMatchObject({
          idempotency_key: one.idempotency_key,
          amount_money: { amount: one.amount.minor, currency: one.amount.currency },
          reference_id: one.reference,
          location_id: 'LOCATION1',
        });
      }),
      { numRuns: 40 },
    );
    expect(canned.received).toEqual([]);
  });

  test('are what arrives, byte by byte, at every send', async () => {
    const bytes = await canned.gateway().prepare(paymentRequest({ note: 'é "quoted" 😀' }));
    canned.answer = { status: 200, body: JSON.stringify({ payment: squarePayment() }) };
    await canned.gateway().createPayment(bytes);
    await canned.gateway().createPayment(bytes);
    expect(canned.received.map(one => one.body)).toEqual([bytes, bytes]);
    expect(canned.received[0]).toMatchObject({
      method: 'POST',
      path: '/v2/payments',
      authorization: 'Bearer EAAA-contract',
    });
  });

  test.each([
    ['desk', true, { autocomplete: false, delay_action: 'CANCEL', delay_duration: 'PT36H' }],
    ['desk', false, { autocomplete: true }],
    ['phone', true, { autocomplete: false, delay_action: 'CANCEL' }],
    ['phone', false, { autocomplete: true }],
  ] as const)(
    'at the %s, two-phase %s: the flags never contradict each other',
    async (channel, two_phase, expected) => {
      const body = JSON.parse(
        await canned
          .gateway()
          .prepare(paymentRequest({ source: { kind: 'token', token: 'cnon:x', channel, two_phase } })),
      );
      expect(body).toMatchObject(expected);
      expect('delay_action' in body).toBe(two_phase);
      expect(body.customer_details).toEqual({
        customer_initiated: channel === 'desk',
        seller_keyed_in: channel === 'phone',
      });
    },
  );

  test('of cash and checks say so, with nothing of a card', async () => {
    const cash = await canned
      .gateway()
      .prepare(paymentRequest({ source: { kind: 'cash', tendered: money(2000, 'USD') } }));
    expect(JSON.parse(cash)).toMatchObject({
      source_id: 'CASH',
      cash_details: { buyer_supplied_money: { amount: 2000 } },
    });
    const check = { kind: 'external', type: 'CHECK', source: 'Check', source_id: '1042' } as const;
    expect(JSON.parse(await canned.gateway().prepare(paymentRequest({ source: check })))).toMatchObject({
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
    expect((await canned.sent(200, { payment: squarePayment({ status }) })).kind).toBe(kind);
  });

  test.each([
    ['another amount', { amount_money: { amount: 1251, currency: 'USD' } }],
    ['another currency', { amount_money: { amount: 1250, currency: 'CAD' } }],
    ['another reference', { reference_id: 'D1-000002-a1b2c3d4' }],
    ['no reference', { reference_id: undefined }],
  ])('with %s it is unknown', async (_what, change) => {
    expect(await canned.sent(200, { payment: squarePayment(change) })).toEqual({
      kind: 'unknown',
      reason: 'answer_mismatch',
      retry_after_ms: null,
    });
  });

  test.each([
    ['nothing', {}],
    ['no payment', { payment: null }],
    ['an empty payment', { payment: {} }],
    ['errors beside a payment', { ...squareErrors('GENERIC_DECLINE'), payment: squarePayment() }],
    ['an unknown status', { payment: squarePayment({ status: 'DREAMING' }) }],
    ['no id', { payment: squarePayment({ id: undefined }) }],
    [
      'an amount beyond exact counting',
      { payment: squarePayment({ amount_money: { amount: 2 ** 60, currency: 'USD' } }) },
    ],
    ['an unknown currency', { payment: squarePayment({ amount_money: { amount: 1250, currency: 'XXX' } }) }],
    ['no time', { payment: squarePayment({ created_at: 'yesterday', updated_at: undefined }) }],
    ['an array', []],
    ['HTML', '<html>Sign in to the hotel network</html>'],
    ['half an object', '{"payment": {"id": "'],
    ['nothing at all', ''],
  ])('with %s it is unknown', async (_what, body) => {
    expect((await canned.sent(200, body)).kind).toBe('unknown');
  });

  test('a redirect is not followed', async () => {
    const outcome = await canned.sent(307, '', { location: `${canned.connection().base_url}/elsewhere` });
    expect(outcome.kind).toBe('unknown');
    expect(canned.received).toHaveLength(1);
  });

  test('a capture is believed only for the payment that was to be captured', async () => {
    canned.answer = { status: 200, body: JSON.stringify({ payment: squarePayment() }) };
    expect((await canned.gateway().completePayment('PAYMENT1', 'v1')).kind).toBe('completed');
    expect(await canned.gateway().completePayment('PAYMENT2', null)).toEqual({
      kind: 'unknown',
      reason: 'answer_mismatch',
      retry_after_ms: null,
    });
    expect(canned.received[0]).toMatchObject({ path: '/v2/payments/PAYMENT1/complete' });
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
    canned.answer = {
      status: 200,
      body: JSON.stringify({
        payments: [
          squarePayment({
            processing_fee: [{ amount_money: { amount: 66, currency: 'USD' } }],
            refunded_money: { amount: 5, currency: 'USD' },
          }),
        ],
      }),
    };
    const page = await canned.gateway().listPayments({ from_ms: 0, cursor: null });
    expect(page).toMatchObject({
      kind: 'ok',
      value: { cursor: null, payments: [{ fee_minor: 66, refunded_minor: 5, amount: money(1250, 'USD') }] },
    });
    // JSON.stringify throws at the first big integer it meets.
    for (const value of [
      page,
      await canned.gateway().getPayment('PAYMENT1'),
      await canned.sent(200, { payment: squarePayment() }),
    ]) {
      expect(() => JSON.stringify(value)).not.toThrow();
    }
  });

  test('one unreadable payment makes the whole page unreadable, so that no hole stays in the books', async () => {
    canned.answer = {
      status: 200,
      body: JSON.stringify({ payments: [squarePayment(), squarePayment({ id: undefined })] }),
    };
    expect(await canned.gateway().listPayments({ from_ms: 0, cursor: null })).toEqual({ kind: 'unexpected' });
  });
});

describe('refunds and holds', () => {
  const refund = (change: object = {}) => ({
    id: 'PAYMENT1_REFUND1',
    payment_id: 'PAYMENT1',
    status: 'COMPLETED',
    amount_money: { amount: 500, currency: 'USD' },
    destination_type: 'CARD',
    reason: 'Wrong visit',
    created_at: '2026-02-03T10:00:00Z',
    updated_at: '2026-02-03T10:05:00Z',
    ...change,
  });

  test('are listed by the time of their change, and records of cash do not settle', async () => {
    canned.answer = {
      status: 200,
      body: JSON.stringify({ refunds: [refund(), refund({ id: 'R2', destination_type: 'CASH' })], cursor: 'next' }),
    };
    const page = await canned.gateway().listRefunds({ from_ms: 0, cursor: null });
    expect(page).toEqual({
      kind: 'ok',
      value: {
        cursor: 'next',
        refunds: [
          expect.objectContaining({ square_refund_id: 'PAYMENT1_REFUND1', amount: money(500, 'USD'), settles: true }),
          expect.objectContaining({ square_refund_id: 'R2', settles: false }),
        ],
      },
    });
    const asked = new URL(canned.received[0]!.path, 'http://square');
    expect(asked.pathname).toBe('/v2/refunds');
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      location_id: 'LOCATION1',
      sort_field: 'UPDATED_AT',
      sort_order: 'ASC',
      updated_at_begin_time: '1970-01-01T00:00:00.000Z',
    });
    expect(() => JSON.stringify(page)).not.toThrow();
  });

  test.each([
    ['without an id', { id: undefined }],
    ['of an unknown status', { status: 'LOST' }],
  ])('one refund %s makes the whole page unreadable', async (_what, change) => {
    canned.answer = { status: 200, body: JSON.stringify({ refunds: [refund(change)] }) };
    expect(await canned.gateway().listRefunds({ from_ms: 0, cursor: null })).toEqual({ kind: 'unexpected' });
  });

  test('a hold is given back by its id, and a captured payment is not taken for a hold', async () => {
    canned.answer = { status: 200, body: JSON.stringify({ payment: squarePayment({ status: 'CANCELED' }) }) };
    expect(await canned.gateway().cancelPayment('PAYMENT1')).toMatchObject({
      kind: 'ok',
      value: { status: 'CANCELED' },
    });
    expect(canned.received[0]).toMatchObject({ method: 'POST', path: '/v2/payments/PAYMENT1/cancel' });
    canned.answer = { status: 400, body: JSON.stringify(squareErrors('BAD_REQUEST')) };
    expect((await canned.gateway().cancelPayment('PAYMENT1')).kind).toBe('unexpected');
  });
});
