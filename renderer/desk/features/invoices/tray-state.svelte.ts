import type { CallOutput } from '../../../../common/contract/index.ts';
import type { AppError } from '../../../../common/errors.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';
import { oneAtATime } from '../../lib/one-at-a-time.ts';

const MOST_ROWS = 500;

/** Money that is in and pays nothing yet. */
export class TrayState {
  tray: CallOutput<'unallocated.list'> | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  chosen_id: string | null = $state(null);

  /** Asks now and after whatever may bring money in or attach it, until the returned function is called. */
  follow(): () => void {
    const reload = oneAtATime(() => this.load());
    reload();
    const stops = [
      on('payments.changed', reload),
      on('invoices.changed', reload),
      on('customers.changed', reload),
      // Payments of other devices come with Square's list.
      on('sync.changed', reload),
    ];
    return () => stops.forEach(stop => stop());
  }

  async load(): Promise<void> {
    try {
      this.tray = await call('unallocated.list', { limit: MOST_ROWS });
      this.failure = null;
    } catch (problem) {
      this.failure = asAppError(problem);
    }
  }

  /** Moves the choice by one row and answers the payment it is on then. */
  move(step: 1 | -1): string | null {
    const rows = this.tray?.payments ?? [];
    const now = rows.findIndex(row => row.attempt_id === this.chosen_id);
    const next = now === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, now + step));
    this.chosen_id = rows[next]?.attempt_id ?? null;
    return this.chosen_id;
  }
}
