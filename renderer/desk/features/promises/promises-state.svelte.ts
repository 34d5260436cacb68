import type { PromiseView } from '../../../../common/contract/promises.ts';
import type { AppError } from '../../../../common/errors.ts';
import type { CustomerId, PromiseId } from '../../../../common/ids.ts';
import type { Money } from '../../../../common/money.ts';
import { asAppError, call } from '../../lib/api.svelte.ts';

/** What one customer promised to pay, and what became of it. */
export class Promises {
  list: readonly PromiseView[] = $state.raw([]);
  kept = $state(0);
  broken = $state(0);
  busy = $state(false);
  refusal: AppError | null = $state.raw(null);
  readonly open = $derived(this.list.find(({ state }) => state === 'open') ?? null);
  readonly lastBroken = $derived(this.open === null && this.list[0]?.state === 'broken' ? this.list[0] : null);
  private customer_id: CustomerId | null = null;
  /** Kept until it is on the books, so that a second press is not a second promise. */
  private promise_id: PromiseId | null = null;

  async load(customer_id: CustomerId | null): Promise<void> {
    if (customer_id !== this.customer_id) {
      this.list = [];
      this.refusal = null;
      this.promise_id = null;
    }
    this.customer_id = customer_id;
    if (customer_id === null) return;
    const { promises, kept, broken } = await call('promises.of', { customer_id });
    // A late answer is about somebody who is no longer on screen.
    if (customer_id !== this.customer_id) return;
    this.list = promises;
    this.kept = kept;
    this.broken = broken;
  }

  /** Answers whether it is noted; otherwise the refusal says why not. */
  async make(amount: Money, due_on: string): Promise<boolean> {
    const { customer_id } = this;
    if (this.busy || customer_id === null) return false;
    return this.#doing(async () => {
      this.promise_id ??= (await call('promises.new', {})).promise_id;
      await call('promises.make', { promise_id: this.promise_id, customer_id, amount, due_on });
      this.promise_id = null;
      await this.load(customer_id);
    });
  }

  async withdraw(promise_id: PromiseId): Promise<boolean> {
    if (this.busy) return false;
    return this.#doing(async () => {
      await call('promises.withdraw', { promise_id });
      await this.load(this.customer_id);
    });
  }

  async #doing(work: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.refusal = null;
    try {
      await work();
      return true;
    } catch (problem) {
      this.refusal = asAppError(problem);
      // Other content under the same id is refused; the next try is another promise.
      this.promise_id = null;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
