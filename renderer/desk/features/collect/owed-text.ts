import type { InvoiceView } from '../../../../common/contract/invoices.ts';
import type { Day } from '../../../../common/time.ts';
import type { Shared } from '../../../../common/allocate.ts';
import { money } from '../../../../common/money.ts';
import type { Format } from '../../lib/format.ts';
import { messages } from '../../lib/messages/messages.ts';

const DAY_MS = 86_400_000;

/** `27 days late`, `due Apr 3`, or that there is no due date. */
export function dueText({ due_on }: InvoiceView, today: Day, format: Format): { text: string; late: boolean } {
  const text = messages.collect.owed;
  if (due_on === null) return { text: text.noDue, late: false };
  const days = Math.round((Date.parse(`${today}T00:00:00Z`) - Date.parse(`${due_on}T00:00:00Z`)) / DAY_MS);
  return days > 0 ? { text: text.late(days), late: true } : { text: text.due(format.day(due_on, today)), late: false };
}

/** `Pays INV-2031 in full and $35.00 of INV-2068, which keeps $25.00 open.` */
export function sharesText(invoices: readonly InvoiceView[], { shares, rest }: Shared, format: Format): string | null {
  const text = messages.collect.owed;
  if (shares.length === 0) return null;
  const byId = new Map<string, InvoiceView>(invoices.map(invoice => [invoice.invoice_id, invoice]));
  const parts: string[] = [];
  let keeps = '';
  for (const { invoice_id, amount } of shares) {
    const invoice = byId.get(invoice_id);
    if (!invoice) continue;
    const left = invoice.open.minor - amount.minor;
    parts.push(left === 0 ? text.inFull(invoice.number) : text.part(format.money(amount), invoice.number));
    keeps = left === 0 ? '' : text.keepsOpen(format.money(money(left, amount.currency)));
  }
  const more = rest.minor > 0 ? text.rest(format.money(rest)) : '';
  return text.says(format.list(parts), keeps) + more;
}
