import type { Gateway, GatewayRefund, Read } from '../gateway/gateway.ts';
import type { Database } from '../ledger/open.ts';
import { listReadUntil } from '../payments/square-lists.ts';
import type { Clock } from '../platform/clock.ts';
import type { RefundRow } from './queries.ts';

export type Sighting =
  | { readonly kind: 'found'; readonly refund: GatewayRefund }
  /** Square holds something under this reference that is not what was sent. */
  | { readonly kind: 'differs' }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'no_answer'; readonly reason: Exclude<Read<never>, { kind: 'ok' }>['kind'] };

/** So far the desk's clock may be ahead of Square's without hiding a refund. */
const CLOCK_MARGIN_MS = 7 * 24 * 3600_000;
/** The longest that a search through all its pages takes on a line that is alive. */
const FRESH_MS = 2 * 60_000;

type Wanted = { readonly row: RefundRow; readonly square_payment_id: string; readonly clock: Clock };

/**
 * Searches Square's whole list for a refund of ours by its reference. A computer that slept in the middle wakes up with an
 * answer from before: "not there" was true then and says nothing of what was on its way, so it counts as no answer.
 */
export async function searchRefund(
  gateway: Gateway,
  database: Database,
  { row, square_payment_id, clock }: Wanted,
): Promise<Sighting> {
  const asked_ms = clock.now();
  const times_ms = [row.happened_at_ms, asked_ms, listReadUntil(database, 'refunds')];
  const from_ms = Math.min(...times_ms) - CLOCK_MARGIN_MS;
  let differs = false;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Gateway['listRefunds']>> = await gateway.listRefunds({ from_ms, cursor });
    if (page.kind !== 'ok') return { kind: 'no_answer', reason: page.kind };
    for (const refund of page.value.refunds) {
      if (refund.reason !== row.reference) continue;
      const { amount } = refund;
      const same = amount.minor === row.amount_minor && amount.currency === row.currency;
      if (same && refund.square_payment_id === square_payment_id) return { kind: 'found', refund };
      differs = true;
    }
    cursor = page.value.cursor;
  } while (cursor !== null);
  if (differs) return { kind: 'differs' };
  const stale = Math.abs(clock.now() - asked_ms) > FRESH_MS;
  return stale ? { kind: 'no_answer', reason: 'unexpected' } : { kind: 'not_found' };
}
