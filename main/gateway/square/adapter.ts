import { SquareClient, type Square } from 'square';
import type { Money } from '../../../common/money.ts';
import type {
  Gateway,
  GatewayConnection,
  GatewayLocation,
  GatewayPayment,
  GatewayRefund,
  ListWindow,
  MoneyOutcome,
  PaymentRequest,
  Read,
} from '../gateway.ts';
import { failureOf, outcomeOf, readFailure, refundOutcomeOf } from './errors.ts';
import { fromSquareMoney, toSquareMoney } from './money.ts';
import { readRefund, refundAnswer, refundFields, type SentRefund } from './refunds.ts';

/**
 * The gateway port over the `square` SDK. The SDK's own retries are off: it would send a second time before the ledger
 * knows of the first. Only the outbox retries, and always with the same bytes.
 */
export function createSquareGateway(connection: GatewayConnection): Gateway {
  const clientWith: ClientWith = fetchOnce =>
    new SquareClient({
      token: connection.access_token,
      baseUrl: connection.base_url,
      maxRetries: 0,
      timeoutInSeconds: connection.timeout_ms / 1000,
      fetch: fetchOnce,
    });

  const move = async (
    call: (client: SquareClient) => Promise<{ payment?: Square.Payment; errors?: Square.Error_[] }>,
    body: string | null,
    expected: Expected,
  ): Promise<MoneyOutcome> => {
    const wire = watchedFetch(body, connection.timeout_ms);
    try {
      return definiteAnswer(await call(clientWith(wire.fetch)), expected);
    } catch (error) {
      return outcomeOf(failureOf(error, wire.transportError()));
    }
  };

  const read: Reader = async call => {
    const wire = watchedFetch(null, connection.timeout_ms);
    try {
      const value = await call(clientWith(wire.fetch));
      return value === undefined ? { kind: 'unexpected' } : { kind: 'ok', value };
    } catch (error) {
      return readFailure(failureOf(error, wire.transportError()));
    }
  };

  return {
    prepare: request => bytesOf(clientWith, client => client.payments.create(paymentFields(connection, request))),
    ...refundCalls(clientWith, connection, read),
    createPayment: body => {
      const expected = JSON.parse(body) as Sent & { idempotency_key: string; source_id: string };
      const { idempotency_key: idempotencyKey, source_id: sourceId } = expected;
      return move(client => client.payments.create({ idempotencyKey, sourceId }), body, expected);
    },
    completePayment: (paymentId, version_token) =>
      move(
        client => client.payments.complete({ paymentId, ...(version_token ? { versionToken: version_token } : {}) }),
        null,
        { id: paymentId },
      ),
    getPayment: paymentId => read(async client => readPayment((await client.payments.get({ paymentId })).payment)),
    listPayments: window => read(client => listPage(client, connection.location_id, window)),
    cancelPayment: paymentId =>
      read(async client => readPayment((await client.payments.cancel({ paymentId })).payment)),
    getLocation: locationId =>
      read(async client => readLocation((await client.locations.get({ locationId })).location)),
    listLocations: () =>
      read(async client =>
        ((await client.locations.list()).locations ?? []).map(readLocation).filter(location => location !== undefined),
      ),
    cancelByKey: idempotencyKey =>
      read(async client => {
        await client.payments.cancelByIdempotencyKey({ idempotencyKey });
        return true as const;
      }),
    merchantName: () =>
      read(async client => {
        const page = await client.merchants.list({});
        return page.data[0]?.businessName ?? '';
      }),
  };
}

type ClientWith = (fetchOnce: typeof fetch) => SquareClient;
type Reader = <Value>(call: (client: SquareClient) => Promise<Value | undefined>) => Promise<Read<Value>>;

