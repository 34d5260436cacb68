/** CreatePayment: from a checked request and a resolved source to an approved, completed, pending or failed payment. */
import { CONTRADICTORY_FLAGS_DECLINE, GIFT_CARD_NOT_ACTIVE_CODE } from './assumptions.ts';
import { money, part, text, type JsonObject, type Money } from './checks.ts';
import { errorDetail, type ErrorDetail } from './errors.ts';
import { giftCardMoney, giftCardOf } from './gift-card-money.ts';
import type { Answer } from './http.ts';
import { bankDue, capture } from './payment-life.ts';
import { checkSourceRules, readPaymentRequest, type PaymentOrder } from './payment-request.ts';
import type { CardDetails, Change, Payment, PaymentRecord } from './records.ts';
import { findSource, type Source } from './sources.ts';
import { iso, type World } from './world.ts';

const ALL_EDITS = [
  'EDIT_AMOUNT_UP',
  'EDIT_AMOUNT_DOWN',
  'EDIT_TIP_AMOUNT_UP',
  'EDIT_TIP_AMOUNT_DOWN',
  'EDIT_DELAY_ACTION',
];
const EDITS = {
  all: ALL_EDITS,
  none: ['EDIT_DELAY_ACTION'],
  down: ['EDIT_AMOUNT_DOWN', 'EDIT_TIP_AMOUNT_DOWN', 'EDIT_DELAY_ACTION'],
  tip_failure: ALL_EDITS,
  failure: ALL_EDITS,
};
const SOURCE_TYPES = {
  card: 'CARD',
  gift_card: 'CARD',
  cash: 'CASH',
  external: 'EXTERNAL',
  bank: 'BANK_ACCOUNT',
  wallet: 'WALLET',
  pay_later: 'BUY_NOW_PAY_LATER',
};

/** Answers the request without committing; the caller commits the changes together with the idempotency key. */
export function createPayment(world: World, body: JsonObject): Answer {
  const order = readPaymentRequest(world, body);
  const source = findSource(world, text(body, 'source_id')!, 'charge');
  checkSourceRules(world, body, order, source);
  const taking: Taking = {
    at_ms: world.now(),
    product: 'ECOMMERCE_API',
    idempotency_key: text(body, 'idempotency_key')!,
  };
  const { record, errors, changes } = takePayment(world, body, order, source, taking);
  return {
    status: errors.length > 0 ? world.settings.decline_status : 200,
    body: { ...(errors.length > 0 ? { errors } : {}), payment: record.payment },
    changes,
    payment_id: record.payment.id,
  };
}

/** Where and when a payment is taken. */
export type Taking = {
  at_ms: number;
  product: 'ECOMMERCE_API' | 'TERMINAL_API';
  /** Null where nobody gave one: at a terminal, on a page. */
  idempotency_key: string | null;
  /** Fields of the payment that only its place knows. */
  extra?: JsonObject;
};

/** The payment of a checked request and a resolved source, whatever asked for it; nothing is committed here. */
export function takePayment(
  world: World,
  body: JsonObject,
  order: PaymentOrder,
  source: Source,
  taking: Taking,
): { record: PaymentRecord; errors: ErrorDetail[]; changes: Change[] } {
  const { errors, approved_minor } = decide(world, body, order, source);
  const payment = basePayment(world, body, order, source, taking);
  describeTender(world, payment, body, order, source, errors);
  let record: PaymentRecord = {
    payment,
    hidden: {
      due_at_ms: null,
      fee: feeKind(order, source),
      idempotency_key: taking.idempotency_key,
      canceled_by: null,
      disputed_from_ms: null,
      bank_failure: source.kind === 'bank' ? source.charge : null,
      edit: source.edit,
      behaviour: source.face ? source.behaviour : null,
      postal_code: source.postal_code,
      lost_minor: 0,
    },
  };
  if (errors.length > 0) {
    payment.status = 'FAILED';
    payment.approved_money = { amount: 0, currency: order.amount.currency };
  } else record = approve(world, record, order, source, approved_minor, taking.at_ms);
  return { record, errors, changes: [{ table: 'payments', id: payment.id, value: record }, ...source.use] };
}

