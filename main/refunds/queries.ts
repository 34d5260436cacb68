import type { RefundKind, RefundRefusal, RefundState } from '../../common/contract/refund-shapes.ts';
import type { RefundOffer, RefundView } from '../../common/contract/refunds.ts';
import type { AttemptId, RefundId } from '../../common/ids.ts';
import { money, type Currency } from '../../common/money.ts';
import { INCARNATION_SUBJECT } from '../ledger/events/incarnation.ts';
import { factsOf } from '../ledger/journal.ts';
import { sql, type Database } from '../ledger/open.ts';
import type { PaymentRow } from '../payments/queries.ts';
import { MADE_ELSEWHERE } from '../payments/refund-lines.ts';

/** A row of the refund projection, with the names that belong to its ids. */
export type RefundRow = {
  refund_id: string;
  attempt_id: string;
  number: number;
  reference: string;
  kind: RefundKind;
  customer_id: string | null;
  amount_minor: number;
  currency: Currency;
  state: RefundState;
  day: string;
  happened_at_ms: number;
  actor: string;
  actor_name: string | null;
  approved_by: string | null;
  approver_name: string | null;
  input_hash: string;
  sync: RefundView['sync'];
  sends: number;
  maybe_sent: 0 | 1;
  next_try_at_ms: number | null;
  doubt_since_ms: number | null;
  doubt_reason: string | null;
  square_refund_id: string | null;
  refusal: RefundRefusal | null;
  square_code: string | null;
};

const SELECT = `SELECT refund.*, asker.name AS actor_name, second.name AS approver_name FROM refund
  LEFT JOIN person AS asker ON asker.person_id = refund.actor
  LEFT JOIN person AS second ON second.person_id = refund.approved_by`;

export function findRefund(database: Database, refund_id: string): RefundRow | undefined {
  return sql(database, `${SELECT} WHERE refund_id = ?`).get(refund_id) as RefundRow | undefined;
}

/** Everything that is not at its end, in the order in which it was asked for. */
export function openRefundRows(database: Database): RefundRow[] {
  const open = "next_try_at_ms IS NOT NULL OR (sync = 'queued' AND next_try_at_ms IS NULL)";
  return sql(database, `${SELECT} WHERE ${open} ORDER BY happened_at_ms, refund_id`).all() as RefundRow[];
}

/** The newest restore of this ledger since a moment; null when there was none. */
export function restoredSince(database: Database, since_ms: number): RefundOffer['ask_before'] {
  const restore = factsOf(database, INCARNATION_SUBJECT)
    .map(fact => ({ fact, body: JSON.parse(fact.body) as { because?: string; copy?: { made_at_ms: number } | null } }))
    .findLast(({ fact, body }) => body.because === 'restore' && fact.recorded_at_ms > since_ms);
  if (!restore) return null;
  const restored_at_ms = restore.fact.recorded_at_ms;
  return { copy_made_at_ms: restore.body.copy?.made_at_ms ?? restored_at_ms, restored_at_ms };
}

/** What has a time at which it is sent or asked about, in the order in which it was asked for. */
export function refundWork(database: Database): { refund_id: string; next_try_at_ms: number }[] {
  return sql(
    database,
    `SELECT refund_id, next_try_at_ms FROM refund WHERE next_try_at_ms IS NOT NULL ORDER BY happened_at_ms, refund_id`,
  ).all() as { refund_id: string; next_try_at_ms: number }[];
}

/** What is being sent, or was when the desk stopped. */
export function refundsBeingSent(database: Database): string[] {
  return sql(database, "SELECT refund_id FROM refund WHERE sync = 'queued' AND next_try_at_ms IS NULL")
    .pluck()
    .all() as string[];
}

/** Whether any refund still has to be sent, or its answer to be found. What Square has ends without this desk. */
export function hasUnsentRefunds(database: Database): boolean {
  const waiting = "SELECT 1 FROM refund WHERE next_try_at_ms IS NOT NULL AND sync = 'queued' LIMIT 1";
  return refundsBeingSent(database).length > 0 || sql(database, waiting).get() !== undefined;
}

export type Seen = {
  readonly square_refund_id: string;
  readonly status: 'PENDING' | 'COMPLETED' | 'REJECTED' | 'FAILED';
};

/**
 * What Square was seen to make of a refund: by Square's id, or by our reference with the same payment and amount, as long
 * as no other refund of ours stands behind it.
 */
export function seenAtSquare(database: Database, row: RefundRow): Seen | undefined {
  const { square_refund_id, attempt_id, reference, amount_minor } = row;
  const columns = 'SELECT square_refund_id, status FROM square_refund';
  if (square_refund_id !== null) {
    return sql(database, `${columns} WHERE square_refund_id = ?`).get(square_refund_id) as Seen | undefined;
  }
  return sql(
    database,
    `${columns} AS seen WHERE attempt_id = ? AND reason = ? AND amount_minor = ?
     AND NOT EXISTS (SELECT 1 FROM refund WHERE refund.square_refund_id = seen.square_refund_id)
     ORDER BY created_at_ms, square_refund_id LIMIT 1`,
  ).get(attempt_id, reference, amount_minor) as Seen | undefined;
}

export function refundsOfAttempt(database: Database, attempt_id: string): string[] {
  return sql(database, 'SELECT refund_id FROM refund WHERE attempt_id = ?').pluck().all(attempt_id) as string[];
}

