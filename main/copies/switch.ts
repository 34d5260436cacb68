import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Mode } from '../../common/contract/office.ts';
import { writeDurably } from '../platform/durable-file.ts';
import { crashPoint } from '../platform/crash-points.ts';

/**
 * Puts a restored office in the place of the present one, by renames alone. The present folder is put aside, never
 * deleted. Written down before the first rename: from there on an interrupted switch is finished at the next start;
 * before it, nothing has happened.
 */
const note = z.strictObject({ aside: z.string().regex(/^[\w.-]+$/) });

export const restoringFolder = (dataFolder: string, mode: Mode): string => join(dataFolder, `${mode}.restoring`);
export const testingFolder = (dataFolder: string, mode: Mode): string => join(dataFolder, `${mode}.testing`);
const officeOf = (dataFolder: string, mode: Mode): string => join(dataFolder, mode);
const noteFile = (dataFolder: string, mode: Mode): string => join(dataFolder, `${mode}.switch.json`);

/** Where the switch may be cut short, in order. A test ends the process there. */
export type Boundary = 'prepared' | 'noted' | 'aside' | 'in place' | 'done';

/** The restoring folder must be whole and closed, and nobody may have the present office open. */
export function switchOffice(
  dataFolder: string,
  mode: Mode,
  now_ms: number,
  reached: (boundary: Boundary) => void = () => {},
): void {
  reached('prepared');
  writeDurably(noteFile(dataFolder, mode), JSON.stringify({ aside: freeAside(dataFolder, mode, now_ms) }));
  reached('noted');
  finishSwitch(dataFolder, mode, reached);
}

function freeAside(dataFolder: string, mode: Mode, now_ms: number): string {
  const wanted = `${mode}.before-restore-${now_ms}`;
  let name = wanted;
  for (let count = 2; existsSync(join(dataFolder, name)); count += 1) name = `${wanted}-${count}`;
  return name;
}

/** At every start, before anybody looks for an office. Does nothing when no switch was begun. */
export function finishSwitch(dataFolder: string, mode: Mode, reached: (boundary: Boundary) => void = () => {}): void {
  const file = noteFile(dataFolder, mode);
  const begun = readNote(file);
  if (!begun) return dropUnfinished(dataFolder, mode);
  const office = officeOf(dataFolder, mode);
  const restored = restoringFolder(dataFolder, mode);
  const aside = join(dataFolder, begun.aside);
  // Without the restored folder the switch is over. With it, what stands in the office's place is still the old one.
  if (existsSync(restored)) {
    if (existsSync(office)) rename(office, aside, dataFolder);
    reached('aside');
    crashPoint('CP34');
    rename(restored, office, dataFolder);
  }
  reached('in place');
  rmSync(file, { force: true });
  reached('done');
}

/** What a restore or a test left that was cut short before it changed anything. The copy itself lies elsewhere. */
function dropUnfinished(dataFolder: string, mode: Mode): void {
  for (const folder of [restoringFolder(dataFolder, mode), testingFolder(dataFolder, mode)]) {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readNote(file: string): z.infer<typeof note> | null {
  try {
    return note.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

function rename(from: string, to: string, parent: string): void {
  renameSync(from, to);
  if (process.platform === 'win32') return;
  const handle = openSync(parent, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
