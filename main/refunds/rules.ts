import { REFUND_KINDS, type RefundKind } from '../../common/contract/refund-shapes.ts';
import type { RefundObstacle, RefundOffer, RefundWay } from '../../common/contract/refunds.ts';
import type { AttemptId } from '../../common/ids.ts';
import { money, type Money } from '../../common/money.ts';
import type { Account } from '../ledger/accounts.ts';
import type { PaymentRow } from '../payments/queries.ts';
import type { Standing } from './queries.ts';

/** What may be given back, as pure rules. They are told before anybody presses, and hold again in the commit. */

/** Square gives back what is at most this old, and takes at most so many refunds of one payment. */
export const REFUNDABLE_MS = 365 * 24 * 3600_000;
export const MOST_REFUNDS = 20;
/** Square tells of a dispute by refusing. After this it may be asked again, because a dispute ends some day. */
const DISPUTE_REST_MS = 24 * 3600_000;

/** Where money comes from that is handed out here, and not sent back by Square. */
export const ACCOUNT_OF: Record<RefundKind, Account | null> = {
  square: null,
  cash: 'drawer_cash',
  check: 'bank',
  other: 'bank',
};

export type OfferFacts = {
  readonly payment: PaymentRow;
  readonly standing: Standing;
  readonly now_ms: number;
  readonly connected: boolean;
  readonly restored: RefundOffer['ask_before'];
  readonly online: boolean;
  /** What one person alone may give back in a day, and what this person has given back today. */
  readonly limit: Money;
  readonly alone_minor: number;
  readonly person: { readonly person_id: string; readonly isOwner: boolean };
  /** Everybody else who may approve. */
  readonly seconds: readonly { readonly person_id: string; readonly name: string }[];
};

/** Square holds the money of what it captured; what was only recorded lies in a drawer. */
export function isWithSquare({ payment, standing }: Pick<OfferFacts, 'payment' | 'standing'>): boolean {
  if (payment.foreign_payment === 0) return payment.state === 'completed';
  return standing.source_type !== null && standing.source_type !== 'CASH' && standing.source_type !== 'EXTERNAL';
}

export function offerOf(facts: OfferFacts): RefundOffer {
  const { payment, standing, limit, alone_minor, person, seconds, online } = facts;
  const { currency } = payment;
  const given_minor = standing.asked_minor + standing.elsewhere_minor + standing.unlisted_minor;
  const refundable = Math.max(0, payment.amount_minor - given_minor);
  // An owner who is alone in the office has nobody to ask, and nobody to hide anything from.
  const alone = seconds.length === 0 && person.isOwner;
  return {
    attempt_id: payment.attempt_id as AttemptId,
    paid: money(payment.amount_minor, currency),
    given_back: money(given_minor, currency),
    refundable: money(refundable, currency),
    ways: waysOf(facts, refundable),
    fee_kept: payment.fee_minor === null ? null : money(payment.fee_minor, currency),
    ask_before: facts.restored,
    sent_later: !online,
    needs_approval: {
      always: !alone && payment.actor === person.person_id,
      above: alone ? money(payment.amount_minor, currency) : money(Math.max(0, limit.minor - alone_minor), currency),
      people: seconds.map(({ person_id, name }) => ({ person_id, name })),
    },
  };
}

function waysOf(facts: OfferFacts, refundable: number): RefundWay[] {
  const { currency } = facts.payment;
  const none = obstacleOfAll(facts, refundable);
  return REFUND_KINDS.map(kind => {
    const [largest, why] = kind === 'square' ? throughSquare(facts, refundable) : byHand(facts, refundable);
    const unavailable_because = none ?? why;
    return {
      kind,
      available: unavailable_because === null,
      unavailable_because,
      largest: money(unavailable_because === null ? largest : 0, currency),
      cost: money(0, currency),
    };
  });
}

type Way = readonly [largest_minor: number, why_not: RefundObstacle | null];

/** What stands in every way. */
function obstacleOfAll({ payment, standing, now_ms }: OfferFacts, refundable: number): RefundObstacle | null {
  if (payment.state !== 'completed' && payment.state !== 'recorded') return 'not_paid';
  const { disputed_at_ms } = standing;
  // A clock that was set back must not keep it closed for longer.
  if (disputed_at_ms !== null && Math.abs(now_ms - disputed_at_ms) < DISPUTE_REST_MS) return 'disputed';
  return refundable === 0 ? 'nothing_left' : null;
}

function throughSquare(facts: OfferFacts, refundable: number): Way {
  const { payment, standing, now_ms, connected } = facts;
  if (!isWithSquare(facts)) return [0, 'not_with_square'];
  if (payment.square_payment_id === null) return [0, 'not_paid'];
  if (now_ms - (standing.created_at_ms ?? payment.happened_at_ms) > REFUNDABLE_MS) return [0, 'too_old'];
  if (standing.seen + standing.unseen >= MOST_REFUNDS) return [0, 'too_many'];
  const { asked_at_square_minor, elsewhere_minor, unlisted_minor, failed_minor } = standing;
  const atSquare = asked_at_square_minor + elsewhere_minor + unlisted_minor + failed_minor;
  const largest = Math.min(refundable, payment.amount_minor - atSquare);
  if (largest <= 0) return [0, 'failed_before'];
  return [largest, connected ? null : 'not_connected'];
}

/**
 * What Square can send back goes back through Square, to where it came from; by hand goes only the rest. Somebody else
 * may have given that back at Square already, so it takes a desk that hears of it.
 */
function byHand(facts: OfferFacts, refundable: number): Way {
  const { payment, standing } = facts;
  if (!isWithSquare(facts)) {
    return payment.foreign_payment === 1 && payment.lost === 0 ? [0, 'not_in_drawer'] : [refundable, null];
  }
  const [square] = throughSquare(facts, refundable);
  const largest = standing.declined ? refundable : refundable - square;
  if (largest <= 0) return [0, 'square_can'];
  return facts.online && facts.connected ? [largest, null] : [0, 'offline'];
}

/** Whether a second person has to agree. */
export function needsSecond({ needs_approval }: RefundOffer, amount: Money): boolean {
  return needs_approval.always || amount.minor > needs_approval.above.minor;
}

/** Square is told of what was handed out where it holds the payment as a record of the same kind. */
export function tellsSquare(payment: PaymentRow, kind: RefundKind): boolean {
  return payment.sync !== 'refused' && (payment.tender === 'cash') === (kind === 'cash');
}
