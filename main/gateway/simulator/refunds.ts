/** Refunds: linked to a payment, or unlinked when the location has that capability. */
import { REFUNDABLE_MS, REFUNDS_PER_PAYMENT } from './assumptions.ts';
import { check, money, part, text, type JsonObject, type Money } from './checks.ts';
import { cursorParameters, readChoice, readLimit, readSortOrder, readTime, type Pager } from './cursors.ts';
import { blocksRefund } from './dispute-life.ts';
import { refuse } from './errors.ts';
import type { Answer, Route } from './http.ts';
import { touched } from './payment-life.ts';
import { checkMoney } from './payment-request.ts';
import { checkVersion, window } from './payments.ts';
import { requireLocation } from './places.ts';
import type { PaymentRecord, Refund, RefundRecord } from './records.ts';
import { findSource } from './sources.ts';
import { iso, type World } from './world.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

export function refundRoutes(world: World, pager: Pager): Route[] {
  return [
    {
      method: 'POST',
      path: '/v2/refunds',
      scope: 'PAYMENTS_WRITE',
      idempotent: { operation: 'RefundPayment', required: true, max: 45 },
      handle: request => create(world, request.body),
    },
    {
      method: 'GET',
      path: '/v2/refunds',
      scope: 'PAYMENTS_READ',
      handle: request => list(world, pager, request.query),
    },
    {
      method: 'GET',
      path: '/v2/refunds/{refund_id}',
      scope: 'PAYMENTS_READ',
      handle(request) {
        const id = request.parameters['refund_id']!;
        const record = world.books.get('refunds', id);
        if (!record) throw refuse('NOT_FOUND', `Could not find refund with id: ${id}`);
        return { status: 200, body: { refund: record.refund } };
      },
    },
  ];
}

function create(world: World, body: JsonObject): Answer {
  check(body, {
    idempotency_key: { kind: 'string', required: true, min: 1, max: 45, bytes: true },
    amount_money: { kind: 'money', required: true },
    payment_id: { kind: 'string', min: 1, max: 192 },
    destination_id: { kind: 'string', min: 1 },
    unlinked: { kind: 'boolean' },
    location_id: { kind: 'string', max: 50 },
    customer_id: { kind: 'string', max: 191 },
    reason: { kind: 'string', max: 192 },
    payment_version_token: { kind: 'string' },
    team_member_id: { kind: 'string', max: 192 },
    cash_details: { kind: 'object', shape: { seller_supplied_money: { kind: 'money', required: true } } },
    external_details: {
      kind: 'object',
      shape: {
        type: { kind: 'string', required: true, max: 50 },
        source: { kind: 'string', required: true, max: 255 },
        source_id: { kind: 'string', max: 255 },
      },
    },
  });
  const amount = money(body, 'amount_money')!;
  checkMoney(world, 'amount_money', amount);
  if (body['unlinked'] === true) return createUnlinked(world, body, amount);
  const paymentId = text(body, 'payment_id');
  if (paymentId === undefined) throw refuse('MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', 'payment_id');
  const record = world.books.get('payments', paymentId);
  if (!record) throw refuse('NOT_FOUND', `Could not find payment with id: ${paymentId}`, 'payment_id');
  checkVersion(record.payment, text(body, 'payment_version_token'), 'payment_version_token');
  checkRefundable(world, record, amount);
  return createLinked(world, body, record, amount);
}

function checkRefundable(world: World, record: PaymentRecord, amount: Money): void {
  const { payment, hidden } = record;
  if (payment.status === 'APPROVED' || payment.status === 'PENDING') {
    throw refuse('REFUND_ERROR_PAYMENT_NEEDS_COMPLETION', 'Only a completed payment can be refunded.', 'payment_id');
  }
  if (payment.status !== 'COMPLETED') {
    throw refuse(
      'PAYMENT_NOT_REFUNDABLE',
      `A payment in the state ${payment.status} has no money to refund.`,
      'payment_id',
    );
  }
  if (world.now() - Date.parse(payment.created_at) > REFUNDABLE_MS) {
    throw refuse('PAYMENT_NOT_REFUNDABLE', 'The payment is more than one year old.', 'payment_id');
  }
  if ((payment.refund_ids?.length ?? 0) >= REFUNDS_PER_PAYMENT) {
    throw refuse('PAYMENT_NOT_REFUNDABLE', `A payment takes at most ${REFUNDS_PER_PAYMENT} refunds.`, 'payment_id');
  }
  if (blocksRefund(world, payment.id)) {
    throw refuse('PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE', 'The payment is disputed.', 'payment_id');
  }
  // Of a gift card that held too little only the approved part was taken.
  const left =
    (payment.approved_money ?? payment.total_money).amount - (payment.refunded_money?.amount ?? 0) - hidden.lost_minor;
  if (amount.amount > left) {
    const detail = `The requested refund amount exceeds the ${left} that is left to refund.`;
    throw refuse('REFUND_AMOUNT_INVALID', detail, 'amount_money.amount');
  }
}

