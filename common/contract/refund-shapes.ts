import { z } from 'zod';

/**
 * How money goes back: through Square to where it came from, out of the drawer, by a check of the office, or by another
 * transfer from the bank.
 */
export const REFUND_KINDS = ['square', 'cash', 'check', 'other'] as const;
export const refundKind = z.enum(REFUND_KINDS);
export type RefundKind = z.infer<typeof refundKind>;

/**
 * Where a refund stands. `requested` waits to be sent, `unknown` may have left without an answer, `pending` is made at
 * Square and not yet done; `recorded` was handed out at the desk and is final here. `refused` may come days after
 * `completed`: then Square took it back.
 */
export const REFUND_STATES = [
  'requested',
  'sending',
  'unknown',
  'pending',
  'completed',
  'refused',
  'recorded',
] as const;
export const refundState = z.enum(REFUND_STATES);
export type RefundState = z.infer<typeof refundState>;

/** Why Square did not give money back, in our closed list. */
export const REFUND_REFUSALS = [
  'amount_invalid',
  'not_refundable',
  'disputed',
  'already_pending',
  'not_completed',
  'not_permitted',
  'declined',
  'payment_unknown',
  'software_fault',
  'rejected',
  'failed',
  // Open in the copy that the desk was restored from, and not at Square: it is not sent again, only asked for anew.
  'restored',
  // What people decided: it was taken out of the queue, or closed as not given after a doubt.
  'taken_back',
  'closed',
] as const;
export const refundRefusal = z.enum(REFUND_REFUSALS);
export type RefundRefusal = z.infer<typeof refundRefusal>;
