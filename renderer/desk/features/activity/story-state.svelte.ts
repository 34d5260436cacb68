import type { CallOutput } from '../../../../common/contract/index.ts';
import type { AttemptId } from '../../../../common/ids.ts';
import type { AppError } from '../../../../common/errors.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';

export type Story = CallOutput<'payments.get'>;
export type StoryDeed = 'pdf' | 'print' | 'ask' | 'cancel';

/** The side panel: one attempt's whole story, and what can still be done about it. */
export class StoryState {
  story: Story | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  /** What is being done now, so that it is not done twice. */
  busy: StoryDeed | null = $state(null);
  /** What was done last, for the line that confirms it. `path` is where a file went. */
  done: { deed: StoryDeed; path: string | null } | null = $state.raw(null);

  private readonly attempt_id: AttemptId;

  constructor(attempt_id: AttemptId) {
    this.attempt_id = attempt_id;
  }

  follow(): () => void {
    void this.load();
    return on('payments.changed', changed => {
      if (changed.attempt_id === this.attempt_id) void this.load();
    });
  }

  async load(): Promise<void> {
    try {
      this.story = await call('payments.get', { attempt_id: this.attempt_id });
      this.failure = null;
    } catch (problem) {
      this.failure = asAppError(problem);
    }
  }

  async act(deed: StoryDeed): Promise<void> {
    if (this.busy !== null) return;
    this.busy = deed;
    this.failure = null;
    this.done = null;
    try {
      const path = await this.carryOut(deed);
      // A person who closes the file dialog has changed their mind: there is nothing to confirm.
      if (deed !== 'pdf' || path !== null) this.done = { deed, path };
    } catch (problem) {
      this.failure = asAppError(problem);
    } finally {
      this.busy = null;
    }
  }

  private async carryOut(deed: StoryDeed): Promise<string | null> {
    const about = { attempt_id: this.attempt_id };
    if (deed === 'pdf') return (await call('receipts.save_pdf', about)).path;
    if (deed === 'print') await call('receipts.print', about);
    if (deed === 'ask') await call('payments.ask_now', about);
    if (deed === 'cancel') await call('payments.cancel_queued', about);
    if (deed === 'ask' || deed === 'cancel') await this.load();
    return null;
  }
}
