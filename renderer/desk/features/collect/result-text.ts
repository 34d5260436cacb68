import type { AttemptView } from '../../../../common/contract/payments.ts';
import type { Format } from '../../lib/format.ts';
import type { Truth } from '../../lib/messages/en-result.ts';
import { messages } from '../../lib/messages/messages.ts';

/** `Visa ending in 4242`, `the card`, `cash`, `check 1187`: where the money comes from, inside a sentence. */
export function fromWords(attempt: AttemptView): string {
  if (attempt.tender === 'cash') return messages.result.cash;
  if (attempt.tender === 'check') return messages.result.check(attempt.check_number ?? '');
  if (attempt.card === null) return messages.result.anyCard;
  return messages.payments.card(attempt.card.brand, attempt.card.last4);
}

/** The one sentence that says what happened to the money. */
export function truthOf(attempt: AttemptView, format: Format): Truth {
  return messages.result.truth[attempt.word]({
    tender: attempt.tender,
    sum: format.money(attempt.amount),
    from: fromWords(attempt),
    time: format.time(attempt.happened_at_ms),
    handedOver: attempt.state === 'manual',
    change: attempt.change === null || attempt.change.minor === 0 ? null : format.money(attempt.change),
  });
}

/** The truth as it is spoken: the word, then the sentence. */
export function spokenTruth(attempt: AttemptView, format: Format): string {
  const { first, rest } = truthOf(attempt, format);
  return `${messages.payments.words[attempt.word].word}. ${first} ${rest}`.replaceAll(/\s+/g, ' ');
}
