import { z } from 'zod';
import { amount, customerId, freeText, instant_ms, day } from './shapes.ts';
import { attemptView } from './payments.ts';

const email = freeText(254).refine(text => text === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text));
const phone = freeText(40).refine(text => text === '' || /^[+(\d][\d\s().+-]{4,}$/.test(text));

export const customerSummary = z.strictObject({
  customer_id: customerId,
  /** Short and spoken over the phone: `C-1042`. */
  code: z.string(),
  name: z.string(),
  phone: z.string(),
  email: z.string(),
});
export type CustomerSummary = z.infer<typeof customerSummary>;

export const customerCard = z.strictObject({
  customer: customerSummary,
  note: z.string(),
  /** Money received that no invoice has claimed yet. */
  unallocated: amount,
  paid_this_year: amount,
  last_payment: z.strictObject({ amount, day, happened_at_ms: instant_ms }).nullable(),
  recent: z.array(attemptView),
});
export type CustomerCard = z.infer<typeof customerCard>;

export const customerCalls = {
  'customers.search': {
    may: 'customers.see',
    input: z.strictObject({ text: freeText(100), limit: z.int().min(1).max(50) }),
    output: z.strictObject({ found: z.array(customerSummary), more: z.boolean() }),
  },
  'customers.get': { may: 'customers.see', input: z.strictObject({ customer_id: customerId }), output: customerCard },
  'customers.add': {
    may: 'customers.edit',
    input: z.strictObject({ name: freeText(300, 1), phone, email, note: freeText(500) }),
    output: customerSummary,
  },
} as const;

export const customerEvents = {
  'customers.changed': z.strictObject({ customer_id: customerId }),
} as const;
