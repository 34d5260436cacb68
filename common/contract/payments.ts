import { z } from 'zod';
import { refundKind, refundState } from './refund-shapes.ts';
import {
  amount,
  attemptId,
  customerId,
  day,
  done,
  freeText,
  instant_ms,
  nothing,
  positiveAmount,
  share,
} from './shapes.ts';

export const TENDER_IDS = ['card', 'cash', 'check'] as const;
export const tenderId = z.enum(TENDER_IDS);
export type TenderId = z.infer<typeof tenderId>;

/** Where the customer is: decides the flags that Square gets and what the clerk must do. */
export const channel = z.enum(['desk', 'phone']);
export type Channel = z.infer<typeof channel>;

/**
 * Where an attempt stands. The order is a lattice: late or repeated news never moves an attempt back. `recorded` is a
 * tender that is final at the desk (cash, check); `completed` is a card that Square captured; `orphan` was said to be
 * not charged, and Square holds it after all; `manual` is a doubt that people have to end.
 */
export const ATTEMPT_STATES = [
  'intent',
  'ready',
  'sending',
  'unknown',
  'approved',
  'capturing',
  'capture_unknown',
  'recorded',
  'completed',
  'declined',
  'invalid',
  'cancelled',
  'closed_not_charged',
  'orphan',
  'manual',
] as const;
export const attemptState = z.enum(ATTEMPT_STATES);
export type AttemptState = z.infer<typeof attemptState>;

/** The word a person reads. One per state; the renderer has the sentence. */
export const ATTEMPT_WORDS = [
  'working',
  'queued',
  'in_doubt',
  'held',
  'paid',
  'declined',
  'refused',
  'cancelled',
  'not_charged',
  'found_later',
] as const;
export const attemptWord = z.enum(ATTEMPT_WORDS);
export type AttemptWord = z.infer<typeof attemptWord>;

/** Why a card was declined, in our closed list. The adapter maps Square's codes onto it, once. */
export const DECLINE_REASONS = [
  'generic',
  'cvv',
  'postal_code',
  'expiration',
  'card_number',
  'insufficient_funds',
  'limit',
  'card_not_supported',
  'call_bank',
  'verification_required',
  'token_used',
  'token_expired',
] as const;
export const declineReason = z.enum(DECLINE_REASONS);
export type DeclineReason = z.infer<typeof declineReason>;

/** Why Square refused a request before it reached a bank. Nothing was charged. */
export const REFUSAL_REASONS = [
  'amount_too_high',
  'amount_too_low',
  'currency_mismatch',
  'location_invalid',
  'cards_not_enabled',
  'unauthorized',
  'missing_scope',
  'token_too_old',
  'software_fault',
] as const;
export const refusalReason = z.enum(REFUSAL_REASONS);
export type RefusalReason = z.infer<typeof refusalReason>;

export const syncState = z.enum(['none', 'queued', 'confirmed', 'refused']);

/** One refund of a payment, as short as a row needs it. Made elsewhere, it has no id of this desk. */
export const refundLine = z.strictObject({
  refund_id: z.string().nullable(),
  reference: z.string().nullable(),
  kind: refundKind,
  state: refundState,
  amount,
  happened_at_ms: instant_ms,
});
export type RefundLine = z.infer<typeof refundLine>;

export const attemptView = z.strictObject({
  attempt_id: attemptId,
  /** Desk, gapless number and eight digits of the journal's head, as Square keeps it: `D1-000123-a1b2c3d4`. */
  reference: z.string(),
  tender: tenderId,
  channel,
  amount,
  customer: z.strictObject({ customer_id: customerId, name: z.string() }).nullable(),
  state: attemptState,
  word: attemptWord,
  day,
  happened_at_ms: instant_ms,
  taken_by: z.string(),
  card: z.strictObject({ brand: z.string(), last4: z.string() }).nullable(),
  receipt_number: z.string().nullable(),
  decline: declineReason.nullable(),
  refusal: refusalReason.nullable(),
  sync: syncState,
  /** How often the request has left this desk. */
  sends: z.int(),
  next_check_at_ms: instant_ms.nullable(),
  /** Since when the outcome is not known. Stays after it became known. */
  doubt_since_ms: instant_ms.nullable(),
  /** How often Square's list was searched for it and did not have it. */
  not_found: z.int(),
  /** Until when a charge that turns up late is looked for, after it was closed as not charged. */
  watched_until_ms: instant_ms.nullable(),
  gives_up_at_ms: instant_ms.nullable(),
  tendered: amount.nullable(),
  change: amount.nullable(),
  check_number: z.string().nullable(),
  fee: amount.nullable(),
  /** What was given back or is on its way back; null when nothing was asked for. The word stays `paid`. */
  refunded: amount.nullable(),
  refunds: z.array(refundLine),
  square_payment_id: z.string().nullable(),
  /** True for a payment that Square has and this desk did not make. */
  foreign: z.boolean(),
  /** Made by this desk after the copy it was restored from, and found at Square. Then `foreign` is true as well. */
  lost_in_restore: z.boolean().optional(),
});
export type AttemptView = z.infer<typeof attemptView>;