/** Giving back, in the same manner as taking: prepared bytes, sent once per call. */
function refundCalls(
  clientWith: ClientWith,
  connection: GatewayConnection,
  read: Reader,
): Pick<Gateway, 'prepareRefund' | 'createRefund' | 'getRefund' | 'listRefunds'> {
  return {
    prepareRefund: request => bytesOf(clientWith, client => client.refunds.refundPayment(refundFields(request))),
    createRefund: async body => {
      const sent = JSON.parse(body) as SentRefund;
      const wire = watchedFetch(body, connection.timeout_ms);
      try {
        const { idempotency_key: idempotencyKey, amount_money } = sent;
        const amountMoney = toSquareMoney({ minor: amount_money.amount, currency: amount_money.currency });
        const client = clientWith(wire.fetch);
        return refundAnswer(await client.refunds.refundPayment({ idempotencyKey, amountMoney }), sent);
      } catch (error) {
        return refundOutcomeOf(failureOf(error, wire.transportError()));
      }
    },
    getRefund: refundId => read(async client => readRefund((await client.refunds.get({ refundId })).refund)),
    listRefunds: window => read(client => listRefundPage(client, connection.location_id, window)),
  };
}

/** What the answer must agree with: the very bytes that were sent, or the payment that was asked for. */
type Sent = { readonly amount_money: { amount: number; currency: string }; readonly reference_id: string };
type Expected = Sent | { readonly id: string };

/**
 * A fetch for one call: sends the prepared bytes instead of freshly made ones, and keeps the transport's own error. Its
 * time runs until the whole answer is read; the SDK's own ends with the first line, and the rest may never come.
 */
function watchedFetch(body: string | null, timeout_ms: number): { fetch: typeof fetch; transportError(): unknown } {
  let transportError: unknown;
  const deadline = AbortSignal.timeout(timeout_ms);
  return {
    fetch: async (address, init) => {
      try {
        const signal = init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
        return await fetch(address, { ...init, signal, redirect: 'error', ...(body === null ? {} : { body }) });
      } catch (error) {
        transportError = error;
        throw error;
      }
    },
    transportError: () => transportError,
  };
}

/** Lets the SDK write the request and keeps the bytes instead of sending them. */
async function bytesOf(clientWith: ClientWith, write: (client: SquareClient) => PromiseLike<unknown>): Promise<string> {
  let body = '';
  const capture: typeof fetch = (_address, init) => {
    body = String(init?.body);
    return Promise.resolve(new Response('{}', { headers: { 'content-type': 'application/json' } }));
  };
  await write(clientWith(capture));
  return body;
}

const paymentFields = (connection: GatewayConnection, request: PaymentRequest): Square.CreatePaymentRequest => ({
  idempotencyKey: request.idempotency_key,
  amountMoney: toSquareMoney(request.amount),
  referenceId: request.reference,
  locationId: connection.location_id,
  note: request.note,
  ...sourceFields(request),
});

function sourceFields(request: PaymentRequest) {
  const { source } = request;
  if (source.kind === 'cash') {
    return { sourceId: 'CASH', cashDetails: { buyerSuppliedMoney: toSquareMoney(source.tendered) } };
  }
  if (source.kind === 'external') {
    const { type, source: name, source_id: sourceId } = source;
    return { sourceId: 'EXTERNAL', externalDetails: { type, source: name, sourceId } };
  }
  const phone = source.channel === 'phone';
  return {
    sourceId: source.token,
    autocomplete: !source.two_phase,
    // A lost reply then costs at most a hold that ends by itself.
    ...(source.two_phase ? { delayAction: 'CANCEL', delayDuration: 'PT36H' } : {}),
    // The two flags always oppose each other. The contradictory pair is declined by issuers.
    customerDetails: { customerInitiated: !phone, sellerKeyedIn: phone },
  };
}

