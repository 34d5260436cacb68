import { businessDay } from '../../common/time.ts';
import type { GatewayRefund } from '../gateway/gateway.ts';
import { releaseAllocations } from '../invoices/allocations.ts';
import type { Write } from '../ledger/ledger.ts';
import { sql, type Database } from '../ledger/open.ts';
import { readSettings } from '../office/settings.ts';
import { findBySquareId } from './queries.ts';

/** The same news twice is one fact, and older news than what is known never replaces it. */
export function isRefundNews(database: Database, refund: GatewayRefund): boolean {
  const known = sql(database, 'SELECT status, updated_at_ms FROM square_refund WHERE square_refund_id = ?').get(
    refund.square_refund_id,
  ) as { status: string; updated_at_ms: number } | undefined;
  if (!known) return true;
  // Every refund begins as pending and none returns to it: a repeat may show the first answer again.
  const moved = known.status !== refund.status && refund.status !== 'PENDING';
  return moved && refund.updated_at_ms >= known.updated_at_ms;
}

/** Writes down what Square shows of a refund, which books it. Answers the attempt whose payment it gives back. */
export function observeRefund(write: Write, refund: GatewayRefund): string | null {
  const { database } = write;
  const payment = refund.square_payment_id === null ? undefined : findBySquareId(database, refund.square_payment_id);
  const attempt_id = payment?.attempt_id ?? null;
  const { amount, ...rest } = refund;
  const day = businessDay(refund.created_at_ms, readSettings(database).time_zone);
  write.fact('square.refund.observed', {
    ...rest,
    attempt_id,
    amount_minor: amount.minor,
    currency: amount.currency,
    day,
    customer_id: payment?.customer_id ?? null,
  });
  if (attempt_id !== null) releaseAllocations(write, attempt_id, day);
  return attempt_id;
}
