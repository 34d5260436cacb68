/** Terminal checkouts: create, read, search, cancel and dismiss. What moves them is in `terminal-life.ts`. */
import { TERMINAL_CANCEL_MS, TERMINAL_FETCH_MS, UNKNOWN_DEVICE_CODE } from './assumptions.ts';
import { check, durationMs, part, text, type JsonObject, type Money, type Shape } from './checks.ts';
import { pageAnswer, searchParameters, timeRange, type Pager } from './cursors.ts';
import { isKnownDevice } from './devices.ts';
import { ApiError, refuse } from './errors.ts';
import type { Answer, Request, Route } from './http.ts';
import { readPaymentRequest } from './payment-request.ts';
import type { TerminalCheckout, TerminalCheckoutRecord } from './records-terminal.ts';
import { testDevice } from './terminal-devices.ts';
import { canceled, paymentBody, planned, saved } from './terminal-life.ts';
import { iso, type World } from './world.ts';

const LONGEST_DEADLINE_MS = 5 * 60_000;
const LONGEST_HOLD_MS = 36 * 3_600_000;
const KEPT_MS = 30 * 24 * 3_600_000;
const PAGE = 100;
const PAYMENT_TYPES = [
  'CARD_PRESENT',
  'MANUAL_CARD_ENTRY',
  'FELICA_ID',
  'FELICA_QUICPAY',
  'FELICA_TRANSPORTATION_GROUP',
  'FELICA_ALL',
  'PAYPAY',
  'QR_CODE',
];

const CHECKOUT: Shape = {
  amount_money: { kind: 'money', required: true },
  tip_money: { kind: 'money', zero: true },
  app_fee_money: { kind: 'money', zero: true },
  reference_id: { kind: 'string', max: 40 },
  note: { kind: 'string', max: 500 },
  order_id: { kind: 'string', max: 192 },
  customer_id: { kind: 'string', max: 191 },
  team_member_id: { kind: 'string', max: 192 },
  statement_description_identifier: { kind: 'string', max: 20 },
  deadline_duration: { kind: 'duration' },
  payment_type: { kind: 'string', values: PAYMENT_TYPES },
  payment_options: {
    kind: 'object',
    shape: {
      autocomplete: { kind: 'boolean' },
      delay_duration: { kind: 'duration' },
      delay_action: { kind: 'string', values: ['CANCEL', 'COMPLETE'] },
      accept_partial_authorization: { kind: 'boolean' },
    },
  },
  device_options: {
    kind: 'object',
    required: true,
    shape: {
      device_id: { kind: 'string', required: true, min: 1 },
      skip_receipt_screen: { kind: 'boolean' },
      collect_signature: { kind: 'boolean' },
      show_itemized_cart: { kind: 'boolean' },
      tip_settings: { kind: 'object' },
    },
  },
};

export function terminalRoutes(world: World, pager: Pager): Route[] {
  const one = '/v2/terminals/checkouts/{checkout_id}';
  const write = 'PAYMENTS_WRITE';
  return [
    {
      method: 'POST',
      path: '/v2/terminals/checkouts',
      scope: write,
      idempotent: { operation: 'CreateTerminalCheckout', required: true, max: 64 },
      handle: request => create(world, request.body),
    },
    {
      method: 'POST',
      path: '/v2/terminals/checkouts/search',
      scope: 'PAYMENTS_READ',
      handle: request => search(world, pager, request.body),
    },
    {
      method: 'GET',
      path: one,
      scope: 'PAYMENTS_READ',
      handle: request => ({ status: 200, body: { checkout: find(world, request).checkout } }),
    },
    { method: 'POST', path: `${one}/cancel`, scope: write, handle: request => cancel(world, request) },
    { method: 'POST', path: `${one}/dismiss`, scope: null, handle: request => dismiss(world, request) },
  ];
}

function create(world: World, body: JsonObject): Answer {
  check(body, {
    idempotency_key: { kind: 'string', required: true, min: 1, max: 64, bytes: true },
    checkout: { kind: 'object', required: true, shape: CHECKOUT },
  });
  const wish = part(body, 'checkout')! as JsonObject & { amount_money: Money };
  const device = part(wish, 'device_options')! as TerminalCheckout['device_options'];
  const deadline_ms = checkLimits(wish);
  insideCheckout(() => readPaymentRequest(world, paymentBody(wish, 0)));
  checkDevice(world, device.device_id);
  const fate = testDevice(device.device_id)?.fate ?? 'person';
  const now_ms = world.now();
  const base: TerminalCheckout = {
    ...onlyKnown(wish),
    id: world.id('', 20),
    amount_money: wish.amount_money,
    device_options: { tip_settings: { allow_tipping: false }, skip_receipt_screen: false, ...device },
    payment_options: { autocomplete: true, ...part(wish, 'payment_options') },
    payment_type: text(wish, 'payment_type') ?? 'CARD_PRESENT',
    deadline_duration: text(wish, 'deadline_duration') ?? 'PT5M',
    status: 'PENDING',
    created_at: iso(now_ms),
    updated_at: iso(now_ms),
    app_id: world.meta.application_id,
    location_id: world.meta.location_id,
  };
  const hidden = {
    due_at_ms: null,
    fetch_at_ms: fate === 'offline' || fate === 'times_out' ? null : now_ms + TERMINAL_FETCH_MS,
    payer_at_ms: null,
    cancel_at_ms: null,
    deadline_ms: fate === 'times_out' ? now_ms : now_ms + deadline_ms,
  };
  return answer(planned({ checkout: base, hidden }, {}, {}));
}

