import { AppError, type ErrorCode, type ErrorDetails } from '../../common/errors.ts';
import type { FileFacts } from '../ledger/copy.ts';
import type { Job, Step } from './jobs.ts';

/** What the desk and the child process that works with copies say to each other. */
export type ToWorker = { readonly job: Job } | { readonly same: boolean };
export type FromWorker =
  | { readonly kind: 'progress'; readonly step: Step; readonly done: number; readonly of: number }
  | { readonly kind: 'compare'; readonly facts: FileFacts }
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly details: ErrorDetails }
  | { readonly kind: 'bug'; readonly stack: string };

/** What the system says of a drive that was pulled out, is write-protected, or belongs to somebody else. */
const AWAY = new Set([
  'ENOENT',
  'EIO',
  'EROFS',
  'EACCES',
  'EPERM',
  'ENODEV',
  'ENXIO',
  'ENOTDIR',
  'EHOSTDOWN',
  'ESTALE',
]);
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Why a job ended without its value, so that it can cross from one process to the other. */
export function wordFor(error: unknown): FromWorker {
  if (error instanceof AppError) return { kind: 'refused', code: error.code, details: error.details };
  const system = (error as NodeJS.ErrnoException | null)?.code ?? '';
  if (FULL.has(system)) return { kind: 'refused', code: 'disk_full', details: {} };
  if (AWAY.has(system)) return { kind: 'refused', code: 'copy_folder_away', details: { system } };
  return { kind: 'bug', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
