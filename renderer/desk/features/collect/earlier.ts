import type { AttemptView } from '../../../../common/contract/payments.ts';
import { messages } from '../../lib/messages/messages.ts';

/** Payments that took money, may have, or still may: what a second charge would be a double of. */
const MAY_HAVE_TAKEN: readonly AttemptView['word'][] = ['paid', 'held', 'in_doubt', 'queued', 'working', 'found_later'];

/** The payments of the last `window_ms` that a new one could repeat by mistake. */
export function chargesWithin(attempts: readonly AttemptView[], now_ms: number, window_ms: number): AttemptView[] {
  return attempts.filter(
    attempt => MAY_HAVE_TAKEN.includes(attempt.word) && now_ms - attempt.happened_at_ms <= window_ms,
  );
}

/** `Visa 4242`, `Cash`, `Check 1187`. */
export function wayWords(attempt: AttemptView): string {
  if (attempt.tender === 'card' && attempt.card) {
    return messages.payments.cardShort(attempt.card.brand, attempt.card.last4);
  }
  if (attempt.tender === 'check' && attempt.check_number) return messages.payments.checkNumber(attempt.check_number);
  return messages.payments.tenders[attempt.tender];
}
