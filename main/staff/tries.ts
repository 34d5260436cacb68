import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { writeDurably } from '../platform/durable-file.ts';
import { crashPoint } from '../platform/crash-points.ts';

const shape = z.record(z.string(), z.strictObject({ wrong: z.int(), at_ms: z.int() }));
type Tries = z.infer<typeof shape>;

/** How long to wait after so many wrong passwords in a row: nothing for a slip of the finger, then steeply more. */
export function waitAfter(wrong: number): number {
  if (wrong < 3) return 0;
  if (wrong < 5) return (wrong - 2) * 3000;
  return Math.min(30_000 * 2 ** (wrong - 5), 30 * 60_000);
}

/**
 * Counts wrong passwords per person in a file that is flushed before the verdict is shown, so that a restart, or a
 * power cut at the right moment, gives no free guess.
 */
export class PasswordTries {
  readonly #file: string;
  readonly #clock: Clock;

  constructor(folder: string, clock: Clock) {
    this.#file = join(folder, 'password-tries.json');
    this.#clock = clock;
  }

  /**
   * Milliseconds until this person may try again. A clock set back can lengthen a wait to its full time, never undo it:
   * the wait then begins anew, because a time that is years ahead would lock somebody out until it has come.
   */
  wait_ms(person_id: string): number {
    const tries = this.#read();
    const known = Object.hasOwn(tries, person_id) ? tries[person_id] : undefined;
    if (!known) return 0;
    const full = waitAfter(known.wrong);
    const passed = this.#clock.now() - known.at_ms;
    if (passed >= 0) return Math.max(0, full - passed);
    if (full > 0) this.#beginAnew(tries, person_id, known.wrong);
    return full;
  }

  countWrong(person_id: string): void {
    const tries = this.#read();
    const wrong = (Object.hasOwn(tries, person_id) ? tries[person_id]!.wrong : 0) + 1;
    this.#keep(tries, person_id, wrong);
    crashPoint('CP25');
  }

  #beginAnew(tries: Tries, person_id: string, wrong: number): void {
    try {
      this.#keep(tries, person_id, wrong);
    } catch {
      // On a disk that takes nothing the wait stays whole. Nobody is let in earlier by it, and looking must not fail.
    }
  }

  #keep(tries: Tries, person_id: string, wrong: number): void {
    writeDurably(this.#file, JSON.stringify({ ...tries, [person_id]: { wrong, at_ms: this.#clock.now() } }));
  }

  forget(person_id: string): void {
    const { [person_id]: known, ...others } = this.#read();
    if (known) writeDurably(this.#file, JSON.stringify(others));
  }

  /** A file that does not parse was tampered with or torn; it counts as nobody having tried, and is replaced. */
  #read(): Tries {
    if (!existsSync(this.#file)) return {};
    try {
      return shape.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return {};
    }
  }
}
