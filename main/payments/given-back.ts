import type { Currency } from '../../common/money.ts';
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
  const { time_zone } = readSettings(database);
  const day = businessDay(refund.created_at_ms, time_zone);
  if (attempt_id !== null) replaceClosing(write, { ...refund, attempt_id }, time_zone);
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

type Closed = { refund_id: string; customer_id: string | null; amount_minor: number; currency: Currency };

/**
 * What a person had closed as given is on the books already. It is taken back, on the day for which it counted, before
 * Square's own word books it; so it is there once, in whichever commit Square is heard first.
 */
function replaceClosing(write: Write, refund: GatewayRefund & { attempt_id: string }, time_zone: string): void {
  const { attempt_id, reason, amount } = refund;
  const closed = sql(
    write.database,
    `SELECT refund_id, customer_id, amount_minor, currency, finished_at_ms FROM refund
     WHERE attempt_id = ? AND reference = ? AND amount_minor = ? AND state = 'completed' AND sync = 'none'
       AND square_refund_id IS NULL`,
  ).get(attempt_id, reason, amount.minor) as (Closed & { finished_at_ms: number }) | undefined;
  if (!closed) return;
  const { finished_at_ms, ...body } = closed;
  write.fact('refund.closing_replaced', { ...body, attempt_id, day: businessDay(finished_at_ms, time_zone) });
}
