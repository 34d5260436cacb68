import { z } from 'zod';
import { assert } from '../../../common/errors.ts';
import type { AttemptState } from '../../../common/contract/payments.ts';
import { sql } from '../open.ts';
import { doubtSince, setColumns, stateOf } from './attempt-states.ts';
import { defineEvent } from './event.ts';
import { at_ms, currency, minor } from './shapes.ts';

/** Everything about copies and incarnations is found again under these names, without a walk through the journal. */
export const INCARNATION_SUBJECT = 'incarnation';
export const COPIES_SUBJECT = 'copies';

/** The first fact of every chain but the first: which chain it continues, up to where, why, and from which copy. */
export const incarnationStarted = defineEvent({
  type: 'incarnation.started',
  versions: [
    z.strictObject({
      after: z.strictObject({ incarnation: z.int(), seq: z.int(), hash: z.string() }),
      /** `number_in_use`: Square showed a payment of an incarnation that nothing else remembered. */
      because: z.enum(['restore', 'number_in_use']),
      copy: z.strictObject({ copy_id: z.string(), made_at_ms: at_ms, sha256: z.string() }).nullable(),
    }),
  ],
  subjects: () => [INCARNATION_SUBJECT],
  project() {},
});

/** What was made after the copy has been brought in, as far as Square knows it. From here on money is taken again. */
export const incarnationCaughtUp = defineEvent({
  type: 'incarnation.caught_up',
  versions: [
    z.strictObject({
      /** `no_square`: a person said that this office never was connected to Square, so there is nobody to ask. */
      how: z.enum(['square', 'no_square']),
      lost: z.int().min(0),
      confirmed: z.int().min(0),
    }),
  ],
  subjects: () => [INCARNATION_SUBJECT],
  project() {},
});

/** Where an attempt of the copy stands once nobody can know any more what became of it after the copy was made. */
const DOUBT: Partial<Record<AttemptState, AttemptState>> = {
  intent: 'unknown',
  ready: 'unknown',
  sending: 'unknown',
  unknown: 'unknown',
  approved: 'capture_unknown',
  capturing: 'capture_unknown',
  capture_unknown: 'capture_unknown',
};
export const DOUBTED_STATES = Object.keys(DOUBT) as AttemptState[];

/**
 * An attempt that was open in the copy. The lost desk may have charged it, or taken it out of the queue and been paid in
 * cash; so it is looked up and never sent. Without the age of its token it counts as too old to be sent for ever. This is
 * the one way from `ready` into doubt, so it does not go through the lattice of an attempt's ordinary life.
 */
export const attemptDoubted = defineEvent({
  type: 'attempt.doubted',
  versions: [z.strictObject({ attempt_id: z.string(), state: z.string(), next_try_at_ms: at_ms })],
  subjects: body => [body.attempt_id],
  project(body, { database, record }) {
    const from = stateOf(database, body.attempt_id);
    const to = DOUBT[from];
    assert(to !== undefined && from === body.state, 'only an open attempt comes into doubt by a restore');
    setColumns(database, body.attempt_id, {
      state: to,
      maybe_sent: 1,
      token_minted_at_ms: null,
      next_try_at_ms: body.next_try_at_ms,
      doubt_reason: 'restore',
      ...doubtSince(database, body.attempt_id, record.recorded_at_ms),
    });
  },
});

/**
 * A payment at Square that an earlier incarnation of this desk made after the copy. It is not a stranger's: cash and
 * checks of it lie in this desk's drawer, so they are posted here; what Square settles was posted when it was observed.
 */
export const paymentLost = defineEvent({
  type: 'payment.lost_in_restore',
  versions: [
    z.strictObject({
      attempt_id: z.string(),
      square_payment_id: z.string(),
      incarnation: z.int(),
      number: z.int(),
      drawer: z.enum(['drawer_cash', 'undeposited_checks']).nullable(),
      amount_minor: minor,
      currency,
      day: z.string(),
    }),
  ],
  subjects: body => [body.attempt_id],
  post: ({ drawer, amount_minor, currency, day }) =>
    drawer === null
      ? []
      : [{ debit: drawer, credit: 'unallocated_receipts', customer_id: null, amount_minor, currency, day }],
  project(body, { database, record }) {
    sql(
      database,
      'INSERT INTO lost_payment (attempt_id, desk, incarnation, number, found_at_ms) VALUES (?, ?, ?, ?, ?)',
    ).run(body.attempt_id, record.desk, body.incarnation, body.number, record.recorded_at_ms);
  },
});
