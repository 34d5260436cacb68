import type { ProofDay, SyncView } from '../../../../common/contract/office.ts';
import type { RefundView } from '../../../../common/contract/refunds.ts';
import type { AppError } from '../../../../common/errors.ts';
import { addDays, type Day } from '../../../../common/time.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';

export const PROOF_SPANS = [7, 14, 30] as const;
export type ProofSpan = (typeof PROOF_SPANS)[number];

/** Whether this desk and Square agree, day by day. */
export class SyncState {
  view: SyncView | null = $state.raw(null);
  days: readonly ProofDay[] | null = $state.raw(null);
  /** Money on its way back, oldest first. */
  refunds: readonly RefundView[] = $state.raw([]);
  span: ProofSpan = $state(7);
  syncing = $state(false);
  /** Why the figures could not be read, and why "Sync now" did not work: the second outlives a good reading. */
  failure: AppError | null = $state.raw(null);
  nowFailure: AppError | null = $state.raw(null);
  /** Newest day first, without the days on which nothing happened. */
  readonly told = $derived(
    [...(this.days ?? [])]
      .sort((left, right) => (left.day < right.day ? 1 : -1))
      .filter(one => one.created.count + one.foreign.count + one.refunded.count + one.differences.length > 0),
  );
  readonly differences = $derived(
    this.told.flatMap(one => one.differences.map(difference => ({ ...difference, day: one.day }))),
  );
  /** Days with refunds that nobody asked for at this desk. */
  readonly elsewhere = $derived(this.told.filter(one => one.refunded_elsewhere.count > 0));
  readonly foreign = $derived(this.told.reduce((sum, one) => sum + one.foreign.count, 0));

  private asking = false;
  private askAgain = false;
  private readonly today: () => Day;

  constructor(today: () => Day) {
    this.today = today;
  }

  /** Asks now and whenever sync or a payment moved, until the returned function is called. */
  follow(): () => void {
    void this.ask();
    const stops = [on('sync.changed', () => void this.ask()), on('payments.changed', () => void this.ask())];
    return () => stops.forEach(stop => stop());
  }

  show(span: ProofSpan): void {
    this.span = span;
    void this.ask();
  }

  /** Many announcements in a row become one more question after the running one. */
  async ask(): Promise<void> {
    if (this.asking) {
      this.askAgain = true;
      return;
    }
    this.asking = true;
    try {
      const to = this.today();
      const from = addDays(to, 1 - this.span);
      const [view, proof, open] = await Promise.all([
        call('sync.state', {}),
        call('sync.proof', { from, to }),
        call('refunds.open', {}),
      ]);
      this.view = view;
      this.days = proof.days;
      this.refunds = open.refunds;
      this.failure = null;
    } catch (problem) {
      this.failure = asAppError(problem);
    } finally {
      this.asking = false;
    }
    if (this.askAgain) {
      this.askAgain = false;
      void this.ask();
    }
  }

  async syncNow(): Promise<void> {
    if (this.syncing) return;
    this.syncing = true;
    this.nowFailure = null;
    try {
      this.view = await call('sync.now', {});
    } catch (problem) {
      this.nowFailure = asAppError(problem);
    } finally {
      this.syncing = false;
    }
    await this.ask();
  }
}
