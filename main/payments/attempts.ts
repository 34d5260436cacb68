import { assert, AppError } from '../../common/errors.ts';
import type { Announce } from '../../common/contract/index.ts';
import type { AttemptView, TakeInput } from '../../common/contract/payments.ts';
import { largestPayment, plainAmount } from '../../common/money.ts';
import { canonicalJson, type Json } from '../ledger/canonical.ts';
import { printedDesk } from '../ledger/incarnation.ts';
import { sha256Hex } from '../ledger/keys.ts';
import type { Ledger, Write } from '../ledger/ledger.ts';
import { sql } from '../ledger/open.ts';
import { officeDay, readSettings } from '../office/settings.ts';
import type { Gateway, PaymentRequest } from '../gateway/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import { allocateAsPlanned, assertShares } from '../invoices/allocations.ts';
import type { Connection } from './connection.ts';
import { guardRepeat, type CardLooks } from './duplicates.ts';
import { meantBy } from './meant.ts';
import { findPayment, nextNumber, viewOf } from './queries.ts';
import { nextReceiptNumber } from './receipt-numbers.ts';
import { forgetRequest, keepRequest, prepareOrLater } from './requests.ts';
import { typedReason } from './settle.ts';
import { tenderOf } from './tenders/index.ts';
import type { RecordedTender, Tender } from './tenders/tender.ts';
import { Turns } from '../platform/turns.ts';
import { crashPoint } from '../platform/crash-points.ts';

/** How long a card token is sent after it was made. Square keeps it 24 hours; the rest is margin for slow clocks. */
export const TOKEN_LIFE_MS = 20 * 3600 * 1000;

/** What Square's fields answer. The token passes through here once, sealed before anything is sent. */
export type CardToken =
  | { kind: 'token'; token: string; brand: string | null; last4: string | null; minted_at_ms: number }
  | { kind: 'invalid'; fields: string[]; message_codes: string[] }
  | { kind: 'cancelled' }
  | { kind: 'failed'; reason: string };

export type CardFields = {
  state(): { phase: 'off' | 'loading' | 'live' | 'failed' };
  tokenize(request: {
    amount: string;
    currencyCode: string;
    intent: 'CHARGE';
    customerInitiated: boolean;
    sellerKeyedIn: boolean;
    billingContact: { givenName?: string; familyName?: string; countryCode?: string };
  }): Promise<CardToken>;
};

export type AttemptPorts = {
  readonly ledger: Ledger;
  /** Null while the desk is not connected to Square. */
  readonly gateway: () => Gateway | null;
  readonly cardFields: CardFields;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly announce: Announce;
  /** Throws disk_full when a result could not be stored; asked before anything is charged. */
  readonly assertRoom: () => void;
  /** Drives one attempt as far as it goes now. */
  readonly drive: (attempt_id: string) => Promise<void>;
};

/** One press of the button: what is asked, by whom. */
type Taking = {
  readonly input: TakeInput;
  readonly input_hash: string;
  readonly actor: string;
  readonly mayPassDoubt: boolean;
};
type Numbers = { readonly number: number; readonly reference: string };

/** Takes payments: checks, writes the attempt down, and only then lets anything leave the desk. */
export class Attempts {
  readonly #ports: AttemptPorts;
  readonly #running = new Map<string, { input_hash: string; work: Promise<AttemptView> }>();
  readonly #turns = new Turns();

  constructor(ports: AttemptPorts) {
    this.#ports = ports;
  }

  /** Attempts that are between the key press and an answer. The window stays open while there are any. */
  get inFlight(): number {
    return this.#running.size;
  }

  newAttemptId(): string {
    return this.#ports.newId();
  }