/** A 2xx is definite only when it holds a payment that agrees with what was asked. */
function definiteAnswer(
  answer: { payment?: Square.Payment; errors?: Square.Error_[] },
  expected: Expected,
): MoneyOutcome {
  const payment = readPayment(answer.payment);
  if (!payment || (answer.errors?.length ?? 0) > 0) {
    return { kind: 'unknown', reason: 'answer_unreadable', retry_after_ms: null };
  }
  if (!agrees(payment, expected)) {
    return { kind: 'unknown', reason: 'answer_mismatch', retry_after_ms: null };
  }
  if (payment.status === 'COMPLETED') return { kind: 'completed', payment };
  if (payment.status === 'APPROVED') return { kind: 'approved', payment };
  if (payment.status === 'CANCELED') return { kind: 'cancelled', payment };
  if (payment.status === 'FAILED') {
    const { square_payment_id } = payment;
    return { kind: 'declined', reason: 'generic', square_code: 'FAILED', square_payment_id };
  }
  return { kind: 'unknown', reason: 'answer_unreadable', retry_after_ms: null };
}

const agrees = (payment: GatewayPayment, expected: Expected): boolean =>
  'id' in expected ? payment.square_payment_id === expected.id : agreesWithSent(payment, expected);

const agreesWithSent = (payment: GatewayPayment, expected: Sent): boolean =>
  payment.amount.minor === expected.amount_money.amount &&
  payment.amount.currency === expected.amount_money.currency &&
  payment.reference === expected.reference_id;

async function listPage(client: SquareClient, locationId: string, window: ListWindow) {
  const page = await client.payments.list({ locationId, ...byChange(window) });
  const payments = page.data.map(readPayment);
  // One unreadable payment would silently leave a hole in the books; the page is asked for again instead.
  if (payments.some(payment => payment === undefined)) return undefined;
  return { payments: payments as GatewayPayment[], cursor: page.response.cursor ?? null };
}

const byChange = ({ from_ms, cursor }: ListWindow) => ({
  updatedAtBeginTime: new Date(from_ms).toISOString(),
  sortField: 'UPDATED_AT' as const,
  sortOrder: 'ASC' as const,
  limit: 100,
  ...(cursor ? { cursor } : {}),
});

async function listRefundPage(client: SquareClient, locationId: string, window: ListWindow) {
  const page = await client.refunds.list({ locationId, ...byChange(window) });
  const refunds = page.data.map(readRefund);
  if (refunds.some(refund => refund === undefined)) return undefined;
  return { refunds: refunds as GatewayRefund[], cursor: page.response.cursor ?? null };
}

const STATUSES = ['APPROVED', 'PENDING', 'COMPLETED', 'CANCELED', 'FAILED'] as const;

function readPayment(payment: Square.Payment | undefined): GatewayPayment | undefined {
  const amount: Money | undefined = fromSquareMoney(payment?.amountMoney);
  const status = STATUSES.find(known => known === payment?.status);
  const created_at_ms = Date.parse(payment?.createdAt ?? '');
  const updated_at_ms = Date.parse(payment?.updatedAt ?? payment?.createdAt ?? '');
  if (!payment?.id || !amount || !status || Number.isNaN(created_at_ms) || Number.isNaN(updated_at_ms))
    return undefined;
  const card = payment.cardDetails?.card;
  return {
    square_payment_id: payment.id,
    status,
    source_type: payment.sourceType ?? 'CARD',
    amount,
    fee_minor: (payment.processingFee ?? []).reduce((sum, fee) => sum + Number(fee.amountMoney?.amount ?? 0), 0),
    refunded_minor: fromSquareMoney(payment.refundedMoney)?.minor ?? 0,
    reference: payment.referenceId ?? null,
    card: card?.last4 ? { brand: card.cardBrand ?? 'OTHER_BRAND', last4: card.last4 } : null,
    version_token: payment.versionToken ?? null,
    created_at_ms,
    updated_at_ms,
  };
}

function readLocation(location: Square.Location | undefined): GatewayLocation | undefined {
  if (!location?.id) return undefined;
  return {
    location_id: location.id,
    name: location.name ?? location.id,
    status: location.status ?? 'INACTIVE',
    currency: location.currency ?? '',
    takes_cards: (location.capabilities ?? []).includes('CREDIT_CARD_PROCESSING'),
  };
}
