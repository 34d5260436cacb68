import { AppError } from '../../common/errors.ts';
import type { TakeInput } from '../../common/contract/payments.ts';
import type { Database } from '../ledger/open.ts';
import { findAlike, findDoubt, type PaymentRow } from './queries.ts';

/** How long a payment of the same customer or card and the same amount counts as "the same again?". */
export const ALIKE_MS = 30 * 60_000;

/** What the card fields tell of a card before it is charged. Square's fingerprint is known only afterwards. */
export type CardLooks = { readonly brand: string | null; readonly last4: string | null };

export type Repeat = {
  readonly input: TakeInput;
  /** Null for a tender without a card, and before the card was read. */
  readonly card: CardLooks | null;
  readonly now_ms: number;
  /** True for who may take a payment although an earlier one is in doubt, with a typed reason. */
  readonly mayPassDoubt: boolean;
};

/**
 * Throws earlier_attempt_in_doubt while an attempt for the same customer and amount may have been charged, and
 * looks_like_duplicate when the same customer or card paid the same amount within half an hour, by whatever tender, or
 * still waits to. A typed reason passes; the answer is then the earlier attempt that it passes, to be written down.
 */
export function guardRepeat(database: Database, repeat: Repeat): PaymentRow | undefined {
  const { input, card, now_ms, mayPassDoubt } = repeat;
  const passes = input.again_because !== null;
  const doubt = findDoubt(database, input.customer_id, input.amount);
  if (doubt && !(passes && mayPassDoubt)) {
    throw new AppError('earlier_attempt_in_doubt', { reference: doubt.reference, attempt_id: doubt.attempt_id });
  }
  const alike = findAlike(database, {
    customer_id: input.customer_id,
    amount: input.amount,
    ...{ brand: card?.brand ?? null, last4: card?.last4 ?? null },
    since_ms: now_ms - ALIKE_MS,
  });
  if (alike && !passes) throw new AppError('looks_like_duplicate', detailsOf(alike, input));
  return doubt ?? alike;
}

/** Enough for a person to recognise the earlier payment: nothing in it says more than its receipt. */
function detailsOf(earlier: PaymentRow, input: TakeInput) {
  return {
    attempt_id: earlier.attempt_id,
    reference: earlier.reference,
    receipt_number: earlier.receipt_number ?? '',
    at_ms: earlier.happened_at_ms,
    tender: earlier.tender,
    word: earlier.word,
    last4: earlier.card_last4 ?? '',
    taken_by: earlier.actor_name ?? '',
    same: input.customer_id !== null && earlier.customer_id === input.customer_id ? 'customer' : 'card',
  };
}
