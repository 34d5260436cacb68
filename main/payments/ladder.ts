import type { Gateway, GatewayPayment, Read } from '../gateway/gateway.ts';
import { SEARCH_SPACING_MS } from '../ledger/events/attempt-doubt.ts';
import { TOKEN_LIFE_MS } from './attempts.ts';
import type { PaymentRow } from './queries.ts';

/**
 * The ladder for an attempt whose outcome is not known, as pure rules:
 *
 * 1. The same bytes again. With Square in reach this ends almost every doubt within seconds.
 * 2. When that has not helped for ten minutes, or cannot help (the key is too old to be sent again, the token was used),
 *    Square's list is searched for the reference, amount and currency; sending goes on in between while it may.
 * 3. Three searches without a find, ten minutes apart from first to last: Square is asked to cancel whatever the key
 *    made. From then on nothing is sent again. Its "yes" proves nothing, because Square says it for unknown keys too.
 * 4. Two more searches, five minutes apart: closed as not charged, and watched.
 * 5. A day old: handed over to people, and still searched for.
 */
export type Probe = 'send' | 'look_up' | 'cancel' | 'hand_over';

const SENDING_ALONE_MS = 10 * 60_000;
const LONGEST_DOUBT_MS = 24 * 3600_000;
/** How often a doubt that waits for people is still searched for. */
const FOR_PEOPLE_MS = 30 * 60_000;
const SEARCHES_BEFORE_CANCEL = 3;
const SEARCHES_AFTER_CANCEL = 2;

/** `seen`: Square's list showed it in the meantime, so that it only has to be read. */
export function nextProbe(row: PaymentRow, now_ms: number, seen: boolean): Probe {
  if (seen || row.state === 'manual') return 'look_up';
  const doubt_ms = now_ms - (row.doubt_since_ms ?? now_ms);
  // Only after a search: a desk that was off for a weekend asks Square first and people second.
  if (doubt_ms >= LONGEST_DOUBT_MS && row.last_probe !== 'send') return 'hand_over';
  if (row.cancel_asked === 1) return row.cancel_answered_at_ms === null ? 'cancel' : 'look_up';
  const searched_ms = (row.last_not_found_ms ?? 0) - (row.first_not_found_ms ?? 0);
  if (row.not_found >= SEARCHES_BEFORE_CANCEL && searched_ms >= SENDING_ALONE_MS) return 'cancel';
  if (!maySend(row, now_ms)) return 'look_up';
  return doubt_ms >= SENDING_ALONE_MS && row.last_probe === 'send' ? 'look_up' : 'send';
}

/**
 * Past 20 hours the key may be forgotten at Square, and the same bytes could charge a second time. A clock that was set
 * back makes a token look fresh again, so the age of the doubt counts as well.
 */
function maySend(row: PaymentRow, now_ms: number): boolean {
  const age_ms = now_ms - Math.min(row.token_minted_at_ms ?? 0, row.doubt_since_ms ?? now_ms);
  return age_ms <= TOKEN_LIFE_MS && row.doubt_reason !== 'token_used_before';
}

/** Whether the searches so far, the last one included, are proof enough. */
export function provenNotCharged(row: PaymentRow): boolean {
  return row.state === 'unknown' && row.not_found_since_cancel >= SEARCHES_AFTER_CANCEL;
}

/** When the next probe is worth its while. `later_ms` is the ordinary growing wait. */
export function afterSearch(row: PaymentRow, now_ms: number, later_ms: number): number {
  if (row.state === 'manual') return now_ms + FOR_PEOPLE_MS;
  return maySend(row, now_ms) && row.cancel_asked === 0 ? later_ms : now_ms + SEARCH_SPACING_MS;
}

export type Sighting =
  | { readonly kind: 'found'; readonly payment: GatewayPayment }
  /** Square holds something under this reference that is not what was sent. */
  | { readonly kind: 'differs'; readonly payment: GatewayPayment }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'no_answer'; readonly reason: Exclude<Read<never>, { kind: 'ok' }>['kind'] };

/**
 * So far the desk's clock may be ahead of Square's without hiding a payment, before a list was read for the first time. A
 * clock that is behind hides none: a search goes to the end of the list.
 */
const CLOCK_MARGIN_MS = 7 * 24 * 3600_000;

/** Searches Square for what an attempt may have made: by Square's id when it is known, else through the whole list. */
export async function search(
  gateway: Gateway,
  row: PaymentRow,
  /** Now, and how far Square's list was read: a desk whose clock is years wrong must not look in the wrong year. */
  times_ms: readonly number[],
  square_payment_id: string | null,
): Promise<Sighting> {
  if (square_payment_id !== null) {
    const read = await gateway.getPayment(square_payment_id);
    if (read.kind === 'ok') return compared(row, read.value);
    if (read.kind !== 'not_found') return { kind: 'no_answer', reason: read.kind };
  }
  const from_ms = Math.min(row.happened_at_ms, ...times_ms) - CLOCK_MARGIN_MS;
  let cursor: string | null = null;
  let differing: GatewayPayment | undefined;
  do {
    const page: Awaited<ReturnType<Gateway['listPayments']>> = await gateway.listPayments({ from_ms, cursor });
    if (page.kind !== 'ok') return { kind: 'no_answer', reason: page.kind };
    for (const payment of page.value.payments) {
      if (payment.reference !== row.reference) continue;
      const sighting = compared(row, payment);
      if (sighting.kind === 'found') return sighting;
      differing = payment;
    }
    cursor = page.value.cursor;
  } while (cursor !== null);
  return differing ? { kind: 'differs', payment: differing } : { kind: 'not_found' };
}

function compared(row: PaymentRow, payment: GatewayPayment): Sighting {
  const same = payment.amount.minor === row.amount_minor && payment.amount.currency === row.currency;
  return { kind: same ? 'found' : 'differs', payment };
}
