/** Cards on file: saved from a token or from a payment, listed, read, and disabled for good. */
import { TOKEN_LIFE_MS } from './assumptions.ts';
import { ADDRESS, check, part, text, type JsonObject } from './checks.ts';
import { cursorParameters, readSortOrder, type Pager } from './cursors.ts';
import { refuse } from './errors.ts';
import type { Answer, Request, Route } from './http.ts';
import type { Behaviour, CardFace, CardRecord, Change } from './records.ts';
import { findSource } from './sources.ts';
import { iso, type World } from './world.ts';

const PAGE = 25;

// The specification lists no scope for the card calls in its excerpt; Square's pages name the payments scopes.
export function cardRoutes(world: World, pager: Pager): Route[] {
  return [
    {
      method: 'POST',
      path: '/v2/cards',
      scope: 'PAYMENTS_WRITE',
      idempotent: { operation: 'CreateCard', required: true, max: 45 },
      handle: request => create(world, request.body),
    },
    { method: 'GET', path: '/v2/cards', scope: 'PAYMENTS_READ', handle: request => list(world, pager, request.query) },
    {
      method: 'GET',
      path: '/v2/cards/{card_id}',
      scope: 'PAYMENTS_READ',
      handle: request => ({ status: 200, body: { card: find(world, request).card } }),
    },
    {
      method: 'POST',
      path: '/v2/cards/{card_id}/disable',
      scope: 'PAYMENTS_WRITE',
      handle: request => disable(world, request),
    },
  ];
}

function find(world: World, request: Request): CardRecord {
  const id = request.parameters['card_id']!;
  const record = world.books.get('cards', id);
  if (!record) throw refuse('NOT_FOUND', `Card not found: ${id}.`, 'card_id');
  return record;
}

function create(world: World, body: JsonObject): Answer {
  check(body, {
    idempotency_key: { kind: 'string', required: true, min: 1, max: 45, bytes: true },
    source_id: { kind: 'string', required: true, min: 1, max: 16_384 },
    verification_token: { kind: 'string' },
    card: {
      kind: 'object',
      required: true,
      shape: {
        customer_id: { kind: 'string', required: true, min: 1 },
        cardholder_name: { kind: 'string', max: 96 },
        billing_address: ADDRESS,
        reference_id: { kind: 'string', max: 128 },
        exp_month: { kind: 'integer', min: 1, max: 12 },
        exp_year: { kind: 'integer', min: 2000, max: 2100 },
      },
    },
  });
  const wish = part(body, 'card')!;
  const customer = text(wish, 'customer_id')!;
  if (!world.books.get('customers', customer)) {
    throw refuse('CUSTOMER_NOT_FOUND', `Customer with ID \`${customer}\` not found.`, 'card.customer_id');
  }
  const source = cardSource(world, text(body, 'source_id')!);
  const postal = text(part(wish, 'billing_address') ?? {}, 'postal_code');
  if (source.store !== null) throw refuse(source.store, `Authorization error: '${source.store}'`, 'source_id');
  if (source.postal_code !== null && source.checks_postal && plain(postal) !== plain(source.postal_code)) {
    const detail = 'The billing postal code does not match the one entered with the card.';
    throw refuse('VERIFY_AVS_FAILURE', detail, 'card.billing_address.postal_code');
  }
  const record: CardRecord = {
    card: {
      ...source.face,
      id: world.id('ccof:', 24),
      customer_id: customer,
      merchant_id: world.meta.merchant_id,
      enabled: true,
      version: 1,
      created_at: iso(world.now()),
    },
    hidden: { behaviour: source.behaviour, postal_code: source.postal_code },
  };
  for (const name of ['cardholder_name', 'reference_id'] as const) {
    const value = text(wish, name);
    if (value !== undefined) record.card[name] = value;
  }
  const address = part(wish, 'billing_address');
  if (address) record.card.billing_address = address;
  return saved(record, source.use);
}

type CardSource = {
  face: CardFace;
  store: string | null;
  behaviour: Behaviour;
  postal_code: string | null;
  checks_postal: boolean;
  use: Change[];
};

/** A token, a documented literal, or a payment of the last 24 hours. */
function cardSource(world: World, sourceId: string): CardSource {
  const record = world.books.get('payments', sourceId);
  if (!record) {
    const source = findSource(world, sourceId, 'store');
    const { face, behaviour, postal_code, use } = source;
    if (!face || source.kind !== 'card' || source.entry_method === 'ON_FILE') {
      throw refuse('INVALID_CARD_DATA', 'This source cannot be saved as a card on file.', 'source_id');
    }
    const unverified = source.unverified ? 'CARD_DECLINED_VERIFICATION_REQUIRED' : null;
    return { face, store: source.store ?? unverified, behaviour, postal_code, checks_postal: true, use };
  }
  const { payment, hidden } = record;
  const face = payment.card_details?.card as CardFace | undefined;
  const usable = payment.status === 'COMPLETED' || payment.status === 'APPROVED';
  if (!face || !hidden.behaviour || !usable || face.card_brand === 'SQUARE_GIFT_CARD') {
    throw refuse('INVALID_CARD_DATA', 'This payment has no card that can be saved.', 'source_id');
  }
  if (world.now() - Date.parse(payment.created_at) >= TOKEN_LIFE_MS) {
    throw refuse('SOURCE_EXPIRED', 'A card can be saved within 24 hours of its payment.', 'source_id');
  }
  const { behaviour, postal_code } = hidden;
  return { face, store: null, behaviour, postal_code, checks_postal: false, use: [] };
}

function plain(postal: string | undefined): string {
  return (postal ?? '').replace(/\s/g, '').toUpperCase();
}

function saved(record: CardRecord, use: Change[] = []): Answer {
  const { card } = record;
  return { status: 200, body: { card }, changes: [{ table: 'cards', id: card.id, value: record }, ...use] };
}

function disable(world: World, request: Request): Answer {
  const record = find(world, request);
  if (!record.card.enabled) return { status: 200, body: { card: record.card } };
  const { card } = record;
  const disabled = { ...card, enabled: false, version: card.version + 1, disabled_at: iso(world.now()) };
  return saved({ card: disabled, hidden: record.hidden });
}

function list(world: World, pager: Pager, query: URLSearchParams): Answer {
  const customer = query.get('customer_id');
  const reference = query.get('reference_id');
  const withDisabled = query.get('include_disabled') === 'true';
  const cards = world.books
    .all('cards')
    .map(record => record.card)
    .filter(
      card =>
        (customer === null || card.customer_id === customer) &&
        (reference === null || card.reference_id === reference) &&
        (withDisabled || card.enabled),
    );
  const { page, cursor } = pager.page(cards, {
    key: card => card.created_at,
    id: card => card.id,
    descending: readSortOrder(query, false),
    limit: PAGE,
    cursor: query.get('cursor'),
    parameters: cursorParameters(query),
  });
  return { status: 200, body: { ...(page.length > 0 ? { cards: page } : {}), ...(cursor ? { cursor } : {}) } };
}
