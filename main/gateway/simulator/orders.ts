/** Orders: create, read, calculate, update and pay. Searching is in `order-search.ts`, amounts are in `order-math.ts`. */
import { check, part, text, type JsonObject, type Shape } from './checks.ts';
import { refuse } from './errors.ts';
import type { Answer, Request, Route } from './http.ts';
import { rows, withTotals } from './order-math.ts';
import { findOrder, paidAmount, paymentsOf, showOrder } from './order-view.ts';
import { capture } from './payment-life.ts';
import { requireLocation } from './places.ts';
import type { Change, PaymentRecord } from './records.ts';
import type { Order, OrderRecord, OrderState } from './records-orders.ts';
import { iso, type World } from './world.ts';

const ORDER: Shape = {
  location_id: { kind: 'string', required: true, min: 1 },
  reference_id: { kind: 'string', max: 40 },
  customer_id: { kind: 'string', max: 191 },
  ticket_name: { kind: 'string', max: 30 },
  state: { kind: 'string', values: ['OPEN', 'DRAFT', 'CANCELED', 'COMPLETED'] },
  version: { kind: 'integer' },
  source: { kind: 'object', shape: { name: { kind: 'string' } } },
  metadata: { kind: 'object' },
  line_items: {
    kind: 'array',
    max: 500,
    of: {
      uid: { kind: 'string', max: 60 },
      name: { kind: 'string', max: 512 },
      quantity: { kind: 'string', required: true, min: 1, max: 12 },
      note: { kind: 'string', max: 2_000 },
      item_type: { kind: 'string', values: ['ITEM', 'CUSTOM_AMOUNT', 'GIFT_CARD'] },
      base_price_money: { kind: 'money', zero: true },
    },
  },
  taxes: {
    kind: 'array',
    of: {
      uid: { kind: 'string', max: 60 },
      name: { kind: 'string', max: 255 },
      percentage: { kind: 'string', max: 10 },
    },
  },
  discounts: {
    kind: 'array',
    of: {
      uid: { kind: 'string', max: 60 },
      name: { kind: 'string', max: 255 },
      percentage: { kind: 'string', max: 10 },
      amount_money: { kind: 'money', zero: true },
    },
  },
  service_charges: {
    kind: 'array',
    of: {
      uid: { kind: 'string', max: 60 },
      name: { kind: 'string', max: 512 },
      percentage: { kind: 'string', max: 10 },
      amount_money: { kind: 'money', zero: true },
    },
  },
};
const LISTS = ['line_items', 'taxes', 'discounts', 'service_charges'];
const FIELDS = ['reference_id', 'customer_id', 'ticket_name', 'source', 'metadata', ...LISTS];
const KEY = { kind: 'string', max: 192, bytes: true } as const;

export function orderRoutes(world: World): Route[] {
  const one = '/v2/orders/{order_id}';
  const write = 'ORDERS_WRITE';
  return [
    {
      method: 'POST',
      path: '/v2/orders',
      scope: write,
      idempotent: { operation: 'CreateOrder', required: false, max: 192 },
      handle(request) {
        const record = makeOrder(world, request.body, 'OPEN', null);
        return saved(record);
      },
    },
    { method: 'POST', path: '/v2/orders/calculate', scope: null, handle: request => calculate(world, request.body) },
    {
      method: 'POST',
      path: '/v2/orders/batch-retrieve',
      scope: 'ORDERS_READ',
      handle: request => batch(world, request.body),
    },
    {
      method: 'GET',
      path: one,
      scope: 'ORDERS_READ',
      handle: request => ({ status: 200, body: { order: find(world, request) } }),
    },
    {
      method: 'PUT',
      path: one,
      scope: write,
      idempotent: { operation: 'UpdateOrder', required: false, max: 192 },
      handle: request => update(world, request),
    },
    {
      method: 'POST',
      path: `${one}/pay`,
      scope: ['PAYMENTS_WRITE', write],
      idempotent: { operation: 'PayOrder', required: true, max: 192 },
      handle: request => pay(world, request),
    },
  ];
}

function find(world: World, request: Request): Order {
  const id = request.parameters['order_id']!;
  const order = findOrder(world, id);
  if (!order) throw refuse('NOT_FOUND', `Order not found for id ${id}.`, 'order_id');
  return order;
}

