import { addDays } from '../../common/time.ts';

/** What a decision about keeping needs of a copy. `day` is the business day on which it was made, `YYYY-MM-DD`. */
export type KeepableCopy = {
  readonly copy_id: string;
  readonly incarnation: number;
  readonly head_seq: number;
  readonly made_at_ms: number;
  readonly day: string;
};

export const KEPT = { days: 7, weeks: 5, months: 12 } as const;

/**
 * The copies to keep: the newest of each of seven days, five weeks and twelve months, and the newest of every
 * incarnation. Newest means the most of the journal, never the latest date: the clock may have been wrong, and copies
 * that bear a far date must not push out the ones that hold more.
 */
export function keptCopies(copies: readonly KeepableCopy[]): Set<string> {
  const kept = new Set<string>();
  const seen = { days: new Set<string>(), weeks: new Set<string>(), months: new Set<string>() };
  const incarnations = new Set<number>();
  for (const copy of [...copies].sort(newestFirst)) {
    const labels = { days: copy.day, weeks: weekOf(copy.day), months: copy.day.slice(0, 7) };
    for (const span of ['days', 'weeks', 'months'] as const) {
      if (seen[span].has(labels[span]) || seen[span].size >= KEPT[span]) continue;
      seen[span].add(labels[span]);
      kept.add(copy.copy_id);
    }
    if (!incarnations.has(copy.incarnation)) kept.add(copy.copy_id);
    incarnations.add(copy.incarnation);
  }
  return kept;
}

/** The one that holds the most of the newest life of the ledger comes first. */
export function newestFirst(left: KeepableCopy, right: KeepableCopy): number {
  return (
    right.incarnation - left.incarnation ||
    right.head_seq - left.head_seq ||
    right.made_at_ms - left.made_at_ms ||
    (right.copy_id < left.copy_id ? -1 : right.copy_id > left.copy_id ? 1 : 0)
  );
}

/** The Monday of the day's week. */
function weekOf(day: string): string {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}
