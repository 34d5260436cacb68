import type { Which } from '../../common/contract/copies.ts';
import type { AppError, ErrorCode } from '../../common/errors.ts';
import type { Clock } from '../platform/clock.ts';

export const WHICH: readonly Which[] = ['first', 'second'];

/** A burst of payments becomes one copy. */
const SOON_MS = 2000;
/** How often it is looked whether a day has changed or a drive has come back. */
const LOOK_MS = 60_000;
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 15 * 60_000;

type Trouble = { readonly code: ErrorCode; readonly since_ms: number; readonly next_try_ms: number; wait_ms: number };

export type SchedulePorts = {
  readonly clock: Clock;
  readonly isDue: (which: Which) => boolean;
  readonly run: (due: readonly Which[]) => Promise<AppError | null>;
};

/** When copies are made: soon after they are due, and again and again, less and less often, while a folder is away. */
export class CopySchedule {
  readonly #ports: SchedulePorts;
  readonly #trouble = new Map<Which, Trouble>();
  #demanded = false;
  #cancel: (() => void) | undefined;
  #planned_ms = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(ports: SchedulePorts) {
    this.#ports = ports;
  }

  soon(): void {
    this.#plan(SOON_MS);
  }

  /** A copy in every folder at the next chance, whether or not one is due. */
  demand(): void {
    this.#demanded = true;
    this.soon();
  }

  worked(which: Which): void {
    this.#trouble.delete(which);
  }

  failed(which: Which, code: ErrorCode): void {
    const now_ms = this.#ports.clock.now();
    const before = this.#trouble.get(which);
    const wait_ms = Math.min((before?.wait_ms ?? FIRST_WAIT_MS / 2) * 2, LONGEST_WAIT_MS);
    this.#trouble.set(which, { code, since_ms: before?.since_ms ?? now_ms, next_try_ms: now_ms + wait_ms, wait_ms });
  }

  trouble(which: Which): Omit<Trouble, 'wait_ms'> | null {
    const found = this.#trouble.get(which);
    return found ? { code: found.code, since_ms: found.since_ms, next_try_ms: found.next_try_ms } : null;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #plan(delay_ms: number): void {
    if (this.#stopped) return;
    const at_ms = this.#ports.clock.now() + delay_ms;
    // An earlier look stands; a clock that was set back does not make the next one wait for hours.
    if (this.#cancel && this.#planned_ms <= at_ms && at_ms - this.#planned_ms < LOOK_MS) return;
    this.#cancel?.();
    this.#planned_ms = at_ms;
    this.#cancel = this.#ports.clock.after(delay_ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    this.#cancel = undefined;
    this.#planned_ms = Number.POSITIVE_INFINITY;
    const demanded = this.#demanded;
    this.#demanded = false;
    const due = WHICH.filter(which => (demanded || this.#ports.isDue(which)) && this.#mayTry(which));
    try {
      if (due.length > 0) await this.#ports.run(due);
    } finally {
      this.#plan(LOOK_MS);
    }
  }

  #mayTry(which: Which): boolean {
    const found = this.#trouble.get(which);
    const wait_ms = (found?.next_try_ms ?? 0) - this.#ports.clock.now();
    return wait_ms <= 0 || wait_ms > LONGEST_WAIT_MS;
  }
}
