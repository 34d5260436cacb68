/** Checks of CreatePayment, before anything is decided: shapes, lengths, combinations and amounts. */
import { HIGHEST_PAYMENT_MINOR } from './assumptions.ts';
import { ADDRESS, check, durationMs, money, part, text, type JsonObject, type Money, type Shape } from './checks.ts';
import { refuse } from './errors.ts';
import { checkPayable, type Place } from './order-view.ts';
import { requireLocation } from './places.ts';
import type { Source } from './sources.ts';
import type { World } from './world.ts';

const LONGEST_DELAY_MS = 7 * 24 * 3_600_000;
const SHORTEST_DELAY_MS = 60_000;
const EXTERNAL_TYPES = [
  'CHECK',
  'BANK_TRANSFER',
  'OTHER_GIFT_CARD',
  'CRYPTO',
  'SQUARE_CASH',
  'SOCIAL',
  'EXTERNAL',
  'EMONEY',
  'CARD',
  'STORED_BALANCE',
  'FOOD_VOUCHER',
  'OTHER',
];

const SHAPE: Shape = {
  source_id: { kind: 'string', required: true, min: 1 },
  idempotency_key: { kind: 'string', required: true, min: 1, max: 45, bytes: true },
  amount_money: { kind: 'money', required: true },
  tip_money: { kind: 'money', zero: true },
  app_fee_money: { kind: 'money', zero: true },
  autocomplete: { kind: 'boolean' },
  delay_duration: { kind: 'duration' },
  delay_action: { kind: 'string', values: ['CANCEL', 'COMPLETE'] },
  order_id: { kind: 'string', min: 1, max: 192 },
  customer_id: { kind: 'string', min: 1, max: 191 },
  location_id: { kind: 'string', max: 50 },
  team_member_id: { kind: 'string', max: 192 },
  reference_id: { kind: 'string', max: 40 },
  verification_token: { kind: 'string' },
  accept_partial_authorization: { kind: 'boolean' },
  buyer_email_address: { kind: 'email' },
  buyer_phone_number: { kind: 'phone' },
  billing_address: ADDRESS,
  shipping_address: ADDRESS,
  note: { kind: 'string', max: 500 },
  statement_description_identifier: { kind: 'string', max: 20 },
  cash_details: { kind: 'object', shape: { buyer_supplied_money: { kind: 'money', required: true } } },
  external_details: {
    kind: 'object',
    shape: {
      type: { kind: 'string', required: true, max: 50, values: EXTERNAL_TYPES },
      source: { kind: 'string', required: true, min: 1, max: 255 },
      source_id: { kind: 'string', max: 255 },
      source_fee_money: { kind: 'money', zero: true },
    },
  },
  customer_details: {
    kind: 'object',
    shape: { customer_initiated: { kind: 'boolean' }, seller_keyed_in: { kind: 'boolean' } },
  },
};

export type PaymentOrder = {
  amount: Money;
  tip: Money | undefined;
  total: Money;
  autocomplete: boolean;
  delay_ms: number;
  delay_action: 'CANCEL' | 'COMPLETE';
  partial: boolean;
  customer_initiated: boolean | undefined;
  seller_keyed_in: boolean | undefined;
};

/** Checks everything that does not depend on the source; `place` is where it came from. Money is in minor units. */
export function readPaymentRequest(world: World, body: JsonObject, place: Place = 'api'): PaymentOrder {
  check(body, SHAPE);
  requireLocation(world, text(body, 'location_id'));
  const amount = money(body, 'amount_money')!;
  const tip = money(body, 'tip_money');
  const fee = money(body, 'app_fee_money');
  const total = { amount: amount.amount + (tip?.amount ?? 0), currency: amount.currency };
  checkMoney(world, 'amount_money', amount);
  if (tip) checkMoney(world, 'tip_money', tip);
  if (fee) checkMoney(world, 'app_fee_money', fee);
  if (fee && fee.amount * 10 > total.amount * 9) {
    throw refuse('INVALID_FEES', 'The app fee is more than 90 % of the payment.', 'app_fee_money.amount');
  }
  checkLimit(total);
  const autocomplete = body['autocomplete'] !== false;
  const partial = body['accept_partial_authorization'] === true;
  if (partial && (autocomplete || tip !== undefined || fee !== undefined)) {
    const detail = 'Partial authorization excludes autocomplete, tips and app fees.';
    throw refuse('CONFLICTING_PARAMETERS', detail, 'accept_partial_authorization');
  }
  const orderId = text(body, 'order_id');
  if (orderId !== undefined) checkPayable(world, orderId, { amount, autocomplete, place });
  const customer = text(body, 'customer_id');
  if (customer !== undefined && !world.books.get('customers', customer)) {
    throw refuse('NOT_FOUND', `Customer with ID \`${customer}\` not found.`, 'customer_id');
  }
  const flags = part(body, 'customer_details') ?? {};
  return {
    amount,
    tip,
    total,
    autocomplete,
    delay_ms: delay(text(body, 'delay_duration')),
    delay_action: text(body, 'delay_action') === 'COMPLETE' ? 'COMPLETE' : 'CANCEL',
    partial,
    customer_initiated: flags['customer_initiated'] as boolean | undefined,
    seller_keyed_in: flags['seller_keyed_in'] as boolean | undefined,
  };
}

