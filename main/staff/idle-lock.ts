import type { Clock } from '../platform/clock.ts';

const LOOK_EVERY_MS = 5000;

export type IdleLockPorts = {
  readonly clock: Clock;
  /** Seconds since the last key or movement at this computer. */
  readonly idle_s: () => number;
  /** After how many minutes the desk is locked; null when nobody is at it, or it is locked already. */
  readonly limit_minutes: () => number | null;
  readonly lock: () => void;
};

/** Locks a desk that was left. Money on its way goes on being settled. The answered function stops watching. */
export function watchIdle({ clock, idle_s, limit_minutes, lock }: IdleLockPorts): () => void {
  let cancel = (): void => {};
  const look = (): void => {
    const limit = limit_minutes();
    if (limit !== null && idle_s() >= limit * 60) lock();
    cancel = clock.after(LOOK_EVERY_MS, look);
  };
  cancel = clock.after(LOOK_EVERY_MS, look);
  return () => cancel();
}
