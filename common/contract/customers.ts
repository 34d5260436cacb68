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
  archived: z.boolean().optional(),
  /** What was found of this customer, where it is not the customer: an invoice's number, an amount, a card. */
  because: z
    .strictObject({ what: z.enum(['invoice', 'open_amount', 'payment_amount', 'card']), text: z.string() })
    .optional(),
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

const personal = { name: freeText(300, 1), phone, email, note: freeText(500) };

export const customerCalls = {
  'customers.search': {
    may: 'customers.see',
    input: z.strictObject({
      text: freeText(100),
      limit: z.int().min(1).max(50),
      /** Also those who were put away. */
      archived: z.boolean().optional(),
    }),
    output: z.strictObject({ found: z.array(customerSummary), more: z.boolean() }),
  },
  'customers.get': { may: 'customers.see', input: z.strictObject({ customer_id: customerId }), output: customerCard },
  'customers.add': {
    may: 'customers.edit',
    input: z.strictObject(personal),
    output: customerSummary,
  },
  'customers.change': {
    may: 'customers.edit',
    input: z.strictObject({ customer_id: customerId, ...personal }),
    output: customerSummary,
  },
  /** Put away: no longer found when a payment is taken. Everything that happened stays, and can be taken back. */
  'customers.archive': {
    may: 'customers.edit',
    input: z.strictObject({ customer_id: customerId, archived: z.boolean() }),
    output: customerSummary,
  },
} as const;

export const customerEvents = {
  'customers.changed': z.strictObject({ customer_id: customerId }),
} as const;
