import type { Clock } from '../../main/platform/clock.ts';

/** A clock that a test moves by hand. Timers follow the time that passes; a jump moves the wall time alone. */
export type FakeClock = Clock & {
  /** Lets time pass: runs every timer that comes due, in order, and lets its consequences happen before the next. */
  advance(time_ms: number): Promise<void>;
  /** What a person does who sets the clock: the wall time moves (back when negative), the timers do not notice. */
  jump(time_ms: number): void;
  /** How many timers wait. */
  readonly waiting: number;
};

/** A Thursday morning in Chicago, far from any change of the clocks. */
export const FAKE_START_MS = Date.UTC(2026, 0, 15, 15, 0, 0);

type Timer = { at_ms: number; order: number; work: () => void };

export function createFakeClock(start_ms: number = FAKE_START_MS): FakeClock {
  let passed_ms = 0;
  let wall_offset_ms = start_ms;
  let order = 0;
  const timers = new Set<Timer>();
  const firstDue = (until_ms: number): Timer | undefined =>
    [...timers]
      .filter(timer => timer.at_ms <= until_ms)
      .sort((left, right) => left.at_ms - right.at_ms || left.order - right.order)[0];
  return {
    now: () => wall_offset_ms + passed_ms,
    after(delay_ms, work) {
      const timer = { at_ms: passed_ms + Math.max(0, delay_ms), order: (order += 1), work };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    async advance(time_ms) {
      const until_ms = passed_ms + time_ms;
      for (let timer = firstDue(until_ms); timer; timer = firstDue(until_ms)) {
        timers.delete(timer);
        passed_ms = Math.max(passed_ms, timer.at_ms);
        timer.work();
        await consequences();
      }
      passed_ms = until_ms;
      await consequences();
    },
    jump(time_ms) {
      wall_offset_ms += time_ms;
    },
    get waiting() {
      return timers.size;
    },
  };
}

/** One turn of the event loop, which runs every promise that is ready. */
const consequences = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
