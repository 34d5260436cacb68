import { z } from 'zod';
import { sql, type Database } from '../open.ts';
import { doubtSince, moveAttempt, setColumns } from './attempt-states.ts';
import { defineEvent } from './event.ts';
import { at_ms, typed } from './shapes.ts';

/** Two searches of Square's list count as two only when they lie this far apart: the list lags behind Square itself. */
export const SEARCH_SPACING_MS = 5 * 60_000;
/** How long a charge that turns up late is watched for, after the attempt was closed as not charged. */
export const WATCH_MS = 72 * 3600_000;

/**
 * Square's list was searched for an attempt whose outcome is not known. `found` is followed, in the same commit, by the
 * fact that it leads to; `no_answer` proves nothing.
 */
export const attemptLookedUp = defineEvent({
  type: 'attempt.looked_up',
  versions: [
    z.strictObject({
      attempt_id: z.string(),
      answer: z.enum(['found', 'not_found', 'no_answer']),
      square_payment_id: z.string().nullable(),
      next_try_at_ms: at_ms,
    }),
  ],
  subjects: body => [body.attempt_id],
  project(body, { database, record }) {
    const columns = { next_try_at_ms: body.next_try_at_ms, last_probe: 'look_up' };
    const counted = body.answer === 'not_found' ? countedSearch(database, body.attempt_id, record.recorded_at_ms) : {};
    setColumns(database, body.attempt_id, { ...columns, ...counted });
  },
});

type Searches = {
  not_found: number;
  not_found_since_cancel: number;
  first_not_found_ms: number | null;
  last_not_found_ms: number | null;
  cancel_answered_at_ms: number | null;
};

/** A search right after another one shows nothing new. A clock that was set back starts the spacing anew. */
function countedSearch(database: Database, attempt_id: string, now_ms: number): Partial<Searches> {
  const known = sql(
    database,
    `SELECT not_found, not_found_since_cancel, first_not_found_ms, last_not_found_ms, cancel_answered_at_ms
     FROM payment WHERE attempt_id = ?`,
  ).get(attempt_id) as Searches;
  const last_ms = known.last_not_found_ms;
  if (last_ms !== null && now_ms >= last_ms && now_ms - last_ms < SEARCH_SPACING_MS) return {};
  return {
    not_found: known.not_found + 1,
    not_found_since_cancel: known.not_found_since_cancel + (known.cancel_answered_at_ms === null ? 0 : 1),
    first_not_found_ms: Math.min(known.first_not_found_ms ?? now_ms, now_ms),
    last_not_found_ms: now_ms,
  };
}

/**
 * Square is asked to cancel whatever the attempt's key made. Written before it is asked: from here on the same bytes are
 * never sent again. `done` means that Square said so, which by itself proves nothing.
 */
export const attemptCancelAsked = defineEvent({
  type: 'attempt.cancel_asked',
  versions: [
    z.strictObject({ attempt_id: z.string(), answer: z.enum(['asking', 'done', 'no_answer']), next_try_at_ms: at_ms }),
  ],
  subjects: body => [body.attempt_id],
  project(body, { database, record }) {
    setColumns(database, body.attempt_id, {
      cancel_asked: 1,
      last_probe: 'cancel',
      next_try_at_ms: body.next_try_at_ms,
      ...(body.answer === 'done' ? { cancel_answered_at_ms: record.recorded_at_ms } : {}),
    });
  },
});

/**
 * The end of a doubt: Square's list does not have the payment, and its key was cancelled. A new attempt is allowed; a
 * charge that turns up all the same is looked for until `watched_until_ms`, and afterwards whenever Square is read.
 */
export const attemptClosedNotCharged = defineEvent({
  type: 'attempt.closed_not_charged',
  versions: [
    z.strictObject({
      attempt_id: z.string(),
      /** `searches`: five of them found nothing. `person`: somebody decided, after one that was made for it. */
      because: z.enum(['searches', 'person']),
      /** What the person typed; null when nobody did. */
      typed: typed.nullable(),
      /** Who proved the right to it with a password; null when nobody did. */
      approved_by: z.string().nullable(),
      /** SHA-256 of everything that was known about the attempt then. */
      evidence_hash: z.string(),
      watched_until_ms: at_ms,
    }),
  ],
  subjects: body => [body.attempt_id],
  project(body, { database, record }) {
    moveAttempt(database, body.attempt_id, 'closed_not_charged', {
      next_try_at_ms: null,
      finished_at_ms: record.happened_at_ms,
      watched_until_ms: body.watched_until_ms,
    });
  },
});

/** People have to end this doubt: it is a day old, or Square's answer contradicts what was sent. It is still looked for. */
export const attemptHandedOver = defineEvent({
  type: 'attempt.handed_over',
  versions: [
    z.strictObject({
      attempt_id: z.string(),
      reason: z.enum(['too_long', 'answer_mismatch', 'amount_differs']),
      evidence_hash: z.string(),
      next_try_at_ms: at_ms,
    }),
  ],
  subjects: body => [body.attempt_id],
  project(body, { database, record }) {
    moveAttempt(database, body.attempt_id, 'manual', {
      maybe_sent: 1,
      doubt_reason: body.reason,
      next_try_at_ms: body.next_try_at_ms,
      ...doubtSince(database, body.attempt_id, record.recorded_at_ms),
    });
  },
});

/** Square holds a payment of which the desk had said that it was not charged. Nothing is posted until a person keeps it. */
export const attemptFoundLater = defineEvent({
  type: 'attempt.found_later',
  versions: [z.strictObject({ attempt_id: z.string(), square_payment_id: z.string(), status: z.string() })],
  subjects: body => [body.attempt_id],
  project(body, { database }) {
    moveAttempt(database, body.attempt_id, 'orphan', {
      square_payment_id: body.square_payment_id,
      next_try_at_ms: null,
      finished_at_ms: null,
    });
  },
});

/** A person decided what becomes of a payment that was found later. */
export const attemptFoundSettled = defineEvent({
  type: 'attempt.found_settled',
  versions: [
    z.strictObject({
      attempt_id: z.string(),
      choice: z.enum(['keep', 'give_back']),
      typed,
      approved_by: z.string(),
    }),
  ],
  subjects: body => [body.attempt_id],
  project() {},
});

/** A payment was taken although it looked like an earlier one. Written with it, so that the reason is never lost. */
export const duplicateAllowed = defineEvent({
  type: 'duplicate.allowed',
  versions: [z.strictObject({ attempt_id: z.string(), earlier_attempt_id: z.string(), typed })],
  subjects: body => [body.attempt_id, body.earlier_attempt_id],
  project() {},
});
