/** An order as Square shows it: as it was asked for, with the payments that name it as its tenders. */
import { ORDER_TOTAL_HOLDS_TIPS } from './assumptions.ts';
import type { JsonObject, Money } from './checks.ts';
import { refuse } from './errors.ts';
import { withTotals } from './order-math.ts';
import type { Payment } from './records.ts';
import type { Order, OrderRecord, OrderState } from './records-orders.ts';
import type { World } from './world.ts';

/** Where a payment for an order comes from: a draft is paid on its page and nowhere else. */
export type Place = 'api' | 'page';

/** Payments of an order that count: held, on their way, or done. */
const counts = (payment: Payment): boolean => payment.status !== 'FAILED' && payment.status !== 'CANCELED';

/** What a payment gives its order: its amount without the tip, or the part of it that a gift card had. */
export const paidAmount = ({ amount_money, approved_money }: Payment): number =>
  Math.min(amount_money.amount, approved_money?.amount ?? amount_money.amount);

export function paymentsOf(world: World, orderId: string): Payment[] {
  return world.books.all('payments').flatMap(({ payment }) => (payment.order_id === orderId ? [payment] : []));
}

/** The order behind an id, also the one that Square made for a payment without any; null when there is none. */
export function findOrder(world: World, orderId: string): Order | null {
  const payments = paymentsOf(world, orderId);
  const record = world.books.get('orders', orderId) ?? ownOrder(world, payments);
  return record && showOrder(record, payments);
}

/** Every order, in no order. */
export function allOrders(world: World): Order[] {
  const groups = new Map<string, Payment[]>();
  for (const { payment } of world.books.all('payments')) {
    groups.set(payment.order_id, [...(groups.get(payment.order_id) ?? []), payment]);
  }
  const asked = world.books.all('orders');
  const known = new Set(asked.map(record => record.order.id));
  const own = [...groups].flatMap(([id, payments]) => (known.has(id) ? [] : (ownOrder(world, payments) ?? [])));
  return [...asked, ...own].map(record => showOrder(record, groups.get(record.order.id) ?? []));
}

// Every payment ends with an order; one that named none has an order of its amount.
function ownOrder(world: World, payments: Payment[]): OrderRecord | null {
  const first = payments[0];
  if (!first) return null;
  const { id: payment_id, order_id: id, location_id, created_at, amount_money, reference_id } = first;
  const line_items = [
    {
      uid: payment_id,
      quantity: '1',
      item_type: 'CUSTOM_AMOUNT',
      base_price_money: amount_money,
      name: 'Custom Amount',
    },
  ];
  const order = withTotals(
    {
      id,
      location_id,
      state: 'OPEN' as const,
      version: 1,
      created_at,
      updated_at: created_at,
      source: { name: world.settings.location.name },
      line_items,
      ...(reference_id === undefined ? {} : { reference_id }),
    },
    amount_money.currency,
  );
  return { order, hidden: { link_id: null } };
}

/** The order with the given payments as its tenders. */
export function showOrder(record: OrderRecord, payments: Payment[]): Order {
  const { order } = record;
  const counting = payments.filter(counts);
  const done = counting.filter(payment => payment.status === 'COMPLETED');
  const { currency } = order.total_money;
  const asMoney = (amount: number): Money => ({ amount, currency });
  const paid = done.reduce((sum, payment) => sum + paidAmount(payment), 0);
  const tips = counting.reduce((sum, payment) => sum + (payment.tip_money?.amount ?? 0), 0);
  const state = stateOf(record, done.length > 0 && paid >= order.total_money.amount);
  const times = [order.updated_at, ...counting.map(capturedAt)].sort();
  const total_money = asMoney(order.total_money.amount + (ORDER_TOTAL_HOLDS_TIPS ? tips : 0));
  const shown: Order = {
    ...order,
    state,
    version: order.version + counting.length + done.length,
    updated_at: times.at(-1)!,
    total_money,
    total_tip_money: asMoney(tips),
    net_amounts: {
      total_money,
      tax_money: order['total_tax_money'],
      discount_money: order['total_discount_money'],
      tip_money: asMoney(tips),
      service_charge_money: order['total_service_charge_money'],
    },
    net_amount_due_money: asMoney(Math.max(0, order.total_money.amount - paid)),
  };
  if (counting.length > 0) shown['tenders'] = counting.map(tender);
  if (state === 'COMPLETED' || state === 'CANCELED') shown.closed_at = order.closed_at ?? times.at(-1)!;
  return shown;
}

function stateOf(record: OrderRecord, isPaid: boolean): OrderState {
  const given = record.order.state;
  if (!isPaid || given === 'CANCELED' || given === 'COMPLETED') return given;
  return record.hidden.link_id === null ? 'COMPLETED' : 'OPEN';
}

const capturedAt = (payment: Payment): string =>
  payment.card_details?.card_payment_timeline.captured_at ?? payment.created_at;

const TENDERS: { [source_type: string]: string } = { EXTERNAL: 'OTHER' };

function tender(payment: Payment): JsonObject {
  const { card_details: card, source_type } = payment;
  const gift = card?.card['card_brand'] === 'SQUARE_GIFT_CARD';
  const method = card?.entry_method;
  return {
    id: payment.id,
    location_id: payment.location_id,
    transaction_id: payment.order_id,
    created_at: payment.created_at,
    amount_money: payment.total_money,
    ...(payment.tip_money ? { tip_money: payment.tip_money } : {}),
    ...(payment.note === undefined ? {} : { note: payment.note }),
    type: gift ? 'SQUARE_GIFT_CARD' : (TENDERS[source_type] ?? source_type),
    ...(card ? { card_details: { status: card.status, card: card.card, entry_method: method } } : {}),
    ...(payment.bank_account_details ? { bank_account_details: { status: payment.status } } : {}),
    payment_id: payment.id,
  };
}

/**
 * Refuses a payment that its order does not allow. One that completes at once pays all that is due; one that is held may
 * be a part. An order that a payment made for itself takes another try only when the first came to nothing.
 */
export function checkPayable(
  world: World,
  orderId: string,
  wish: { amount: Money; autocomplete: boolean; place: Place },
): void {
  const order = findOrder(world, orderId);
  if (!order) throw refuse('NOT_FOUND', `Order not found: ${orderId}.`, 'order_id');
  const record = world.books.get('orders', orderId);
  const open = paymentsOf(world, orderId).filter(counts);
  if (!record) {
    if (open.length > 0) throw refuse('BAD_REQUEST', 'The order already has a payment.', 'order_id');
    return;
  }
  if (order.state === 'DRAFT' ? wish.place === 'api' : order.state !== 'OPEN') {
    throw refuse('BAD_REQUEST', `An order that is ${order.state} cannot be paid.`, 'order_id');
  }
  const taken = open.reduce((sum, payment) => sum + paidAmount(payment), 0);
  const due = record.order.total_money.amount - taken;
  if (due <= 0) throw refuse('BAD_REQUEST', 'The order is paid already.', 'order_id');
  // What is captured at once beside a held part would leave an order that nobody can finish.
  const whole = taken === 0 && wish.amount.amount === due;
  if (wish.autocomplete ? !whole : wish.amount.amount > due) {
    const detail = `The amount is not the ${due} that is due for the order.`;
    throw refuse('PAYMENT_AMOUNT_MISMATCH', detail, 'amount_money.amount');
  }
}