/** Refuses totals over the highest single payment. */
export function checkLimit(total: Money): void {
  if (total.amount > HIGHEST_PAYMENT_MINOR) {
    throw refuse(
      'AMOUNT_TOO_HIGH',
      'The payment is over the limit of 50,000.00 for one payment.',
      'amount_money.amount',
    );
  }
}

/** Refuses money in another currency than the location's. */
export function checkMoney(world: World, field: string, value: Money): void {
  const wanted = world.settings.location.currency;
  if (value.currency !== wanted) {
    const detail = `The currency ${value.currency} does not match ${wanted}, the currency of the location.`;
    throw refuse('CURRENCY_MISMATCH', detail, `${field}.currency`);
  }
}

function delay(duration: string | undefined): number {
  if (duration === undefined) return LONGEST_DELAY_MS;
  const delay_ms = durationMs(duration)!;
  if (delay_ms < SHORTEST_DELAY_MS) throw refuse('VALUE_TOO_LOW', 'The delay is under one minute.', 'delay_duration');
  if (delay_ms > LONGEST_DELAY_MS) throw refuse('VALUE_TOO_HIGH', 'The delay is over seven days.', 'delay_duration');
  return delay_ms;
}

/** Checks what the kind of source demands or forbids. */
export function checkSourceRules(world: World, body: JsonObject, order: PaymentOrder, source: Source): void {
  const location = world.settings.location;
  const moves = source.kind !== 'cash' && source.kind !== 'external';
  if (moves && (location.status !== 'ACTIVE' || !location.capabilities.includes('CREDIT_CARD_PROCESSING'))) {
    throw refuse(
      'CARD_PROCESSING_NOT_ENABLED',
      'The location is not enabled for credit card processing.',
      'location_id',
    );
  }
  const delayable = source.kind === 'card' || source.kind === 'gift_card';
  if (!delayable && !order.autocomplete) {
    throw refuse('CONFLICTING_PARAMETERS', 'Only card payments can be authorized and captured later.', 'autocomplete');
  }
  if (source.kind === 'bank' && order.amount.currency !== 'USD') {
    throw refuse('BAD_REQUEST', 'Bank accounts are debited in US dollars only.', 'amount_money.currency');
  }
  if (order.partial && source.kind !== 'gift_card') {
    const detail = 'Partial authorization is for Square gift cards only.';
    throw refuse('CONFLICTING_PARAMETERS', detail, 'accept_partial_authorization');
  }
  if (source.owner !== null) checkOwner(source.owner, text(body, 'customer_id'));
  if (source.kind === 'external' && !part(body, 'external_details')) throw missing('external_details');
  if (source.kind !== 'cash') return;
  const cash = part(body, 'cash_details');
  if (!cash) throw missing('cash_details');
  const supplied = money(cash, 'buyer_supplied_money')!;
  checkMoney(world, 'cash_details.buyer_supplied_money', supplied);
  if (supplied.amount < order.total.amount) {
    const detail = 'The cash supplied is less than the total of the payment.';
    throw refuse('VALUE_TOO_LOW', detail, 'cash_details.buyer_supplied_money.amount');
  }
}

function checkOwner(owner: string, customer: string | undefined): void {
  if (customer === undefined) throw missing('customer_id');
  if (owner !== '' && owner !== customer) {
    throw refuse('NOT_FOUND', 'The card on file does not belong to this customer.', 'source_id');
  }
}

function missing(field: string) {
  return refuse('MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', field);
}
