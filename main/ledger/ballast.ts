import { closeSync, fsyncSync, ftruncateSync, openSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../common/errors.ts';
import { crashPoint } from '../platform/crash-points.ts';
import type { Ledger } from './ledger.ts';
import { sql } from './open.ts';

/**
 * Room that is held back for results which Square already gave: when the disk is full, the ballast is emptied and the
 * result fits. It is filled again as soon as there is room. Nothing is charged on a disk on which that could go wrong.
 */
export type BallastSizes = {
  readonly ballast_bytes: number;
  /** Below this nothing is charged. */
  readonly least_free_bytes: number;
};
export const BALLAST_SIZES: BallastSizes = { ballast_bytes: 64 * 1024 ** 2, least_free_bytes: 200 * 1024 ** 2 };

const PROBE_BYTES = 64 * 1024;
const PIECE = Buffer.alloc(1024 ** 2, 'T');
/** Who acts when nobody presses a key. */
const SYSTEM = 'desk';

/** How much room the disk of a folder has left. */
function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

export class Ballast {
  readonly #folder: string;
  readonly #file: string;
  readonly #sizes: BallastSizes;
  readonly #free: (folder: string) => number;

  constructor(folder: string, sizes: BallastSizes = BALLAST_SIZES, free: (folder: string) => number = freeBytes) {
    this.#folder = folder;
    this.#file = join(folder, 'ballast');
    this.#sizes = sizes;
    this.#free = free;
  }

  get held_bytes(): number {
    return statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /**
   * Adds one piece where the ballast is short and the disk has room for all of it. Answers whether it is whole. Piece by
   * piece, so that a slow disk never holds up the desk; half a ballast is of use too.
   */
  fillPiece(): boolean {
    const missing = this.#sizes.ballast_bytes - this.held_bytes;
    if (missing <= 0) return true;
    if (this.#free(this.#folder) < this.#sizes.least_free_bytes + missing) return false;
    const handle = openSync(this.#file, 'a', 0o600);
    try {
      // Written out, not only made long: on most disks a hole takes no room and so keeps none.
      writeSync(handle, PIECE, 0, Math.min(PIECE.length, missing));
      crashPoint('CP40');
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return missing <= PIECE.length;
  }

  /** Fills up, giving way between the pieces. A disk that does not take it is looked at again before the next charge. */
  async fill(pause: () => Promise<void>): Promise<void> {
    try {
      while (!this.fillPiece() && this.#hasRoom()) await pause();
    } catch {
      // Not the ballast's to report: the next charge asks the disk itself.
    }
  }

  #hasRoom(): boolean {
    return this.#free(this.#folder) >= this.#sizes.least_free_bytes + this.#sizes.ballast_bytes - this.held_bytes;
  }

  /** Gives the room back. Answers false when there was none to give. */
  release(): boolean {
    if (this.held_bytes === 0) return false;
    const handle = openSync(this.#file, 'r+');
    try {
      ftruncateSync(handle, 0);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return true;
  }

  /**
   * Throws disk_full when a result might not be stored: too little room, or a commit of 64 KB that does not go through.
   * Asked before anything is charged.
   */
  assertRoom(ledger: Ledger): void {
    if (this.held_bytes < this.#sizes.ballast_bytes && this.#hasRoom()) this.#tryPiece(ledger);
    if (this.#free(this.#folder) < this.#sizes.least_free_bytes) throw new AppError('disk_full');
    ledger.write(SYSTEM, ({ database }) =>
      sql(
        database,
        `INSERT INTO probe (singleton, filling) VALUES (1, randomblob(${PROBE_BYTES}))
         ON CONFLICT DO UPDATE SET filling = excluded.filling`,
      ).run(),
    );
  }

  #tryPiece(ledger: Ledger): void {
    try {
      this.fillPiece();
    } catch (error) {
      // Of a full disk the probe that follows says so; a failed flush is more than that.
      ledger.distrust(error);
    }
  }
}
