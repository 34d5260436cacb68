/** CreatePayment: from a checked request and a resolved source to an approved, completed, pending or failed payment. */
import { CONTRADICTORY_FLAGS_DECLINE } from './assumptions.ts';
import { durationMs, money, part, text, type JsonObject, type Money } from './checks.ts';
import { errorDetail, type ErrorDetail } from './errors.ts';
import type { Answer } from './http.ts';
import { bankDue, capture } from './payment-life.ts';
import { checkSourceRules, readPaymentRequest, type PaymentOrder } from './payment-request.ts';
import type { CardDetails, Payment, PaymentRecord } from './records.ts';
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
  const now_ms = world.now();
  const { errors, approved_minor } = decide(world, body, order, source);
  const payment = basePayment(world, body, order, source, now_ms);
  describeTender(world, payment, body, order, source, errors);
  let record: PaymentRecord = {
    payment,
    hidden: {
      due_at_ms: null,
      fee: feeKind(order, source),
      idempotency_key: text(body, 'idempotency_key')!,
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
  } else record = approve(world, record, order, source, approved_minor, now_ms);
  return {
    status: errors.length > 0 ? world.settings.decline_status : 200,
    body: { ...(errors.length > 0 ? { errors } : {}), payment: record.payment },
    changes: [{ table: 'payments', id: payment.id, value: record }, ...source.use],
    payment_id: payment.id,
  };
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
  const balance = Math.max(0, (source.balance_minor ?? 0) - giftCardSpending(world, source.face?.fingerprint ?? ''));
  if (order.total.amount <= balance) return { errors: [], approved_minor: order.total.amount };
  if (order.partial && balance > 0) return { errors: [], approved_minor: balance };
  const errors = [
    errorDetail('INSUFFICIENT_FUNDS', "Authorization error: 'INSUFFICIENT_FUNDS'"),
    errorDetail('GIFT_CARD_AVAILABLE_AMOUNT', String(balance)),
  ];
  return { errors, approved_minor: 0 };
}

function giftCardSpending(world: World, fingerprint: string): number {
  let spent = 0;
  for (const { payment } of world.books.all('payments')) {
    const card = payment.card_details?.card;
    if (!card || card['fingerprint'] !== fingerprint) continue;
    spent += (payment.approved_money?.amount ?? 0) - (payment.refunded_money?.amount ?? 0);
  }
  return spent;
}

function basePayment(world: World, body: JsonObject, order: PaymentOrder, source: Source, now_ms: number): Payment {
  const payment: Payment = {
    id: world.id('', 22),
    created_at: iso(now_ms),
    updated_at: iso(now_ms),
    amount_money: order.amount,
    status: 'APPROVED',
    source_type: SOURCE_TYPES[source.kind],
    location_id: world.meta.location_id,
    order_id: text(body, 'order_id') ?? world.id('', 25),
    total_money: order.total,
    application_details: { square_product: 'ECOMMERCE_API', application_id: world.meta.application_id },
    version_token: world.id('', 32),
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
    const duration = text(body, 'delay_duration');
    payment.delay_duration = duration === undefined ? 'PT168H' : hours(duration);
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
    payment.wallet_details = { status: failed ? 'FAILED' : 'CAPTURED', brand: 'CASH_APP' };
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
    ...(code ? {} : { auth_result_code: payment.version_token.slice(0, 6).toUpperCase() }),
    statement_description: suffix === undefined ? 'SQ *TILLSIDE TEST' : `SQ *TILLSIDE TEST ${suffix}`,
    card_payment_timeline: { authorized_at: payment.created_at },
    ...(errors.length > 0 ? { errors } : {}),
  };
}

function riskLevel(amount: Money): string {
  if (amount.amount === 2222) return 'MODERATE';
  return amount.amount === 3333 ? 'HIGH' : 'NORMAL';
}

function feeKind(order: PaymentOrder, source: Source): 'online' | 'keyed' | null {
  if (source.kind === 'cash' || source.kind === 'external' || source.kind === 'bank') return null;
  return order.seller_keyed_in === true ? 'keyed' : 'online';
}

// Square echoes durations in hours and smaller parts.
function hours(duration: string): string {
  const minutes = Math.floor(durationMs(duration)! / 60_000);
  const parts = [minutes >= 60 ? `${Math.floor(minutes / 60)}H` : '', minutes % 60 > 0 ? `${minutes % 60}M` : ''];
  return `PT${parts.join('')}`;
}

/** A payment that another device took: completed, without a key, never seen by this application before. */
export function foreignPayment(
  world: World,
  wish: { amount_minor: number; source: 'CARD' | 'CASH'; note?: string },
): PaymentRecord {
  const amount = { amount: wish.amount_minor, currency: world.settings.location.currency };
  const body: JsonObject = {
    source_id: wish.source === 'CARD' ? 'cnon:card-nonce-ok' : 'CASH',
    idempotency_key: world.id('elsewhere-', 20),
    amount_money: amount,
    ...(wish.note === undefined ? {} : { note: wish.note }),
    ...(wish.source === 'CASH' ? { cash_details: { buyer_supplied_money: amount } } : {}),
  };
  const answer = createPayment(world, body);
  const change = answer.changes?.find(candidate => candidate.table === 'payments');
  if (!change || change.table !== 'payments' || !change.value) throw new Error('A foreign payment was not made.');
  const record = change.value;
  record.hidden.idempotency_key = null;
  record.payment.application_details = { square_product: 'SQUARE_POS' };
  record.payment.device_details = { device_id: 'DEVICE:front-counter', device_name: 'Front counter' };
  if (record.payment.card_details) record.payment.card_details.entry_method = 'CONTACTLESS';
  world.books.commit(world.now(), [change]);
  return record;
}