function createLinked(world: World, body: JsonObject, record: PaymentRecord, amount: Money): Answer {
  const now_ms = world.now();
  const { payment } = record;
  const recorded = payment.source_type === 'CASH' || payment.source_type === 'EXTERNAL';
  const refund = baseRefund(world, body, amount, `${payment.id}_${world.id('', 22)}`, payment.source_type);
  refund.payment_id = payment.id;
  refund.order_id = world.id('', 25);
  const destination = destinationDetails(record, amount);
  if (destination) refund.destination_details = destination;
  const value = finishRefund(world, refund, recorded, now_ms);
  const changed = touched(world, payment, now_ms);
  const before = payment.refunded_money?.amount ?? 0;
  changed.refunded_money = { amount: before + amount.amount, currency: amount.currency };
  changed.refund_ids = [...(payment.refund_ids ?? []), refund.id];
  return {
    status: 200,
    body: { refund: value.refund },
    changes: [
      { table: 'refunds', id: refund.id, value },
      { table: 'payments', id: payment.id, value: { payment: changed, hidden: record.hidden } },
    ],
  };
}

function destinationDetails(record: PaymentRecord, amount: Money): JsonObject | undefined {
  const { payment } = record;
  if (payment.card_details) {
    const { card, entry_method, auth_result_code } = payment.card_details;
    return { card_details: { card, entry_method, ...(auth_result_code ? { auth_result_code } : {}) } };
  }
  if (payment.source_type === 'CASH') {
    const nothing = { amount: 0, currency: amount.currency };
    return { cash_details: { seller_supplied_money: amount, change_back_money: nothing } };
  }
  if (payment.source_type !== 'EXTERNAL') return undefined;
  const { type, source, source_id } = payment.external_details ?? {};
  return { external_details: { type, source, ...(source_id ? { source_id } : {}) } };
}

function createUnlinked(world: World, body: JsonObject, amount: Money): Answer {
  for (const field of ['destination_id', 'location_id']) {
    if (text(body, field) === undefined)
      throw refuse('MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', field);
  }
  requireLocation(world, text(body, 'location_id'));
  if (!world.settings.location.capabilities.includes('UNLINKED_REFUNDS')) {
    const detail = 'The location does not have the capability UNLINKED_REFUNDS.';
    throw refuse('INSUFFICIENT_PERMISSIONS_FOR_REFUND', detail, 'unlinked');
  }
  const destination = text(body, 'destination_id')!;
  const source = findSource(world, destination, 'charge');
  const recorded = source.kind === 'cash' || source.kind === 'external';
  const details = source.kind === 'cash' ? 'cash_details' : 'external_details';
  if (recorded && !part(body, details))
    throw refuse('MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', details);
  if (!recorded && source.kind !== 'card') {
    throw refuse(
      'UNSUPPORTED_SOURCE_TYPE',
      'Unlinked refunds go to cards, cash or external tenders.',
      'destination_id',
    );
  }
  const type = source.kind === 'card' ? 'CARD' : destination;
  const refund = baseRefund(world, body, amount, world.id('', 26), type);
  refund.unlinked = true;
  if (recorded) refund.destination_details = { [details]: part(body, details) };
  else refund.destination_details = { card_details: { card: source.face, entry_method: source.entry_method } };
  const value = finishRefund(world, refund, recorded, world.now());
  return {
    status: 200,
    body: { refund: value.refund },
    changes: [{ table: 'refunds', id: refund.id, value }, ...source.use],
  };
}

function baseRefund(world: World, body: JsonObject, amount: Money, id: string, destination_type: string): Refund {
  const at = iso(world.now());
  const refund: Refund = {
    id,
    status: 'PENDING',
    location_id: world.meta.location_id,
    unlinked: false,
    destination_type,
    amount_money: amount,
    created_at: at,
    updated_at: at,
  };
  const reason = text(body, 'reason');
  const member = text(body, 'team_member_id');
  if (reason !== undefined) refund.reason = reason;
  if (member !== undefined) refund.team_member_id = member;
  return refund;
}

// What only records a tender is done at once; money that moves is pending first.
function finishRefund(world: World, refund: Refund, recorded: boolean, now_ms: number): RefundRecord {
  if (recorded)
    return { refund: { ...refund, status: 'COMPLETED' }, hidden: { due_at_ms: null, outcome: 'COMPLETED' } };
  const hidden = { due_at_ms: now_ms + world.settings.refund_delay_ms, outcome: world.settings.refund_outcome };
  return { refund, hidden };
}

function list(world: World, pager: Pager, query: URLSearchParams): Answer {
  const location = query.get('location_id');
  if (location !== null) requireLocation(world, location);
  const field = readChoice(query, 'sort_field', ['CREATED_AT', 'UPDATED_AT']);
  const descending = readSortOrder(query, true);
  const begin = readTime(query, 'begin_time') ?? world.now() - YEAR_MS;
  const created = window(begin, readTime(query, 'end_time'), 'begin_time');
  const updatedFrom = readTime(query, 'updated_at_begin_time');
  const updated = window(updatedFrom, readTime(query, 'updated_at_end_time'), 'updated_at_begin_time');
  const status = query.get('status');
  const source = query.get('source_type');
  const lag = world.settings.list_lag_ms;
  const records = lag > 0 ? world.books.asOf('refunds', world.now() - lag) : world.books.all('refunds');
  const refunds = records
    .map(record => record.refund)
    .filter(
      refund =>
        created(refund.created_at) &&
        updated(refund.updated_at) &&
        (status === null || refund.status === status) &&
        (source === null || refund.destination_type === source),
    );
  const { page, cursor } = pager.page(refunds, {
    key: refund => (field === 'UPDATED_AT' ? refund.updated_at : refund.created_at),
    id: refund => refund.id,
    descending,
    limit: readLimit(query, 100),
    cursor: query.get('cursor'),
    parameters: cursorParameters(query),
  });
  return { status: 200, body: { ...(page.length > 0 ? { refunds: page } : {}), ...(cursor ? { cursor } : {}) } };
}
