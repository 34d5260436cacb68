import { z } from 'zod';
import { sql } from '../open.ts';
import type { Posting } from '../accounts.ts';
import { defineEvent } from './event.ts';
import { ended, moveRefund } from './refund.ts';
import { currency, minor, typed } from './shapes.ts';

/** What people end: a refund that never left, and one whose fate Square does not tell. */

const about = { refund_id: z.string(), attempt_id: z.string() };
const subjects = (body: { refund_id: string; attempt_id: string }): string[] => [body.refund_id, body.attempt_id];

/** Taken out of the queue before a byte of it left. Its bytes are forgotten in the same commit. */
export const refundTakenBack = defineEvent({
  type: 'refund.taken_back',
  versions: [z.strictObject(about)],
  subjects,
  project({ refund_id }, { database, record }) {
    moveRefund(database, refund_id, 'refused', { refusal: 'taken_back', sync: 'refused', ...ended(record) });
  },
});

const money = { customer_id: z.string().nullable(), amount_minor: minor, currency, day: z.string() };
type Money = Pick<Posting, 'customer_id' | 'amount_minor' | 'currency' | 'day'>;
const given = ({ customer_id, amount_minor, currency: of, day }: Money, back: boolean): Posting => ({
  ...(back
    ? { debit: 'square_clearing' as const, credit: 'unallocated_receipts' as const }
    : { debit: 'unallocated_receipts' as const, credit: 'square_clearing' as const }),
  ...{ customer_id, amount_minor, currency: of, day },
});

/**
 * A person ended the doubt, after Square's list was searched for it and did not have it. What is closed as given is on the
 * books from then on, on that person's word; what Square shows later takes its place, see `refund.closing_replaced`.
 */
export const refundClosed = defineEvent({
  type: 'refund.closed',
  versions: [
    z.strictObject({
      ...about,
      ...money,
      as: z.enum(['given', 'not_given']),
      /** How they know, in their own words. */
      typed,
      /** Who proved the right to it with a password. */
      approved_by: z.string(),
      /** SHA-256 of everything that was known about the payment then. */
      evidence_hash: z.string(),
    }),
  ],
  subjects,
  post: body => (body.as === 'given' ? [given(body, false)] : []),
  project({ refund_id, as }, { database, record }) {
    const columns =
      as === 'given' ? { sync: 'none', refusal: null, square_code: null } : { refusal: 'closed', sync: 'refused' };
    moveRefund(database, refund_id, as === 'given' ? 'completed' : 'refused', { ...columns, ...ended(record) });
  },
});

/** Square shows the refund after all. Its own fact books it, so what a person's word had booked is taken back first. */
export const refundClosingReplaced = defineEvent({
  type: 'refund.closing_replaced',
  versions: [z.strictObject({ ...about, ...money })],
  subjects,
  post: body => [given(body, true)],
  project({ refund_id }, { database }) {
    sql(database, "UPDATE refund SET sync = 'confirmed' WHERE refund_id = ?").run(refund_id);
  },
});