/** Refunds that Square was seen to move while nobody followed. Walks through all of them, so only after a start. */
export function refundsLeftBehind(database: Database): string[] {
  return sql(
    database,
    `SELECT refund_id FROM refund JOIN square_refund AS seen ON seen.attempt_id = refund.attempt_id
       AND (seen.square_refund_id = refund.square_refund_id OR seen.reason = refund.reference)`,
  )
    .pluck()
    .all() as string[];
}

export function nextRefundNumber(database: Database, desk: string, incarnation: number): number {
  const text = 'SELECT coalesce(max(number), 0) + 1 FROM refund WHERE desk = ? AND incarnation = ?';
  return Number(sql(database, text).pluck().get(desk, incarnation));
}

/** What a person gave back on a day without a second one, in minor units. What was refused gave nothing back. */
export function givenBackAlone(database: Database, person_id: string, day: string): number {
  const text = `SELECT coalesce(sum(amount_minor), 0) FROM refund
    WHERE actor = ? AND day = ? AND approved_by IS NULL AND state <> 'refused'`;
  return Number(sql(database, text).pluck().get(person_id, day));
}

/** Everything about one payment that decides what may still be given back of it. Amounts in minor units. */
export type Standing = {
  /** Asked for here, in doubt, pending or done; and how much of that goes through Square. */
  readonly asked_minor: number;
  readonly asked_at_square_minor: number;
  /** Refunds of this desk that Square is told of and has not been seen to hold. */
  readonly unseen: number;
  /** When Square last refused because the payment is disputed; null when it never did. */
  readonly disputed_at_ms: number | null;
  /** True when Square said of this payment that it will not send the money back. */
  readonly declined: boolean;
  readonly elsewhere_minor: number;
  /** Refunds that Square has made of it, whatever became of them. */
  readonly seen: number;
  /** What Square counts as refunded beyond the refunds that its list has shown so far. */
  readonly unlisted_minor: number;
  /** What failed at Square cannot be sent back through it any more. */
  readonly failed_minor: number;
  /** Square's own time and kind of the payment, once it was seen. */
  readonly created_at_ms: number | null;
  readonly source_type: string | null;
};

type Asked = Pick<Standing, 'asked_minor' | 'asked_at_square_minor' | 'unseen' | 'disputed_at_ms'> & {
  declined: 0 | 1;
};
type SeenSums = Pick<Standing, 'elsewhere_minor' | 'seen' | 'failed_minor'> & { listed_minor: number };
type SquarePayment = { created_at_ms: number; source_type: string; refunded_minor: number };

export function standingOf(database: Database, payment: PaymentRow): Standing {
  const { declined, ...asked } = sql(
    database,
    `SELECT coalesce(sum(amount_minor) FILTER (WHERE state <> 'refused'), 0) AS asked_minor,
       coalesce(sum(amount_minor) FILTER (WHERE state <> 'refused' AND kind = 'square'), 0) AS asked_at_square_minor,
       count(*) FILTER (WHERE sync = 'queued' AND square_refund_id IS NULL) AS unseen,
       max(finished_at_ms) FILTER (WHERE refusal = 'disputed') AS disputed_at_ms,
       coalesce(max(state = 'refused' AND refusal IN
         ('not_refundable', 'not_permitted', 'declined', 'payment_unknown', 'rejected')), 0) AS declined
     FROM refund WHERE attempt_id = ?`,
  ).get(payment.attempt_id) as Asked;
  const { listed_minor, ...seen } = sql(
    database,
    `SELECT coalesce(sum(amount_minor) FILTER (WHERE counts), 0) AS listed_minor,
       coalesce(sum(amount_minor) FILTER (WHERE counts AND elsewhere), 0) AS elsewhere_minor,
       coalesce(sum(amount_minor) FILTER (WHERE status = 'FAILED'), 0) AS failed_minor, count(*) AS seen
     FROM (SELECT amount_minor, status, status IN ('PENDING', 'COMPLETED') AS counts, ${MADE_ELSEWHERE} AS elsewhere
       FROM square_refund AS seen WHERE attempt_id = ?)`,
  ).get(payment.attempt_id) as SeenSums;
  const held = sql(
    database,
    'SELECT created_at_ms, source_type, refunded_minor FROM square_payment WHERE square_payment_id = ?',
  ).get(payment.square_payment_id) as SquarePayment | undefined;
  return {
    ...asked,
    ...seen,
    declined: declined === 1,
    unlisted_minor: Math.max(0, (held?.refunded_minor ?? 0) - listed_minor),
    created_at_ms: held?.created_at_ms ?? null,
    source_type: held?.source_type ?? null,
  };
}

/** What crosses the door. */
export function refundViewOf(row: RefundRow): RefundView {
  return {
    refund_id: row.refund_id as RefundId,
    attempt_id: row.attempt_id as AttemptId,
    reference: row.reference,
    kind: row.kind,
    amount: money(row.amount_minor, row.currency),
    state: row.state,
    day: row.day,
    happened_at_ms: row.happened_at_ms,
    asked_by: row.actor_name ?? '',
    approved_by: row.approver_name,
    sync: row.sync,
    sends: row.sends,
    next_check_at_ms: row.next_try_at_ms,
    doubt_since_ms: row.doubt_since_ms,
    refusal: row.refusal,
    square_code: row.square_code,
    square_refund_id: row.square_refund_id,
  };
}
