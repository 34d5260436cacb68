/** The payments calls besides creation: read, list, update, complete, cancel, and cancel by idempotency key. */
import { CANCEL_CAPTURED_CODE, END_TIME_IS_INCLUSIVE } from './assumptions.ts';
import { check, money, part, text } from './checks.ts';
import {
  checkWindow,
  cursorParameters,
  readChoice,
  readLimit,
  readSortOrder,
  readTime,
  type Pager,
} from './cursors.ts';
import { refuse, type ApiError } from './errors.ts';
import type { Answer, Request, Route } from './http.ts';
import { paidAmount } from './order-view.ts';
import { createPayment } from './payment-create.ts';
import { capture, touched, voided } from './payment-life.ts';
import { checkLimit, checkMoney } from './payment-request.ts';
import { requireLocation } from './places.ts';
import type { Payment, PaymentRecord } from './records.ts';
import { iso, type World } from './world.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

export function paymentRoutes(world: World, pager: Pager): Route[] {
  const one = '/v2/payments/{payment_id}';
  const read = 'PAYMENTS_READ';
  const write = 'PAYMENTS_WRITE';
  return [
    {
      method: 'POST',
      path: '/v2/payments',
      scope: write,
      idempotent: { operation: 'CreatePayment', required: true, max: 45 },
      handle: request => createPayment(world, request.body),
    },
    { method: 'GET', path: '/v2/payments', scope: read, handle: request => list(world, pager, request.query) },
    { method: 'POST', path: '/v2/payments/cancel', scope: write, handle: request => cancelByKey(world, request) },
    {
      method: 'GET',
      path: one,
      scope: read,
      handle: request => ({ status: 200, body: { payment: find(world, request).payment } }),
    },
    {
      method: 'PUT',
      path: one,
      scope: write,
      idempotent: { operation: 'UpdatePayment', required: true, max: 45 },
      handle: request => update(world, request),
    },
    { method: 'POST', path: `${one}/complete`, scope: write, handle: request => complete(world, request) },
    { method: 'POST', path: `${one}/cancel`, scope: write, handle: request => cancel(world, request) },
  ];
}

function find(world: World, request: Request): PaymentRecord {
  const id = request.parameters['payment_id']!;
  const record = world.books.get('payments', id);
  if (!record) throw refuse('NOT_FOUND', `Could not find payment with id: ${id}`);
  return record;
}

function saved(record: PaymentRecord): Answer {
  const { payment } = record;
  return { status: 200, body: { payment }, changes: [{ table: 'payments', id: payment.id, value: record }] };
}

/** Why a payment that is not APPROVED can be neither completed nor canceled. */
function notOpen(record: PaymentRecord): ApiError {
  switch (record.payment.status) {
    case 'COMPLETED':
      return refuse('DELAYED_TRANSACTION_CAPTURED', 'The payment has already been completed.');
    case 'FAILED':
      return refuse('DELAYED_TRANSACTION_FAILED', 'The payment has failed.');
    case 'CANCELED':
      return record.hidden.canceled_by === 'expiry'
        ? refuse('DELAYED_TRANSACTION_EXPIRED', 'The authorization has expired.')
        : refuse('DELAYED_TRANSACTION_CANCELED', 'The payment has already been canceled.');
    default:
      return refuse('BAD_REQUEST', `A payment in the state ${record.payment.status} cannot be changed.`);
  }
}

/** Refuses a version token that is not the current one. */
export function checkVersion(payment: Payment, given: string | undefined, field: string): void {
  if (given !== undefined && given !== payment.version_token) {
    throw refuse('VERSION_MISMATCH', 'The version token does not match; read the payment again.', field);
  }
}

function complete(world: World, request: Request): Answer {
  check(request.body, { version_token: { kind: 'string' } });
  const record = find(world, request);
  if (record.payment.status !== 'APPROVED') throw notOpen(record);
  checkVersion(record.payment, text(request.body, 'version_token'), 'version_token');
  const order = world.books.get('orders', record.payment.order_id)?.order;
  if (order && order.total_money.amount !== paidAmount(record.payment)) {
    throw refuse('BAD_REQUEST', 'The payment is a part of its order; pay the order instead.', 'payment_id');
  }
  return saved(capture(world, record, world.now()));
}

function cancel(world: World, request: Request): Answer {
  const record = find(world, request);
  if (record.payment.status !== 'APPROVED') throw notOpen(record);
  return saved(voided(world, record, world.now(), 'request'));
}

/**
 * For unknown outcomes. An unknown key is a success too, and proves nothing: the original may still be on its way.
 * A captured payment is refused, because it must be refunded.
 */
function cancelByKey(world: World, request: Request): Answer {
  check(request.body, { idempotency_key: { kind: 'string', required: true, min: 1, max: 45, bytes: true } });
  const key = text(request.body, 'idempotency_key')!;
  const record = world.books.all('payments').find(candidate => candidate.hidden.idempotency_key === key);
  if (!record) {
    if (!world.settings.cancel_blocks_late_original) return { status: 200, body: {} };
    const value = {
      operation: 'CreatePayment',
      body_hash: '',
      at_ms: world.now(),
      status: 0,
      body: {},
      payment_id: null,
    };
    return { status: 200, body: {}, changes: [{ table: 'keys', id: `CreatePayment ${key}`, value }] };
  }
  const { status } = record.payment;
  if (status === 'CANCELED' || status === 'FAILED') return { status: 200, body: {} };
  if (status === 'APPROVED') {
    const value = voided(world, record, world.now(), 'request');
    return { status: 200, body: {}, changes: [{ table: 'payments', id: value.payment.id, value }] };
  }
  const detail = `The payment is ${status} and cannot be canceled; refund it instead.`;
  throw refuse(status === 'COMPLETED' ? CANCEL_CAPTURED_CODE : 'BAD_REQUEST', detail, 'idempotency_key');
}

