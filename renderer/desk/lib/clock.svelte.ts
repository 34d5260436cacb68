import { createContext } from 'svelte';

/**
 * The desk's only look at the clock on the wall, for "8 s ago" and "in 4 s". It moves once a second. Nothing that is
 * recorded takes its time from here: main does that.
 */
export class WallClock {
  now_ms: number = $state(new Date().getTime());

  /** Runs until the returned function is called. */
  follow(): () => void {
    const timer = setInterval(() => {
      this.now_ms = new Date().getTime();
    }, 1000);
    return () => clearInterval(timer);
  }
}

export const [getClock, setClock] = createContext<WallClock>();
