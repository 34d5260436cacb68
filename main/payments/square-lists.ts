import type { Write } from '../ledger/ledger.ts';
import { sql, type Database } from '../ledger/open.ts';

/** Square's lists, by the name under which it is kept how far each was read. */
export type SquareList = 'payments' | 'refunds';

/** How far a list was read, in Square's own time; before the first page, the birth of the ledger. */
export function listReadUntil(database: Database, list: SquareList): number {
  const kept = sql(database, 'SELECT value FROM sync_cursor WHERE name = ?').pluck().get(cursorOf(list));
  if (kept !== undefined) return Number(kept);
  return Number(sql(database, 'SELECT created_at_ms FROM ledger_identity').pluck().get());
}

/**
 * Kept after what was read is on the books, never before. It is Square's own time, never the desk's: a desk whose clock
 * is fast would leave a gap that nobody reads again.
 */
export function keepListReadUntil({ database }: Write, list: SquareList, newest_ms: number): void {
  sql(
    database,
    'INSERT INTO sync_cursor (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  ).run(cursorOf(list), String(newest_ms));
}

const cursorOf = (list: SquareList): string => `${list}.updated_until_ms`;
