import { z } from 'zod';
import { AppError } from '../../common/errors.ts';
import { readTwice, writeDurably } from '../platform/durable-file.ts';
import type { Clock } from '../platform/clock.ts';
import { join } from 'node:path';
import { macOf, sameMac } from './keys.ts';
import type { Head } from './journal.ts';
import { sql, type Database } from './open.ts';
import { crashPoint } from '../platform/crash-points.ts';

/**
 * The head of the journal, kept in two files outside the database. Neither the encryption nor `integrity_check` notices
 * a deleted WAL or an older copy of the whole file; a head that the anchors remember and the journal has lost does.
 * Anchors may lag behind by what was committed in the last moments before a crash; they may never be ahead.
 */
const anchorFile = z.strictObject({
  ledger_id: z.string(),
  incarnation: z.int(),
  seq: z.int(),
  hash: z.string(),
  mac: z.string(),
});
type Anchor = z.infer<typeof anchorFile>;

const NAME = 'anchor';
/** A burst of commits moves the anchor once. Short enough that an attacker gains nothing, long enough to cost nothing. */
const LAG_MS = 100;
const [A, B, BOTH] = [['a'], ['b'], ['b', 'a']] as const;

/** Where the two copies are kept. Files, unless a simulated disk takes their place. */
export type AnchorCopies = {
  /** The texts of both, as far as they are there. */
  read(): string[];
  /** Replaces one of them, durably. Throws what the disk throws. */
  write(copy: 'a' | 'b', text: string): void;
};

export const anchorFiles = (folder: string): AnchorCopies => ({
  read: () => readTwice(folder, NAME),
  write: (copy, text) => writeDurably(join(folder, `${NAME}-${copy}.json`), text),
});

export type AnchorKeeper = { moved(head: Head): void; flush(): void; stop(): void };

export function keepAnchors(options: {
  copies: AnchorCopies;
  key: Buffer;
  ledgerId: string;
  incarnation: number;
  clock: Clock;
  onFailure(error: unknown): void;
}): AnchorKeeper {
  let newest: Head | undefined;
  let cancel: (() => void) | undefined;
  let second = false;
  const text = (head: Head): string => {
    const content = {
      ledger_id: options.ledgerId,
      incarnation: options.incarnation,
      seq: head.seq,
      hash: head.hash.toString('hex'),
    };
    return JSON.stringify({ ...content, mac: macOf(options.key, macText(content)) });
  };
  const write = (both: boolean): void => {
    cancel?.();
    cancel = undefined;
    if (!newest) return;
    try {
      // In the running app the copies take turns, so that a torn write always leaves the other one whole.
      for (const copy of both ? BOTH : second ? B : A) {
        options.copies.write(copy, text(newest));
        crashPoint('CP27');
      }
      second = !second;
    } catch (error) {
      // The journal is durable without it; a full disk must not undo a payment that is already on the books.
      options.onFailure(error);
    }
  };
  return {
    moved(head) {
      newest = head;
      cancel ??= options.clock.after(LAG_MS, () => write(false));
    },
    flush: () => write(true),
    stop: () => cancel?.(),
  };
}

/** Throws ledger_behind_anchor when the journal lost what an anchor has seen. Unreadable anchors prove nothing. */
export function checkAnchors(
  copies: AnchorCopies,
  key: Buffer,
  ledgerId: string,
  database: Database,
  desk: string,
): void {
  for (const text of copies.read()) {
    const anchor = readAnchor(text, key);
    if (!anchor || anchor.ledger_id !== ledgerId || anchor.seq === 0) continue;
    const hash = sql(database, 'SELECT hash FROM journal WHERE desk = ? AND incarnation = ? AND seq = ?')
      .pluck()
      .get(desk, anchor.incarnation, anchor.seq) as Buffer | undefined;
    if (hash?.toString('hex') !== anchor.hash) throw new AppError('ledger_behind_anchor', { seq: anchor.seq });
  }
}

function readAnchor(text: string, key: Buffer): Anchor | undefined {
  try {
    const anchor = anchorFile.parse(JSON.parse(text));
    return sameMac(anchor.mac, macOf(key, macText(anchor))) ? anchor : undefined;
  } catch {
    return undefined;
  }
}

const macText = (anchor: Omit<Anchor, 'mac'>): string =>
  [anchor.ledger_id, anchor.incarnation, anchor.seq, anchor.hash].join('|');
