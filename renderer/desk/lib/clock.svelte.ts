import { createContext } from 'svelte';

/**
 * The desk page's only look at the clock on the wall, UTC milliseconds, for "8 s ago" and "in 4 s". It moves once a
 * second and is the same for the whole page. Nothing that is recorded takes its time from here: main does that.
 */
export class WallClock {
  now_ms: number = $state(Date.now());

  /** Runs until the returned function is called. */
  follow(): () => void {
    const timer = setInterval(() => {
      this.now_ms = Date.now();
    }, 1000);
    return () => clearInterval(timer);
  }
}

export const [getClock, setClock] = createContext<WallClock>();
