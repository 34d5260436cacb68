import type { EventPayload } from '../../../../common/contract/index.ts';
import type { CopiesView, ListedCopy, Which } from '../../../../common/contract/copies.ts';
import type { AppError } from '../../../../common/errors.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';

export type CopyProgressView = EventPayload<'copies.progress'>;
export type CopyDeed = 'folder' | 'make' | 'test' | 'square';

/** What the section "Copies" shows and does. */
export class CopiesState {
  view: CopiesView | null = $state.raw(null);
  list: readonly ListedCopy[] | null = $state.raw(null);
  progress: CopyProgressView | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  busy: CopyDeed | null = $state(null);
  done: CopyDeed | null = $state(null);

  follow(): () => void {
    void this.refresh();
    const stops = [
      on('copies.changed', () => void this.refresh()),
      on('payments.changed', () => void this.look()),
      on('copies.progress', progress => {
        if (progress.work !== 'restore') this.progress = progress;
      }),
    ];
    return () => stops.forEach(stop => stop());
  }

  async refresh(): Promise<void> {
    await this.look();
    try {
      this.list = (await call('copies.list', {})).copies;
    } catch (problem) {
      this.failure = asAppError(problem);
    }
  }

  /** Without the list, which means looking into every folder. */
  private async look(): Promise<void> {
    try {
      this.view = await call('copies.state', {});
      if (this.view.working === null) this.progress = null;
    } catch (problem) {
      this.failure = asAppError(problem);
    }
  }

  /** One deed at a time. Answers whether it worked; `failure` says why not. */
  private async act(deed: CopyDeed, work: () => Promise<CopiesView>): Promise<boolean> {
    if (this.busy !== null) return false;
    this.busy = deed;
    this.done = null;
    this.failure = null;
    try {
      this.view = await work();
      this.done = deed;
      return true;
    } catch (problem) {
      this.failure = asAppError(problem);
      return false;
    } finally {
      this.busy = null;
      this.progress = null;
      void this.refresh();
    }
  }

  choose(which: Which): Promise<boolean> {
    return this.act('folder', () => call('copies.choose_folder', { which }));
  }
  forget(which: Which): Promise<boolean> {
    return this.act('folder', () => call('copies.forget_folder', { which }));
  }
  make(): Promise<boolean> {
    return this.act('make', () => call('copies.make', {}));
  }
  test(recovery_key: string): Promise<boolean> {
    return this.act('test', () => call('copies.test', { recovery_key }));
  }
  withoutSquare(): Promise<boolean> {
    return this.act('square', () => call('copies.without_square', {}));
  }
  cancel(): void {
    void call('copies.cancel', {});
  }
}