function onlyKnown(wish: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(CHECKOUT).flatMap(name => (name in wish ? [[name, wish[name]]] : [])));
}

/** Milliseconds until the deadline. */
function checkLimits(wish: JsonObject): number {
  const deadline_ms = durationMs(text(wish, 'deadline_duration') ?? 'PT5M')!;
  if (deadline_ms <= 0 || deadline_ms > LONGEST_DEADLINE_MS) {
    throw refuse('INVALID_VALUE', 'The deadline is five minutes at most.', 'checkout.deadline_duration');
  }
  const options = part(wish, 'payment_options') ?? {};
  const hold = text(options, 'delay_duration');
  if (hold !== undefined && durationMs(hold)! > LONGEST_HOLD_MS) {
    const detail = 'A payment with the card present is held for 36 hours at most.';
    throw refuse('INVALID_VALUE', detail, 'checkout.payment_options.delay_duration');
  }
  return deadline_ms;
}

/** The payment's own checks, with the names of the checkout's fields. */
function insideCheckout<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError(error.errors.map(one => (one.field ? { ...one, field: `checkout.${one.field}` } : one)));
  }
}

function checkDevice(world: World, deviceId: string): void {
  const field = 'checkout.device_options.device_id';
  if (!isKnownDevice(world, deviceId)) {
    throw refuse(UNKNOWN_DEVICE_CODE, 'The device is not paired with this application.', field);
  }
  const fate = testDevice(deviceId);
  const { currency } = world.settings.location;
  if (fate?.fate === 'pays' && fate.tapped.currency !== undefined && fate.tapped.currency !== currency) {
    throw refuse('BAD_REQUEST', `This test device pays in ${fate.tapped.currency} only.`, field);
  }
}

function find(world: World, request: Request): TerminalCheckoutRecord {
  const record = world.books.get('terminal_checkouts', request.parameters['checkout_id']!);
  if (!record || !kept(world, record.checkout)) throw refuse('NOT_FOUND', 'Checkout not found.', 'checkout_id');
  return record;
}

const kept = (world: World, checkout: TerminalCheckout): boolean =>
  world.now() - Date.parse(checkout.created_at) < KEPT_MS;

function answer(record: TerminalCheckoutRecord): Answer {
  return { status: 200, body: { checkout: record.checkout }, changes: [saved(record)] };
}

// A checkout that no device has fetched ends at once; a device that shows it is asked, and may take money until it obeys.
function cancel(world: World, request: Request): Answer {
  const record = find(world, request);
  const now_ms = world.now();
  switch (record.checkout.status) {
    case 'PENDING':
      return answer(canceled(record, 'SELLER_CANCELED', now_ms));
    case 'IN_PROGRESS': {
      const cancel_at_ms = now_ms + TERMINAL_CANCEL_MS;
      return answer(planned(record, { status: 'CANCEL_REQUESTED', updated_at: iso(now_ms) }, { cancel_at_ms }));
    }
    case 'CANCEL_REQUESTED':
      return { status: 200, body: { checkout: record.checkout } };
    default:
      throw refuse('BAD_REQUEST', `A checkout that is ${record.checkout.status} cannot be canceled.`, 'checkout_id');
  }
}

// Takes the last screen of a finished checkout off the device; the checkout stays as it is.
function dismiss(world: World, request: Request): Answer {
  const { checkout } = find(world, request);
  if (checkout.status !== 'COMPLETED') {
    throw refuse('BAD_REQUEST', `A checkout that is ${checkout.status} cannot be dismissed.`, 'checkout_id');
  }
  return { status: 200, body: { checkout } };
}

function search(world: World, pager: Pager, body: JsonObject): Answer {
  check(body, {
    cursor: { kind: 'string' },
    limit: { kind: 'integer', min: 1, max: PAGE },
    query: {
      kind: 'object',
      shape: {
        filter: {
          kind: 'object',
          shape: {
            device_id: { kind: 'string' },
            status: { kind: 'string' },
            created_at: { kind: 'object', shape: { start_at: { kind: 'string' }, end_at: { kind: 'string' } } },
          },
        },
        sort: { kind: 'object', shape: { sort_order: { kind: 'string', values: ['ASC', 'DESC'] } } },
      },
    },
  });
  const query = part(body, 'query') ?? {};
  const filter = part(query, 'filter') ?? {};
  const created = timeRange(part(filter, 'created_at'), 'query.filter.created_at');
  const device = text(filter, 'device_id');
  const status = text(filter, 'status');
  const checkouts = world.books
    .all('terminal_checkouts')
    .map(record => record.checkout)
    .filter(
      checkout =>
        kept(world, checkout) &&
        created(checkout.created_at) &&
        (device === undefined || checkout.device_options.device_id === device) &&
        (status === undefined || checkout.status === status),
    );
  return pageAnswer(pager, 'checkouts', checkouts, {
    key: checkout => checkout.created_at,
    id: checkout => checkout.id,
    descending: text(part(query, 'sort') ?? {}, 'sort_order') !== 'ASC',
    limit: (body['limit'] as number | undefined) ?? PAGE,
    cursor: text(body, 'cursor'),
    parameters: searchParameters(body),
  });
}
