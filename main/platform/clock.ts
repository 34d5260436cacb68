/**
 * Time as a parameter. Only this folder may read the machine's clock, so every rule that depends on time can be run
 * under a clock that a test moves by hand.
 */
export type Clock = {
  /** Wall time, UTC milliseconds. May jump when a person sets the clock; never use it to order facts. */
  now(): number;
  /** Runs `work` once after `delay_ms`; the returned function calls it off. */
  after(delay_ms: number, work: () => void): () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay_ms, work) {
    const timer = setTimeout(work, delay_ms);
    return () => clearTimeout(timer);
  },
};

/** Waits on the given clock. */
export function sleep(clock: Clock, delay_ms: number): Promise<void> {
  return new Promise(resolve => clock.after(delay_ms, resolve));
}
