import type { CallOutput } from '../../../../common/contract/index.ts';
import type { SessionState as SessionView, SettingsView, TRAINING_FAULTS } from '../../../../common/contract/office.ts';
import type { AppError } from '../../../../common/errors.ts';
import type { Money } from '../../../../common/money.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';

export type TrainingFault = (typeof TRAINING_FAULTS)[number];
export type LedgerCheck = CallOutput<'ledger.verify'>;
export type CheckProgress = { readonly done: number; readonly of: number };
export type Deed = 'two_phase' | 'refund_limit' | 'network' | 'fault' | 'foreign' | 'verify' | 'switch';

/** What Settings shows and changes, apart from the Square credentials (see square-form) and the look. */
export class SettingsState {
  view: SettingsView | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  busy: Deed | null = $state(null);
  /** The last thing that worked, for the line that confirms it. */
  done: Deed | null = $state(null);
  check: LedgerCheck | null = $state.raw(null);
  progress: CheckProgress | null = $state.raw(null);

  follow(): () => void {
    void this.refresh();
    return on('ledger.verify_progress', progress => {
      if (this.busy === 'verify') this.progress = progress;
    });
  }

  async refresh(): Promise<void> {
    try {
      this.view = await call('settings.get', {});
    } catch (problem) {
      this.failure = asAppError(problem);
    }
  }

  /** One deed at a time. Answers whether it worked; `failure` says why not. */
  private async act(deed: Deed, work: () => Promise<void>): Promise<boolean> {
    if (this.busy !== null) return false;
    this.busy = deed;
    this.done = null;
    this.failure = null;
    try {
      await work();
      this.done = deed;
      return true;
    } catch (problem) {
      this.failure = asAppError(problem);
      return false;
    } finally {
      this.busy = null;
    }
  }

  setTwoPhase(two_phase: boolean): Promise<boolean> {
    return this.act('two_phase', async () => {
      this.view = await call('settings.set_two_phase', { two_phase });
    });
  }

  setRefundLimit(limit: Money): Promise<boolean> {
    return this.act('refund_limit', async () => {
      await call('refunds.set_limit', { limit });
      await this.refresh();
    });
  }

  setNetwork(network: 'up' | 'down'): Promise<boolean> {
    return this.act('network', async () => {
      await call('training.set_network', { network });
      await this.refresh();
    });
  }

  setFault(fault: TrainingFault | null): Promise<boolean> {
    return this.act('fault', async () => {
      await call('training.next_fault', { fault });
      await this.refresh();
    });
  }

  makeForeignPayment(amount: Money): Promise<boolean> {
    return this.act('foreign', async () => {
      await call('training.foreign_payment', { amount });
    });
  }

  verify(): Promise<boolean> {
    this.check = null;
    this.progress = null;
    return this.act('verify', async () => {
      this.check = await call('ledger.verify', {});
    });
  }

  /** Answers the session of the other office, or null with `failure` set. */
  async switchMode(mode: 'training' | 'live'): Promise<SessionView | null> {
    let session: SessionView | null = null;
    await this.act('switch', async () => {
      session = await call('session.switch_mode', { mode });
    });
    return session;
  }
}
