import type { Posting } from '../accounts.ts';
import { sql, type Database } from '../open.ts';

/**
 * The account of unallocated receipts, by payment: kept from the postings themselves, so that the two can never differ.
 * What is given back of a payment that nobody knows is kept under the refund's own id.
 */
export function projectUnallocated(database: Database, body: unknown, postings: readonly Posting[]): void {
  let change = 0;
  for (const { debit, credit, amount_minor } of postings) {
    if (credit === 'unallocated_receipts') change += amount_minor;
    if (debit === 'unallocated_receipts') change -= amount_minor;
  }
  if (change === 0) return;
  const { attempt_id, square_refund_id } = body as { attempt_id?: string | null; square_refund_id?: string };
  const about = attempt_id ?? square_refund_id;
  const before = unallocatedOf(database, about!);
  if (before === 0) {
    sql(database, 'INSERT INTO unallocated (attempt_id, amount_minor) VALUES (?, ?)').run(about, change);
  } else if (before + change === 0) sql(database, 'DELETE FROM unallocated WHERE attempt_id = ?').run(about);
  else sql(database, 'UPDATE unallocated SET amount_minor = ? WHERE attempt_id = ?').run(before + change, about);
}

/** How much of a payment pays nothing yet, in minor units. */
export function unallocatedOf(database: Database, attempt_id: string): number {
  const found = sql(database, 'SELECT amount_minor FROM unallocated WHERE attempt_id = ?').pluck().get(attempt_id);
  return (found as number | undefined) ?? 0;
}
