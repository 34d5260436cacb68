import type { RefundView } from '../../../../common/contract/refunds.ts';
import type { AppError } from '../../../../common/errors.ts';
import type { RefundId } from '../../../../common/ids.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';

/** One refund, followed until it ends and beyond: what was given back may still fail days later. */
export class RefundState {
  view: RefundView | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  online = $state(true);
  asking = $state(false);

  private readonly refund_id: RefundId;

  constructor(refund_id: RefundId, known: RefundView | null = null) {
    this.refund_id = refund_id;
    this.view = known;
  }

  follow(): () => void {
    void this.load();
    void this.look();
    const stops = [
      on('payments.changed', ({ attempt_id }) => {
        if (this.view === null || this.view.attempt_id === attempt_id) void this.load();
      }),
      on('sync.changed', () => void this.look()),
    ];
    return () => stops.forEach(stop => stop());
  }

  async load(): Promise<void> {
    try {
      this.view = await call('refunds.get', { refund_id: this.refund_id });
      this.failure = null;
    } catch (problem) {
      this.failure = asAppError(problem);
    }
  }

  /** Whether "next check" means a time or the internet. */
  private async look(): Promise<void> {
    try {
      this.online = (await call('sync.state', {})).online;
    } catch {
      // Who may not see the sync is told the time, which is never wrong.
    }
  }

  async askNow(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      this.view = await call('refunds.ask_now', { refund_id: this.refund_id });
      this.failure = null;
    } catch (problem) {
      this.failure = asAppError(problem);
    } finally {
      this.asking = false;
    }
  }
}
