import type { AttemptView, RefundLine } from '../../../../common/contract/payments.ts';
import type { Format } from '../../lib/format.ts';
import { messages } from '../../lib/messages/messages.ts';

export type RowNote = { readonly text: string; readonly warns: boolean };

/** What stands under the amount of a payment in the list: the refund that most needs a look. */
export function rowNote(attempt: AttemptView, format: Format): RowNote | null {
  if (attempt.refunded === null) return null;
  const text = messages.refunds.lines.row;
  const counted = attempt.refunds.filter(({ state }) => state !== 'refused');
  const some = (is: (line: RefundLine) => boolean): string | null => {
    const minor = counted.filter(is).reduce((sum, { amount }) => sum + amount.minor, 0);
    return minor === 0 ? null : format.money({ minor, currency: attempt.amount.currency }, 'bare');
  };
  const doubt = some(({ state }) => state === 'unknown' || state === 'sending');
  if (doubt !== null) return { text: text.doubt(doubt), warns: true };
  const waiting = some(({ state }) => state === 'requested' || state === 'pending');
  if (waiting !== null) return { text: text.waiting(waiting), warns: true };
  const elsewhere = some(({ refund_id }) => refund_id === null);
  if (elsewhere !== null) return { text: text.elsewhere(elsewhere), warns: true };
  return { text: text.back(format.money(attempt.refunded, 'bare')), warns: false };
}
