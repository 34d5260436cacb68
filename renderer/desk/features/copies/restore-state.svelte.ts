import type { SessionState as SessionView } from '../../../../common/contract/office.ts';
import type { FoundCopyView, RestorePlan } from '../../../../common/contract/copies.ts';
import type { AppError } from '../../../../common/errors.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';
import type { CopyProgressView } from './copies-state.svelte.ts';

/** Bringing an office back: a copy, the key, then who it is. Nothing typed is lost by going back. */
export class RestoreState {
  step: 0 | 1 | 2 = $state(0);
  folder: string | null = $state(null);
  found: readonly FoundCopyView[] | null = $state.raw(null);
  chosen = $state(0);
  recovery_key = $state('');
  plan: RestorePlan | null = $state.raw(null);
  person_id = $state('');
  password = $state('');
  busy: 'find' | 'open' | 'finish' | null = $state(null);
  progress: CopyProgressView | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);

  readonly copy = $derived(this.found?.find(one => one.index === this.chosen) ?? null);

  follow(): () => void {
    return on('copies.progress', progress => {
      if (progress.work === 'restore') this.progress = progress;
    });
  }

  private async act(deed: NonNullable<RestoreState['busy']>, work: () => Promise<void>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = deed;
    this.failure = null;
    this.progress = null;
    try {
      await work();
    } catch (problem) {
      this.failure = asAppError(problem);
    } finally {
      this.busy = null;
    }
  }

  find(): Promise<void> {
    return this.act('find', async () => {
      const { folder, copies } = await call('copies.find', {});
      if (folder === null) return;
      this.folder = folder;
      this.found = copies;
      this.chosen = copies.find(copy => copy.whole)?.index ?? 0;
    });
  }

  open(): Promise<void> {
    return this.act('open', async () => {
      const { recovery_key, chosen: index } = this;
      this.plan = await call('copies.restore_begin', { index, recovery_key });
      this.person_id =
        (this.plan.people.find(person => person.role === 'owner') ?? this.plan.people[0])?.person_id ?? '';
      this.recovery_key = '';
      this.step = 2;
    });
  }

  /** Answers the open session, or null with `failure` set. */
  async finish(): Promise<SessionView | null> {
    let session: SessionView | null = null;
    await this.act('finish', async () => {
      const { person_id, password } = this;
      session = await call('copies.restore_finish', { person_id, password });
    });
    // What was proven is used up; the key opens the copy once more.
    if (!session) this.step = 1;
    return session;
  }

  back(): void {
    this.failure = null;
    if (this.step === 2) void call('copies.restore_cancel', {});
    this.step = this.step === 2 ? 1 : 0;
  }

  cancel(): void {
    void call('copies.restore_cancel', {});
  }
}
