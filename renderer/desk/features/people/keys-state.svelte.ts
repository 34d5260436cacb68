import type { CallOutput } from '../../../../common/contract/index.ts';
import type { KeyStep } from '../../../../common/contract/people.ts';
import type { AppError } from '../../../../common/errors.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';

type Shown = CallOutput<'keys.new_recovery'>;

/** A new recovery key, from the proof to the two groups that were typed back; and the ledger key that may come with it. */
export class KeysState {
  /** True when the ledger itself gets a new key too. */
  readonly both: boolean;
  proof = $state('');
  asked = $state(false);
  shown: Shown | null = $state.raw(null);
  typed: [string, string] = $state(['', '']);
  printed = $state(false);
  busy: 'show' | 'print' | 'accept' | null = $state(null);
  step: KeyStep | null = $state(null);
  failure: AppError | null = $state.raw(null);

  constructor(both: boolean) {
    this.both = both;
  }

  /** For each of the two groups: not whole yet, right or wrong. */
  readonly groups = $derived.by(() =>
    (this.shown?.ask_groups ?? []).map((number, index) => {
      const typed = (this.typed[index] ?? '').trim().toUpperCase();
      const right = this.shown?.recovery_groups[number - 1] ?? '';
      const state = typed.length < right.length ? 'part' : typed === right ? 'right' : 'wrong';
      return { number, index, state };
    }),
  );
  readonly right = $derived(this.groups.length === 2 && this.groups.every(group => group.state === 'right'));

  follow(): () => void {
    return on('keys.progress', ({ step }) => {
      if (this.busy === 'accept') this.step = step;
    });
  }

  async show(): Promise<void> {
    this.asked = true;
    if (this.proof === '') return;
    await this.act('show', async () => {
      this.shown = await call('keys.new_recovery', { proof: this.proof });
    });
    this.proof = '';
    this.asked = false;
  }

  async print(): Promise<void> {
    await this.act('print', async () => {
      await call('keys.print_recovery', {});
      this.printed = true;
    });
  }

  /** Answers whether it worked. */
  async accept(): Promise<boolean> {
    if (!this.right) return false;
    const typed_groups = this.typed.map(group => group.trim());
    return this.act('accept', () => call('keys.accept_recovery', { typed_groups, change_ledger_key: this.both }));
  }

  private async act(deed: 'show' | 'print' | 'accept', work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy !== null) return false;
    this.busy = deed;
    this.failure = null;
    try {
      await work();
      return true;
    } catch (problem) {
      this.failure = asAppError(problem);
      return false;
    } finally {
      this.busy = null;
      this.step = null;
    }
  }
}
