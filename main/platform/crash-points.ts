/**
 * Places at which the process may die, and at which a test lets it. Each name stands in the sources once; what must be
 * true after the next start is checked by the safety programme. The app never listens, so here nothing happens.
 */
export type CrashPoint = `CP${number}`;

let listener: ((point: CrashPoint) => void) | undefined;

/** Marks a place. */
export function crashPoint(point: CrashPoint): void {
  listener?.(point);
}

/** For tests alone; the house rules hold that nothing in the app calls it, so a packaged app has no way in. */
export function listenToCrashPoints(hear: (point: CrashPoint) => void): void {
  listener = hear;
}
