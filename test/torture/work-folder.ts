import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder that goes away with `dispose`; in memory where the system has such a place. What a disk keeps is played by
 * the suites themselves, so the speed of this machine's own disk must not decide how many cases fit.
 */
export function workFolder(name: string): { folder: string; dispose: () => void } {
  const folder = mkdtempSync(join(isUsable('/dev/shm') ? '/dev/shm' : tmpdir(), `tillside-${name}-`));
  return { folder, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

function isUsable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
