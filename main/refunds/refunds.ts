import type { Announce } from '../../common/contract/index.ts';
import type { RefundInput, RefundOffer, RefundView } from '../../common/contract/refunds.ts';
import { AppError } from '../../common/errors.ts';
import type { AttemptId } from '../../common/ids.ts';
import { ROLE_PERMISSIONS } from '../../common/permissions.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { canonicalJson, type Json } from '../ledger/canonical.ts';
import { printedDesk } from '../ledger/incarnation.ts';
import { sha256Hex } from '../ledger/keys.ts';
import { releaseAllocations } from '../invoices/allocations.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { officeDay, readSettings } from '../office/settings.ts';
import type { Connection } from '../payments/connection.ts';
import { findPayment, type PaymentRow } from '../payments/queries.ts';
import { keepRequest } from '../payments/requests.ts';
import { typedReason } from '../payments/settle.ts';
import type { Clock } from '../platform/clock.ts';
import { crashPoint } from '../platform/crash-points.ts';
import { Turns } from '../platform/turns.ts';
import { peopleOf, personOf } from '../staff/queries.ts';
import { refundBytes, type RefundOutbox } from './outbox.ts';
import { findRefund, givenBackAlone, nextRefundNumber, refundViewOf, restoredSince, standingOf } from './queries.ts';
import { ACCOUNT_OF, isWithSquare, needsSecond, offerOf, tellsSquare, type OfferFacts } from './rules.ts';

export type RefundPorts = {
  readonly ledger: Ledger;
  /** Null while the desk is not connected to Square. */
  readonly gateway: () => Gateway | null;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly announce: Announce;
  /** Throws when nothing may be written down that has to be followed to its end. */
  readonly assertRoom: () => void;
  readonly outbox: RefundOutbox;
  /** Reads what Square holds of a payment now. False when it could not be asked. */
  readonly readSquare: (square_payment_id: string) => Promise<boolean>;
};

/** Throws wrong_password or too_many_tries unless the person's password is right. */
export type Prove = (person_id: string, password: string) => Promise<void>;

/** Gives money back: checks, writes it down, and only then lets anything leave the desk. */
export class Refunds {
  readonly #ports: RefundPorts;
  readonly #running = new Map<string, { input_hash: string; work: Promise<RefundView> }>();
  readonly #turns = new Turns();

  constructor(ports: RefundPorts) {
    this.#ports = ports;
  }

  /** Refunds that are between the key press and an answer. */
  get inFlight(): number {
    return this.#running.size;
  }

  newRefundId(): string {
    return this.#ports.newId();
  }

