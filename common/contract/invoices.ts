import { z } from 'zod';
import { amount, attemptId, customerId, day, done, freeText, instant_ms, invoiceId, share } from './shapes.ts';

/** One line of an invoice: what it is for, its price without tax, and the tax on it. A discount is below zero. */
const line = z.strictObject({ description: freeText(200, 1), net: amount, tax: amount });
export type InvoiceLine = z.infer<typeof line>;

export const invoiceView = z.strictObject({
  invoice_id: invoiceId,
  number: z.string(),
  customer_id: customerId,
  /** The first line's words, for lists. */
  about: z.string(),
  issued_on: day,
  due_on: day.nullable(),
  total: amount,
  /** What no payment has been attached to yet. */
  open: amount,
  voided: z.boolean(),
});
export type InvoiceView = z.infer<typeof invoiceView>;

/** A part of one payment, attached to an invoice, or kept as the customer's credit where `invoice_id` is null. */
export const allocationView = z.strictObject({
  allocation_id: z.string(),
  attempt_id: attemptId,
  /** How it was paid, as on its receipt. */
  receipt_number: z.string().nullable(),
  tender: z.string(),
  invoice_id: invoiceId.nullable(),
  invoice_number: z.string().nullable(),
  amount,
  day,
  /** False once it was taken back: the money then pays something else, or nothing. */
  stands: z.boolean(),
});
export type AllocationView = z.infer<typeof allocationView>;

/** A payment with money that pays nothing yet. Below zero when more was given back than was unallocated. */
export const unallocatedPayment = z.strictObject({
  attempt_id: attemptId,
  reference: z.string(),
  receipt_number: z.string().nullable(),
  tender: z.string(),
  day,
  happened_at_ms: instant_ms,
  customer: z.strictObject({ customer_id: customerId, name: z.string() }).nullable(),
  amount,
  unallocated: amount,
  foreign: z.boolean(),
});
export type UnallocatedPayment = z.infer<typeof unallocatedPayment>;

const content = {
  /** Left empty, the desk gives the next number of its own. */
  number: freeText(40),
  issued_on: day,
  due_on: day.nullable(),
  lines: z.array(line).min(1).max(100),
  note: freeText(500),
};
const reason = freeText(200, 3);

export const invoiceCalls = {
  /** The newest first; open ones the oldest first, as they are paid. */
  'invoices.list': {
    may: 'customers.see',
    input: z.strictObject({ customer_id: customerId, which: z.enum(['open', 'all']) }),
    output: z.strictObject({ invoices: z.array(invoiceView), open: amount, overdue: amount, credit: amount }),
  },
  'invoices.get': {
    may: 'customers.see',
    input: z.strictObject({ invoice_id: invoiceId }),
    output: z.strictObject({
      invoice: invoiceView,
      lines: z.array(line),
      note: z.string(),
      allocations: z.array(allocationView),
    }),
  },
  'invoices.new': {
    may: 'invoices.edit',
    input: z.strictObject({}),
    output: z.strictObject({ invoice_id: invoiceId }),
  },
  /** The same id with the same content answers the same; with other content it is a conflict. */
  'invoices.add': {
    may: 'invoices.edit',
    input: z.strictObject({ invoice_id: invoiceId, customer_id: customerId, ...content }),
    output: invoiceView,
  },
  /** Replaces what it says. Refused where more is already paid than it would then ask for. */
  'invoices.change': {
    may: 'invoices.edit',
    input: z.strictObject({ invoice_id: invoiceId, ...content }),
    output: invoiceView,
  },
  /** It is owed no more. What had been paid of it becomes unallocated again. */
  'invoices.void': {
    may: 'invoices.edit',
    input: z.strictObject({ invoice_id: invoiceId, reason }),
    output: invoiceView,
  },
  /** What one payment pays, with what it paid before. */
  'allocations.of': {
    may: 'payments.see',
    input: z.strictObject({ attempt_id: attemptId }),
    output: z.strictObject({ allocations: z.array(allocationView), unallocated: amount }),
  },
  /**
   * Says anew what a payment pays: what no longer holds is taken back, what is new is attached, in one commit. The rest
   * stays unallocated. A payment without a customer first becomes that customer's.
   */
  'allocations.set': {
    may: 'payments.allocate',
    input: z.strictObject({
      attempt_id: attemptId,
      customer_id: customerId,
      pays: z.array(share).max(100),
      /** Kept as the customer's credit. */
      credit: amount,
      reason,
    }),
    output: z.strictObject({ allocations: z.array(allocationView), unallocated: amount }),
  },
  /** Pays invoices from what the customer has to their credit, the oldest money first. */
  'allocations.use_credit': {
    may: 'payments.allocate',
    input: z.strictObject({ customer_id: customerId, pays: z.array(share).min(1).max(100) }),
    output: done,
  },
  'unallocated.list': {
    may: 'payments.see',
    input: z.strictObject({ limit: z.int().min(1).max(500) }),
    output: z.strictObject({ payments: z.array(unallocatedPayment), count: z.int(), sum: amount }),
  },
} as const;

export const invoiceEvents = {
  'invoices.changed': z.strictObject({ customer_id: customerId }),
} as const;
