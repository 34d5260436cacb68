import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DECLINE_REASONS, REFUSAL_REASONS } from '../../common/contract/payments.ts';
import type { MoneyOutcome } from '../../main/gateway/gateway.ts';
import { createSquareGateway } from '../../main/gateway/square/adapter.ts';
import { failureOf, outcomeOf, readFailure, type Failure } from '../../main/gateway/square/errors.ts';
import { paymentRequest, squareErrors, squarePayment, useCannedSquare } from '../support/canned-square.ts';

const canned = useCannedSquare();

const KINDS = ['approved', 'completed', 'cancelled', 'declined', 'refused', 'not_sent', 'unknown'];
function isOutcome(outcome: MoneyOutcome): void {
  expect(KINDS).toContain(outcome.kind);
  if (outcome.kind === 'declined') expect(DECLINE_REASONS).toContain(outcome.reason);
  if (outcome.kind === 'refused') expect(REFUSAL_REASONS).toContain(outcome.reason);
  expect(JSON.stringify(outcome)).not.toContain('EAAA');
}

describe('every failure has exactly one outcome', () => {
  const anyCode = fc.oneof(
    fc.constantFrom(
      'GENERIC_DECLINE',
      'CVV_FAILURE',
      'INVALID_CARD_DATA',
      'AMOUNT_TOO_HIGH',
      'BAD_REQUEST',
      'TEMPORARY_ERROR',
      'IDEMPOTENCY_KEY_REUSED',
      'NOT_FOUND',
    ),
    fc.string(),
  );
  const failure: fc.Arbitrary<Failure> = fc.oneof(
    fc.constantFrom<Failure>(
      { kind: 'never_connected' },
      { kind: 'timeout' },
      { kind: 'connection_lost' },
      { kind: 'unreadable' },
    ),
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
        expect(readFailure(one).kind).toMatch(
          /^(unexpected|unreachable|cursor_expired|unauthorized|missing_scope|not_found|rate_limited)$/,
        );
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
    const listed =
      /^(.*(DECLINE|FAILURE|INVALID|EXPIR|FUNDS|LIMIT|PERMISSION|SUPPORTED|USED|CARD|VALUE|EXPECTED|MISSING|AMOUNT|CURRENCY|FEES|BAD_|UNKNOWN_BODY|TEMPORARY|IDEMP).*)$/;
    fc.assert(
      fc.property(
        fc.string().filter(code => !listed.test(code)),
        fc.constantFrom(400, 402, 404, 405, 409, 410, 413, 422),
        (code, status) => {
          const outcome = outcomeOf({
            kind: 'answered',
            status,
            codes: [code],
            failedPaymentId: null,
            retry_after_ms: null,
          });
          expect(outcome).toEqual({ kind: 'unknown', reason: 'answer_unreadable', retry_after_ms: null });
        },
      ),
    );
  });

  test.each([408, 429, 500, 501, 502, 503, 504, 599])(
    'a %i is unknown even when it holds a decline code',
    async status => {
      expect((await canned.sent(status, squareErrors('GENERIC_DECLINE'))).kind).toBe('unknown');
    },
  );

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
    expect((await canned.sent(status, squareErrors(...codes))).kind).toBe(kind);
  });

  test('a failed payment in the body of an error is a decline, with its id', async () => {
    const body = { ...squareErrors('SOMETHING_NEW'), payment: squarePayment({ status: 'FAILED' }) };
    expect(await canned.sent(400, body)).toEqual({
      kind: 'declined',
      reason: 'generic',
      square_code: 'SOMETHING_NEW',
      square_payment_id: 'PAYMENT1',
    });
  });

  test('English text is never looked at', async () => {
    const detail = 'Authorization error: GENERIC_DECLINE, card declined, insufficient funds';
    expect((await canned.sent(400, { errors: [{ category: 'API_ERROR', code: 'NEW', detail }] })).kind).toBe('unknown');
  });

  test.each([
    ['3', 3000],
    ['0', 0],
    ['999999', 3_600_000],
    ['-5', null],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    ['soon', null],
  ])('Retry-After %j is %j ms', async (header, retry_after_ms) => {
    expect(await canned.sent(429, squareErrors('RATE_LIMITED'), { 'retry-after': header })).toEqual({
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
    const away = createSquareGateway({ ...canned.connection(), base_url: `http://127.0.0.1:${port}` });
    expect(await away.createPayment(await away.prepare(paymentRequest()))).toEqual({
      kind: 'not_sent',
      reason: 'offline',
    });
    expect(await away.getLocation('L')).toEqual({ kind: 'unreachable' });
  });

  test('a connection that is cut, or an answer that does not come, is unknown', async () => {
    const cutting = createServer(message => message.socket.destroy());
    const silent = createServer(() => {});
    const slow = createServer((_message, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"payment":');
    });
    for (const [one, reason] of [
      [cutting, /connection_lost/],
      [silent, /timeout/],
      [slow, /timeout|connection_lost|unreadable/],
    ] as const) {
      await new Promise<void>(resolve => one.listen(0, '127.0.0.1', resolve));
      const { port } = one.address() as AddressInfo;
      const bad = createSquareGateway({
        ...canned.connection(),
        base_url: `http://127.0.0.1:${port}`,
        timeout_ms: 200,
      });
      const outcome = await bad.createPayment(await bad.prepare(paymentRequest()));
      expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(reason) as string });
      one.closeAllConnections();
      one.close();
    }
  });
});
