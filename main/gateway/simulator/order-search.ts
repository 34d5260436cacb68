/** Searching orders: by location, state, time and customer. */
import { check, part, text, type JsonObject } from './checks.ts';
import { pageAnswer, searchParameters, timeRange, type Pager } from './cursors.ts';
import { refuse } from './errors.ts';
import type { Answer, Route } from './http.ts';
import { allOrders } from './order-view.ts';
import { requireLocation } from './places.ts';
import type { Order } from './records-orders.ts';
import type { World } from './world.ts';

const PAGE = 500;
const LARGEST_PAGE = 1_000;
const FIELDS = { CREATED_AT: 'created_at', UPDATED_AT: 'updated_at', CLOSED_AT: 'closed_at' } as const;

export function orderSearchRoutes(world: World, pager: Pager): Route[] {
  const path = '/v2/orders/search';
  return [{ method: 'POST', path, scope: 'ORDERS_READ', handle: request => search(world, pager, request.body) }];
}

function search(world: World, pager: Pager, body: JsonObject): Answer {
  check(body, {
    location_ids: { kind: 'array', required: true, min: 1, max: 10 },
    cursor: { kind: 'string' },
    limit: { kind: 'integer', min: 1, max: LARGEST_PAGE },
    return_entries: { kind: 'boolean' },
    query: {
      kind: 'object',
      shape: {
        filter: { kind: 'object' },
        sort: {
          kind: 'object',
          shape: {
            sort_field: { kind: 'string', required: true, values: Object.keys(FIELDS) },
            sort_order: { kind: 'string', values: ['ASC', 'DESC'] },
          },
        },
      },
    },
  });
  for (const location of body['location_ids'] as unknown[]) requireLocation(world, String(location));
  const query = part(body, 'query') ?? {};
  const sort = part(query, 'sort') ?? {};
  const filter = part(query, 'filter') ?? {};
  const field = FIELDS[(text(sort, 'sort_field') ?? 'CREATED_AT') as keyof typeof FIELDS];
  const options = {
    key: (order: Order) => order[field] ?? '',
    id: (order: Order) => order.id,
    descending: text(sort, 'sort_order') !== 'ASC',
    limit: (body['limit'] as number | undefined) ?? PAGE,
    cursor: text(body, 'cursor'),
    parameters: searchParameters(body),
  };
  const orders = allOrders(world).filter(keeper(filter, field));
  if (body['return_entries'] !== true) return pageAnswer(pager, 'orders', orders, options);
  const { page, cursor } = pager.page(orders, options);
  const order_entries = page.map(({ id, version, location_id }) => ({ order_id: id, version, location_id }));
  return { status: 200, body: { order_entries, ...(cursor ? { cursor } : {}) } };
}

function keeper(filter: JsonObject, sorted: string): (order: Order) => boolean {
  const states = names(filter, 'state_filter', 'states');
  const customers = names(filter, 'customer_filter', 'customer_ids');
  const times = part(filter, 'date_time_filter') ?? {};
  const given = Object.values(FIELDS).filter(name => part(times, name));
  if (given.some(name => name !== sorted)) {
    const detail = 'A time filter needs the sort field of the same time.';
    throw refuse('BAD_REQUEST', detail, 'query.filter.date_time_filter');
  }
  const inRange = timeRange(part(times, sorted), `query.filter.date_time_filter.${sorted}`);
  return order =>
    (states === null || states.includes(order.state)) &&
    (customers === null || customers.includes(order['customer_id'])) &&
    (given.length === 0 || (typeof order[sorted] === 'string' && inRange(order[sorted])));
}

function names(filter: JsonObject, outer: string, inner: string): unknown[] | null {
  const list = part(filter, outer)?.[inner];
  return Array.isArray(list) ? list : null;
}