function approve(
  world: World,
  record: PaymentRecord,
  order: PaymentOrder,
  source: Source,
  approved_minor: number,
  now_ms: number,
): PaymentRecord {
  const { payment, hidden } = record;
  payment.approved_money = { amount: approved_minor, currency: order.amount.currency };
  payment.receipt_number = payment.id.slice(0, 4);
  if (source.kind === 'bank') {
    payment.status = 'PENDING';
    return { payment, hidden: { ...hidden, due_at_ms: bankDue(now_ms) } };
  }
  if (order.autocomplete) return capture(world, record, now_ms);
  payment.capabilities = [...EDITS[source.edit]];
  return { payment, hidden: { ...hidden, due_at_ms: now_ms + order.delay_ms } };
}

/** The issuer's word. An empty list approves `approved_minor`. */
function decide(
  world: World,
  body: JsonObject,
  order: PaymentOrder,
  source: Source,
): { errors: ErrorDetail[]; approved_minor: number } {
  const approved_minor = order.total.amount;
  const declined = (code: string) => ({
    errors: [errorDetail(code, `Authorization error: '${code}'`)],
    approved_minor: 0,
  });
  if (source.kind === 'bank') return { errors: [], approved_minor };
  if (source.charge !== null) return declined(source.charge);
  const keyed = order.seller_keyed_in === true;
  if (source.kind === 'card' && keyed && order.customer_initiated === true && CONTRADICTORY_FLAGS_DECLINE) {
    return declined('GENERIC_DECLINE');
  }
  // Phone orders and payments that the seller starts are outside strong customer authentication.
  const exempt = keyed || order.customer_initiated === false;
  if (source.unverified && !exempt && !verifies(world, body)) return declined('CARD_DECLINED_VERIFICATION_REQUIRED');
  return source.kind === 'gift_card' ? decideGiftCard(world, order, source) : { errors: [], approved_minor };
}

// The legacy `verification_token` of verifyBuyer is kept in the token table under its own prefix.
function verifies(world: World, body: JsonObject): boolean {
  const id = text(body, 'verification_token');
  if (id === undefined || !id.startsWith('verf:')) return false;
  const token = world.books.get('tokens', id);
  return token?.verified === true && token.card_id === text(body, 'source_id');
}

function decideGiftCard(world: World, order: PaymentOrder, source: Source) {
  const fingerprint = source.face?.fingerprint ?? '';
  const card = giftCardOf(world, fingerprint)?.card;
  if (card && card.state !== 'ACTIVE') {
    const code = GIFT_CARD_NOT_ACTIVE_CODE;
    return { errors: [errorDetail(code, `Authorization error: '${code}'`)], approved_minor: 0 };
  }
  const balance = giftCardMoney(world, fingerprint, source.balance_minor ?? 0);
  if (order.total.amount <= balance) return { errors: [], approved_minor: order.total.amount };
  if (order.partial && balance > 0) return { errors: [], approved_minor: balance };
  const errors = [
    errorDetail('INSUFFICIENT_FUNDS', "Authorization error: 'INSUFFICIENT_FUNDS'"),
    errorDetail('GIFT_CARD_AVAILABLE_AMOUNT', String(balance)),
  ];
  return { errors, approved_minor: 0 };
}

function basePayment(world: World, body: JsonObject, order: PaymentOrder, source: Source, taking: Taking): Payment {
  const payment: Payment = {
    id: world.id('', 22),
    created_at: iso(taking.at_ms),
    updated_at: iso(taking.at_ms),
    amount_money: order.amount,
    status: 'APPROVED',
    source_type: SOURCE_TYPES[source.kind],
    location_id: world.meta.location_id,
    order_id: text(body, 'order_id') ?? world.id('', 25),
    total_money: order.total,
    application_details: { square_product: taking.product, application_id: world.meta.application_id },
    version_token: world.id('', 32),
    ...taking.extra,
  };
  if (order.tip) payment.tip_money = order.tip;
  const fee = money(body, 'app_fee_money');
  if (fee) payment.app_fee_money = fee;
  for (const name of ECHOED) if (text(body, name) !== undefined) payment[name] = text(body, name);
  for (const name of ['billing_address', 'shipping_address']) if (part(body, name)) payment[name] = part(body, name);
  return payment;
}

const ECHOED = [
  'reference_id',
  'customer_id',
  'note',
  'team_member_id',
  'buyer_email_address',
  'statement_description_identifier',
];

