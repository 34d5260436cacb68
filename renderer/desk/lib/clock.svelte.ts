import { createContext } from 'svelte';
import { wallTime_ms } from './wall-time.ts';

/** The time for "8 s ago" and "in 4 s": it moves once a second and is the same for the whole page. */
export class WallClock {
  now_ms: number = $state(wallTime_ms());

  /** Runs until the returned function is called. */
  follow(): () => void {
    const timer = setInterval(() => {
      this.now_ms = wallTime_ms();
    }, 1000);
    return () => clearInterval(timer);
  }
}

export const [getClock, setClock] = createContext<WallClock>();
