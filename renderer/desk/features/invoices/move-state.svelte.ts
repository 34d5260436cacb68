import { shareInOrder } from '../../../../common/allocate.ts';
import type { AllocationView, InvoiceView } from '../../../../common/contract/invoices.ts';
import type { AttemptView } from '../../../../common/contract/payments.ts';
import type { AppError } from '../../../../common/errors.ts';
import type { AttemptId, CustomerId, InvoiceId } from '../../../../common/ids.ts';
import { add, money, plainAmount, subtract, type Money } from '../../../../common/money.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';
import { oneAtATime } from '../../lib/one-at-a-time.ts';
import { isReason } from './invoice-state.svelte.ts';
import { oldestFirst } from './invoice-text.ts';
import { partAmount, type TypedAmount } from './typed-amount.ts';

type Payer = { readonly customer_id: CustomerId; readonly name: string };
/** An invoice that this payment may pay, and how much of it at most: what is open, and what this payment pays now. */
export type MoveRow = { readonly invoice: InvoiceView; readonly available: Money };

/** Says anew what one payment pays. Parts, credit and the rest add up to the payment at every moment. */
export class MoveState {
  attempt: AttemptView | null = $state.raw(null);
  payer: Payer | null = $state.raw(null);
  rows: readonly MoveRow[] = $state.raw([]);
  /** What is typed beside each invoice. */
  typed: Record<InvoiceId, string> = $state({});
  credit = $state('');
  reason = $state('');
  tried = $state(false);
  busy = $state(false);
  /** Why the payment cannot be shown, and why it could not be saved. */
  unread: AppError | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  /** Everything of the payment that can be attached; null before it is known. */
  whole: Money | null = $state.raw(null);

  readonly attempt_id: AttemptId;
  private standing: readonly AllocationView[] = $state.raw([]);
  /** Whose invoices `rows` are. */
  private rowsFor: CustomerId | null = $state(null);
  /** While a person is asked whose money it is, news do not answer for them. */
  private choosing = false;
  private asked = 0;
  /** Filled in once for each customer; after that the desk changes nothing that a person may have typed. */
  private filledFor: CustomerId | null = null;

  readonly assigned: Money | null = $derived.by(() => this.sum());
  readonly rest: Money | null = $derived(this.whole && this.assigned ? subtract(this.whole, this.assigned) : null);
  /** While it pays something it stays with its customer; main refuses anything else. */
  readonly fixed = $derived(this.standing.length > 0);
  /** The payment is known, and the invoices of whoever it belongs to. */
  readonly ready = $derived(this.whole !== null && this.rowsFor === (this.payer?.customer_id ?? null));
  readonly different = $derived(this.differs());
  readonly fine = $derived(
    this.payer !== null && this.rest !== null && this.rest.minor >= 0 && this.rows.every(row => !this.tooMuch(row)),
  );

  constructor(attempt_id: AttemptId) {
    this.attempt_id = attempt_id;
  }

  follow(): () => void {
    const reload = oneAtATime(() => this.load());
    reload();
    const stops = [
      on('invoices.changed', changed => changed.customer_id === this.payer?.customer_id && reload()),
      on('payments.changed', changed => changed.attempt_id === this.attempt_id && reload()),
    ];
    return () => stops.forEach(stop => stop());
  }

  async load(): Promise<void> {
    const question = (this.asked += 1);
    const { attempt_id } = this;
    try {
      const [{ attempt }, { allocations, unallocated }] = await Promise.all([
        call('payments.get', { attempt_id }),
        call('allocations.of', { attempt_id }),
      ]);
      const standing = allocations.filter(one => one.stands);
      const own = standing.length > 0 || !(this.choosing || this.payer);
      const payer = own ? attempt.customer : this.payer;
      const rows = payer === null ? [] : await rowsOf(payer.customer_id, standing);
      if (question !== this.asked) return;
      this.attempt = attempt;
      this.standing = standing;
      this.whole = standing.reduce((sum, one) => add(sum, one.amount), unallocated);
      // A customer who was chosen here stays, as long as the payment pays nothing for its own.
      this.payer = payer;
      this.rows = rows;
      this.rowsFor = payer?.customer_id ?? null;
      this.unread = null;
      this.fill();
    } catch (problem) {
      if (question === this.asked) this.unread = asAppError(problem);
    }
  }

  /** Null: ask again whose money it is. */
  async choose(payer: Payer | null): Promise<void> {
    const question = (this.asked += 1);
    this.choosing = payer === null;
    this.filledFor = null;
    this.payer = payer;
    this.rows = [];
    this.rowsFor = null;
    this.typed = {};
    this.credit = '';
    if (payer === null) return;
    try {
      const rows = await rowsOf(payer.customer_id, this.standing);
      if (question !== this.asked) return;
      this.rows = rows;
      this.rowsFor = payer.customer_id;
      this.fill();
    } catch (problem) {
      this.unread = asAppError(problem);
    }
  }