function update(world: World, request: Request): Answer {
  check(request.body, {
    idempotency_key: { kind: 'string', required: true, min: 1, max: 45, bytes: true },
    payment: {
      kind: 'object',
      shape: {
        amount_money: { kind: 'money' },
        tip_money: { kind: 'money', zero: true },
        version_token: { kind: 'string' },
        delay_action: { kind: 'string', values: ['CANCEL', 'COMPLETE'] },
      },
    },
  });
  const record = find(world, request);
  if (record.payment.status !== 'APPROVED') throw notOpen(record);
  const wish = part(request.body, 'payment') ?? {};
  checkVersion(record.payment, text(wish, 'version_token'), 'payment.version_token');
  const payment = touched(world, record.payment, world.now());
  const amount = money(wish, 'amount_money');
  const tip = money(wish, 'tip_money');
  if (amount && world.books.get('orders', payment.order_id)) {
    throw refuse('BAD_REQUEST', 'The amount of a payment of an order cannot be changed.', 'payment.amount_money');
  }
  if (amount) checkEdit(world, record, 'amount_money', amount.amount - payment.amount_money.amount, amount.currency);
  if (tip) checkEdit(world, record, 'tip_money', tip.amount - (payment.tip_money?.amount ?? 0), tip.currency);
  if (amount) payment.amount_money = amount;
  if (tip) payment.tip_money = tip;
  const { currency } = payment.amount_money;
  payment.total_money = { amount: payment.amount_money.amount + (payment.tip_money?.amount ?? 0), currency };
  if (amount || tip) payment.approved_money = payment.total_money;
  const action = text(wish, 'delay_action');
  if (action === 'CANCEL' || action === 'COMPLETE') payment.delay_action = action;
  checkLimit(payment.total_money);
  return saved({ payment, hidden: record.hidden });
}

function checkEdit(world: World, record: PaymentRecord, field: string, difference: number, currency: string): void {
  checkMoney(world, `payment.${field}`, { amount: 0, currency });
  if (difference === 0) return;
  const name = field === 'tip_money' ? 'EDIT_TIP_AMOUNT' : 'EDIT_AMOUNT';
  const needed = `${name}_${difference > 0 ? 'UP' : 'DOWN'}`;
  if (!record.payment.capabilities?.includes(needed)) {
    throw refuse('BAD_REQUEST', `The payment does not have the capability ${needed}.`, `payment.${field}`);
  }
  const { edit } = record.hidden;
  if (edit === 'failure' || (edit === 'tip_failure' && field === 'tip_money')) {
    throw refuse('GENERIC_DECLINE', "Authorization error: 'GENERIC_DECLINE'", `payment.${field}`);
  }
}

function list(world: World, pager: Pager, query: URLSearchParams): Answer {
  requireLocation(world, query.get('location_id') ?? undefined);
  const field = readChoice(query, 'sort_field', ['CREATED_AT', 'OFFLINE_CREATED_AT', 'UPDATED_AT']);
  const descending = readSortOrder(query, true);
  const limit = readLimit(query, 100);
  const keep = listFilter(world, query);
  const lag = world.settings.list_lag_ms;
  const records = lag > 0 ? world.books.asOf('payments', world.now() - lag) : world.books.all('payments');
  const payments = records.map(record => record.payment).filter(keep);
  const { page, cursor } = pager.page(payments, {
    key: payment => (field === 'UPDATED_AT' ? payment.updated_at : payment.created_at),
    id: payment => payment.id,
    descending,
    limit,
    cursor: query.get('cursor'),
    parameters: cursorParameters(query),
  });
  return { status: 200, body: { ...(page.length > 0 ? { payments: page } : {}), ...(cursor ? { cursor } : {}) } };
}

function listFilter(world: World, query: URLSearchParams): (payment: Payment) => boolean {
  const begin = readTime(query, 'begin_time') ?? world.now() - YEAR_MS;
  const created = window(begin, readTime(query, 'end_time'), 'begin_time');
  const updatedFrom = readTime(query, 'updated_at_begin_time');
  const updated = window(updatedFrom, readTime(query, 'updated_at_end_time'), 'updated_at_begin_time');
  checkWindow(readTime(query, 'offline_begin_time'), readTime(query, 'offline_end_time'), 'offline_begin_time');
  const offline = readChoice(query, 'is_offline_payment', ['false', 'true']);
  const total = query.get('total');
  if (total !== null && !/^\d+$/.test(total)) throw refuse('EXPECTED_INTEGER', 'Expected an integer value.', 'total');
  const last = query.get('last_4');
  const brand = query.get('card_brand');
  return payment =>
    // Offline payments are reserved to Square's own applications, so the books never hold one.
    offline === 'false' &&
    created(payment.created_at) &&
    updated(payment.updated_at) &&
    (total === null || payment.total_money.amount === Number(total)) &&
    (last === null || payment.card_details?.card['last_4'] === last) &&
    (brand === null || payment.card_details?.card['card_brand'] === brand);
}

/** A test for RFC 3339 texts of this simulator, which sort as text. */
export function window(from_ms: number | null, to_ms: number | null, field: string): (instant: string) => boolean {
  checkWindow(from_ms, to_ms, field);
  const from = from_ms === null ? null : iso(from_ms);
  const to = to_ms === null ? null : iso(to_ms);
  return instant =>
    (from === null || instant >= from) && (to === null || (END_TIME_IS_INCLUSIVE ? instant <= to : instant < to));
}
