/** What a seller does with a gift card: one row per kind of activity says when it is allowed and what it moves. */
import { HIGHEST_GIFT_CARD_MINOR } from './assumptions.ts';
import { check, money, part, text, type JsonObject, type Money } from './checks.ts';
import { cursorParameters, pageAnswer, readLimit, readSortOrder, readTime, type Pager } from './cursors.ts';
import { refuse } from './errors.ts';
import { activitiesOf, giftCardMoney, giftCardOf } from './gift-card-money.ts';
import { findGiftCard } from './gift-cards.ts';
import type { Answer, Route } from './http.ts';
import { rows } from './order-math.ts';
import { findOrder } from './order-view.ts';
import { checkMoney } from './payment-request.ts';
import { window } from './payments.ts';
import { requireLocation } from './places.ts';
import type { GiftCardActivity, GiftCardRecord, GiftCardState } from './records-gift-cards.ts';
import { iso, type World } from './world.ts';

const PAGE = 50;
const LARGEST_PAGE = 100;

type Kind = {
  from: GiftCardState;
  to?: GiftCardState;
  /** `sold` is paid for by a buyer, `all` takes what is there; `in` and `out` name their amount; absent moves nothing. */
  moves?: 'sold' | 'in' | 'out' | 'all';
  reasons?: readonly string[];
};

const KINDS: { [type: string]: Kind } = {
  ACTIVATE: { from: 'PENDING', to: 'ACTIVE', moves: 'sold' },
  LOAD: { from: 'ACTIVE', moves: 'sold' },
  IMPORT: { from: 'PENDING', to: 'ACTIVE', moves: 'in' },
  REDEEM: { from: 'ACTIVE', moves: 'out' },
  REFUND: { from: 'ACTIVE', moves: 'in' },
  UNLINKED_ACTIVITY_REFUND: { from: 'ACTIVE', moves: 'in' },
  ADJUST_INCREMENT: {
    from: 'ACTIVE',
    moves: 'in',
    reasons: ['COMPLIMENTARY', 'SUPPORT_ISSUE', 'TRANSACTION_VOIDED'],
  },
  ADJUST_DECREMENT: {
    from: 'ACTIVE',
    moves: 'out',
    reasons: ['SUSPICIOUS_ACTIVITY', 'BALANCE_ACCIDENTALLY_INCREASED', 'SUPPORT_ISSUE', 'PURCHASE_WAS_REFUNDED'],
  },
  CLEAR_BALANCE: { from: 'ACTIVE', moves: 'all', reasons: ['SUSPICIOUS_ACTIVITY', 'REUSE_GIFTCARD', 'UNKNOWN_REASON'] },
  DEACTIVATE: {
    from: 'ACTIVE',
    to: 'DEACTIVATED',
    moves: 'all',
    reasons: ['SUSPICIOUS_ACTIVITY', 'UNKNOWN_REASON', 'CHARGEBACK_DEACTIVATE'],
  },
  BLOCK: { from: 'ACTIVE', to: 'BLOCKED', reasons: ['CHARGEBACK_BLOCK'] },
  UNBLOCK: { from: 'BLOCKED', to: 'ACTIVE', reasons: ['CHARGEBACK_UNBLOCK'] },
};

export function giftCardActivityRoutes(world: World, pager: Pager): Route[] {
  const path = '/v2/gift-cards/activities';
  return [
    {
      method: 'POST',
      path,
      scope: 'GIFTCARDS_WRITE',
      idempotent: { operation: 'CreateGiftCardActivity', required: true, max: 128 },
      handle: request => create(world, request.body),
    },
    { method: 'GET', path, scope: 'GIFTCARDS_READ', handle: request => list(world, pager, request.query) },
  ];
}

function create(world: World, body: JsonObject): Answer {
  check(body, {
    idempotency_key: { kind: 'string', required: true, min: 1, max: 128, bytes: true },
    gift_card_activity: {
      kind: 'object',
      required: true,
      shape: {
        type: { kind: 'string', required: true, values: Object.keys(KINDS) },
        location_id: { kind: 'string', required: true },
        gift_card_id: { kind: 'string' },
        gift_card_gan: { kind: 'string' },
      },
    },
  });
  const wish = part(body, 'gift_card_activity')!;
  requireLocation(world, text(wish, 'location_id'));
  const gan = text(wish, 'gift_card_gan');
  const named = text(wish, 'gift_card_id');
  const record = named === undefined && gan !== undefined ? giftCardOf(world, world.fingerprint(gan)) : null;
  const found = record ?? findGiftCard(world, named);
  const type = text(wish, 'type')!;
  const kind = KINDS[type]!;
  const { card } = found;
  if (card.state !== kind.from) {
    throw refuse('BAD_REQUEST', `${type} needs a card that is ${kind.from}; this one is ${card.state}.`, 'type');
  }
  const field = `${type.toLowerCase()}_activity_details`;
  const details = readDetails(world, wish, field, kind);
  const balance = giftCardMoney(world, found.hidden.fingerprint, found.hidden.first_minor);
  const delta_minor = difference(world, { type, kind, found, balance }, details, field);
  const { currency } = world.settings.location;
  const activity: GiftCardActivity = {
    id: world.id('gcact_', 32),
    type,
    location_id: world.meta.location_id,
    created_at: iso(world.now()),
    gift_card_id: card.id,
    ...(card.gan === undefined ? {} : { gift_card_gan: card.gan }),
    gift_card_balance_money: { amount: balance + delta_minor, currency },
    [field]: completed(type, details, { amount: Math.abs(delta_minor), currency }),
  };
  return {
    status: 200,
    body: { gift_card_activity: activity },
    changes: [
      { table: 'gift_card_activities', id: activity.id, value: { activity, hidden: { delta_minor } } },
      { table: 'gift_cards', id: card.id, value: { ...found, card: { ...card, state: kind.to ?? card.state } } },
    ],
  };
}