function describeTender(
  world: World,
  payment: Payment,
  body: JsonObject,
  order: PaymentOrder,
  source: Source,
  errors: ErrorDetail[],
): void {
  const failed = errors.length > 0;
  if (source.face) {
    payment.card_details = cardDetails(source, payment, errors, text(body, 'statement_description_identifier'));
    payment.risk_evaluation = { created_at: payment.created_at, risk_level: riskLevel(order.amount) };
    payment.delay_duration = hours(order.delay_ms);
    payment.delay_action = order.delay_action;
    payment.delayed_until = iso(Date.parse(payment.created_at) + order.delay_ms);
  } else if (source.kind === 'cash') {
    const supplied = money(part(body, 'cash_details')!, 'buyer_supplied_money')!;
    const change = { amount: supplied.amount - order.total.amount, currency: supplied.currency };
    payment.cash_details = { buyer_supplied_money: supplied, change_back_money: change };
  } else if (source.kind === 'external') {
    payment.external_details = { ...part(body, 'external_details') };
  } else if (source.kind === 'bank') {
    payment.bank_account_details = {
      bank_name: 'Citizens Bank',
      transfer_type: 'ACH',
      account_ownership_type: 'INDIVIDUAL',
      fingerprint: world.fingerprint(text(body, 'source_id')!),
      country: 'US',
      statement_description: 'TILLSIDE TEST',
      ach_details: { routing_number: '0110*****', account_number_suffix: '6789', account_type: 'CHECKING' },
    };
  } else if (source.kind === 'wallet') {
    payment.wallet_details = { status: failed ? 'FAILED' : 'CAPTURED', brand: source.wallet };
  } else payment.buy_now_pay_later_details = { brand: 'AFTERPAY' };
}

function cardDetails(source: Source, payment: Payment, errors: ErrorDetail[], suffix: string | undefined): CardDetails {
  const code = errors[0]?.code;
  const checked = source.entry_method === 'KEYED' && source.kind === 'card';
  const verdict = (kind: string, rejects: string) =>
    checked ? (code === rejects ? `${kind}_REJECTED` : `${kind}_ACCEPTED`) : `${kind}_NOT_CHECKED`;
  return {
    status: code ? 'FAILED' : 'AUTHORIZED',
    card: { ...source.face! },
    entry_method: source.entry_method,
    cvv_status: verdict('CVV', 'CVV_FAILURE'),
    avs_status: verdict('AVS', 'ADDRESS_VERIFICATION_FAILURE'),
    ...(source.present && !code && source.kind === 'card' ? chipDetails(source) : {}),
    ...(code ? {} : { auth_result_code: payment.version_token.slice(0, 6).toUpperCase() }),
    statement_description: suffix === undefined ? 'SQ *TILLSIDE TEST' : `SQ *TILLSIDE TEST ${suffix}`,
    card_payment_timeline: { authorized_at: payment.created_at },
    ...(errors.length > 0 ? { errors } : {}),
  };
}

// What a receipt of a card that was present has to show.
function chipDetails(source: Source): JsonObject {
  const brand = source.face!.card_brand;
  return {
    application_identifier: brand === 'MASTERCARD' ? 'A0000000041010' : 'A0000000031010',
    application_name: `${brand} CREDIT`.slice(0, 16),
    application_cryptogram: source.face!.fingerprint.slice(-16),
    verification_method: 'NO_CVM',
    verification_results: 'SUCCESS',
  };
}

function riskLevel(amount: Money): string {
  if (amount.amount === 2222) return 'MODERATE';
  return amount.amount === 3333 ? 'HIGH' : 'NORMAL';
}

function feeKind(order: PaymentOrder, source: Source): PaymentRecord['hidden']['fee'] {
  if (source.kind === 'cash' || source.kind === 'external' || source.kind === 'bank') return null;
  if (source.present) return 'present';
  return order.seller_keyed_in === true ? 'keyed' : 'online';
}

// Square echoes durations in hours and smaller parts.
function hours(delay_ms: number): string {
  const minutes = Math.floor(delay_ms / 60_000);
  const parts = [minutes >= 60 ? `${Math.floor(minutes / 60)}H` : '', minutes % 60 > 0 ? `${minutes % 60}M` : ''];
  return `PT${parts.join('')}`;
}
