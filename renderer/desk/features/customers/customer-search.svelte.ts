import type { CustomerSummary } from '../../../../common/contract/customers.ts';
import { asAppError, call } from '../../lib/api.svelte.ts';
import type { AppError } from '../../../../common/errors.ts';

const WAIT_MS = 60;

/** Finding a customer while typing. Answers that come late, for an older text, are dropped. */
export class CustomerSearch {
  text = $state('');
  found: readonly CustomerSummary[] = $state.raw([]);
  more = $state(false);
  /** The text that `found` belongs to, so "nobody found" is never said too early. */
  answered = $state('');
  /** Which of the found ones Enter takes. */
  chosen = $state(0);
  failure: AppError | null = $state.raw(null);
  private readonly limit: number;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  type(text: string): void {
    this.text = text;
    clearTimeout(this.timer);
    if (text.trim() === '') this.reset();
    else this.timer = setTimeout(() => void this.ask(), WAIT_MS);
  }

  reset(): void {
    clearTimeout(this.timer);
    this.text = '';
    this.found = [];
    this.more = false;
    this.answered = '';
    this.chosen = 0;
    this.failure = null;
  }

  move(step: number): void {
    if (this.found.length === 0) return;
    this.chosen = (this.chosen + step + this.found.length) % this.found.length;
  }

  /**
   * The one Enter takes. When the typing was faster than the search, it is asked for what stood there when Enter was
   * pressed: a row of an older text would be the wrong customer.
   */
  async take(): Promise<CustomerSummary | null> {
    const text = this.text;
    clearTimeout(this.timer);
    if (text.trim() === '') return null;
    if (this.answered !== text) await this.ask();
    return this.answered === text ? (this.found[this.chosen] ?? null) : null;
  }

  private async ask(): Promise<void> {
    const text = this.text;
    try {
      const { found, more } = await call('customers.search', { text, limit: this.limit });
      if (text !== this.text) return;
      this.found = found;
      this.more = more;
      this.answered = text;
      this.chosen = 0;
      this.failure = null;
    } catch (problem) {
      this.failure = asAppError(problem);
    }
  }
}
