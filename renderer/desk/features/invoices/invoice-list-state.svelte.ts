import type { CallOutput } from '../../../../common/contract/index.ts';
import type { AppError } from '../../../../common/errors.ts';
import type { AttemptId, CustomerId } from '../../../../common/ids.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';
import { oneAtATime } from '../../lib/one-at-a-time.ts';

type List = CallOutput<'invoices.list'>;
export type Paid = CallOutput<'allocations.of'>;

/** What one customer owes: the open invoices or all of them, with the figures above them. */
export class InvoiceListState {
  which: 'open' | 'all' = $state('open');
  list: List | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  private readonly customer_id: CustomerId;
  private asked = 0;

  constructor(customer_id: CustomerId) {
    this.customer_id = customer_id;
  }

  follow(): () => void {
    const reload = oneAtATime(() => this.load());
    reload();
    const stops = [
      on('invoices.changed', changed => changed.customer_id === this.customer_id && reload()),
      on('payments.changed', reload),
    ];
    return () => stops.forEach(stop => stop());
  }

  show(which: 'open' | 'all'): void {
    this.which = which;
    void this.load();
  }

  async load(): Promise<void> {
    const question = (this.asked += 1);
    try {
      const list = await call('invoices.list', { customer_id: this.customer_id, which: this.which });
      if (question !== this.asked) return;
      this.list = list;
      this.failure = null;
    } catch (problem) {
      if (question === this.asked) this.failure = asAppError(problem);
    }
  }
}

/** What each of some payments pays. */
export class PaidState {
  of: Readonly<Partial<Record<AttemptId, Paid>>> = $state.raw({});
  private asked = 0;

  /** A payment that cannot be read is left out; its row then says nothing about what it pays. */
  async load(attempt_ids: readonly AttemptId[]): Promise<void> {
    const question = (this.asked += 1);
    const read = await Promise.all(
      attempt_ids.map(attempt_id => call('allocations.of', { attempt_id }).catch(() => null)),
    );
    if (question !== this.asked) return;
    const known: Partial<Record<AttemptId, Paid>> = {};
    attempt_ids.forEach((attempt_id, index) => {
      const paid = read[index];
      if (paid) known[attempt_id] = paid;
    });
    this.of = known;
  }
}