function completed(type: string, details: JsonObject, amount_money: Money): JsonObject {
  if (type === 'REDEEM') return { ...details, status: 'COMPLETED' };
  return type === 'ACTIVATE' || type === 'LOAD' ? { ...details, amount_money } : details;
}

function readDetails(world: World, wish: JsonObject, field: string, kind: Kind): JsonObject {
  const amount = { kind: 'money', required: kind.moves === 'in' || kind.moves === 'out' } as const;
  const reason = kind.reasons ? ({ kind: 'string', required: true, values: kind.reasons } as const) : null;
  const shape = {
    ...(kind.moves === 'all' || !kind.moves ? {} : { amount_money: amount }),
    ...(reason ? { reason } : {}),
    order_id: { kind: 'string' },
    line_item_uid: { kind: 'string' },
    redeem_activity_id: { kind: 'string' },
    buyer_payment_instrument_ids: { kind: 'array' },
  } as const;
  // A refund of a whole redemption may leave its amount out; here it is named always, as the other amounts are.
  check(wish, { [field]: { kind: 'object', required: true, shape } });
  const details = part(wish, field)!;
  const given = money(details, 'amount_money');
  if (given) checkMoney(world, `${field}.amount_money`, given);
  return details;
}

/** What the balance changes by. */
function difference(
  world: World,
  act: { type: string; kind: Kind; found: GiftCardRecord; balance: number },
  details: JsonObject,
  field: string,
): number {
  const { type, kind, balance } = act;
  if (!kind.moves) return 0;
  if (kind.moves === 'all') return -balance;
  const given = money(details, 'amount_money')?.amount ?? 0;
  if (kind.moves === 'out') {
    if (given > balance) throw refuse('INSUFFICIENT_FUNDS', `The card holds ${balance}.`, `${field}.amount_money`);
    return -given;
  }
  const amount = kind.moves === 'sold' ? sold(world, details, field) : given;
  if (type === 'REFUND') checkRefund(world, act.found, details, amount, field);
  if (balance + amount > HIGHEST_GIFT_CARD_MINOR) {
    const detail = `A gift card holds ${HIGHEST_GIFT_CARD_MINOR} at most.`;
    throw refuse('PAYMENT_LIMIT_EXCEEDED', detail, `${field}.amount_money`);
  }
  return amount;
}

/** What a buyer paid for: a gift card line of a paid order, once, or an amount that was paid elsewhere. */
function sold(world: World, details: JsonObject, field: string): number {
  const orderId = text(details, 'order_id');
  const amount = money(details, 'amount_money');
  if (orderId === undefined) {
    if (!amount) throw refuse('MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', `${field}.amount_money`);
    const paid = details['buyer_payment_instrument_ids'];
    if (Array.isArray(paid) && paid.length > 0) return amount.amount;
    const name = `${field}.buyer_payment_instrument_ids`;
    throw refuse('MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', name);
  }
  const order = findOrder(world, orderId);
  const uid = text(details, 'line_item_uid');
  const line = order && rows(order, 'line_items').find(row => row['uid'] === uid && row['item_type'] === 'GIFT_CARD');
  const due = order?.['net_amount_due_money'] as Money | undefined;
  if (!line || due?.amount !== 0) {
    throw refuse('BAD_REQUEST', 'The order has no gift card of this line that was paid.', `${field}.line_item_uid`);
  }
  const used = world.books.all('gift_card_activities').some(({ activity }) => {
    const other = part(activity, 'activate_activity_details') ?? part(activity, 'load_activity_details') ?? {};
    return other['order_id'] === orderId && other['line_item_uid'] === uid;
  });
  if (used) throw refuse('BAD_REQUEST', 'This line of the order is on a card already.', `${field}.line_item_uid`);
  return (line['total_money'] as Money).amount;
}

function checkRefund(world: World, found: GiftCardRecord, details: JsonObject, amount: number, field: string): void {
  const id = text(details, 'redeem_activity_id');
  const mine = world.books
    .all('gift_card_activities')
    .filter(({ activity }) => activity.gift_card_id === found.card.id);
  const redeemed = mine.find(({ activity }) => activity.id === id && activity.type === 'REDEEM');
  if (!redeemed) throw refuse('NOT_FOUND', 'The redemption was not found.', `${field}.redeem_activity_id`);
  let left = -redeemed.hidden.delta_minor;
  for (const { activity, hidden } of mine) {
    if (part(activity, 'refund_activity_details')?.['redeem_activity_id'] === id) left -= hidden.delta_minor;
  }
  if (amount > left) throw refuse('REFUND_AMOUNT_INVALID', `${left} is left to refund.`, `${field}.amount_money`);
}

function list(world: World, pager: Pager, query: URLSearchParams): Answer {
  const id = query.get('gift_card_id');
  const type = query.get('type');
  const created = window(readTime(query, 'begin_time'), readTime(query, 'end_time'), 'begin_time');
  const cards = id === null ? world.books.all('gift_cards') : [findGiftCard(world, id)];
  const activities = cards
    .flatMap(card => activitiesOf(world, card))
    .filter(activity => created(activity.created_at) && (type === null || activity.type === type));
  return pageAnswer(pager, 'gift_card_activities', activities, {
    key: activity => activity.created_at,
    id: activity => activity.id,
    descending: readSortOrder(query, true),
    limit: query.get('limit') === null ? PAGE : readLimit(query, LARGEST_PAGE),
    cursor: query.get('cursor'),
    parameters: cursorParameters(query),
  });
}
