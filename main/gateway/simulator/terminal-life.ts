/** How a terminal checkout moves: fetched by the device, paid, given up by the payer, canceled by the seller, timed out. */
import {
  DEADLINE_ENDS_IN_PROGRESS,
  TERMINAL_DECLINES_OVER_MINOR,
  TERMINAL_NAMES_FAILED_PAYMENTS,
  TERMINAL_PAYER_MS,
} from './assumptions.ts';
import { money, text, type JsonObject, type Money } from './checks.ts';
import { ApiError } from './errors.ts';
import { takePayment } from './payment-create.ts';
import { readPaymentRequest, type PaymentOrder } from './payment-request.ts';
import type { Change, Payment } from './records.ts';
import type { CheckoutStatus, TerminalCheckout, TerminalCheckoutRecord } from './records-terminal.ts';
import { presentSource } from './sources.ts';
import { CARD, testDevice, type DeviceFate, type Tapped } from './terminal-devices.ts';
import { iso, type World } from './world.ts';

/** What stands in for a person at a terminal that is no test device. */
export const fateOf = (record: TerminalCheckoutRecord): DeviceFate =>
  testDevice(record.checkout.device_options.device_id) ?? { fate: 'person' };

/** The record with the changes and the next moment at which something happens by itself. */
export function planned(
  record: TerminalCheckoutRecord,
  checkout: Partial<TerminalCheckout>,
  hidden: Partial<TerminalCheckoutRecord['hidden']>,
): TerminalCheckoutRecord {
  const next = { checkout: { ...record.checkout, ...checkout }, hidden: { ...record.hidden, ...hidden } };
  const { fetch_at_ms, payer_at_ms, cancel_at_ms, deadline_ms } = next.hidden;
  const moments: { [status in CheckoutStatus]: (number | null)[] } = {
    PENDING: [fetch_at_ms, deadline_ms],
    IN_PROGRESS: [payer_at_ms, DEADLINE_ENDS_IN_PROGRESS ? deadline_ms : null],
    CANCEL_REQUESTED: [payer_at_ms, cancel_at_ms],
    CANCELED: [],
    COMPLETED: [],
  };
  const open = moments[next.checkout.status].filter(moment => moment !== null);
  next.hidden.due_at_ms = open.length === 0 ? null : Math.min(...open);
  return next;
}

/** As a change to the books. */
export function saved(record: TerminalCheckoutRecord): Change {
  return { table: 'terminal_checkouts', id: record.checkout.id, value: record };
}

/** CANCELED, for good. */
export function canceled(
  record: TerminalCheckoutRecord,
  cancel_reason: NonNullable<TerminalCheckout['cancel_reason']>,
  at_ms: number,
): TerminalCheckoutRecord {
  return planned(record, { status: 'CANCELED', cancel_reason, updated_at: iso(at_ms) }, {});
}

/** What happens to a checkout by itself at `at_ms`. The payer comes first: a payment wins over a cancel and a deadline. */
export function settleCheckout(world: World, record: TerminalCheckoutRecord, at_ms: number): Change[] {
  const { fetch_at_ms, payer_at_ms, cancel_at_ms } = record.hidden;
  const fate = fateOf(record);
  if (record.checkout.status === 'PENDING' && fetch_at_ms !== null && fetch_at_ms <= at_ms) {
    const payer = fate.fate === 'person' ? null : at_ms + TERMINAL_PAYER_MS;
    return [saved(planned(record, { status: 'IN_PROGRESS', updated_at: iso(at_ms) }, { payer_at_ms: payer }))];
  }
  if (payer_at_ms !== null && payer_at_ms <= at_ms) {
    if (fate.fate !== 'pays') return [saved(canceled(record, 'BUYER_CANCELED', at_ms))];
    const limit = TERMINAL_DECLINES_OVER_MINOR;
    const over = limit !== null && record.checkout.amount_money.amount > limit;
    return pay(world, record, fate.tapped, { at_ms, decline: over ? 'GENERIC_DECLINE' : null }).changes;
  }
  const late = cancel_at_ms === null || cancel_at_ms > at_ms;
  return [saved(canceled(record, late ? 'TIMED_OUT' : 'SELLER_CANCELED', at_ms))];
}

export type Tap = {
  /** A decline code: the card is refused, and the terminal goes on waiting for another one. */
  decline?: string;
  tip_minor?: number;
  entry_method?: 'EMV' | 'CONTACTLESS' | 'SWIPED';
  brand?: string;
};

