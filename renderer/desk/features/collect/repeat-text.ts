import type { AttemptView } from '../../../../common/contract/payments.ts';
import type { ErrorDetails } from '../../../../common/errors.ts';
import { hasCardNumber } from '../../../../common/card-numbers.ts';
import { duration } from '../../lib/format.ts';
import { messages } from '../../lib/messages/messages.ts';
import type { SessionState } from '../../lib/session.svelte.ts';
import type { CollectState } from './collect-state.svelte.ts';

const SHORTEST_REASON = 3;
const DOUBTFUL: readonly AttemptView['word'][] = ['in_doubt', 'working', 'held', 'found_later'];

/** Whether a reason helps: past a doubt it takes who may end doubts. */
export function reasonHelps(collect: CollectState, session: SessionState): boolean {
  return collect.refusal?.code === 'looks_like_duplicate' || session.can('payments.resolve');
}

/** Whether the typed reason is enough to take it all the same. */
export function mayRepeat(collect: CollectState, session: SessionState): boolean {
  const reason = collect.againReason.trim();
  return reasonHelps(collect, session) && reason.length >= SHORTEST_REASON && !hasCardNumber(reason);
}

/** Whether an earlier attempt still stands in the way. */
export function stillInDoubt(earlier: AttemptView): boolean {
  return DOUBTFUL.includes(earlier.word);
}

/** `Ines Duarte paid $12.50 4 min ago in cash.` */
export function repeatSentence(details: ErrorDetails, payer: string | null, sum: string, now_ms: number): string {
  const text = messages.doubt.repeat;
  const last4 = String(details['last4'] ?? '');
  const byCard = details['same'] === 'card' || payer === null;
  const who = byCard ? (last4 === '' ? text.who.card : text.who.cardOf(last4)) : payer;
  const ago = duration(now_ms - Number(details['at_ms'] ?? now_ms));
  const write = details['word'] === 'paid' ? text.paid : text.waiting;
  return write(who, sum, ago, byCard ? '' : wayOf(details, last4));
}

function wayOf(details: ErrorDetails, last4: string): string {
  const { ways, cardWith } = messages.doubt.repeat;
  const { tender } = details;
  if (tender === 'cash' || tender === 'check') return ways[tender];
  return last4 === '' ? ways.card : cardWith(last4);
}

/** Where to find it: `Receipt D1-000041, taken by Jo.` */
export function whereSentence(details: ErrorDetails): string {
  const text = messages.doubt.repeat;
  const name = String(details['taken_by'] ?? '');
  const receipt = String(details['receipt_number'] ?? '');
  return receipt === '' ? text.whereNoReceipt(String(details['reference'] ?? ''), name) : text.where(receipt, name);
}
