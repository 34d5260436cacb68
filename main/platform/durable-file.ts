import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { crashPoint } from './crash-points.ts';

/**
 * Replaces a small file so that a power cut leaves the old or the new content, never half: write beside it, flush, put
 * it in place, flush the folder. Never use it, or any other `fs` call that opens and closes, on a database file: closing
 * would drop the engine's locks.
 */
export function writeDurably(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.new`;
  try {
    writeFlushed(beside, content);
    renameSync(beside, file);
  } catch (error) {
    // What did not get its place must not stay: nobody would look for names and amounts under this one.
    rmSync(beside, { force: true });
    throw error;
  }
  flushFolder(dirname(file));
}

function writeFlushed(file: string, content: string | Uint8Array): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    let written = 0;
    while (written < bytes.length) written += writeSync(handle, bytes, written);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A rename is only durable once its folder is flushed. Windows has no such call and does not need it. */
export function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Two copies, the second written only when the first is safe, so that one readable copy always exists. */
export function writeTwice(folder: string, name: string, content: string): void {
  writeDurably(join(folder, `${name}-b.json`), content);
  crashPoint('CP31');
  writeDurably(join(folder, `${name}-a.json`), content);
}

/** The texts of both copies, as far as they are there. */
export function readTwice(folder: string, name: string): string[] {
  return ['a', 'b']
    .map(copy => join(folder, `${name}-${copy}.json`))
    .filter(file => existsSync(file))
    .map(file => readFileSync(file, 'utf8'));
}