  view(attempt_id: string): AttemptView {
    const row = findPayment(this.#ports.ledger.database, attempt_id);
    if (!row) throw new AppError('attempt_not_found');
    return viewOf(this.#ports.ledger.database, row, TOKEN_LIFE_MS);
  }

  /**
   * Takes a payment. The same attempt id with the same input answers the same, however often it is asked: a double
   * click is one attempt. With another input it is refused. Throws refusals; outcomes of money are in the answer.
   */
  async take(input: TakeInput, actor: string, mayPassDoubt = false): Promise<AttemptView> {
    const input_hash = sha256Hex(canonicalJson(input as unknown as Json));
    const running = this.#running.get(input.attempt_id);
    const known = findPayment(this.#ports.ledger.database, input.attempt_id);
    if ((running ?? known ?? { input_hash }).input_hash !== input_hash) throw new AppError('attempt_conflict');
    if (running) return running.work;
    if (known) return this.view(input.attempt_id);
    const taking = { input, input_hash, actor, mayPassDoubt };
    const work = this.#start(taking).finally(() => this.#running.delete(input.attempt_id));
    // Set before the first pause, so that a second press in the same instant finds it.
    this.#running.set(input.attempt_id, { input_hash, work });
    return work;
  }

  async #start(taking: Taking): Promise<AttemptView> {
    const { ledger, assertRoom } = this.#ports;
    const { input } = taking;
    const settings = readSettings(ledger.database);
    const largest = largestPayment(settings.currency).minor;
    if (input.amount.currency !== settings.currency || input.amount.minor > largest) {
      throw new AppError('invalid_input', { field: 'amount' });
    }
    if (input.customer_id && !this.#customerExists(input.customer_id)) throw new AppError('customer_not_found');
    assertShares(ledger.database, input.customer_id, input.amount, input.pays);
    this.#guard(taking, null);
    assertRoom();
    const tender = tenderOf(input.details.tender);
    if (tender.kind === 'recorded') await this.#record(tender, taking);
    else await this.#charge(taking);
    return this.view(input.attempt_id);
  }

  #guard({ input, mayPassDoubt }: Taking, card: CardLooks | null) {
    const { ledger, clock } = this.#ports;
    return guardRepeat(ledger.database, { input, card, now_ms: clock.now(), mayPassDoubt });
  }

  #customerExists(customer_id: string): boolean {
    return (
      sql(this.#ports.ledger.database, 'SELECT 1 FROM customer WHERE customer_id = ?').get(customer_id) !== undefined
    );
  }

  /** Cash and checks: on the books in one commit, with the receipt number and the request that will tell Square. */
  async #record(tender: Extract<Tender, { kind: 'recorded' }>, taking: Taking): Promise<void> {
    const { ledger, announce } = this.#ports;
    const { input, input_hash } = taking;
    const recorded: RecordedTender = tender.record(input.amount, input.details as never);
    const { source, ...details } = recorded;
    await this.#numbered(taking, { source, card: null }, (write, { numbers, idempotency_key, body_hash }) => {
      const { database } = write;
      const day = officeDay(database, this.#ports.clock.now());
      write.fact('tender.recorded', {
        attempt_id: input.attempt_id,
        ...numbers,
        tender: tender.id,
        channel: input.channel,
        customer_id: input.customer_id,
        amount_minor: input.amount.minor,
        currency: input.amount.currency,
        day,
        input_hash,
        receipt_number: nextReceiptNumber(database, ledger.identity.desk),
        ...details,
        ...meantBy(write, input),
        idempotency_key,
        body_hash,
      });
      allocateAsPlanned(write, input.attempt_id, day);
    });
    announce('payments.changed', { attempt_id: input.attempt_id as never });
    announce('sync.changed', {});
    // Telling Square is the outbox's work; the money is in the drawer whether it succeeds or not.
    void this.#ports.drive(input.attempt_id);
  }

