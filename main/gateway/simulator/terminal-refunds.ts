/**
 * Terminal refunds are for Interac cards in Canada. Everything else is told to use the Refunds API, so that a client finds
 * out; the refunds themselves are not played here, and no list of them is ever anything but empty.
 */
import { check, part, text, type JsonObject } from './checks.ts';
import { refuse } from './errors.ts';
import type { Answer, Route } from './http.ts';
import type { World } from './world.ts';

export function terminalRefundRoutes(world: World): Route[] {
  const one = '/v2/terminals/refunds/{terminal_refund_id}';
  const unknown = (): Answer => {
    throw refuse('NOT_FOUND', 'Terminal refund not found.', 'terminal_refund_id');
  };
  return [
    {
      method: 'POST',
      path: '/v2/terminals/refunds',
      scope: 'PAYMENTS_WRITE',
      handle: request => create(world, request.body),
    },
    {
      method: 'POST',
      path: '/v2/terminals/refunds/search',
      scope: 'PAYMENTS_READ',
      handle: () => ({ status: 200, body: {} }),
    },
    { method: 'GET', path: one, scope: 'PAYMENTS_READ', handle: unknown },
    { method: 'POST', path: `${one}/cancel`, scope: 'PAYMENTS_WRITE', handle: unknown },
    { method: 'POST', path: `${one}/dismiss`, scope: null, handle: unknown },
  ];
}

function create(world: World, body: JsonObject): Answer {
  check(body, {
    idempotency_key: { kind: 'string', required: true, min: 1, max: 64, bytes: true },
    refund: {
      kind: 'object',
      required: true,
      shape: {
        payment_id: { kind: 'string', required: true, min: 1 },
        amount_money: { kind: 'money', required: true },
        reason: { kind: 'string', required: true, max: 192 },
        device_id: { kind: 'string', required: true, min: 1 },
      },
    },
  });
  const wish = part(body, 'refund')!;
  const record = world.books.get('payments', text(wish, 'payment_id')!);
  if (!record) throw refuse('NOT_FOUND', 'Payment not found.', 'refund.payment_id');
  if (record.payment.card_details?.card['card_brand'] !== 'INTERAC') {
    const detail = 'Only Interac payments are refunded on a terminal. Use the Refunds API for this payment.';
    throw refuse('BAD_REQUEST', detail, 'refund.payment_id');
  }
  throw refuse('NOT_IMPLEMENTED', 'The simulator does not play refunds of Interac cards.');
}
