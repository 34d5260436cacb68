import { REFUND_REFUSALS, type RefundRefusal, type RefundState } from '../../common/contract/refund-shapes.ts';
import { assert } from '../../common/errors.ts';
import type { GatewayRefund, RefundOutcome } from '../gateway/gateway.ts';
import type { Write } from '../ledger/ledger.ts';
import type { Database } from '../ledger/open.ts';
import { isRefundNews, observeRefund } from '../payments/given-back.ts';
import { forgetRequest } from '../payments/requests.ts';
import { findRefund, seenAtSquare, type RefundRow, type Seen } from './queries.ts';
import type { Sighting } from './search.ts';

/** What becomes of a refund, written down in one commit with what Square was seen to do and with what can be forgotten. */

const STATE_OF: Record<Seen['status'], RefundState> = {
  PENDING: 'pending',
  COMPLETED: 'completed',
  REJECTED: 'refused',
  FAILED: 'refused',
};

/** What Square was seen to make of it, when that is news for it. */
export function noticeRefund(database: Database, row: RefundRow): Seen | undefined {
  const seen = seenAtSquare(database, row);
  if (!seen) return undefined;
  const state = STATE_OF[seen.status];
  // Closed as given by a person: whatever Square shows of it now is news.
  if (row.state === 'completed' && row.square_refund_id === null) return seen;
  // A record of what was handed out is told or it is not; the money is gone either way.
  const known =
    row.state === 'recorded' ? row.sync === (state === 'refused' ? 'refused' : 'confirmed') : row.state === state;
  return known ? undefined : seen;
}

/**
 * Brings a refund to where Square's books have it, `shown` first written down when it is news. Whoever hears of it first
 * (the answer, the list, a search) ends up here, so it is booked once and ends once.
 */
export function followSeen(write: Write, refund_id: string, follow_at_ms: number, shown?: GatewayRefund): void {
  const { database } = write;
  if (shown && isRefundNews(database, shown)) observeRefund(write, shown);
  const row = findRefund(database, refund_id);
  assert(row, 'the refund is known');
  const seen = noticeRefund(database, row);
  if (!seen) return;
  const { attempt_id } = row;
  const { status, square_refund_id } = seen;
  const about = { refund_id, attempt_id, square_refund_id };
  if (status === 'COMPLETED' || (status === 'PENDING' && row.state === 'recorded')) {
    write.fact('refund.completed', about);
  } else if (status === 'PENDING') {
    write.fact('refund.pending', { ...about, next_try_at_ms: follow_at_ms });
  } else {
    const how = status === 'FAILED' ? 'failed' : 'rejected';
    write.fact('refund.refused', { ...about, how, reason: how, square_code: status });
  }
  // Square has it under an id of its own: these bytes are never sent again.
  forgetRequest(write, { attempt_id: refund_id });
}

type Times = { readonly next_try_at_ms: number; readonly follow_at_ms: number };

/** A refusal that stands in the reason of a doubt until a search has shown that it is true. */
const REFUSED = 'refused';
/** So long Square's list has to show what an earlier send may have made. */
const LIST_LAG_MS = 60_000;

/** Writes Square's answer to a send down, or its silence. */
export function settleAnswer(write: Write, sent: RefundRow, outcome: RefundOutcome, times: Times): void {
  const { refund_id, attempt_id } = sent;
  const row = findRefund(write.database, refund_id);
  // The list was quicker than the answer: then it is known already, and only an accepted answer may say more.
  if (row?.square_refund_id != null && outcome.kind !== 'accepted') return;
  switch (outcome.kind) {
    case 'accepted':
      return followSeen(write, refund_id, times.follow_at_ms, outcome.refund);
    case 'refused': {
      const { reason, square_code } = outcome;
      if (sent.maybe_sent === 0) return refuse(write, sent, reason, square_code);
      // "More than is left" after a send without an answer may well mean: given back by that very send.
      const next_try_at_ms = times.next_try_at_ms + LIST_LAG_MS;
      const doubt = [REFUSED, reason, square_code].join(' ');
      return write.fact('refund.unknown', { refund_id, attempt_id, reason: doubt, next_try_at_ms });
    }
    case 'not_sent': {
      // After an unanswered send, "this one did not leave" says nothing about the one before.
      const type = sent.maybe_sent === 1 ? 'refund.unknown' : 'refund.not_sent';
      return write.fact(type, { refund_id, attempt_id, reason: outcome.reason, next_try_at_ms: times.next_try_at_ms });
    }
    case 'unknown': {
      const { next_try_at_ms } = times;
      return write.fact('refund.unknown', { refund_id, attempt_id, reason: outcome.reason, next_try_at_ms });
    }
  }
}

/** After a search that did not find it. True when the same bytes may be sent again. */
export function settleMissing(
  write: Write,
  refund_id: string,
  sighting: Exclude<Sighting, { kind: 'found' }>,
  next_try_at_ms: number,
): boolean {
  const row = findRefund(write.database, refund_id)!;
  const { attempt_id } = row;
  if (row.square_refund_id !== null) return false;
  if (sighting.kind !== 'not_found') {
    const reason = sighting.kind === 'differs' ? 'answer_mismatch' : sighting.reason;
    // What Square refused stays in mind until a search is answered.
    const kept = row.doubt_reason?.startsWith(REFUSED) ? row.doubt_reason : reason;
    write.fact('refund.unknown', { refund_id, attempt_id, reason: kept, next_try_at_ms });
    return false;
  }
  const [word, reason, square_code] = (row.doubt_reason ?? '').split(' ');
  const known = REFUND_REFUSALS.find(one => one === reason);
  if (word !== REFUSED || !known || square_code === undefined) return true;
  refuse(write, row, known, square_code);
  return false;
}

/** The end of a refund that Square did not make. */
export function refuse(write: Write, row: RefundRow, reason: RefundRefusal, square_code: string): void {
  const { refund_id, attempt_id } = row;
  write.fact('refund.refused', {
    ...{ refund_id, attempt_id, reason, square_code, how: 'not_made' as const },
    square_refund_id: null,
  });
  forgetRequest(write, { attempt_id: refund_id });
}
