import { money, type Money } from './money.ts';

/** An invoice as far as sharing money over invoices needs it: which one, and how much of it is open. */
export type OpenInvoice<Id extends string = string> = { readonly invoice_id: Id; readonly open: Money };
export type Share<Id extends string = string> = { readonly invoice_id: Id; readonly amount: Money };

/**
 * Shares an amount over invoices in their given order (the oldest first): each is paid in full while the money lasts,
 * the last one in part. What is left over pays none of them. The shares and the rest add up to the amount.
 */
export function shareInOrder<Id extends string>(
  amount: Money,
  invoices: readonly OpenInvoice<Id>[],
): { readonly shares: Share<Id>[]; readonly rest: Money } {
  let left = amount.minor;
  const shares: Share<Id>[] = [];
  for (const { invoice_id, open } of invoices) {
    const part = Math.min(left, open.minor);
    if (part <= 0) continue;
    shares.push({ invoice_id, amount: money(part, amount.currency) });
    left -= part;
  }
  return { shares, rest: money(left, amount.currency) };
}
