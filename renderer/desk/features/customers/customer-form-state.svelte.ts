import { hasCardNumber } from '../../../../common/card-numbers.ts';
import type { CustomerCard, CustomerSummary } from '../../../../common/contract/customers.ts';
import type { AppError } from '../../../../common/errors.ts';
import { asAppError, call } from '../../lib/api.svelte.ts';
import { messages } from '../../lib/messages/messages.ts';

export type CustomerFields = { name: string; phone: string; email: string; note: string };
type FieldName = keyof CustomerFields;

const text = messages.customers.form;

/** Somebody new, or what changes about one who is there. */
export class CustomerForm {
  typed: CustomerFields = $state({ name: '', phone: '', email: '', note: '' });
  tried = $state(false);
  busy = $state(false);
  failure: AppError | null = $state.raw(null);
  /** Null for somebody new. */
  readonly card: CustomerCard | null;
  readonly wrong = $derived(this.errors());

  constructor(card: CustomerCard | null, name = '') {
    this.card = card;
    if (card) {
      const { customer, note } = card;
      this.typed = { name: customer.name, phone: customer.phone, email: customer.email, note };
    } else if (/^[+(\d][\d\s().+-]*$/.test(name)) this.typed.phone = name;
    else this.typed.name = name;
  }

  /** What is wrong with each field. A card number is said at once, everything else once it was tried. */
  private errors(): Partial<Record<FieldName, string>> {
    const { name, phone, email } = this.typed;
    const found: Partial<Record<FieldName, string>> = {};
    if (this.tried && name.trim() === '') found.name = text.nameMissing;
    if (this.tried && phone.trim() !== '' && !/^[+(\d][\d\s().+-]{4,}$/.test(phone.trim())) {
      found.phone = text.phoneWrong;
    }
    if (this.tried && email.trim() !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())) {
      found.email = text.emailWrong;
    }
    for (const field of ['name', 'phone', 'note'] as const) {
      if (hasCardNumber(this.typed[field])) found[field] = text.cardNumber;
    }
    return found;
  }

  /** Null when something is wrong: then a field or `failure` says what. */
  async save(): Promise<CustomerSummary | null> {
    this.tried = true;
    if (this.busy || Object.keys(this.wrong).length > 0) return null;
    this.busy = true;
    this.failure = null;
    try {
      const customer_id = this.card?.customer.customer_id;
      return customer_id === undefined
        ? await call('customers.add', this.typed)
        : await call('customers.change', { customer_id, ...this.typed });
    } catch (problem) {
      this.failure = asAppError(problem);
      return null;
    } finally {
      this.busy = false;
    }
  }
}
