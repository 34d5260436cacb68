import type { InvoiceView } from '../../../../common/contract/invoices.ts';
import type { CustomerId, InvoiceId } from '../../../../common/ids.ts';
import { money, type Money } from '../../../../common/money.ts';
import { shareWithParts, type Share, type Shared } from '../../../../common/allocate.ts';
import { call } from '../../lib/api.svelte.ts';

/** What the customer owes as a whole. */
export type Owed = { readonly open: Money; readonly overdue: Money; readonly credit: Money };

/** An amount to start from, and what it pays. */
export type Offer = { readonly id: 'oldest' | 'overdue' | 'all'; readonly invoices: readonly InvoiceView[] };

type Ports = {
  /** What is being taken from a customer, as far as it is known. */
  amount(): Money | null;
  /** Makes it the amount. */
  write(sum: Money | null): void;
  changed(): void;
};

/**
 * What the customer owes, and how the amount that is being taken is shared over it: the oldest first, but for what a
 * person left out or typed. A typed part holds; the others make room for it.
 */
export class Dues {
  invoices: readonly InvoiceView[] = $state.raw([]);
  owed: Owed | null = $state.raw(null);
  /** True when the payment is for no invoice at all. */
  without = $state(false);
  readonly shared: Shared<InvoiceId> | null = $derived.by(() => {
    const amount = this.ports.amount();
    return amount === null ? null : this.share(amount);
  });
  /** True while the amount is what the ticked invoices ask for. */
  private offered = false;
  private readonly ports: Ports;
  private left_out: readonly string[] = $state.raw([]);
  /** What a person typed for an invoice, in minor units. */
  private parts: Readonly<Record<string, number>> = $state.raw({});
  private customer_id: CustomerId | null = null;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** Reads what is owed; another customer starts with nothing left out and nothing typed. */
  async load(customer_id: CustomerId | null): Promise<void> {
    if (customer_id !== this.customer_id) this.forget();
    this.customer_id = customer_id;
    if (customer_id === null) return;
    const { invoices, ...owed } = await call('invoices.list', { customer_id, which: 'open' });
    // A late answer is about somebody who is no longer the payer.
    if (customer_id !== this.customer_id) return;
    this.invoices = invoices;
    this.owed = owed;
  }

  forget(): void {
    this.customer_id = null;
    this.invoices = [];
    this.owed = null;
    this.startOver();
  }

  private startOver(): void {
    this.offered = false;
    this.without = false;
    this.left_out = [];
    this.parts = {};
  }

  /** How this amount is shared, and what of it pays nothing. */
  share(amount: Money): Shared<InvoiceId> {
    if (this.without) return { shares: [], rest: amount };
    const wanted = this.invoices.filter(({ invoice_id }) => !this.left_out.includes(invoice_id));
    return shareWithParts(amount, wanted, this.parts);
  }

  /** Takes in one more invoice, or leaves one out. Before an amount is typed, ticking makes it. */
  pay(invoice: InvoiceView, paid: boolean): void {
    if (this.ports.amount() === null) {
      if (paid) this.offer([invoice]);
      return;
    }
    const kept = this.invoices.filter(({ invoice_id }) =>
      invoice_id === invoice.invoice_id ? paid : this.pays(invoice_id),
    );
    // An amount that was exactly what was ticked stays exactly that.
    if (this.offered) return this.offer(kept);
    const others = this.left_out.filter(id => id !== invoice.invoice_id);
    this.left_out = paid ? others : [...others, invoice.invoice_id];
    this.without = false;
    this.payPart(invoice, null);
  }

  pays(invoice_id: string): boolean {
    return this.shared?.shares.some(share => share.invoice_id === invoice_id) ?? false;
  }

  /** So much of this invoice, whatever else is paid; null leaves it to the order again. */
  payPart({ invoice_id }: InvoiceView, minor: number | null): void {
    const others = Object.entries(this.parts).filter(([id]) => id !== invoice_id);
    this.parts = Object.fromEntries(minor === null ? others : [...others, [invoice_id, minor]]);
    this.ports.changed();
  }

  payNothing(without: boolean): void {
    this.without = without;
    this.ports.changed();
  }

  /** Pays these and no others, with an amount that is just what they ask for. */
  offer(chosen: readonly InvoiceView[]): void {
    this.startOver();
    this.left_out = this.invoices.map(one => one.invoice_id).filter(id => !chosen.some(one => one.invoice_id === id));
    this.ports.write(sumOf(chosen));
    this.offered = chosen.length > 0;
  }

  /** What stays owed, and late, once the amount is paid; without a draft what is owed now. */
  after(today: string, draft: boolean): { readonly open: Money; readonly overdue: Money } | null {
    if (this.owed === null) return null;
    const shares = draft ? (this.shared?.shares ?? []) : [];
    const late = this.lateOn(today).map(({ invoice_id }) => invoice_id);
    const paid = (only: (share: Share<InvoiceId>) => boolean): number =>
      shares.filter(only).reduce((sum, share) => sum + share.amount.minor, 0);
    const { open, overdue } = this.owed;
    return {
      open: money(open.minor - paid(() => true), open.currency),
      overdue: money(overdue.minor - paid(share => late.includes(share.invoice_id)), overdue.currency),
    };
  }

  private lateOn(today: string): readonly InvoiceView[] {
    return this.invoices.filter(({ due_on }) => due_on !== null && due_on < today);
  }

  /** Whoever was found by an invoice's number most likely pays that one. What was typed meanwhile stays. */
  offerNamed(number: string | null): void {
    const invoice = this.invoices.find(one => one.number === number);
    if (invoice && this.ports.amount() === null) this.offer([invoice]);
  }

  /** The amount was written by hand: it is shared anew, with what was ticked and typed before. */
  typed(): void {
    // What an offer left out was left out for its sum, not for the one that is typed now.
    if (this.offered) this.startOver();
    this.offered = false;
  }

  /** Amounts to start from: the oldest invoice, what is late, and everything, each only where it says something new. */
  offers(today: string): readonly Offer[] {
    const late = this.lateOn(today);
    const all: Offer[] = [
      { id: 'oldest', invoices: this.invoices.slice(0, 1) },
      { id: 'overdue', invoices: late },
      { id: 'all', invoices: this.invoices },
    ];
    return all.filter(
      ({ invoices }, at) => invoices.length > 0 && all.findIndex(one => one.invoices.length === invoices.length) === at,
    );
  }
}

export const sumOf = (invoices: readonly InvoiceView[]): Money | null => {
  const [first] = invoices;
  if (!first) return null;
  return money(
    invoices.reduce((sum, { open }) => sum + open.minor, 0),
    first.open.currency,
  );
};
