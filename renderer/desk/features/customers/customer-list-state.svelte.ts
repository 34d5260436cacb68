import type { CustomerSummary } from '../../../../common/contract/customers.ts';
import type { AppError } from '../../../../common/errors.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';
import { oneAtATime } from '../../lib/one-at-a-time.ts';

const WAIT_MS = 60;
const ROWS = 50;

/** The list of Customers: what is looked for, who was found, and which row is chosen. */
export class CustomerListState {
  text = $state('');
  /** Also those who were put away. */
  archived = $state(false);
  found: readonly CustomerSummary[] = $state.raw([]);
  more = $state(false);
  failure: AppError | null = $state.raw(null);
  /** What `found` was asked for; null before the first answer. */
  answered: string | null = $state(null);
  chosen_id: string | null = $state(null);
  /** The newest question; the answer to an older one is dropped. */
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks now and after every change of a customer, until the returned function is called. */
  follow(): () => void {
    const reload = oneAtATime(() => this.load());
    reload();
    const stop = on('customers.changed', reload);
    return () => {
      clearTimeout(this.timer);
      stop();
    };
  }

  type(text: string): void {
    this.text = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), WAIT_MS);
  }

  find(text: string): void {
    this.text = text;
    void this.load();
  }

  showArchived(archived: boolean): void {
    this.archived = archived;
    void this.load();
  }

  async load(): Promise<void> {
    clearTimeout(this.timer);
    const { text, archived } = this;
    const question = (this.asked += 1);
    try {
      const { found, more } = await call('customers.search', { text, limit: ROWS, archived });
      if (question !== this.asked) return;
      this.found = found;
      this.more = more;
      this.answered = text;
      this.failure = null;
    } catch (problem) {
      if (question === this.asked) this.failure = asAppError(problem);
    }
  }

  /** The first of what stands in the search, also when the typing was faster than the answer. */
  async first(): Promise<CustomerSummary | null> {
    if (this.answered !== this.text) await this.load();
    return this.answered === this.text ? (this.found[0] ?? null) : null;
  }

  /** Moves the choice by one row and answers the row it is on then. */
  move(step: 1 | -1): CustomerSummary | null {
    const now = this.found.findIndex(row => row.customer_id === this.chosen_id);
    const next = now === -1 ? 0 : Math.min(this.found.length - 1, Math.max(0, now + step));
    const row = this.found[next] ?? null;
    this.chosen_id = row?.customer_id ?? null;
    return row;
  }
}
