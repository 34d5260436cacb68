import type { Clock } from '../platform/clock.ts';

/**
 * Whether Square can be reached, learnt from the calls themselves: an answer of any kind is "online", no connection is
 * "offline". While offline it probes, quickly at first; nothing else is sent until a probe is answered.
 */
export class Connection {
  readonly #clock: Clock;
  readonly #probe: () => Promise<boolean>;
  #online = true;
  #since_ms: number;
  #wait_ms = FIRST_WAIT_MS;
  #next_probe_at_ms: number | null = null;
  #cancel: (() => void) | undefined;
  #stopped = false;
  readonly #listeners: ((online: boolean) => void)[] = [];

  /** `probe` answers whether Square could be reached just now. */
  constructor(clock: Clock, probe: () => Promise<boolean>) {
    this.#clock = clock;
    this.#probe = probe;
    this.#since_ms = clock.now();
  }

  get online(): boolean {
    return this.#online;
  }
  get since_ms(): number {
    return this.#since_ms;
  }
  get next_probe_at_ms(): number | null {
    return this.#next_probe_at_ms;
  }

  onChange(listener: (online: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** Tells what a call to Square has just shown. */
  report(reachable: boolean): void {
    if (reachable) this.#wait_ms = FIRST_WAIT_MS;
    if (!reachable) this.#plan();
    if (reachable === this.#online) return;
    this.#online = reachable;
    this.#since_ms = this.#clock.now();
    if (reachable) this.#forget();
    for (const listener of this.#listeners) listener(reachable);
  }

  /** Asks at once, for a person who just put the plug back. */
  async check(): Promise<boolean> {
    this.#forget();
    const reachable = await this.#probe();
    if (!this.#stopped) this.report(reachable);
    return reachable;
  }

  stop(): void {
    this.#stopped = true;
    this.#forget();
  }

  #plan(): void {
    if (this.#cancel || this.#stopped) return;
    this.#next_probe_at_ms = this.#clock.now() + this.#wait_ms;
    this.#cancel = this.#clock.after(this.#wait_ms, () => {
      this.#wait_ms = Math.min(this.#wait_ms * 2, LONGEST_WAIT_MS);
      void this.check();
    });
  }

  #forget(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#next_probe_at_ms = null;
  }
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
