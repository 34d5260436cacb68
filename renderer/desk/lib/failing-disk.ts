import type { SessionState } from '../../../common/contract/office.ts';

/**
 * Whether it was the disk that reported an error, and not the file that reads back wrong. A file that ends too early is
 * the file's own fault.
 */
export function isFailingDisk(broken: SessionState['broken']): boolean {
  const engine = String(broken?.details['engine'] ?? '');
  const isError = engine.startsWith('SQLITE_IOERR') && engine !== 'SQLITE_IOERR_SHORT_READ';
  return isError || broken?.details['disk'] !== undefined;
}
