import type { CustomerCard } from '../../../../common/contract/customers.ts';
import type { AppError } from '../../../../common/errors.ts';
import type { CustomerId } from '../../../../common/ids.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';
import { oneAtATime } from '../../lib/one-at-a-time.ts';

/** One customer: who it is, what was received of them, and their last payments. */
export class CustomerState {
  card: CustomerCard | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  private readonly customer_id: CustomerId;

  constructor(customer_id: CustomerId) {
    this.customer_id = customer_id;
  }

  /** Asks now and after every change that may touch this customer, until the returned function is called. */
  follow(): () => void {
    const reload = oneAtATime(() => this.load());
    const mine = (changed: { readonly customer_id: CustomerId }): void => {
      if (changed.customer_id === this.customer_id) reload();
    };
    reload();
    const stops = [
      on('customers.changed', mine),
      on('invoices.changed', mine),
      // A payment names no customer, and may just have become this one's.
      on('payments.changed', reload),
    ];
    return () => stops.forEach(stop => stop());
  }

  async load(): Promise<void> {
    try {
      this.card = await call('customers.get', { customer_id: this.customer_id });
      this.failure = null;
    } catch (problem) {
      this.failure = asAppError(problem);
    }
  }

  /** Puts the customer away or takes them back; throws the refusal. */
  async archive(archived: boolean): Promise<void> {
    await call('customers.archive', { customer_id: this.customer_id, archived });
    await this.load();
  }
}
