import { hasCardNumber } from '../../../../common/card-numbers.ts';
import type { RefundView } from '../../../../common/contract/refunds.ts';
import type { AppError } from '../../../../common/errors.ts';
import type { RefundId } from '../../../../common/ids.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';

export type RefundDeed = 'ask' | 'take_back' | 'close';
export type Closing = { as: 'given' | 'not_given'; reason: string; password: string; pressed: boolean };

const SHORTEST_REASON = 3;

/** One refund, followed until it ends and beyond: what was given back may still fail days later. */
export class RefundState {
  view: RefundView | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  online = $state(true);
  /** What is being done now, so that it is not done twice. */
  busy: RefundDeed | null = $state(null);
  /** What somebody types to end a doubt. */
  readonly closing: Closing = $state({ as: 'not_given', reason: '', password: '', pressed: false });
  /** Before this time another press would be refused again. UTC milliseconds. */
  refused_until_ms = $state(0);

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

  askNow(): Promise<void> {
    return this.act('ask', () => call('refunds.ask_now', { refund_id: this.refund_id }));
  }

  takeBack(): Promise<void> {
    return this.act('take_back', () => call('refunds.take_back', { refund_id: this.refund_id }));
  }

  /** A person's decision; `true` when the doubt has ended, in whichever way. */
  async close(now_ms: number): Promise<boolean> {
    const { closing } = this;
    if (this.busy !== null || now_ms < this.refused_until_ms) return false;
    closing.pressed = true;
    const reason = closing.reason.trim();
    if (reason.length < SHORTEST_REASON || hasCardNumber(reason) || closing.password === '') return false;
    const { as, password } = closing;
    await this.act('close', () => call('refunds.close', { refund_id: this.refund_id, as, reason, password }));
    const wait_ms = this.failure?.details['wait_ms'];
    this.refused_until_ms = typeof wait_ms === 'number' ? now_ms + wait_ms : 0;
    if (this.failure?.code === 'wrong_password') Object.assign(closing, { password: '', pressed: false });
    return this.failure === null;
  }

  /** One deed at a time. */
  private async act(deed: RefundDeed, work: () => Promise<RefundView>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = deed;
    this.failure = null;
    try {
      this.view = await work();
    } catch (problem) {
      this.failure = asAppError(problem);
    } finally {
      this.busy = null;
    }
  }
}