/** A new order out of a request's `order`, not in the books yet. */
export function makeOrder(world: World, body: JsonObject, state: OrderState, link_id: string | null): OrderRecord {
  check(body, { idempotency_key: KEY, order: { kind: 'object', required: true, shape: ORDER } });
  const wish = part(body, 'order')!;
  requireLocation(world, text(wish, 'location_id'));
  const at = iso(world.now());
  const base = {
    id: world.id('', 29),
    location_id: world.meta.location_id,
    source: { name: world.settings.location.name },
    ...chosenFields(wish),
    state: text(wish, 'state') === 'DRAFT' ? ('DRAFT' as const) : state,
    version: 1,
    created_at: at,
    updated_at: at,
  };
  return { order: withTotals(base, world.settings.location.currency), hidden: { link_id } };
}

function chosenFields(wish: JsonObject): JsonObject {
  const given = FIELDS.filter(name => wish[name] !== undefined && wish[name] !== null);
  return Object.fromEntries(given.map(name => [name, wish[name]]));
}

/** A new order, that nobody has paid yet. */
function saved(record: OrderRecord): Answer {
  const { id } = record.order;
  return { status: 200, body: { order: showOrder(record, []) }, changes: [{ table: 'orders', id, value: record }] };
}

function calculate(world: World, body: JsonObject): Answer {
  check(body, { order: { kind: 'object', required: true, shape: ORDER } });
  const wish = part(body, 'order')!;
  requireLocation(world, text(wish, 'location_id'));
  return { status: 200, body: { order: withTotals(wish, world.settings.location.currency) } };
}

function batch(world: World, body: JsonObject): Answer {
  check(body, { location_id: { kind: 'string' }, order_ids: { kind: 'array', required: true, min: 1, max: 100 } });
  const ids = body['order_ids'] as unknown[];
  const orders = ids.flatMap(id => (typeof id === 'string' ? (findOrder(world, id) ?? []) : []));
  return { status: 200, body: orders.length > 0 ? { orders } : {} };
}

// A sparse update: entries of a list are found by their uid, new ones are added, `fields_to_clear` removes.
function update(world: World, request: Request): Answer {
  const { body } = request;
  const shape: Shape = { ...ORDER, location_id: { kind: 'string' }, version: { kind: 'integer', required: true } };
  check(body, {
    idempotency_key: KEY,
    fields_to_clear: { kind: 'array' },
    order: { kind: 'object', required: true, shape: { ...shape, line_items: { kind: 'array', max: 500 } } },
  });
  const shown = find(world, request);
  const record = world.books.get('orders', shown.id);
  const wish = part(body, 'order')!;
  if (wish['version'] !== shown.version) {
    throw refuse('VERSION_MISMATCH', `The order is at version ${shown.version}; read it again.`, 'order.version');
  }
  if (!record || (shown.state !== 'OPEN' && shown.state !== 'DRAFT')) {
    throw refuse('BAD_REQUEST', `An order that is ${shown.state} cannot be changed.`, 'order');
  }
  const next: JsonObject = { ...record.order, updated_at: iso(world.now()), version: record.order.version + 1 };
  for (const field of (body['fields_to_clear'] as unknown[] | undefined) ?? []) clear(next, String(field));
  for (const [name, value] of Object.entries(chosenFields(wish))) {
    next[name] = LISTS.includes(name) ? merged(rows(next, name), value as JsonObject[]) : value;
  }
  const state = text(wish, 'state');
  if (state !== undefined) next['state'] = nextState(shown, state as OrderState);
  const order = withTotals(next, world.settings.location.currency) as unknown as Order;
  if (shown['tenders'] !== undefined && order.total_money.amount !== record.order.total_money.amount) {
    throw refuse('BAD_REQUEST', 'The total of an order with payments cannot be changed.', 'order');
  }
  if (order.state === 'CANCELED' || order.state === 'COMPLETED') order.closed_at = iso(world.now());
  const value = { ...record, order };
  const answer = showOrder(value, paymentsOf(world, order.id));
  return { status: 200, body: { order: answer }, changes: [{ table: 'orders', id: order.id, value }] };
}