/** One line of an attempt's story. `what` names a sentence of the renderer; `details` fill it. */
export const timelineEntry = z.strictObject({
  at_ms: instant_ms,
  what: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  by: z.string().nullable(),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** A way to pay as Collect shows it: always in its place, with the reason when it cannot be used. */
export const way = z.strictObject({
  tender: tenderId,
  key: z.string(),
  available: z.boolean(),
  unavailable_because: z.enum(['offline', 'fields_not_ready', 'not_connected', 'needs_desk']).nullable(),
  cost: amount.nullable(),
  moves_money: z.boolean(),
});
export type Way = z.infer<typeof way>;

const cardDetails = z.strictObject({
  tender: z.literal('card'),
  /** Phone only: the person ticked that amount, date and last four were read back. */
  read_back: z.boolean(),
});
const cashDetails = z.strictObject({ tender: z.literal('cash'), tendered: positiveAmount });
const checkDetails = z.strictObject({
  tender: z.literal('check'),
  number: freeText(20, 1),
  bank: freeText(60),
});

export const takeInput = z.strictObject({
  /** From `payments.new`. The same id with the same input answers the same; with another input it is a conflict. */
  attempt_id: attemptId,
  channel,
  amount: positiveAmount,
  customer_id: customerId.nullable(),
  /**
   * Why this is taken although it looks like an earlier payment, typed by the person. With the right `payments.resolve`
   * it also passes an earlier attempt that is in doubt.
   */
  again_because: freeText(200, 3).nullable().default(null),
  /** Which invoices of the customer it pays, at most the amount. What is more stays unallocated. */
  pays: z.array(share).max(100).default([]),
  /** Who pays, where that is not the customer. */
  payer_name: freeText(120, 1).nullable().default(null),
  details: z.discriminatedUnion('tender', [cardDetails, cashDetails, checkDetails]),
});
export type TakeInput = z.infer<typeof takeInput>;

export const activityFilter = z.strictObject({
  from: day,
  to: day,
  word: attemptWord.nullable(),
  text: freeText(100),
  /** For the next page: the last row of the one before. */
  after: z.strictObject({ happened_at_ms: instant_ms, attempt_id: attemptId }).nullable(),
  limit: z.int().min(1).max(500),
});

export const receipt = z.strictObject({
  heading: z.enum(['paid', 'queued', 'pending', 'refund', 'refund_pending']),
  copy: z.boolean(),
  training: z.boolean(),
  office: z.string(),
  desk: z.string(),
  receipt_number: z.string(),
  reference: z.string(),
  at: z.string(),
  taken_by: z.string(),
  customer: z.string().nullable(),
  lines: z.array(z.strictObject({ label: z.string(), value: z.string() })),
  total: z.string(),
});
export type Receipt = z.infer<typeof receipt>;

export const paymentCalls = {
  'payments.new': { may: 'payments.take', input: nothing, output: z.strictObject({ attempt_id: attemptId }) },
  'payments.ways': {
    may: 'payments.take',
    input: z.strictObject({ channel, amount: amount.nullable() }),
    output: z.array(way),
  },
  'payments.take': { may: 'payments.take', input: takeInput, output: attemptView },
  'payments.get': {
    may: 'payments.see',
    input: z.strictObject({ attempt_id: attemptId }),
    output: z.strictObject({ attempt: attemptView, timeline: z.array(timelineEntry) }),
  },
  /** Asks Square now instead of at the next planned time. */
  'payments.ask_now': { may: 'payments.take', input: z.strictObject({ attempt_id: attemptId }), output: attemptView },
  /** Takes a card that has not been sent out of the queue. Refused once anything may have left the desk. */
  'payments.cancel_queued': {
    may: 'payments.take',
    input: z.strictObject({ attempt_id: attemptId }),
    output: attemptView,
  },
  /**
   * The way out of a doubt, for who may `payments.resolve`, with their password. `not_charged` asks Square first: it is
   * refused with still_at_square while Square holds the payment, and with square_unreachable when it cannot be asked.
   */
  'payments.close_doubt': {
    may: 'payments.resolve',
    input: z.strictObject({ attempt_id: attemptId, reason: freeText(200, 3), password: z.string().max(256) }),
    output: attemptView,
  },
  /** What Square holds although the desk said "not charged": keep it as a payment, or give the hold back. */
  'payments.settle_found': {
    may: 'payments.resolve',
    input: z.strictObject({
      attempt_id: attemptId,
      choice: z.enum(['keep', 'give_back']),
      reason: freeText(200, 3),
      password: z.string().max(256),
    }),
    output: attemptView,
  },
  /** Everything the desk knows about one attempt, as a paper for Square's support or a bank. */
  'payments.save_evidence': {
    may: 'payments.see',
    input: z.strictObject({ attempt_id: attemptId }),
    output: z.strictObject({ path: z.string().nullable() }),
  },
  'activity.list': {
    may: 'payments.see',
    input: activityFilter,
    output: z.strictObject({
      rows: z.array(attemptView),
      more: z.boolean(),
      /** Of everything the filter finds, not only of this page. */
      counts: z.record(attemptWord, z.int()),
      sums: z.record(attemptWord, amount),
    }),
  },
  'receipts.get': { may: 'payments.see', input: z.strictObject({ attempt_id: attemptId }), output: receipt },
  'receipts.save_pdf': {
    may: 'payments.see',
    input: z.strictObject({ attempt_id: attemptId }),
    output: z.strictObject({ path: z.string().nullable() }),
  },
  'receipts.print': { may: 'payments.see', input: z.strictObject({ attempt_id: attemptId }), output: done },
} as const;

export const paymentEvents = {
  'payments.changed': z.strictObject({ attempt_id: attemptId }),
} as const;
