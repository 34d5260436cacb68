import { join } from 'node:path';
import { deriveKeys } from '../../main/ledger/keys.ts';
import { openDatabase, type Database } from '../../main/ledger/open.ts';
import { openRecoverySlot, readSlots } from '../../main/ledger/slots.ts';
import { settleWatermarks, stopWatching, tellingColumns } from '../../main/ledger/watermarks.ts';
import { DATABASE } from './damage.ts';

/**
 * One row of a payment as it was in an older state of the office, put back by the engine itself: what an older copy of
 * a page does, and nothing else. Every page is whole, every index agrees, and only the sums beside the table can tell.
 */
type Row = Readonly<Record<string, unknown>>;

function inDatabase<Value>(folder: string, recoveryKey: Buffer, work: (database: Database) => Value): Value {
  const key = deriveKeys(openRecoverySlot(readSlots(folder), recoveryKey)).page;
  const database = openDatabase({ file: join(folder, DATABASE), key });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** All payments with their time of change, and by name the columns that mean something. */
export type Payments = { readonly rows: readonly Row[]; readonly telling: readonly string[] };

export const paymentRows = (folder: string, recoveryKey: Buffer): Payments =>
  inDatabase(folder, recoveryKey, database => ({
    rows: database.prepare('SELECT * FROM payment ORDER BY attempt_id').all() as Row[],
    telling: tellingColumns(database, 'payment'),
  }));

/** The older rows that say something else than they do now. Throws when there is none, as the control would show nothing. */
export function changedRows(older: Payments, current: Payments): Row[] {
  const now = new Map(current.rows.map(row => [row['attempt_id'], row]));
  const changed = older.rows.filter(row => {
    const newer = now.get(row['attempt_id']);
    return newer !== undefined && older.telling.some(name => row[name] !== newer[name]);
  });
  if (changed.length === 0) throw new Error('no payment has changed between the two states');
  return changed;
}

/** `sumsToo`: the planted fault, in which the sums agree with whatever is there, as if nobody kept them. */
export function putRowBack(
  folder: string,
  recoveryKey: Buffer,
  rows: readonly Row[],
  number: number,
  sumsToo: boolean,
): void {
  const row = rows[number % rows.length]!;
  inDatabase(folder, recoveryKey, database => {
    const watchAgain = stopWatching(database);
    const names = Object.keys(row).filter(name => name !== 'attempt_id');
    database
      .prepare(
        `UPDATE payment SET ${names.map(name => `"${name}" = @${name}`).join(', ')} WHERE attempt_id = @attempt_id`,
      )
      .run(row);
    watchAgain();
    if (sumsToo) settleWatermarks(database);
  });
}
