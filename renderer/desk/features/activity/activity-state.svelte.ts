import type { CallInput, CallOutput } from '../../../../common/contract/index.ts';
import type { AttemptView, AttemptWord } from '../../../../common/contract/payments.ts';
import type { AttemptId } from '../../../../common/ids.ts';
import type { AppError } from '../../../../common/errors.ts';
import { isDay, type Day } from '../../../../common/time.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';
import { daysOf, type DayRange, type RangeKind } from './day-range.ts';

type List = CallOutput<'activity.list'>;
type Filter = CallInput<'activity.list'>;

/** How many rows one question fetches; further ones come when the end of the list is scrolled to. */
const PAGE_ROWS = 100;
const LARGEST_PAGE_ROWS = 500;

/** The list of Activity: what it is asked for, what it answered, and which row is chosen. */
export class ActivityState {
  kind: RangeKind = $state('today');
  days: DayRange = $state.raw({ from: '', to: '' });
  word: AttemptWord | null = $state(null);
  text = $state('');

  rows: readonly AttemptView[] = $state.raw([]);
  more = $state(false);
  counts: List['counts'] | null = $state.raw(null);
  sums: List['sums'] | null = $state.raw(null);
  loaded = $state(false);
  loadingMore = $state(false);
  failure: AppError | null = $state.raw(null);

  chosen_id: AttemptId | null = $state(null);
  readonly all = $derived(this.counts === null ? 0 : Object.values(this.counts).reduce((sum, one) => sum + one, 0));
  readonly found = $derived(this.word === null ? this.all : (this.counts?.[this.word] ?? 0));
  readonly rangeWrong = $derived(this.days.from > this.days.to);

  /** Only the newest question's answer counts; the others are dropped. */
  private asked = 0;
  private reloading = false;
  private reloadAgain = false;

  constructor(today: Day) {
    this.days = daysOf('today', today, this.days);
  }

  /** Asks now and after every change of a payment, until the returned function is called. */
  follow(): () => void {
    void this.load();
    return on('payments.changed', () => void this.reload());
  }

  showRange(kind: RangeKind, today: Day): void {
    this.kind = kind;
    this.days = daysOf(kind, today, this.days);
    void this.load();
  }

  showDays(days: DayRange): void {
    if (!isDay(days.from) || !isDay(days.to)) return;
    this.days = days;
    if (!this.rangeWrong) void this.load();
  }

  showWord(word: AttemptWord | null): void {
    this.word = word;
    void this.load();
  }

  find(text: string): void {
    this.text = text;
    void this.load();
  }

  /** What waits for the internet, or for an answer when nothing is queued. Waiting may be older than today. */
  async showWaiting(today: Day): Promise<void> {
    this.kind = 'week';
    this.days = daysOf('week', today, this.days);
    this.word = 'queued';
    await this.load();
    if (this.rows.length === 0 && (this.counts?.in_doubt ?? 0) > 0) this.showWord('in_doubt');
  }

  /** The day of one payment, without a search or a word that could hide it. */
  async showDayOf(attempt_id: AttemptId): Promise<void> {
    try {
      const { attempt } = await call('payments.get', { attempt_id });
      this.kind = 'own';
      this.days = { from: attempt.day, to: attempt.day };
      this.text = '';
      this.word = null;
    } catch (problem) {
      this.failure = asAppError(problem);
      return;
    }
    await this.load();
  }

  /** Forgets the search and the word; the days stay. */
  clear(): void {
    this.text = '';
    this.word = null;
    void this.load();
  }

  private filter(limit: number, after: Filter['after']): Filter {
    return { from: this.days.from, to: this.days.to, word: this.word, text: this.text, after, limit };
  }

  /**
   * The chips count every word of these days, so with one word chosen the counts are asked for without it. Answers
   * null when a newer question was asked meanwhile.
   */
  private async ask(limit: number): Promise<List | null> {
    const question = ++this.asked;
    const everyWord: Filter = { ...this.filter(1, null), word: null };
    try {
      const [list, whole] = await Promise.all([
        call('activity.list', this.filter(limit, null)),
        this.word === null ? null : call('activity.list', everyWord),
      ]);
      if (question !== this.asked) return null;
      this.failure = null;
      this.counts = (whole ?? list).counts;
      this.sums = (whole ?? list).sums;
      return list;
    } catch (problem) {
      if (question === this.asked) this.failure = asAppError(problem);
      return null;
    } finally {
      if (question === this.asked) this.loaded = true;
    }
  }

  async load(): Promise<void> {
    const list = await this.ask(PAGE_ROWS);
    if (!list) return;
    this.rows = list.rows;
    this.more = list.more;
  }

  /** Fetches what is on the screen again, without moving it. Many changes in a row become one more question. */
  private async reload(): Promise<void> {
    if (this.reloading) {
      this.reloadAgain = true;
      return;
    }
    this.reloading = true;
    const limit = Math.min(LARGEST_PAGE_ROWS, Math.max(PAGE_ROWS, this.rows.length + 1));
    const list = await this.ask(limit);
    if (list) this.takeFresh(list);
    this.reloading = false;
    if (this.reloadAgain) {
      this.reloadAgain = false;
      void this.reload();
    }
  }

  private takeFresh(list: List): void {
    const last = list.rows.at(-1);
    const older = last && list.more ? this.rows.filter(row => isAfter(row, last)) : [];
    this.rows = [...list.rows, ...older];
    this.more = older.length > 0 ? this.more : list.more;
  }

  async loadMore(): Promise<void> {
    const last = this.rows.at(-1);
    if (!this.more || this.loadingMore || !last) return;
    this.loadingMore = true;
    const question = this.asked;
    try {
      const after = { happened_at_ms: last.happened_at_ms, attempt_id: last.attempt_id };
      const list = await call('activity.list', this.filter(PAGE_ROWS, after));
      if (question !== this.asked) return;
      this.rows = [...this.rows, ...list.rows];
      this.more = list.more;
    } catch (problem) {
      this.failure = asAppError(problem);
    } finally {
      this.loadingMore = false;
    }
  }

  /** Moves the choice by one row and answers the row it is on then. */
  move(step: 1 | -1): AttemptView | null {
    if (this.rows.length === 0) return null;
    const now = this.rows.findIndex(row => row.attempt_id === this.chosen_id);
    const next = now === -1 ? 0 : Math.min(this.rows.length - 1, Math.max(0, now + step));
    const row = this.rows[next] ?? null;
    this.chosen_id = row?.attempt_id ?? null;
    return row;
  }
}

/** The list runs from the newest to the oldest, and by id where two happened in the same millisecond. */
function isAfter(row: AttemptView, last: AttemptView): boolean {
  if (row.happened_at_ms !== last.happened_at_ms) return row.happened_at_ms < last.happened_at_ms;
  return row.attempt_id < last.attempt_id;
}
