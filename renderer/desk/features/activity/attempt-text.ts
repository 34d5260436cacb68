import type { AttemptView, AttemptWord } from '../../../../common/contract/payments.ts';
import type { Format } from '../../lib/format.ts';
import { messages } from '../../lib/messages/messages.ts';

/** Words in the order of the chips; the first four are always there, the others when there is something to show. */
export const WORD_ORDER: readonly AttemptWord[] = [
  'paid',
  'queued',
  'in_doubt',
  'found_later',
  'declined',
  'held',
  'working',
  'refused',
  'cancelled',
  'not_charged',
];
export const ALWAYS_SHOWN: readonly AttemptWord[] = ['paid', 'queued', 'in_doubt', 'declined'];
/** Money that may still come in. */
export const WAITING: readonly AttemptWord[] = ['queued', 'in_doubt', 'held', 'working'];
/** Tries whose amount never moved: it is shown fainter, because it is in no sum. */
export const NOT_TAKEN: readonly AttemptWord[] = ['declined', 'refused', 'cancelled', 'not_charged'];
/** What has a paper to hand out: a receipt, or the slip "not yet charged". Never while the outcome is not known. */
export const WITH_RECEIPT: readonly AttemptWord[] = ['paid', 'queued'];

export function payer(attempt: AttemptView): string {
  if (attempt.customer) return attempt.customer.name;
  if (attempt.lost_in_restore) return messages.activity.lostInRestore;
  return attempt.foreign ? messages.activity.elsewhere : messages.activity.nobody;
}

export function wayName(attempt: AttemptView): string {
  const phone = attempt.tender === 'card' && attempt.channel === 'phone' && !attempt.foreign;
  if (phone) return messages.activity.phoneCard;
  return attempt.foreign && attempt.tender === 'card'
    ? messages.activity.card
    : messages.payments.tenders[attempt.tender];
}

/** What tells this one from another of the same way: the card, the change, the check number. */
export function wayDetail(attempt: AttemptView, format: Format): string {
  if (attempt.card) return messages.payments.cardShort(attempt.card.brand, attempt.card.last4);
  if (attempt.check_number !== null) return messages.activity.checkNumber(attempt.check_number);
  if (attempt.change === null) return '';
  return attempt.change.minor === 0
    ? messages.activity.exact
    : messages.activity.change(format.money(attempt.change, 'bare'));
}

/** `Jordan Okafor` is `Jordan O.` where there is little room. */
export function shortName(name: string): string {
  const [first = '', ...rest] = name.split(/\s+/);
  const last = rest.at(-1);
  return last === undefined ? first : `${first} ${[...last][0] ?? ''}.`;
}

/** From whom and with what, as one sentence: `From Marisol Ortiz, Visa ending in 4242, keyed`. */
export function fromWhom(attempt: AttemptView): string {
  const way = attempt.card
    ? `${messages.payments.card(attempt.card.brand, attempt.card.last4)}, ${wayName(attempt).toLowerCase()}`
    : wayName(attempt);
  return attempt.customer ? messages.activity.fromWho(attempt.customer.name, way) : way;
}

/** What is true about the money, and why where there is a reason. */
export function truth(attempt: AttemptView): string {
  if (attempt.lost_in_restore) return messages.activity.lostInRestoreWhat;
  if (attempt.foreign) return messages.activity.foreignWhat;
  const means = messages.payments.words[attempt.word].means;
  if (attempt.decline !== null) {
    const { what, next } = messages.payments.declines[attempt.decline];
    return `${means} ${what} ${next}`;
  }
  if (attempt.refusal !== null) {
    const { what, next } = messages.payments.refusals[attempt.refusal];
    return `${means} ${what} ${next}`;
  }
  return means;
}
