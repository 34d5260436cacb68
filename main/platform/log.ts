import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { redactDetails } from './redact.ts';

export type LogDetails = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type Log = {
  info(event: string, details?: LogDetails): void;
  /** Logs a bug with its stack and answers a short reference that the person can read out. */
  bug(event: string, error: unknown): string;
};

const LARGEST_BYTES = 2_000_000;
const KEPT_FILES = 5;

/** JSON lines in `tillside.log`, rotated by size. One sink, one redaction; a full disk silences it, never the desk. */
export function openLog(folder: string, clock: Clock): Log {
  const file = join(folder, 'tillside.log');
  let counter = 0;
  const write = (level: 'info' | 'bug', event: string, details: LogDetails): void => {
    const head = { at: new Date(clock.now()).toISOString(), level, event };
    // Once more at the end: a detail of the same name must not take the place of the line's own.
    const line = JSON.stringify({ ...head, ...redactDetails(details), ...head });
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      rotate(file);
      appendFileSync(file, `${line}\n`, { mode: 0o600 });
    } catch {
      // There is nowhere left to report it, and a log must never stop a payment.
    }
  };
  return {
    info: (event, details = {}) => write('info', event, details),
    bug(event, error) {
      counter += 1;
      const reference = `${clock.now().toString(36)}-${counter}`.toUpperCase();
      write('bug', event, {
        reference,
        stack: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      return reference;
    },
  };
}

function rotate(file: string): void {
  if (!existsSync(file) || statSync(file).size < LARGEST_BYTES) return;
  for (let index = KEPT_FILES - 1; index >= 1; index -= 1) {
    if (existsSync(`${file}.${index}`)) renameSync(`${file}.${index}`, `${file}.${index + 1}`);
  }
  renameSync(file, `${file}.1`);
}

/** For tests and command lines: says nothing. */
export const silentLog: Log = { info: () => {}, bug: () => 'SILENT' };
