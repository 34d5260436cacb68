/**
 * The desk page's only look at the clock on the wall, UTC milliseconds. For what is shown, as in "8 s ago"; nothing
 * that is recorded takes its time from here.
 */
export function wallTime_ms(): number {
  return new Date().getTime();
}
