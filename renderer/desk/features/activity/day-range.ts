import { addDays, type Day } from '../../../../common/time.ts';

export const RANGE_KINDS = ['today', 'yesterday', 'week', 'month', 'own'] as const;
export type RangeKind = (typeof RANGE_KINDS)[number];
/** Both days are included. */
export type DayRange = { readonly from: Day; readonly to: Day };

/** The days that a named range means when the office's day is `today`. `own` starts from what was shown before. */
export function daysOf(kind: RangeKind, today: Day, before: DayRange): DayRange {
  switch (kind) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case 'week':
      return { from: addDays(today, -6), to: today };
    case 'month':
      return { from: `${today.slice(0, 8)}01`, to: today };
    case 'own':
      return before;
  }
}
