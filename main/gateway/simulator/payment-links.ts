/** Payment links: create, read, list, update and delete. The page behind a link is in `link-page.ts`. */
import { ADDRESS, check, money, part, text, type JsonObject, type Shape } from './checks.ts';
import { cursorParameters, pageAnswer, readLimit, type Pager } from './cursors.ts';
import { refuse } from './errors.ts';
import type { Answer, Request, Route } from './http.ts';
import { findOrder } from './order-view.ts';
import { makeOrder } from './orders.ts';
import { checkMoney } from './payment-request.ts';
import { requireLocation } from './places.ts';
import type { Change } from './records.ts';
import type { PaymentLink, PaymentLinkRecord } from './records-orders.ts';
import { iso, type World } from './world.ts';

const PAGE = 100;
const SHARED: Shape = {
  description: { kind: 'string', max: 4_096 },
  payment_note: { kind: 'string', max: 500 },
  checkout_options: {
    kind: 'object',
    shape: {
      allow_tipping: { kind: 'boolean' },
      redirect_url: { kind: 'string', max: 2_048 },
      merchant_support_email: { kind: 'email' },
      ask_for_shipping_address: { kind: 'boolean' },
      custom_fields: { kind: 'array', max: 2, of: { title: { kind: 'string', required: true, min: 1, max: 50 } } },
      accepted_payment_methods: { kind: 'object' },
      app_fee_money: { kind: 'money', zero: true },
    },
  },
  pre_populated_data: {
    kind: 'object',
    shape: {
      buyer_email: { kind: 'email' },
      buyer_phone_number: { kind: 'phone' },
      buyer_address: ADDRESS,
    },
  },
};

export function paymentLinkRoutes(world: World, pager: Pager): Route[] {
  const all = '/v2/online-checkout/payment-links';
  const one = `${all}/{id}`;
  const write = ['PAYMENTS_WRITE', 'ORDERS_READ', 'ORDERS_WRITE'];
  return [
    {
      method: 'POST',
      path: all,
      scope: write,
      idempotent: { operation: 'CreatePaymentLink', required: false, max: 192 },
      handle: request => create(world, request),
    },
    { method: 'GET', path: all, scope: 'ORDERS_READ', handle: request => list(world, pager, request) },
    {
      method: 'GET',
      path: one,
      scope: 'ORDERS_READ',
      handle: request => ({ status: 200, body: { payment_link: shown(find(world, request), request) } }),
    },
    { method: 'PUT', path: one, scope: write, handle: request => update(world, request) },
    { method: 'DELETE', path: one, scope: ['ORDERS_READ', 'ORDERS_WRITE'], handle: request => remove(world, request) },
  ];
}

/** The link as a request sees it: its address is on the host that was asked, because the port may be another tomorrow. */
function shown({ link, code }: PaymentLinkRecord, request: Request): PaymentLink & { url: string; long_url: string } {
  const url = `http://${request.headers.host ?? '127.0.0.1'}/v1/links/${code}`;
  return { ...link, url, long_url: url };
}

function find(world: World, request: Request): PaymentLinkRecord {
  const record = world.books.get('payment_links', request.parameters['id']!);
  if (!record) throw refuse('NOT_FOUND', 'Payment link not found.', 'id');
  return record;
}

function create(world: World, request: Request): Answer {
  const { body } = request;
  check(body, {
    ...SHARED,
    idempotency_key: { kind: 'string', max: 192, bytes: true },
    quick_pay: {
      kind: 'object',
      shape: {
        name: { kind: 'string', required: true, min: 1, max: 255 },
        price_money: { kind: 'money', required: true },
        location_id: { kind: 'string', required: true, min: 1 },
      },
    },
    order: { kind: 'object' },
  });
  const id = world.id('', 16).toUpperCase();
  const order = makeOrder(world, { order: wantedOrder(world, body) }, 'DRAFT', id);
  if (order.order.total_money.amount < 1) throw refuse('INVALID_VALUE', 'There is nothing to pay.', 'order');
  order.order.state = 'DRAFT';
  const link: PaymentLink = {
    id,
    version: 1,
    order_id: order.order.id,
    ...fields(body),
    created_at: iso(world.now()),
  };
  const record = { link, code: world.id('', 10) };
  return {
    status: 200,
    body: { payment_link: shown(record, request), related_resources: { orders: [order.order] } },
    changes: [
      { table: 'orders', id: link.order_id, value: order },
      { table: 'payment_links', id, value: record },
    ],
  };
}

function wantedOrder(world: World, body: JsonObject): JsonObject {
  const quick = part(body, 'quick_pay');
  const order = part(body, 'order');
  if (quick && order) throw refuse('CONFLICTING_PARAMETERS', 'Give either quick_pay or an order.', 'order');
  if (order) return order;
  if (!quick) throw refuse('MISSING_REQUIRED_PARAMETER', 'Give either quick_pay or an order.', 'quick_pay');
  const price = money(quick, 'price_money')!;
  checkMoney(world, 'quick_pay.price_money', price);
  requireLocation(world, text(quick, 'location_id'));
  return {
    location_id: text(quick, 'location_id'),
    line_items: [{ name: text(quick, 'name'), quantity: '1', base_price_money: price }],
  };
}

function fields(wish: JsonObject): JsonObject {
  const given = Object.keys(SHARED).filter(name => wish[name] !== undefined && wish[name] !== null);
  return Object.fromEntries(given.map(name => [name, wish[name]]));
}

function update(world: World, request: Request): Answer {
  const version = { kind: 'integer', required: true } as const;
  check(request.body, { payment_link: { kind: 'object', required: true, shape: { ...SHARED, version } } });
  const record = find(world, request);
  const wish = part(request.body, 'payment_link')!;
  if (wish['version'] !== record.link.version) {
    throw refuse('VERSION_MISMATCH', `The link is at version ${record.link.version}.`, 'payment_link.version');
  }
  const link = { ...record.link, ...fields(wish), version: record.link.version + 1, updated_at: iso(world.now()) };
  const value = { ...record, link };
  return {
    status: 200,
    body: { payment_link: shown(value, request) },
    changes: [{ table: 'payment_links', id: link.id, value }],
  };
}

// The order of a link that nobody paid is canceled with it; money that was taken, or is on its way, stays where it is.
function remove(world: World, request: Request): Answer {
  const { link } = find(world, request);
  const changes: Change[] = [{ table: 'payment_links', id: link.id, value: null }];
  const stored = world.books.get('orders', link.order_id)!;
  if (findOrder(world, link.order_id)?.['tenders'] !== undefined) {
    return { status: 200, body: { id: link.id }, changes };
  }
  const at = iso(world.now());
  const order = { ...stored.order, state: 'CANCELED' as const, closed_at: at, updated_at: at };
  const value = { ...stored, order: { ...order, version: order.version + 1 } };
  changes.push({ table: 'orders', id: link.order_id, value });
  return { status: 200, body: { id: link.id, cancelled_order_id: link.order_id }, changes };
}

function list(world: World, pager: Pager, request: Request): Answer {
  const links = world.books.all('payment_links').map(record => shown(record, request));
  return pageAnswer(pager, 'payment_links', links, {
    key: link => link.created_at,
    id: link => link.id,
    descending: true,
    limit: readLimit(request.query, PAGE),
    cursor: request.query.get('cursor'),
    parameters: cursorParameters(request.query),
  });
}
