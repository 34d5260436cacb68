/** Customers: create, read, update, delete, list and search. Square removes no duplicates, and neither do we. */
import { ADDRESS, canonical, check, instantMs, isEmail, part, text, type JsonObject, type Shape } from './checks.ts';
import { cursorParameters, readChoice, readLimit, readSortOrder, type Pager } from './cursors.ts';
import { refuse } from './errors.ts';
import type { Answer, Request, Route } from './http.ts';
import type { Customer } from './records.ts';
import { iso, type World } from './world.ts';

const SHAPE: Shape = {
  given_name: { kind: 'string', max: 300 },
  family_name: { kind: 'string', max: 300 },
  company_name: { kind: 'string', max: 500 },
  nickname: { kind: 'string', max: 100 },
  email_address: { kind: 'string', max: 254 },
  address: ADDRESS,
  phone_number: { kind: 'phone' },
  reference_id: { kind: 'string', max: 100 },
  note: { kind: 'string' },
  birthday: { kind: 'string', max: 20 },
  version: { kind: 'integer' },
};
const FIELDS = Object.keys(SHAPE).filter(name => name !== 'version');
const NAMES = ['given_name', 'family_name', 'company_name', 'email_address', 'phone_number'];

export function customerRoutes(world: World, pager: Pager): Route[] {
  const one = '/v2/customers/{customer_id}';
  const read = 'CUSTOMERS_READ';
  const write = 'CUSTOMERS_WRITE';
  return [
    {
      method: 'POST',
      path: '/v2/customers',
      scope: write,
      idempotent: { operation: 'CreateCustomer', required: false, max: 192 },
      handle: request => create(world, request.body),
    },
    { method: 'GET', path: '/v2/customers', scope: read, handle: request => list(world, pager, request.query) },
    {
      method: 'POST',
      path: '/v2/customers/search',
      scope: read,
      handle: request => search(world, pager, request.body),
    },
    {
      method: 'GET',
      path: one,
      scope: read,
      handle: request => ({ status: 200, body: { customer: find(world, request) } }),
    },
    { method: 'PUT', path: one, scope: write, handle: request => update(world, request) },
    { method: 'DELETE', path: one, scope: write, handle: request => remove(world, request) },
  ];
}

function find(world: World, request: Request): Customer {
  const id = request.parameters['customer_id']!;
  const record = world.books.get('customers', id);
  if (!record) throw refuse('NOT_FOUND', `Customer with ID \`${id}\` not found.`);
  return record.customer;
}

function checkFields(body: JsonObject): void {
  check(body, SHAPE);
  const email = text(body, 'email_address');
  if (email !== undefined && !isEmail(email)) {
    throw refuse('INVALID_EMAIL_ADDRESS', 'Expected email_address to be a valid email address', 'email_address');
  }
  const birthday = text(body, 'birthday');
  if (birthday !== undefined && !/^(\d{4}-)?\d{2}-\d{2}$/.test(birthday)) {
    throw refuse('INVALID_TIME', 'Expected birthday as YYYY-MM-DD or MM-DD.', 'birthday');
  }
}

function create(world: World, body: JsonObject): Answer {
  checkFields(body);
  if (!NAMES.some(name => text(body, name))) {
    const detail = `At least one of the following values must be set: ${NAMES.join(', ')}.`;
    throw refuse('BAD_REQUEST', detail);
  }
  const at = iso(world.now());
  const customer: Customer = {
    id: world.id('', 26).toUpperCase(),
    created_at: at,
    updated_at: at,
    creation_source: 'THIRD_PARTY',
    preferences: { email_unsubscribed: false },
    version: 0,
  };
  for (const name of FIELDS) if (body[name] !== undefined && body[name] !== null) customer[name] = body[name];
  return saved(customer);
}

function saved(customer: Customer): Answer {
  return { status: 200, body: { customer }, changes: [{ table: 'customers', id: customer.id, value: { customer } }] };
}

function checkVersion(customer: Customer, version: unknown): void {
  if (typeof version === 'number' && version !== customer.version) {
    throw refuse('CONFLICT', `The customer is at version ${customer.version}; read it again.`, 'version');
  }
}

// A sparse update: what the body leaves out stays, null clears.
function update(world: World, request: Request): Answer {
  const current = find(world, request);
  checkFields(request.body);
  checkVersion(current, request.body['version']);
  const customer: Customer = { ...current, updated_at: iso(world.now()), version: current.version + 1 };
  for (const name of FIELDS) {
    const value = request.body[name];
    if (value === null || value === '') delete customer[name];
    else if (value !== undefined) customer[name] = value;
  }
  return saved(customer);
}

