import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../common/errors.ts';
import { flushFolder } from '../platform/durable-file.ts';
import { anchorFiles, type AnchorCopies } from './anchors.ts';
import { openDatabase, sql, type Database } from './open.ts';

/** What a ledger needs of a disk: its database, opened with the page key, and the two copies of its anchor. */
export type LedgerDisk = {
  open(key: Buffer): Database;
  create(key: Buffer): Database;
  readonly anchors: AnchorCopies;
  /** Makes the names of new files durable. Throws what the disk throws. */
  flushNames?(): void;
};

/** The files of an office's folder. */
export const filesOf = ({ file, anchorFolder }: { file: string; anchorFolder: string }): LedgerDisk => ({
  open(key) {
    // The engine takes an empty file for a new database and any key for its key. It held a ledger once.
    if (statSync(file, { throwIfNoEntry: false })?.size === 0) throw new AppError('ledger_damaged', { size: 0 });
    return openDatabase({ file, key });
  },
  create: key => openDatabase({ file, key, create: true }),
  anchors: anchorFiles(anchorFolder),
  flushNames: () => flushFolder(dirname(file)),
});

/** The engine has just made its WAL and does not mind when the name of it cannot be flushed. Here it counts. */
export function flushNames(disk: LedgerDisk): void {
  try {
    disk.flushNames?.();
  } catch (error) {
    throw new AppError('ledger_damaged', { disk: error instanceof Error ? error.message : 'flush' });
  }
}

/** Read back inside the transaction, not by RETURNING: that hands its row over before the commit, which may then fail. */
export function takeEpoch(database: Database): number {
  const take = database.transaction((): unknown => {
    sql(database, 'UPDATE ledger_identity SET owner_epoch = owner_epoch + 1').run();
    return sql(database, 'SELECT owner_epoch FROM ledger_identity').pluck().get();
  });
  return Number(take.immediate());
}
