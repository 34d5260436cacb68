/** Bank accounts that customers left: stored from a token of the form, listed, read and disabled for good. */
import { check, text, type JsonObject } from './checks.ts';
import { cursorParameters, pageAnswer, readLimit, type Pager } from './cursors.ts';
import { refuse } from './errors.ts';
import type { Answer, Request, Route } from './http.ts';
import { requireLocation } from './places.ts';
import type { BankAccountRecord } from './records.ts';
import { findSource } from './sources.ts';
import type { World } from './world.ts';

const PAGE = 1_000;

export function bankAccountRoutes(world: World, pager: Pager): Route[] {
  const all = '/v2/bank-accounts';
  const one = `${all}/{bank_account_id}`;
  const read = 'BANK_ACCOUNTS_READ';
  const write = 'BANK_ACCOUNTS_WRITE';
  return [
    {
      method: 'POST',
      path: all,
      scope: write,
      idempotent: { operation: 'CreateBankAccount', required: true, max: 45 },
      handle: request => create(world, request.body),
    },
    { method: 'GET', path: all, scope: read, handle: request => list(world, pager, request.query) },
    {
      method: 'GET',
      path: one,
      scope: read,
      handle: request => ({ status: 200, body: { bank_account: find(world, request).account } }),
    },
    { method: 'POST', path: `${one}/disable`, scope: write, handle: request => disable(world, request) },
  ];
}

function find(world: World, request: Request): BankAccountRecord {
  const record = world.books.get('bank_accounts', request.parameters['bank_account_id']!);
  if (!record) throw refuse('NOT_FOUND', 'Bank account not found.', 'bank_account_id');
  return record;
}

function saved(record: BankAccountRecord): Answer {
  const { account } = record;
  const changes = [{ table: 'bank_accounts' as const, id: account.id, value: record }];
  return { status: 200, body: { bank_account: account }, changes };
}

function create(world: World, body: JsonObject): Answer {
  check(body, {
    idempotency_key: { kind: 'string', required: true, min: 1, max: 45, bytes: true },
    source_id: { kind: 'string', required: true, min: 1 },
    customer_id: { kind: 'string', max: 191 },
  });
  const customer = text(body, 'customer_id');
  if (customer !== undefined && !world.books.get('customers', customer)) {
    throw refuse('CUSTOMER_NOT_FOUND', `Customer with ID \`${customer}\` not found.`, 'customer_id');
  }
  const sourceId = text(body, 'source_id')!;
  const source = findSource(world, sourceId, 'store');
  if (source.kind !== 'bank' || !sourceId.startsWith('bnon:')) {
    throw refuse('INVALID_VALUE', 'Only the token of a bank account can be stored here.', 'source_id');
  }
  const account = {
    id: world.id('bact:', 20),
    account_number_suffix: '6789',
    country: 'US',
    currency: 'USD',
    account_type: 'CHECKING',
    holder_name: 'Jane Doe',
    primary_bank_identification_number: '011000015',
    location_id: world.meta.location_id,
    status: 'VERIFIED' as const,
    creditable: false,
    debitable: true,
    fingerprint: world.fingerprint(sourceId),
    version: 1,
    bank_name: 'Citizens Bank',
    ...(customer === undefined ? {} : { customer_id: customer }),
  };
  return saved({ account, hidden: { failure: source.charge } });
}

function disable(world: World, request: Request): Answer {
  const { account, hidden } = find(world, request);
  if (account.status === 'DISABLED') return { status: 200, body: { bank_account: account } };
  return saved({ account: { ...account, status: 'DISABLED', debitable: false, version: account.version + 1 }, hidden });
}

function list(world: World, pager: Pager, query: URLSearchParams): Answer {
  const location = query.get('location_id');
  if (location !== null) requireLocation(world, location);
  const customer = query.get('customer_id');
  const accounts = world.books
    .all('bank_accounts')
    .map(record => record.account)
    .filter(account => customer === null || account['customer_id'] === customer);
  return pageAnswer(pager, 'bank_accounts', accounts, {
    key: account => account.id,
    id: account => account.id,
    descending: false,
    limit: readLimit(query, PAGE),
    cursor: query.get('cursor'),
    parameters: cursorParameters(query),
  });
}