function remove(world: World, request: Request): Answer {
  const customer = find(world, request);
  const version = request.query.get('version');
  if (version !== null) checkVersion(customer, Number(version));
  return { status: 200, body: {}, changes: [{ table: 'customers', id: customer.id, value: null }] };
}

function visible(world: World): Customer[] {
  const lag = world.settings.customer_index_lag_ms;
  const records = lag > 0 ? world.books.asOf('customers', world.now() - lag) : world.books.all('customers');
  return records.map(record => record.customer);
}

function list(world: World, pager: Pager, query: URLSearchParams): Answer {
  const byTime = readChoice(query, 'sort_field', ['DEFAULT', 'CREATED_AT']) === 'CREATED_AT';
  const customers = visible(world);
  const { page, cursor } = pager.page(customers, {
    key: customer => (byTime ? customer.created_at : nameKey(customer)),
    id: customer => customer.id,
    descending: readSortOrder(query, false),
    limit: readLimit(query, 100),
    cursor: query.get('cursor'),
    parameters: cursorParameters(query),
  });
  const count = query.get('count') === 'true' ? { count: customers.length } : {};
  return {
    status: 200,
    body: { ...(page.length > 0 ? { customers: page } : {}), ...(cursor ? { cursor } : {}), ...count },
  };
}

/** Square's default order: names without regard to case. */
function nameKey(customer: Customer): string {
  return ['given_name', 'family_name', 'company_name']
    .map(name => String(customer[name] ?? ''))
    .join(' ')
    .toLowerCase();
}

function search(world: World, pager: Pager, body: JsonObject): Answer {
  check(body, {
    cursor: { kind: 'string' },
    limit: { kind: 'integer', min: 1, max: 100 },
    count: { kind: 'boolean' },
    query: { kind: 'object', shape: { filter: { kind: 'object' }, sort: { kind: 'object' } } },
  });
  const query = part(body, 'query') ?? {};
  const sort = part(query, 'sort') ?? {};
  const keep = searchFilter(part(query, 'filter') ?? {});
  const found = visible(world).filter(keep);
  const { cursor: given, ...parameters } = body;
  const { page, cursor } = pager.page(found, {
    key: customer => (sort['field'] === 'CREATED_AT' ? customer.created_at : nameKey(customer)),
    id: customer => customer.id,
    descending: sort['order'] === 'DESC',
    limit: (body['limit'] as number | undefined) ?? 100,
    cursor: given as string | undefined,
    parameters: canonical(parameters),
  });
  const count = body['count'] === true ? { count: found.length } : {};
  return {
    status: 200,
    body: { ...(page.length > 0 ? { customers: page } : {}), ...(cursor ? { cursor } : {}), ...count },
  };
}

function searchFilter(filter: JsonObject): (customer: Customer) => boolean {
  const tests: ((customer: Customer) => boolean)[] = [];
  for (const name of ['email_address', 'phone_number', 'reference_id']) {
    const wish = part(filter, name);
    if (wish) tests.push(textTest(name, text(wish, 'exact'), text(wish, 'fuzzy')));
  }
  for (const name of ['created_at', 'updated_at']) {
    const range = part(filter, name);
    if (range) tests.push(rangeTest(name, text(range, 'start_at'), text(range, 'end_at')));
  }
  const source = part(filter, 'creation_source');
  if (source) {
    const values = Array.isArray(source['values']) ? source['values'] : [];
    tests.push(customer => values.includes(customer.creation_source) !== (source['rule'] === 'EXCLUDE'));
  }
  return customer => tests.every(test => test(customer));
}

function textTest(name: string, exact: string | undefined, fuzzy: string | undefined): (customer: Customer) => boolean {
  const plain = (value: string) => (name === 'phone_number' ? value.replace(/[^\d]/g, '') : value.toLowerCase());
  return customer => {
    const value = customer[name];
    if (typeof value !== 'string') return false;
    if (exact !== undefined) return plain(value) === plain(exact);
    return fuzzy === undefined || plain(value).includes(plain(fuzzy));
  };
}

function rangeTest(name: string, start: string | undefined, end: string | undefined): (customer: Customer) => boolean {
  const bound = (value: string | undefined, side: string) => {
    if (value === undefined) return null;
    const instant = instantMs(value);
    if (instant === null)
      throw refuse('INVALID_TIME', 'Expected an RFC 3339 date and time.', `query.filter.${name}.${side}`);
    return instant;
  };
  const from = bound(start, 'start_at');
  const to = bound(end, 'end_at');
  return customer => {
    const at = Date.parse(String(customer[name]));
    return (from === null || at >= from) && (to === null || at <= to);
  };
}
