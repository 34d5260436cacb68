import type { InvoiceView } from '../../../../common/contract/invoices.ts';
import type { AttemptView } from '../../../../common/contract/payments.ts';
import { subtract } from '../../../../common/money.ts';
import type { Day } from '../../../../common/time.ts';
import { messages } from '../../lib/messages/messages.ts';

const DAY_MS = 86_400_000;

/** How many days an open invoice is overdue; zero when it is not. */
export function daysLate(invoice: InvoiceView, today: Day): number {
  if (invoice.due_on === null || invoice.open.minor <= 0 || invoice.due_on >= today) return 0;
  return Math.round((Date.parse(today) - Date.parse(invoice.due_on)) / DAY_MS);
}

export type InvoiceWord = keyof typeof messages.invoices.view.states;

export function wordOf(invoice: InvoiceView): InvoiceWord {
  if (invoice.voided) return 'voided';
  if (invoice.open.minor === 0) return 'paid';
  return invoice.open.minor < invoice.total.minor ? 'part' : 'open';
}

export const paidOf = (invoice: InvoiceView) => subtract(invoice.total, invoice.open);

/** What tells this payment from others: `Visa 4242`, `Check 1187`, `Cash`. */
export function paymentName(attempt: AttemptView): string {
  const { card, tender, check_number } = attempt;
  if (card) return messages.payments.cardShort(card.brand, card.last4);
  const name = messages.invoices.view.tender(tender);
  return check_number === null ? name : `${name} ${check_number}`;
}

/** The order in which debts are paid: what was due first, then what was issued first. */
export function oldestFirst(left: InvoiceView, right: InvoiceView): number {
  const key = ({ due_on, issued_on, number }: InvoiceView): string => `${due_on ?? issued_on} ${issued_on} ${number}`;
  return key(left) < key(right) ? -1 : 1;
}
