/**
 * What stands behind a payment link: what the page shows, and a payer who pays it with a token of the form, a bank account
 * or one of the documented literals. Everything else of the page is browser files.
 */
import { LINK_PAYMENT_CARRIES_REFERENCE } from './assumptions.ts';
import { text, type JsonObject, type Money } from './checks.ts';
import { ApiError, refuse, type ErrorDetail } from './errors.ts';
import { rows } from './order-math.ts';
import { findOrder } from './order-view.ts';
import { takePayment } from './payment-create.ts';
import { checkSourceRules, readPaymentRequest } from './payment-request.ts';
import type { Change, Payment } from './records.ts';
import type { PaymentLinkRecord } from './records-orders.ts';
import { settle } from './settle.ts';
import { findSource } from './sources.ts';
import type { World } from './world.ts';

export type LinkState = {
  /** `open` can be paid, `pending` waits for a bank, `gone` was deleted or never existed. */
  state: 'open' | 'pending' | 'paid' | 'gone';
  seller: string;
  description?: string;
  amount_money?: Money;
  lines?: { name: string; quantity: string; amount_minor: number }[];
  tipping?: boolean;
  buyer_email?: string;
  redirect_url?: string;
  application_id: string;
  location_id: string;
};

/** `declined` may be tried again with another card; `refused` says that this page takes no payment (any more). */
export type PagePayment =
  | { result: 'paid' | 'pending'; payment: Payment }
  | { result: 'declined'; payment: Payment; errors: ErrorDetail[] }
  | { result: 'refused'; errors: ErrorDetail[] };

function findLink(world: World, code: string): PaymentLinkRecord | undefined {
  return world.books.all('payment_links').find(record => record.code === code || record.link.id === code);
}

/** What the page shows. */
export function linkState(world: World, code: string): LinkState {
  settle(world);
  const seller = world.settings.location.name;
  const ids = { application_id: world.meta.application_id, location_id: world.meta.location_id };
  const record = findLink(world, code);
  const order = record && findOrder(world, record.link.order_id);
  if (!order || order.state === 'CANCELED') return { state: 'gone', seller, ...ids };
  const { checkout_options: options = {}, pre_populated_data: data = {}, description } = record.link;
  const email = text(data, 'buyer_email');
  const redirect = text(options, 'redirect_url');
  const tenders = rows(order, 'tenders');
  const pending = tenders.some(
    row => (row['bank_account_details'] as JsonObject | undefined)?.['status'] === 'PENDING',
  );
  return {
    state: pending ? 'pending' : tenders.length > 0 || order.state === 'COMPLETED' ? 'paid' : 'open',
    seller,
    amount_money: order['net_amount_due_money'] as Money,
    lines: rows(order, 'line_items').map(line => ({
      name: text(line, 'name') ?? '',
      quantity: text(line, 'quantity') ?? '1',
      amount_minor: (line['total_money'] as Money).amount,
    })),
    tipping: options['allow_tipping'] === true,
    ...(description === undefined ? {} : { description }),
    ...(email === undefined ? {} : { buyer_email: email }),
    ...(redirect === undefined ? {} : { redirect_url: redirect }),
    ...ids,
  };
}

/** The payer presses Pay. Takes the whole of what is due, and commits; nothing is thrown for what a payer can cause. */
export function payLink(
  world: World,
  code: string,
  wish: { source_id: string; tip_minor?: number | undefined; email?: string | undefined },
): PagePayment {
  const { state } = linkState(world, code);
  try {
    if (state === 'gone') throw refuse('NOT_FOUND', 'This link is not valid any more.');
    if (state !== 'open') throw refuse('BAD_REQUEST', 'This has been paid already.');
    return take(world, findLink(world, code)!, wish);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { result: 'refused', errors: error.errors };
  }
}

function take(world: World, record: PaymentLinkRecord, wish: Parameters<typeof payLink>[2]): PagePayment {
  const stored = world.books.get('orders', record.link.order_id)!;
  const body = pageRequest(record, stored.order.total_money, stored.order.reference_id, wish);
  const order = readPaymentRequest(world, body, 'page');
  const source = findSource(world, wish.source_id, 'charge');
  if (source.kind === 'cash' || source.kind === 'external' || source.owner !== null) {
    throw refuse('UNSUPPORTED_SOURCE_TYPE', 'A page takes cards, wallets and bank accounts.', 'source_id');
  }
  checkSourceRules(world, body, order, source);
  const taken = takePayment(world, body, order, source, {
    at_ms: world.now(),
    product: 'ECOMMERCE_API',
    idempotency_key: null,
  });
  const { payment } = taken.record;
  if (taken.errors.length > 0) {
    world.books.commit(world.now(), taken.changes);
    return { result: 'declined', payment, errors: taken.errors };
  }
  const value = { ...stored, order: { ...stored.order, state: 'OPEN' as const } };
  const opened: Change = { table: 'orders', id: record.link.order_id, value };
  world.books.commit(world.now(), [...taken.changes, opened]);
  return { result: payment.status === 'PENDING' ? 'pending' : 'paid', payment };
}

function pageRequest(
  { link }: PaymentLinkRecord,
  amount_money: Money,
  reference_id: string | undefined,
  wish: Parameters<typeof payLink>[2],
): JsonObject {
  const options = link.checkout_options ?? {};
  const tip = options['allow_tipping'] === true ? (wish.tip_minor ?? 0) : 0;
  const email = wish.email ?? text(link.pre_populated_data ?? {}, 'buyer_email');
  return {
    source_id: wish.source_id,
    idempotency_key: 'PAGE',
    amount_money,
    order_id: link.order_id,
    customer_details: { customer_initiated: true },
    ...(tip > 0 ? { tip_money: { amount: tip, currency: amount_money.currency } } : {}),
    ...(options['app_fee_money'] ? { app_fee_money: options['app_fee_money'] } : {}),
    ...(reference_id !== undefined && LINK_PAYMENT_CARRIES_REFERENCE ? { reference_id } : {}),
    ...(link.payment_note === undefined ? {} : { note: link.payment_note }),
    ...(email ? { buyer_email_address: email } : {}),
  };
}
