import type { AttemptView } from '../../../../common/contract/payments.ts';
import { duration, type Format } from '../../lib/format.ts';
import { messages } from '../../lib/messages/messages.ts';

export type Fact = { readonly label: string; readonly value: string };

/** Attempts whose outcome was or is not known, so that something has to be said about it beyond their word. */
export function isDoubtful(attempt: AttemptView): boolean {
  if (attempt.foreign || attempt.tender !== 'card') return false;
  if (attempt.word === 'not_charged') return attempt.watched_until_ms !== null;
  return attempt.word === 'in_doubt' || attempt.word === 'found_later';
}

/** Only a doubt that nothing is being sent for can be closed by a person. */
export function isClosable(attempt: AttemptView): boolean {
  return isDoubtful(attempt) && (attempt.state === 'unknown' || attempt.state === 'manual');
}

/** `In 40 s`, counting down; null when nothing is planned. */
export function nextCheck(attempt: AttemptView, now_ms: number): string | null {
  const at_ms = attempt.next_check_at_ms;
  if (at_ms === null) return null;
  const text = messages.doubt.known;
  return at_ms <= now_ms ? text.nextNow : text.nextIn(duration(at_ms - now_ms));
}

/** What is known about a doubt, as label and value. */
export function doubtFacts(attempt: AttemptView, now_ms: number, format: Format): readonly Fact[] {
  const text = messages.doubt.known;
  if (attempt.word === 'not_charged' && attempt.watched_until_ms !== null) {
    return [{ label: text.watched, value: text.watchedUntil(format.moment(attempt.watched_until_ms)) }];
  }
  if (attempt.word !== 'in_doubt') return [];
  const facts: Fact[] = [];
  const since_ms = attempt.doubt_since_ms;
  if (since_ms !== null) {
    const old = now_ms - since_ms > 12 * 3600_000;
    const at = old ? format.moment(since_ms) : format.time(since_ms);
    facts.push({ label: text.since, value: text.sinceAt(at, duration(now_ms - since_ms)) });
  }
  const next = nextCheck(attempt, now_ms);
  if (next !== null) facts.push({ label: text.next, value: next });
  const searched = attempt.not_found === 0 ? text.notSearched : text.searched(attempt.not_found);
  facts.push({ label: text.tried, value: `${text.sent(attempt.sends)}, ${searched}` });
  return [...facts, { label: text.ends, value: text.endsAs }];
}

/** The sentence under the facts: what happens next, or who has to act. */
export function doubtNote(attempt: AttemptView, now_ms: number): string | null {
  const text = messages.doubt.known;
  if (attempt.word === 'found_later') return text.found;
  if (attempt.state === 'manual') return text.handedOver;
  if (attempt.word !== 'not_charged' || attempt.watched_until_ms === null) return null;
  return attempt.watched_until_ms > now_ms ? text.watchedWhat : text.watchOver;
}