  /** What the payment pays now; and for money that pays nothing yet, the invoices that were due first. */
  private fill(): void {
    if (this.payer === null || this.filledFor === this.payer.customer_id) return;
    this.filledFor = this.payer.customer_id;
    if (this.standing.length === 0) return this.propose();
    for (const { invoice_id, amount } of this.standing) {
      if (invoice_id === null) this.credit = plainAmount(amount);
      else this.typed[invoice_id] = plainAmount(amount);
    }
  }

  /** Shares what is not kept as credit over the invoices, the oldest first. */
  propose(): void {
    if (this.whole === null) return;
    const credit = this.part(this.credit).money ?? money(0, this.whole.currency);
    const free = money(Math.max(0, this.whole.minor - credit.minor), this.whole.currency);
    const open = this.rows.map(({ invoice, available }) => ({ invoice_id: invoice.invoice_id, open: available }));
    this.typed = {};
    for (const { invoice_id, amount } of shareInOrder(free, open).shares) this.typed[invoice_id] = plainAmount(amount);
  }

  restToCredit(): void {
    const { rest } = this;
    const credit = this.part(this.credit).money;
    if (rest && credit && rest.minor > 0) this.credit = plainAmount(add(credit, rest));
  }

  /** What is typed beside an invoice, read. */
  partOf(row: MoveRow): TypedAmount {
    return this.part(this.typed[row.invoice.invoice_id] ?? '');
  }

  tooMuch(row: MoveRow): boolean {
    return (this.partOf(row).money?.minor ?? 0) > row.available.minor;
  }

  get creditWrong(): boolean {
    return this.part(this.credit).problem !== null;
  }

  /** How much is attached now; null when it was not saved, and then something says why. */
  async save(): Promise<Money | null> {
    this.tried = true;
    const { attempt_id, payer, assigned } = this;
    if (this.busy || !this.fine || !this.different || !isReason(this.reason) || !payer || !assigned) return null;
    this.busy = true;
    this.failure = null;
    const zero = money(0, assigned.currency);
    const pays = this.rows
      .map(row => ({ invoice_id: row.invoice.invoice_id, amount: this.partOf(row).money ?? zero }))
      .filter(({ amount }) => amount.minor > 0);
    try {
      const credit = this.part(this.credit).money ?? zero;
      const { customer_id } = payer;
      await call('allocations.set', { attempt_id, customer_id, pays, credit, reason: this.reason });
      return assigned;
    } catch (problem) {
      this.failure = asAppError(problem);
      return null;
    } finally {
      this.busy = false;
    }
  }

  private part(text: string): TypedAmount {
    return partAmount(text, this.whole?.currency ?? 'USD');
  }

  private sum(): Money | null {
    if (this.whole === null) return null;
    const parts = [this.part(this.credit), ...this.rows.map(row => this.partOf(row))];
    let sum = money(0, this.whole.currency);
    for (const { money: part } of parts) {
      if (part === null) return null;
      sum = add(sum, part);
    }
    return sum;
  }

  private differs(): boolean {
    const now = (invoice_id: InvoiceId | null): number =>
      this.standing.find(one => one.invoice_id === invoice_id)?.amount.minor ?? 0;
    const moved = this.rows.some(row => (this.partOf(row).money?.minor ?? 0) !== now(row.invoice.invoice_id));
    const kept = (this.part(this.credit).money?.minor ?? 0) !== now(null);
    return moved || kept || this.payer?.customer_id !== this.attempt?.customer?.customer_id;
  }
}

/** Open invoices and those that this payment pays, the oldest first. */
async function rowsOf(customer_id: CustomerId, standing: readonly AllocationView[]): Promise<MoveRow[]> {
  const { invoices } = await call('invoices.list', { customer_id, which: 'open' });
  const paying = standing.filter(one => one.invoice_id !== null);
  const missing = paying.filter(one => invoices.every(invoice => invoice.invoice_id !== one.invoice_id));
  const paid = await Promise.all(missing.map(one => call('invoices.get', { invoice_id: one.invoice_id! })));
  return [...invoices, ...paid.map(({ invoice }) => invoice)].toSorted(oldestFirst).map(invoice => ({
    invoice,
    available: paying
      .filter(one => one.invoice_id === invoice.invoice_id)
      .reduce((sum, one) => add(sum, one.amount), invoice.open),
  }));
}
