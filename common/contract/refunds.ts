import { z } from 'zod';
import { receipt } from './payments.ts';
import { refundKind, refundRefusal, refundState } from './refund-shapes.ts';
import { amount, attemptId, day, freeText, instant_ms, nothing, done, positiveAmount, refundId } from './shapes.ts';

/** Why money cannot go back in this way, told before anybody presses. */
export const REFUND_OBSTACLES = [
  /** The payment is not complete, or was never taken. */
  'not_paid',
  /** All of it was given back, or is on its way back. */
  'nothing_left',
  /** Square gives nothing back of a payment that is more than a year old. */
  'too_old',
  /** Square takes at most twenty refunds of one payment. */
  'too_many',
  /** The bank may take the money back by itself: giving it back in any other way would pay twice. */
  'disputed',
  /** Square tried, and will not try again for what is left. */
  'failed_before',
  /** Square holds no such money: it was cash, or a check. */
  'not_with_square',
  /** This desk is not connected to Square. */
  'not_connected',
  /** Square has to be asked first what it gave back already, before the same money leaves a drawer. */
  'offline',
  /** It can go back to where it came from, and has to. */
  'square_can',
  /** It came in as cash or a check, and lies in nobody's drawer here. */
  'not_in_drawer',
] as const;
export const refundObstacle = z.enum(REFUND_OBSTACLES);
export type RefundObstacle = z.infer<typeof refundObstacle>;

export const refundWay = z.strictObject({
  kind: refundKind,
  available: z.boolean(),
  unavailable_because: refundObstacle.nullable(),
  /** The most that can go back in this way. */
  largest: amount,
  /** What giving back costs by itself. The fee of the payment is not given back by Square: see `fee_kept`. */
  cost: amount,
});
export type RefundWay = z.infer<typeof refundWay>;

export const refundOffer = z.strictObject({
  attempt_id: attemptId,
  paid: amount,
  /** Given back, on its way back, asked for or in doubt, here and at Square. */
  given_back: amount,
  refundable: amount,
  /** Always all of them, in the same order. */
  ways: z.array(refundWay),
  /** What Square keeps of the payment's fee, whatever is given back; null while it is not known. */
  fee_kept: amount.nullable(),
  /**
   * Null unless this desk was restored since the payment was taken: what was handed out by hand after the copy is in no
   * book, so somebody has to look at the paper of that time before it is handed out again.
   */
  ask_before: z.strictObject({ copy_made_at_ms: instant_ms, restored_at_ms: instant_ms }).nullable(),
  /** True while the internet is gone: a refund through Square is written down now and sent later. */
  sent_later: z.boolean(),
  needs_approval: z.strictObject({
    /** Whatever the amount: this person took the payment. */
    always: z.boolean(),
    /** What this person may still give back today without a second one. */
    above: amount,
    /** Who may be the second person. Empty, and nothing is needed, only where an owner is alone. */
    people: z.array(z.strictObject({ person_id: z.string(), name: z.string() })),
  }),
});
export type RefundOffer = z.infer<typeof refundOffer>;

export const refundView = z.strictObject({
  refund_id: refundId,
  attempt_id: attemptId,
  /** `D1-R000012-a1b2c3d4`; at Square it stands as the reason. */
  reference: z.string(),
  kind: refundKind,
  amount,
  state: refundState,
  day,
  happened_at_ms: instant_ms,
  asked_by: z.string(),
  approved_by: z.string().nullable(),
  /** Whether Square knows of it: for what was handed out at the desk, `none` when Square is not told. */
  sync: z.enum(['none', 'queued', 'confirmed', 'refused']),
  sends: z.int(),
  next_check_at_ms: instant_ms.nullable(),
  doubt_since_ms: instant_ms.nullable(),
  refusal: refundRefusal.nullable(),
  square_code: z.string().nullable(),
  square_refund_id: z.string().nullable(),
});
export type RefundView = z.infer<typeof refundView>;

export const refundInput = z.strictObject({
  /** From `refunds.new`. The same id with the same input answers the same; with another input it is a conflict. */
  refund_id: refundId,
  attempt_id: attemptId,
  amount: positiveAmount,
  kind: refundKind,
  reason: freeText(200, 3),
  /** The paper of before a restore was looked at: see `ask_before` in the offer. */
  restored_checked: z.boolean().default(false),
  /** The second person, on the same screen. */
  approval: z.strictObject({ person_id: z.string().max(40), password: z.string().max(256) }).nullable(),
});
export type RefundInput = z.infer<typeof refundInput>;

export const refundCalls = {
  'refunds.new': { may: 'refunds.make', input: nothing, output: z.strictObject({ refund_id: refundId }) },
  /** What can be given back, in which ways, and why not in the others. */
  'refunds.offer': { may: 'refunds.make', input: z.strictObject({ attempt_id: attemptId }), output: refundOffer },
  /**
   * Gives money back. Refused with refund_too_much, refund_not_possible, refund_needs_approval, refund_not_approved and
   * the password's refusals; what became of the money is in the answer.
   */
  'refunds.make': { may: 'refunds.make', input: refundInput, output: refundView },
  'refunds.get': { may: 'payments.see', input: z.strictObject({ refund_id: refundId }), output: refundView },
  /** Asks Square now instead of at the next planned time. */
  'refunds.ask_now': { may: 'refunds.make', input: z.strictObject({ refund_id: refundId }), output: refundView },
  /** The refund's own paper; refused with receipt_not_ready while it is in doubt, and when it came to nothing. */
  'refunds.receipt': { may: 'payments.see', input: z.strictObject({ refund_id: refundId }), output: receipt },
  'refunds.save_pdf': {
    may: 'payments.see',
    input: z.strictObject({ refund_id: refundId }),
    output: z.strictObject({ path: z.string().nullable() }),
  },
  'refunds.print': { may: 'payments.see', input: z.strictObject({ refund_id: refundId }), output: done },
  /** Every refund that is not at its end, oldest first. */
  'refunds.open': { may: 'sync.see', input: nothing, output: z.strictObject({ refunds: z.array(refundView) }) },
  /** Takes a refund out of the queue. Refused with refund_not_waiting once anything of it may have left the desk. */
  'refunds.take_back': { may: 'refunds.make', input: z.strictObject({ refund_id: refundId }), output: refundView },
  /**
   * Ends a doubt on a person's word, after Square was searched for it: refused with refund_not_in_doubt, doubt_too_young,
   * square_unreachable and still_at_square. When Square has it after all, the answer says so.
   */
  'refunds.close': {
    may: 'refunds.approve',
    input: z.strictObject({
      refund_id: refundId,
      as: z.enum(['given', 'not_given']),
      reason: freeText(200, 3),
      password: z.string().max(256),
    }),
    output: refundView,
  },
  /** Up to how much one person alone may give back in a day. Zero asks for a second person every time. */
  'refunds.set_limit': { may: 'refunds.approve', input: z.strictObject({ limit: amount }), output: done },
} as const;