  view(refund_id: string): RefundView {
    const row = findRefund(this.#ports.ledger.database, refund_id);
    if (!row) throw new AppError('refund_not_found');
    return refundViewOf(row);
  }

  /** What may be given back of a payment, and in which ways. */
  offer(attempt_id: string, person_id: string): RefundOffer {
    return offerOf(this.#facts(attempt_id, person_id));
  }

  /**
   * Gives money back. The same refund id with the same input answers the same, however often it is asked; with another
   * input it is refused. Throws refusals; what became of the money is in the answer.
   */
  async make(input: RefundInput, person_id: string, prove: Prove): Promise<RefundView> {
    const { approval: _approval, ...asked } = input;
    const input_hash = sha256Hex(canonicalJson(asked as unknown as Json));
    const running = this.#running.get(input.refund_id);
    const known = findRefund(this.#ports.ledger.database, input.refund_id);
    if ((running ?? known ?? { input_hash }).input_hash !== input_hash) throw new AppError('refund_conflict');
    if (running) return running.work;
    if (known) return refundViewOf(known);
    const work = this.#start(input, input_hash, person_id, prove).finally(() => this.#running.delete(input.refund_id));
    // Set before the first pause, so that a second press in the same instant finds it.
    this.#running.set(input.refund_id, { input_hash, work });
    return work;
  }

  async #start(input: RefundInput, input_hash: string, person_id: string, prove: Prove): Promise<RefundView> {
    const { announce, assertRoom, outbox, readSquare } = this.#ports;
    // Nobody at Square counts what is handed out here for money that Square holds. After a restore, Square may know of a
    // record that was told after the copy.
    const facts = this.#guard(input, person_id);
    const { square_payment_id } = facts.payment;
    const asks = isWithSquare(facts) || (facts.restored !== null && facts.connected);
    if (input.kind !== 'square' && asks && square_payment_id !== null) {
      if (!(await readSquare(square_payment_id))) throw new AppError('square_unreachable');
      this.#guard(input, person_id);
    }
    if (input.approval) await prove(input.approval.person_id, input.approval.password);
    assertRoom();
    await this.#turns.take(() => this.#write(input, input_hash, person_id));
    crashPoint('CP22');
    announce('payments.changed', { attempt_id: input.attempt_id as AttemptId });
    announce('sync.changed', {});
    const sent = outbox.drive(input.refund_id);
    // What was handed out is gone from the drawer whether Square hears of it or not.
    if (input.kind === 'square') await sent;
    return this.view(input.refund_id);
  }

  /** Throws unless this refund may be made now, by this person and with this approval. Answers the facts behind it. */
  #guard(input: RefundInput, person_id: string): OfferFacts {
    const facts = this.#facts(input.attempt_id, person_id);
    const offer = offerOf(facts);
    const { amount, approval } = input;
    if (amount.currency !== facts.payment.currency) throw new AppError('invalid_input', { field: 'amount' });
    const way = offer.ways.find(({ kind }) => kind === input.kind)!;
    if (way.unavailable_because) throw new AppError('refund_not_possible', { because: way.unavailable_because });
    if (offer.ask_before && input.kind !== 'square' && !input.restored_checked) {
      throw new AppError('refund_check_first');
    }
    if (amount.minor > way.largest.minor) throw new AppError('refund_too_much', { left_minor: way.largest.minor });
    if (approval && !offer.needs_approval.people.some(one => one.person_id === approval.person_id)) {
      throw new AppError('refund_not_approved');
    }
    if (!approval && needsSecond(offer, amount)) throw new AppError('refund_needs_approval');
    return facts;
  }

  #facts(attempt_id: string, person_id: string): OfferFacts {
    const { ledger, clock, connection, gateway } = this.#ports;
    const { database } = ledger;
    const payment = findPayment(database, attempt_id);
    if (!payment) throw new AppError('attempt_not_found');
    const mayApprove = peopleOf(database).filter(({ role }) => ROLE_PERMISSIONS[role].includes('refunds.approve'));
    return {
      payment,
      standing: standingOf(database, payment),
      now_ms: clock.now(),
      restored: restoredSince(database, payment.happened_at_ms),
      connected: gateway() !== null,
      online: connection.online,
      limit: readSettings(database).refund_limit,
      alone_minor: givenBackAlone(database, person_id, officeDay(database, clock.now())),
      person: { person_id, isOwner: personOf(database, person_id)?.role === 'owner' },
      seconds: mayApprove.filter(one => one.person_id !== person_id),
    };
  }

  /** The number, the key and the exact bytes become durable before a byte leaves. One at a time, as for payments. */
  async #write(input: RefundInput, input_hash: string, person_id: string): Promise<void> {
    const { ledger, newId, clock } = this.#ports;
    const { refund_id, attempt_id, amount, kind } = input;
    const { payment, standing } = this.#guard(input, person_id);
    const account = ACCOUNT_OF[kind];
    const tells = account === null || (!isWithSquare({ payment, standing }) && tellsSquare(payment, kind));
    const { number, reference } = this.#numbers();
    const idempotency_key = newId();
    const body = tells ? await this.#bytes(payment, { idempotency_key, amount, reference }) : null;
    ledger.write(person_id, write => {
      // Once more: another refund may have come in meanwhile, from here or from Square.
      const facts = this.#guard(input, person_id);
      write.fact('refund.requested', {
        ...{ refund_id, attempt_id, number, reference, kind, account, input_hash },
        customer_id: facts.payment.customer_id,
        amount_minor: amount.minor,
        currency: amount.currency,
        typed: typedReason(write, facts.payment, input.reason),
        approved_by: input.approval?.person_id ?? null,
        idempotency_key: body === null ? null : idempotency_key,
        body_hash: body === null ? null : sha256Hex(body),
        day: officeDay(write.database, clock.now()),
      });
      // Money that is handed out no longer pays anything; what goes back through Square does until Square has done it.
      releaseAllocations(write, attempt_id, officeDay(write.database, clock.now()));
      if (body !== null) keepRequest(write, ledger, { attempt_id: refund_id, idempotency_key, body });
    });
  }

  /** The bytes, or what they will be made of once Square holds the payment that they name. */
  #bytes(payment: PaymentRow, asked: Parameters<typeof refundBytes>[1]): Promise<string> {
    const gateway = this.#ports.gateway();
    if (!gateway || payment.square_payment_id === null) {
      return Promise.resolve(canonicalJson({ later: asked as unknown as Json }));
    }
    return refundBytes(gateway, asked, payment.square_payment_id);
  }

  /** As an attempt's, with an R before the number: no payment's reference reads like it. */
  #numbers(): { number: number; reference: string } {
    const { ledger } = this.#ports;
    const { desk, incarnation } = ledger.identity;
    const number = nextRefundNumber(ledger.database, desk, incarnation);
    const head = ledger.head.hash.toString('hex').slice(0, 8);
    return { number, reference: `${printedDesk({ desk, incarnation })}-R${String(number).padStart(6, '0')}-${head}` };
  }
}
