import { on } from '../../lib/api.svelte.ts';
import type { CollectFocus } from './collect-focus.svelte.ts';
import type { CollectState } from './collect-state.svelte.ts';

/** Keeps what Collect shows true while others change it. Answers how to stop. */
export function followNews(collect: CollectState, focus: CollectFocus): () => void {
  const ofCustomer = ({ customer_id }: { customer_id: string }): void => {
    if (customer_id === collect.customer?.customer.customer_id) void collect.refreshCustomer();
  };
  const stops = [
    collect.fields.follow(),
    on('payments.changed', ({ attempt_id }) => void collect.refreshOutcome(attempt_id)),
    on('customers.changed', ofCustomer),
    on('invoices.changed', ofCustomer),
    on('sync.changed', () => void collect.refreshWays()),
    on('card_fields.focus_left', () => void focus.afterFields(collect)),
  ];
  return () => stops.forEach(stop => stop());
}
