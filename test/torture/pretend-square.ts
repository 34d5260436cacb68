import { money } from '../../common/money.ts';
import { canonicalJson, type Json } from '../../main/ledger/canonical.ts';
import type { Gateway, GatewayPayment, MoneyOutcome, PaymentRequest } from '../../main/gateway/gateway.ts';
import type { Clock } from '../../main/platform/clock.ts';
import type { Dice } from './dice.ts';

/**
 * A gateway inside the process, for suites that are about the disk and not about the line. It answers at once and as
 * the dice say: mostly yes, now and then a decline, or nothing definite.
 */
export function pretendSquare(dice: Dice, clock: Clock): Gateway {
  const payments = new Map<string, GatewayPayment>();
  const byKey = new Map<string, string>();
  const make = (request: PaymentRequest): GatewayPayment => {
    const { source } = request;
    const held = source.kind === 'token' && source.two_phase;
    const square_payment_id = `PRETEND${payments.size + 1}`;
    const payment: GatewayPayment = {
      square_payment_id,
      status: held ? 'APPROVED' : 'COMPLETED',
      source_type: source.kind === 'token' ? 'CARD' : source.kind === 'cash' ? 'CASH' : 'EXTERNAL',
      amount: request.amount,
      fee_minor: 0,
      refunded_minor: 0,
      reference: request.reference,
      card: source.kind === 'token' ? { brand: 'VISA', last4: '1111' } : null,
      version_token: `version-${payments.size}`,
      created_at_ms: clock.now(),
      updated_at_ms: clock.now(),
    };
    payments.set(square_payment_id, payment);
    byKey.set(request.idempotency_key, square_payment_id);
    return payment;
  };
  /** Money that somebody took with another device, so that the desk has something of others on its books too. */
  const makeElsewhere = (): void => {
    const id = `ELSEWHERE${payments.size}`;
    const made = { reference: null, card: null, version_token: null, fee_minor: 31, refunded_minor: 0 };
    const times = { created_at_ms: clock.now(), updated_at_ms: clock.now() };
    const amount = money(100 + dice.below(5000), 'USD');
    payments.set(id, { square_payment_id: id, status: 'COMPLETED', source_type: 'CARD', amount, ...made, ...times });
  };
  const create = (body: string): MoneyOutcome => {
    const request = JSON.parse(body) as PaymentRequest;
    const known = payments.get(byKey.get(request.idempotency_key) ?? '');
    if (!known && request.source.kind === 'token' && dice.chance(0.1)) {
      return { kind: 'declined', reason: 'generic', square_code: 'GENERIC_DECLINE', square_payment_id: null };
    }
    const payment = known ?? make(request);
    if (dice.chance(0.1)) makeElsewhere();
    if (dice.chance(0.15)) return { kind: 'unknown', reason: 'timeout', retry_after_ms: null };
    return { kind: payment.status === 'APPROVED' ? 'approved' : 'completed', payment };
  };
  const completed = (id: string): GatewayPayment => {
    const before = payments.get(id)!;
    const fee_minor = Math.floor(before.amount.minor / 40) + 30;
    const payment = { ...before, fee_minor, status: 'COMPLETED' as const, updated_at_ms: clock.now() };
    payments.set(id, payment);
    return payment;
  };
  const elsewhere = () => Promise.resolve({ kind: 'not_found' } as const);
  return {
    prepare: request => Promise.resolve(canonicalJson(request as unknown as Json)),
    createPayment: body => Promise.resolve(create(body)),
    completePayment: id => Promise.resolve({ kind: 'completed', payment: completed(id) }),
    getPayment: id => Promise.resolve({ kind: 'ok', value: payments.get(id)! }),
    listPayments: () => Promise.resolve({ kind: 'ok', value: { payments: [...payments.values()], cursor: null } }),
    getLocation: elsewhere,
    listLocations: elsewhere,
    merchantName: elsewhere,
    // The suites that use it give nothing back.
    prepareRefund: request => Promise.resolve(canonicalJson(request as unknown as Json)),
    createRefund: () => Promise.resolve({ kind: 'not_sent', reason: 'offline' }),
    getRefund: elsewhere,
    listRefunds: () => Promise.resolve({ kind: 'ok', value: { refunds: [], cursor: null } }),
    ...cancelling(payments, byKey, clock),
  };
}

function cancelling(
  payments: Map<string, GatewayPayment>,
  byKey: ReadonlyMap<string, string>,
  clock: Clock,
): Pick<Gateway, 'cancelPayment' | 'cancelByKey'> {
  const voided = (id: string): GatewayPayment | undefined => {
    const before = payments.get(id);
    if (before?.status !== 'APPROVED') return undefined;
    const payment = { ...before, status: 'CANCELED' as const, updated_at_ms: clock.now() };
    payments.set(id, payment);
    return payment;
  };
  return {
    cancelPayment: id => {
      const value = voided(id);
      return Promise.resolve(value ? { kind: 'ok', value } : { kind: 'unexpected' });
    },
    // As Square does: it says yes to an unknown key as well, and a captured payment stays captured.
    cancelByKey: key => {
      voided(byKey.get(key) ?? '');
      return Promise.resolve({ kind: 'ok', value: true });
    },
  };
}
