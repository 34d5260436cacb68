import { isDeepStrictEqual } from 'node:util';
import { AppError, type ErrorCode, type ErrorDetails } from '../../common/errors.ts';

/** Why an office cannot be used, for the page that says so. */
export type Breakage = { readonly code: ErrorCode; readonly details: ErrorDetails };

/** What stands between people and the office now. */
export class Breakages {
  current: Breakage | null = null;

  /** Whether this is one that was not known. The page asks again after each change, and must not be told for ever. */
  take(error: unknown): boolean {
    const broken = breakage(error);
    if (!broken || isDeepStrictEqual(broken, this.current)) return false;
    this.current = broken;
    return true;
  }
}

/** What only another screen can help with, or null: everything else is the caller's to show. */
function breakage(error: unknown): Breakage | null {
  if (!(error instanceof AppError) || !BREAKING.has(error.code)) return null;
  return { code: error.code, details: error.details };
}

const BREAKING: ReadonlySet<ErrorCode> = new Set([
  'ledger_newer',
  'ledger_damaged',
  'ledger_behind_anchor',
  'ledger_in_use',
  'ledger_missing',
  'keys_damaged',
  'keyring_unavailable',
  'keyring_lost',
  'disk_full',
]);
