/** Gift cards: made, found by number or by token, listed, and linked to customers. */
import { check, part, text, type JsonObject } from './checks.ts';
import { cursorParameters, pageAnswer, readLimit, type Pager } from './cursors.ts';
import { refuse } from './errors.ts';
import { giftCardMoney, giftCardOf } from './gift-card-money.ts';
import type { Answer, Request, Route } from './http.ts';
import { requireLocation } from './places.ts';
import type { GiftCard, GiftCardRecord } from './records-gift-cards.ts';
import { findSource, tokenOfGiftCard } from './sources.ts';
import { findTestCard } from './test-cards.ts';
import { GIFT_CARD_BALANCE_MINOR } from './assumptions.ts';
import { iso, type World } from './world.ts';

const PAGE = 30;
const LARGEST_PAGE = 200;
const LINKS = 50;

export function giftCardRoutes(world: World, pager: Pager): Route[] {
  const read = 'GIFTCARDS_READ';
  const write = 'GIFTCARDS_WRITE';
  const one = '/v2/gift-cards/{id}';
  return [
    {
      method: 'POST',
      path: '/v2/gift-cards',
      scope: write,
      idempotent: { operation: 'CreateGiftCard', required: true, max: 128 },
      handle: request => create(world, request.body),
    },
    { method: 'GET', path: '/v2/gift-cards', scope: read, handle: request => list(world, pager, request.query) },
    {
      method: 'POST',
      path: '/v2/gift-cards/from-gan',
      scope: read,
      handle: request => fromNumber(world, request.body),
    },
    {
      method: 'POST',
      path: '/v2/gift-cards/from-nonce',
      scope: read,
      handle: request => fromToken(world, request.body),
    },
    {
      method: 'GET',
      path: one,
      scope: read,
      handle: request => answer(world, findGiftCard(world, request.parameters['id'])),
    },
    { method: 'POST', path: `${one}/link-customer`, scope: write, handle: request => link(world, request, true) },
    { method: 'POST', path: `${one}/unlink-customer`, scope: write, handle: request => link(world, request, false) },
  ];
}

/** Refuses an id that no card has. */
export function findGiftCard(world: World, id: string | undefined): GiftCardRecord {
  const record = world.books.get('gift_cards', id ?? '');
  if (!record) throw refuse('NOT_FOUND', 'Gift card not found.', 'gift_card_id');
  return record;
}

function shown(world: World, { card, hidden }: GiftCardRecord) {
  const amount = giftCardMoney(world, hidden.fingerprint, hidden.first_minor);
  return { ...card, balance_money: { amount, currency: world.settings.location.currency } };
}

function answer(world: World, record: GiftCardRecord, isNew = false): Answer {
  const gift_card = shown(world, record);
  if (!isNew) return { status: 200, body: { gift_card } };
  return { status: 200, body: { gift_card }, changes: [{ table: 'gift_cards', id: record.card.id, value: record }] };
}

function create(world: World, body: JsonObject): Answer {
  check(body, {
    idempotency_key: { kind: 'string', required: true, min: 1, max: 128, bytes: true },
    location_id: { kind: 'string', required: true, min: 1 },
    gift_card: {
      kind: 'object',
      required: true,
      shape: {
        type: { kind: 'string', required: true, values: ['PHYSICAL', 'DIGITAL'] },
        gan_source: { kind: 'string', values: ['SQUARE', 'OTHER'] },
        gan: { kind: 'string', min: 8, max: 20 },
      },
    },
  });
  requireLocation(world, text(body, 'location_id'));
  const wish = part(body, 'gift_card')!;
  const given = text(wish, 'gan');
  const other = text(wish, 'gan_source') === 'OTHER';
  if (other && (given === undefined || !/^[0-9A-Za-z]+$/.test(given))) {
    throw refuse('INVALID_VALUE', 'A number of your own has 8 to 20 letters and digits.', 'gift_card.gan');
  }
  const gan = other ? given! : freshNumber(world);
  if (byNumber(world, gan)) throw refuse('INVALID_VALUE', 'This number is taken.', 'gift_card.gan');
  return answer(world, record(world, { type: wish['type'] as GiftCard['type'], other, gan, fingerprint: null }), true);
}

