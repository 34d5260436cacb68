import type { AppError } from '../../../../common/errors.ts';
import type { InvoiceId } from '../../../../common/ids.ts';
import { money, subtract, type Money } from '../../../../common/money.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';
import { oneAtATime } from '../../lib/one-at-a-time.ts';
import type { Known } from './invoice-form-state.svelte.ts';
import { partAmount } from './typed-amount.ts';

/** One invoice with its lines and what pays it. */
export class InvoiceState {
  known: Known | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  private readonly invoice_id: InvoiceId;

  constructor(invoice_id: InvoiceId) {
    this.invoice_id = invoice_id;
  }

  follow(): () => void {
    const reload = oneAtATime(() => this.load());
    reload();
    const stops = [on('invoices.changed', reload), on('payments.changed', reload)];
    return () => stops.forEach(stop => stop());
  }

  async load(): Promise<void> {
    try {
      this.known = await call('invoices.get', { invoice_id: this.invoice_id });
      this.failure = null;
    } catch (problem) {
      this.failure = asAppError(problem);
    }
  }
}

const SHORTEST_REASON = 3;
export const isReason = (reason: string): boolean => [...reason.trim()].length >= SHORTEST_REASON;

/** Voiding one invoice, for a reason. */
export class VoidForm {
  reason = $state('');
  tried = $state(false);
  busy = $state(false);
  failure: AppError | null = $state.raw(null);
  readonly known: Known;

  constructor(known: Known) {
    this.known = known;
  }

  /** Whether it is voided now. */
  async send(): Promise<boolean> {
    this.tried = true;
    if (this.busy || !isReason(this.reason)) return false;
    this.busy = true;
    this.failure = null;
    try {
      await call('invoices.void', { invoice_id: this.known.invoice.invoice_id, reason: this.reason });
      return true;
    } catch (problem) {
      this.failure = asAppError(problem);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

/** Paying one invoice from the customer's credit. */
export class CreditForm {
  text = $state('');
  busy = $state(false);
  failure: AppError | null = $state.raw(null);
  readonly known: Known;
  readonly credit: Money;
  readonly most: Money;
  /** What is to be used; null while it cannot be. */
  readonly amount: Money | null = $derived.by(() => this.read());
  readonly left: Money = $derived.by(() => this.rest());

  constructor(known: Known, credit: Money, text: (most: Money) => string) {
    this.known = known;
    this.credit = credit;
    this.most = money(Math.min(credit.minor, known.invoice.open.minor), credit.currency);
    this.text = text(this.most);
  }

  get tooMuch(): boolean {
    const { money: typed } = partAmount(this.text, this.credit.currency);
    return typed !== null && typed.minor > this.most.minor;
  }

  async send(): Promise<Money | null> {
    const { amount } = this;
    if (this.busy || amount === null) return null;
    this.busy = true;
    this.failure = null;
    const { invoice_id, customer_id } = this.known.invoice;
    try {
      await call('allocations.use_credit', { customer_id, pays: [{ invoice_id, amount }] });
      return amount;
    } catch (problem) {
      this.failure = asAppError(problem);
      return null;
    } finally {
      this.busy = false;
    }
  }

  private rest(): Money {
    return subtract(this.credit, this.amount ?? money(0, this.credit.currency));
  }

  private read(): Money | null {
    const { money: typed } = partAmount(this.text, this.credit.currency);
    return typed === null || typed.minor === 0 || typed.minor > this.most.minor ? null : typed;
  }
}