function clear(order: JsonObject, field: string): void {
  const [, name = '', uid] = /^(\w+)(?:\[([^\]]+)\])?$/.exec(field) ?? [];
  if (!FIELDS.includes(name)) throw refuse('INVALID_VALUE', `The field ${field} cannot be cleared.`, 'fields_to_clear');
  if (uid === undefined) delete order[name];
  else order[name] = rows(order, name).filter(row => row['uid'] !== uid);
}

function merged(before: JsonObject[], given: JsonObject[]): JsonObject[] {
  const known = new Map(before.map(row => [row['uid'], row]));
  const fresh: JsonObject[] = [];
  for (const row of given) {
    const old = known.get(row['uid']);
    if (old) known.set(row['uid'], { ...old, ...row });
    else fresh.push(row);
  }
  return [...known.values(), ...fresh];
}

function nextState(shown: Order, state: OrderState): OrderState {
  const hasTenders = shown['tenders'] !== undefined;
  const due = (shown['net_amount_due_money'] as { amount: number }).amount;
  const allowed =
    state === shown.state ||
    (state === 'OPEN' && shown.state === 'DRAFT') ||
    (state === 'CANCELED' && !hasTenders) ||
    (state === 'COMPLETED' && due === 0 && shown.state === 'OPEN');
  if (!allowed) throw refuse('BAD_REQUEST', `An order that is ${shown.state} cannot become ${state}.`, 'order.state');
  return state;
}

/** Captures the held payments of an order together: their sum is its total, and one capture per payment, all or none. */
function pay(world: World, request: Request): Answer {
  const { body } = request;
  check(body, {
    idempotency_key: { ...KEY, required: true, min: 1 },
    order_version: { kind: 'integer' },
    payment_ids: { kind: 'array', max: 100 },
  });
  const order = find(world, request);
  const stored = world.books.get('orders', order.id);
  const version = body['order_version'];
  if (typeof version === 'number' && version !== order.version) {
    throw refuse('VERSION_MISMATCH', `The order is at version ${order.version}; read it again.`, 'order_version');
  }
  if (!stored || order.state !== 'OPEN') {
    throw refuse('BAD_REQUEST', `An order that is ${order.state} cannot be paid.`, 'order_id');
  }
  const ids = ((body['payment_ids'] as unknown[] | undefined) ?? []).map(String);
  const records = ids.map(id => heldPayment(world, order.id, id));
  const sum = records.reduce((total, { payment }) => total + paidAmount(payment), 0);
  if (new Set(ids).size !== ids.length || sum !== stored.order.total_money.amount) {
    throw refuse('BAD_REQUEST', `The payments add up to ${sum}, and not to the total of the order.`, 'payment_ids');
  }
  const changes = records.map((record): Change => {
    const value = capture(world, record, world.now());
    return { table: 'payments', id: value.payment.id, value };
  });
  const at = iso(world.now());
  const paid: OrderRecord = {
    ...stored,
    order: { ...stored.order, state: 'COMPLETED', closed_at: at, updated_at: at },
  };
  const tenders = paymentsOf(world, order.id).length === 0 ? {} : { tenders: capturedTenders(order) };
  const shown = { ...order, ...paid.order, ...tenders, version: order.version + records.length };
  const none = { amount: 0, currency: order.total_money.currency };
  return {
    status: 200,
    body: { order: { ...shown, net_amount_due_money: none } },
    changes: [...changes, { table: 'orders', id: order.id, value: paid }],
  };
}

function capturedTenders(order: Order): JsonObject[] {
  return rows(order, 'tenders').map(row => {
    const card = part(row, 'card_details');
    return card ? { ...row, card_details: { ...card, status: 'CAPTURED' } } : row;
  });
}

function heldPayment(world: World, orderId: string, id: string): PaymentRecord {
  const record = world.books.get('payments', id);
  if (record?.payment.order_id !== orderId) throw refuse('NOT_FOUND', `No payment ${id} of this order.`, 'payment_ids');
  if (record.payment.status === 'APPROVED') return record;
  throw refuse('BAD_REQUEST', `The payment ${id} is ${record.payment.status}, and not APPROVED.`, 'payment_ids');
}