  async #charge(taking: Taking): Promise<void> {
    const { input } = taking;
    const { details, channel } = input;
    assert(details.tender === 'card', 'only a card is charged');
    const { gateway, cardFields, connection } = this.#ports;
    if (channel === 'phone' && !details.read_back) throw new AppError('read_back_missing');
    if (!gateway()) throw new AppError('square_not_connected');
    if (!connection.online) throw new AppError('card_needs_internet');
    if (cardFields.state().phase !== 'live') throw new AppError('card_fields_not_ready');
    crashPoint('CP04');
    const token = await cardFields.tokenize({
      amount: plainAmount(input.amount),
      currencyCode: input.amount.currency,
      intent: 'CHARGE',
      customerInitiated: channel === 'desk',
      sellerKeyedIn: channel === 'phone',
      billingContact: {},
    });
    if (token.kind === 'invalid') throw new AppError('card_fields_incomplete', { fields: token.fields.join(',') });
    if (token.kind === 'cancelled') throw new AppError('card_cancelled');
    if (token.kind === 'failed') throw new AppError('card_fields_failed');
    crashPoint('CP06');
    await this.#writeReady(taking, token);
    crashPoint('CP07');
    this.#ports.announce('payments.changed', { attempt_id: input.attempt_id });
    await this.#ports.drive(input.attempt_id);
  }

  /** The attempt, its number, its key and the exact bytes of its request become durable before a byte leaves. */
  async #writeReady(taking: Taking, card: Extract<CardToken, { kind: 'token' }>): Promise<void> {
    const { clock, ledger } = this.#ports;
    const { input } = taking;
    const { attempt_id, channel } = input;
    const { brand, last4, minted_at_ms } = card;
    const two_phase = readSettings(ledger.database).two_phase;
    const source = { kind: 'token', token: card.token, channel, two_phase } as const;
    await this.#numbered(taking, { source, card }, (write, { numbers, idempotency_key, body_hash }) => {
      write.fact('attempt.started', {
        attempt_id,
        ...numbers,
        tender: 'card',
        channel: input.channel,
        customer_id: input.customer_id,
        amount_minor: input.amount.minor,
        currency: input.amount.currency,
        day: officeDay(write.database, clock.now()),
        input_hash: taking.input_hash,
        two_phase,
        read_back: input.details.tender === 'card' && input.details.read_back,
        ...meantBy(write, input),
      });
      write.fact('attempt.ready', {
        attempt_id,
        idempotency_key,
        body_hash,
        token_minted_at_ms: minted_at_ms,
        card: last4 === null ? null : { brand: brand ?? 'OTHER_BRAND', last4 },
      });
    });
  }

  /**
   * Gives the attempt its number and key, has its exact bytes made, and commits all of it together. One at a time: the
   * bytes carry the number, so nobody else may take it while they are made.
   */
  #numbered(
    taking: Taking,
    { source, card }: { source: PaymentRequest['source']; card: CardLooks | null },
    facts: (write: Write, made: { numbers: Numbers; idempotency_key: string; body_hash: string }) => void,
  ): Promise<void> {
    const work = async (): Promise<void> => {
      const { ledger, newId } = this.#ports;
      const { input, actor } = taking;
      const numbers = this.#numbers();
      const idempotency_key = newId();
      const { amount, attempt_id } = input;
      const { reference } = numbers;
      const request = { idempotency_key, amount, reference, source, note: '' };
      const body = await prepareOrLater(this.#ports.gateway(), request);
      crashPoint('CP01');
      ledger.write(actor, write => {
        // Once more: by now the card is known, and another attempt may have come in or into doubt.
        const passed = this.#guard(taking, card);
        if (passed) {
          const typed = typedReason(write, input, input.again_because!);
          write.fact('duplicate.allowed', { attempt_id, earlier_attempt_id: passed.attempt_id, typed });
        }
        facts(write, { numbers, idempotency_key, body_hash: sha256Hex(body) });
        keepRequest(write, ledger, { attempt_id, idempotency_key, body });
        crashPoint('CP02');
      });
      crashPoint('CP03');
    };
    return this.#turns.take(work);
  }

  /** Desk, gapless number, eight digits of the journal's head: printed on Square's side, it witnesses our history. */
  #numbers(): Numbers {
    const { ledger } = this.#ports;
    const { desk, incarnation } = ledger.identity;
    const number = nextNumber(ledger.database, desk, incarnation);
    const head = ledger.head.hash.toString('hex').slice(0, 8);
    const name = printedDesk({ desk, incarnation });
    return { number, reference: `${name}-${String(number).padStart(6, '0')}-${head}` };
  }

  /** Takes a queued card out of the queue. Only while it is certain that nothing has left the desk. */
  cancelQueued(attempt_id: string, actor: string): AttemptView {
    const { ledger, announce } = this.#ports;
    ledger.write(actor, write => {
      const row = findPayment(write.database, attempt_id);
      if (!row) throw new AppError('attempt_not_found');
      if (row.state !== 'ready' || row.maybe_sent === 1) throw new AppError('attempt_not_cancellable');
      write.fact('attempt.cancelled', { attempt_id, reason: 'person', square_payment_id: null });
      forgetRequest(write, row);
    });
    announce('payments.changed', { attempt_id: attempt_id as never });
    announce('sync.changed', {});
    return this.view(attempt_id);
  }
}