/** A person presents a card at a terminal that shows this checkout. Throws when the terminal shows none. */
export function tapCard(world: World, checkoutId: string, tap: Tap): Payment {
  const record = shown(world, checkoutId);
  const entry_method: Tapped['entry_method'] =
    record.checkout.payment_type === 'MANUAL_CARD_ENTRY' ? 'KEYED' : (tap.entry_method ?? 'EMV');
  const tapped = { ...CARD, brand: tap.brand ?? CARD.brand, entry_method };
  const taken = pay(world, record, tapped, {
    at_ms: world.now(),
    decline: tap.decline ?? null,
    tip_minor: tap.tip_minor,
  });
  world.books.commit(world.now(), taken.changes);
  if (!taken.payment) throw new Error('The terminal could not take this payment any more.');
  return taken.payment;
}

/** The payer presses cancel on the terminal. */
export function cancelAtTerminal(world: World, checkoutId: string): void {
  world.books.commit(world.now(), [saved(canceled(shown(world, checkoutId), 'BUYER_CANCELED', world.now()))]);
}

function shown(world: World, checkoutId: string): TerminalCheckoutRecord {
  const record = world.books.get('terminal_checkouts', checkoutId);
  const status = record?.checkout.status;
  if (!record || (status !== 'IN_PROGRESS' && status !== 'CANCEL_REQUESTED')) {
    throw new Error(`No terminal shows the checkout ${checkoutId}; it is ${status ?? 'unknown'}.`);
  }
  return record;
}

function pay(
  world: World,
  record: TerminalCheckoutRecord,
  tapped: Tapped,
  wish: { at_ms: number; decline: string | null; tip_minor?: number | undefined },
): { changes: Change[]; payment: Payment | null } {
  const { checkout } = record;
  const { at_ms } = wish;
  const tip_minor = wish.tip_minor ?? Math.round((checkout.amount_money.amount * tapped.tip_percent) / 100);
  const body = paymentBody(checkout, tip_minor);
  let order: PaymentOrder;
  try {
    order = readPaymentRequest(world, body);
  } catch (error) {
    // Its order was paid or canceled meanwhile, or its customer is gone: the terminal has nothing to take money for.
    if (!(error instanceof ApiError)) throw error;
    return { changes: [saved(canceled(record, 'SELLER_CANCELED', at_ms))], payment: null };
  }
  const source = presentSource(world, { ...tapped, decline: wish.decline });
  const device_details = { device_id: checkout.device_options.device_id, device_name: 'Square Terminal' };
  const taken = takePayment(world, body, order, source, {
    at_ms,
    product: 'TERMINAL_API',
    idempotency_key: null,
    extra: { terminal_checkout_id: checkout.id, device_details },
  });
  const { payment } = taken.record;
  const failed = taken.errors.length > 0;
  const named = !failed || TERMINAL_NAMES_FAILED_PAYMENTS;
  const next: Partial<TerminalCheckout> = { updated_at: iso(at_ms) };
  if (named) next.payment_ids = [...(checkout.payment_ids ?? []), payment.id];
  if (!failed) next.status = 'COMPLETED';
  if (!failed && order.tip) next.tip_money = order.tip;
  return { changes: [...taken.changes, saved(planned(record, next, failed ? { payer_at_ms: null } : {}))], payment };
}

const CARRIED = [
  'reference_id',
  'note',
  'order_id',
  'customer_id',
  'team_member_id',
  'statement_description_identifier',
];

/** The request that a checkout stands for, in the words of CreatePayment. */
export function paymentBody(checkout: JsonObject & { amount_money: Money }, tip_minor: number): JsonObject {
  const options = (checkout['payment_options'] ?? {}) as JsonObject;
  const autocomplete = options['autocomplete'] !== false;
  const { currency } = checkout.amount_money;
  const tip = tip_minor > 0 ? { amount: tip_minor, currency } : money(checkout, 'tip_money');
  const body: JsonObject = {
    source_id: 'TERMINAL',
    idempotency_key: 'TERMINAL',
    amount_money: checkout.amount_money,
    autocomplete,
    delay_duration: text(options, 'delay_duration') ?? 'PT36H',
    ...(tip ? { tip_money: tip } : {}),
  };
  for (const name of ['delay_action', 'accept_partial_authorization']) {
    if (options[name] !== undefined && options[name] !== null) body[name] = options[name];
  }
  for (const name of [...CARRIED, 'app_fee_money']) if (checkout[name] !== undefined) body[name] = checkout[name];
  return body;
}
