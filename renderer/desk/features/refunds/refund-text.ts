import type { AttemptView } from '../../../../common/contract/payments.ts';
import type { RefundKind } from '../../../../common/contract/refund-shapes.ts';
import type { RefundOffer, RefundView } from '../../../../common/contract/refunds.ts';
import { duration, type Format } from '../../lib/format.ts';
import { messages } from '../../lib/messages/messages.ts';
import type { MarkName } from '../../ui/timeline-row.ts';

/** What a refund is, in the words and shapes of the screen. */

export const MARK_OF_REFUND: Record<RefundView['state'], MarkName> = {
  requested: 'wait',
  sending: 'doubt',
  unknown: 'doubt',
  pending: 'wait',
  completed: 'back',
  recorded: 'back',
  refused: 'stop',
};

export const wordOf = ({ state }: Pick<RefundView, 'state'>): string => messages.refunds.result.words[state];

/** What is true about the money, before everything else. */
export function truthOfRefund(refund: RefundView, format: Format): string {
  const text = messages.refunds.result;
  const sum = format.money(refund.amount);
  if (refund.state === 'refused') {
    const { what, next } = text.refusals[refund.refusal ?? 'software_fault'];
    return `${what} ${next}`;
  }
  if (refund.state === 'recorded') {
    const said = refund.kind === 'square' ? text.truths.completed(sum) : text.handedOut[refund.kind](sum);
    const told = { none: '', confirmed: '', queued: ` ${text.toldSquare}`, refused: ` ${text.notTold}` }[refund.sync];
    return `${said}${told}`;
  }
  return text.truths[refund.state](sum);
}

/** Only what may still move is asked about. */
export function isOpenRefund({ state }: Pick<RefundView, 'state'>): boolean {
  return state === 'requested' || state === 'sending' || state === 'unknown' || state === 'pending';
}

/** Nothing is printed about what is in doubt or came to nothing. */
export function hasPaper({ state }: Pick<RefundView, 'state'>): boolean {
  return state === 'requested' || state === 'pending' || state === 'completed' || state === 'recorded';
}

export function nextCheckOf(refund: RefundView, now_ms: number, online: boolean): string | null {
  const text = messages.refunds.result;
  const at_ms = refund.next_check_at_ms;
  if (at_ms === null || !isOpenRefund(refund)) return null;
  if (!online) return text.nextOnline;
  return at_ms <= now_ms ? text.nextNow : text.nextIn(duration(at_ms - now_ms));
}

/**
 * The way that is chosen first: through Square where that is possible, else for a card a check, which leaves a trace, and
 * for what came in by hand the way it came.
 */
export function firstWay({ ways }: RefundOffer, tender: AttemptView['tender']): RefundKind | null {
  const open = ways.filter(({ available }) => available).map(({ kind }) => kind);
  const wanted: readonly RefundKind[] = ['square', tender === 'card' ? 'check' : tender];
  return wanted.find(kind => open.includes(kind)) ?? open[0] ?? null;
}

/**
 * Why money that Square holds cannot go back through it, with the lawful ways that are left. Null where Square can, or
 * never had the money.
 */
export function alternative({ ways }: RefundOffer): string | null {
  const square = ways.find(({ kind }) => kind === 'square');
  const why = square?.unavailable_because ?? null;
  if (why === null || why === 'not_with_square' || why === 'not_paid' || why === 'nothing_left') return null;
  const open = ways.filter(({ available }) => available).map(({ kind }) => kind);
  const text = messages.refunds;
  return open.length === 0 ? text.obstacles[why] : `${text.obstacles[why]} ${text.form.instead(open)}`;
}

/** Why nothing can be given back in any way; null where something can. */
export function nothingBecause({ ways }: RefundOffer): string | null {
  if (ways.some(({ available }) => available)) return null;
  const reasons = new Set(ways.map(({ unavailable_because }) => unavailable_because));
  return [...reasons].flatMap(why => (why === null ? [] : [messages.refunds.obstacles[why]])).join(' ');
}

/** Why the other ways are closed, one line per reason. What `alternative` says already is not said again. */
export function closedWays(offer: RefundOffer): string[] {
  const said = alternative(offer) !== null;
  const shut = offer.ways.filter(({ available, kind }) => !available && !(said && kind === 'square'));
  const reasons = [...new Set(shut.map(({ unavailable_because }) => unavailable_because))];
  const { form, obstacles } = messages.refunds;
  return reasons.flatMap(why => {
    const kinds = shut.filter(({ unavailable_because }) => unavailable_because === why).map(({ kind }) => kind);
    return why === null ? [] : [form.not(kinds, obstacles[why])];
  });
}
