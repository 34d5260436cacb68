import { money, type Money } from './money.ts';

/** An invoice as far as sharing money over invoices needs it: which one, and how much of it is open. */
export type OpenInvoice<Id extends string = string> = { readonly invoice_id: Id; readonly open: Money };
export type Share<Id extends string = string> = { readonly invoice_id: Id; readonly amount: Money };

/** How an amount is shared: the shares and the rest, which pays nothing, add up to it. */
export type Shared<Id extends string = string> = { readonly shares: readonly Share<Id>[]; readonly rest: Money };

/**
 * Shares an amount over invoices in their given order (the oldest first): each is paid in full while the money lasts,
 * the last one in part. What is left over pays none of them.
 */
export function shareInOrder<Id extends string>(amount: Money, invoices: readonly OpenInvoice<Id>[]): Shared<Id> {
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

/**
 * The same, but for what a person typed: such a part, in minor units by invoice, holds as far as the money and the
 * invoice go, in the order of the invoices. The others share what is left.
 */
export function shareWithParts<Id extends string>(
  amount: Money,
  invoices: readonly OpenInvoice<Id>[],
  parts: Readonly<Record<string, number>>,
): Shared<Id> {
  const isTyped = ({ invoice_id }: OpenInvoice<Id>): boolean => parts[invoice_id] !== undefined;
  const limited = invoices.filter(isTyped).map(({ invoice_id, open }) => ({
    invoice_id,
    open: money(Math.min(parts[invoice_id]!, open.minor), open.currency),
  }));
  const first = shareInOrder(amount, limited);
  const { shares, rest } = shareInOrder(
    first.rest,
    invoices.filter(invoice => !isTyped(invoice)),
  );
  const all = [...first.shares, ...shares];
  return { shares: invoices.flatMap(({ invoice_id }) => all.filter(share => share.invoice_id === invoice_id)), rest };
}
