import { createHash } from 'node:crypto';
import { AppError } from '../../common/errors.ts';
import { PROJECTIONS } from '../../main/ledger/events/index.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import type { Database } from '../../main/ledger/open.ts';
import { openRecoverySlot, readSlots } from '../../main/ledger/slots.ts';
import { verify } from '../../main/ledger/verify.ts';
import { tellingColumns } from '../../main/ledger/watermarks.ts';
import { systemRandom } from '../../main/platform/ids.ts';
import { openFolder } from '../../main/staff/office-folder.ts';
import { fakeDeviceSecrets } from '../support/builders.ts';
import type { Clock } from '../../main/platform/clock.ts';

/** A clock that stands still and wakes nobody: what is opened here is looked at and closed again. */
export const stillClock: Clock = { now: () => 1_760_000_000_000, after: () => () => {} };

export const folderTools = (clock: Clock) => ({
  clock,
  random: systemRandom,
  deviceSecrets: fakeDeviceSecrets(),
  onAnchorFailure: () => {},
});

/** `bug` is anything but a refusal from the closed list: the desk would show "something went wrong" instead of what. */
export type Opened =
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'bug'; readonly what: string }
  /** `mended` names what was made anew before the first word, or is empty. */
  | { readonly kind: 'open'; readonly ledger: Ledger; readonly mended: string; readonly end: () => void };

/**
 * Opens an office's folder the way the desk does after a loss of its keyring: slots, recovery key, lock, ledger, and
 * what an older copy of a page put back made anew before anything is answered.
 */
export async function openLikeTheDesk(folder: string, recoveryKey: Buffer): Promise<Opened> {
  let end = (): void => {};
  try {
    const ledgerKey = openRecoverySlot(readSlots(folder), recoveryKey);
    const { ledger, release } = openFolder(folder, ledgerKey, folderTools(stillClock));
    end = () => {
      ledger.database.close();
      release();
    };
    const mended = ledger.unsound.join(' ');
    if (mended !== '') await ledger.mend();
    return { kind: 'open', ledger, mended, end };
  } catch (error) {
    end();
    return asRefusal(error);
  }
}

export function asRefusal(error: unknown): Extract<Opened, { kind: 'refused' | 'bug' }> {
  if (error instanceof AppError && error.code !== 'internal') return { kind: 'refused', code: error.code };
  return { kind: 'bug', what: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}

export const verifyLedger = (ledger: Ledger) =>
  verify(ledger.database, (subject, sealed) => ledger.openPersonal(subject, sealed));

/**
 * Everything that the file holds and that cannot be had again. Not among it: how often it was opened, and how far
 * Square's list was read, because an older mark only means that the same news is read twice.
 */
const TABLES = ['journal', 'subject_key', 'pending_request', 'secret', ...PROJECTIONS];

/** One check sum per table: equal sums mean equal contents. Throws what the engine throws on a damaged page. */
export function contentsOf(database: Database): Record<string, string> {
  const sums = TABLES.map(table => {
    const columns = tellingColumns(database, table).map(name => `"${name}"`);
    const sum = createHash('sha256');
    const rows = database.prepare(`SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${columns.join(', ')}`);
    for (const row of rows.raw().all()) sum.update(JSON.stringify(row));
    return [table, sum.digest('hex')] as const;
  });
  return Object.fromEntries(sums);
}
