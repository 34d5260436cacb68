import type { Clock } from './clock.ts';

/**
 * At most `count` in any `per_ms`, for what anybody can cause: whoever writes without end pushes out of the log what it
 * is kept for. Answers whether this one may be told.
 */
export function allowance(clock: Clock, { count, per_ms }: { count: number; per_ms: number }): () => boolean {
  let told_ms: number[] = [];
  return () => {
    const now_ms = clock.now();
    // A clock that was set back must not silence anything for longer.
    told_ms = told_ms.filter(at_ms => at_ms <= now_ms && now_ms - at_ms < per_ms);
    if (told_ms.length >= count) return false;
    told_ms.push(now_ms);
    return true;
  };
}

/** What a page may cause to be written into the log. */
export const PAGE_LOG = { count: 30, per_ms: 60_000 };