function record(
  world: World,
  wish: { type: GiftCard['type']; other: boolean; gan?: string; fingerprint: string | null; first_minor?: number },
): GiftCardRecord {
  const seen = wish.fingerprint !== null;
  const card: GiftCard = {
    id: world.id('gftc:', 32),
    type: wish.type,
    gan_source: wish.other ? 'OTHER' : 'SQUARE',
    state: seen ? 'ACTIVE' : 'PENDING',
    ...(wish.gan === undefined ? {} : { gan: wish.gan }),
    created_at: iso(world.now()),
  };
  const fingerprint = wish.fingerprint ?? world.fingerprint(wish.gan!);
  return { card, hidden: { fingerprint, first_minor: wish.first_minor ?? 0 } };
}

/** Sixteen digits as Square's own numbers have them, with their check digit. */
function freshNumber(world: World): string {
  const digits = `7783${[...world.random(11)].map(byte => byte % 10).join('')}`;
  const sum = [...digits].reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

const byNumber = (world: World, gan: string): GiftCardRecord | undefined => giftCardOf(world, world.fingerprint(gan));

function fromNumber(world: World, body: JsonObject): Answer {
  check(body, { gan: { kind: 'string', required: true, min: 1, max: 255 } });
  const gan = text(body, 'gan')!;
  const known = byNumber(world, gan);
  if (known) return answer(world, known);
  if (findTestCard(Buffer.from(gan))?.kind !== 'gift_card') throw refuse('NOT_FOUND', 'Gift card not found.', 'gan');
  return answer(world, firstSeen(world, world.fingerprint(gan), GIFT_CARD_BALANCE_MINOR), true);
}

// Looking at a card does not use its token up: the same token can pay afterwards.
function fromToken(world: World, body: JsonObject): Answer {
  check(body, { nonce: { kind: 'string', required: true, min: 1 } });
  const nonce = text(body, 'nonce')!;
  const source = tokenOfGiftCard(findSource(world, nonce, 'charge'));
  const known = giftCardOf(world, source.fingerprint);
  if (known) return answer(world, known);
  return answer(world, firstSeen(world, source.fingerprint, source.balance_minor), true);
}

const firstSeen = (world: World, fingerprint: string, first_minor: number): GiftCardRecord =>
  record(world, { type: 'PHYSICAL', other: false, fingerprint, first_minor });

function link(world: World, request: Request, wanted: boolean): Answer {
  check(request.body, { customer_id: { kind: 'string', required: true, min: 1, max: 191 } });
  const customer = text(request.body, 'customer_id')!;
  const { card, hidden } = findGiftCard(world, request.parameters['id']);
  if (!world.books.get('customers', customer)) throw refuse('NOT_FOUND', 'Customer not found.', 'customer_id');
  const others = (card.customer_ids ?? []).filter(id => id !== customer);
  if (wanted && others.length >= LINKS) {
    throw refuse('BAD_REQUEST', `A gift card is linked to ${LINKS} customers at most.`, 'customer_id');
  }
  const { customer_ids: _before, ...rest } = card;
  const ids = wanted ? [...others, customer] : others;
  const next = ids.length === 0 ? rest : { ...rest, customer_ids: ids };
  return answer(world, { card: next, hidden }, true);
}

function list(world: World, pager: Pager, query: URLSearchParams): Answer {
  const cards = world.books
    .all('gift_cards')
    .filter(
      ({ card }) =>
        matches(query.get('type'), card.type) &&
        matches(query.get('state'), card.state) &&
        (query.get('customer_id') === null || card.customer_ids?.includes(query.get('customer_id')!) === true),
    );
  const entries = cards.map(entry => shown(world, entry));
  return pageAnswer(pager, 'gift_cards', entries, {
    key: card => card.created_at,
    id: card => card.id,
    descending: true,
    limit: query.get('limit') === null ? PAGE : readLimit(query, LARGEST_PAGE),
    cursor: query.get('cursor'),
    parameters: cursorParameters(query),
  });
}

const matches = (wanted: string | null, value: string): boolean => wanted === null || wanted === value;
