import { hasCardNumber } from '../../../../common/card-numbers.ts';
import type { CallOutput } from '../../../../common/contract/index.ts';
import type { InvoiceView } from '../../../../common/contract/invoices.ts';
import type { AppError } from '../../../../common/errors.ts';
import type { CustomerId, InvoiceId } from '../../../../common/ids.ts';
import { add, money, plainAmount, type Currency, type Money } from '../../../../common/money.ts';
import { addDays, isDay, type Day } from '../../../../common/time.ts';
import { asAppError, call } from '../../lib/api.svelte.ts';
import { decimalsOf } from '../../lib/format.ts';
import { messages } from '../../lib/messages/messages.ts';
import { lineAmount, type TypedAmount } from './typed-amount.ts';

export type Known = CallOutput<'invoices.get'>;
export type TypedLine = { readonly key: number; description: string; net: string; tax: string };
export type LineWrong = { description?: string; net?: string; tax?: string };

const text = messages.invoices.form;
const USUAL_DAYS = 30;
const MOST_LINES = 100;

/** A new invoice, or one that is changed. The total is counted in the smallest unit and is what is saved. */
export class InvoiceForm {
  number = $state('');
  issued_on: Day = $state('');
  due_on: Day = $state('');
  lines: TypedLine[] = $state([]);
  note = $state('');
  tried = $state(false);
  busy = $state(false);
  failure: AppError | null = $state.raw(null);
  readonly known: Known | null;
  readonly currency: Currency;
  /** Null while an amount cannot be read. */
  readonly total: Money | null = $derived.by(() => this.sum());
  readonly lineErrors: readonly LineWrong[] = $derived(this.lines.map(line => this.wrongIn(line)));
  private readonly customer_id: CustomerId;
  /** Asked for once, so that sending the same form again never makes a second invoice. */
  private invoice_id: InvoiceId | null;
  private keys = 0;

  constructor(customer_id: CustomerId, currency: Currency, today: Day, known: Known | null = null) {
    this.customer_id = customer_id;
    this.currency = currency;
    this.known = known;
    this.invoice_id = known?.invoice.invoice_id ?? null;
    this.issued_on = known?.invoice.issued_on ?? today;
    this.due_on = known ? (known.invoice.due_on ?? '') : addDays(today, USUAL_DAYS);
    this.number = known?.invoice.number ?? '';
    this.note = known?.note ?? '';
    this.lines = known
      ? known.lines.map(({ description, net, tax }) =>
          this.line(description, plainAmount(net), tax.minor === 0 ? '' : plainAmount(tax)),
        )
      : [this.line()];
  }

  get mayAddLine(): boolean {
    return this.lines.length < MOST_LINES;
  }

  addLine(): void {
    if (this.mayAddLine) this.lines.push(this.line());
  }

  removeLine(key: number): void {
    if (this.lines.length > 1) this.lines = this.lines.filter(line => line.key !== key);
  }

  /** Net and tax of one line together; null while one of them cannot be read. */
  sumOf(line: TypedLine): Money | null {
    const net = lineAmount(line.net, this.currency).money;
    const tax = lineAmount(line.tax, this.currency).money;
    return net && tax ? add(net, tax) : null;
  }

  get issuedWrong(): string | undefined {
    return isDay(this.issued_on) ? undefined : text.dayWrong;
  }

  get dueWrong(): string | undefined {
    if (this.due_on === '') return undefined;
    if (!isDay(this.due_on)) return text.dayWrong;
    return this.due_on < this.issued_on ? text.dueWrong : undefined;
  }

  get totalWrong(): string | undefined {
    return this.tried && this.total !== null && this.total.minor < 1 ? text.totalWrong : undefined;
  }

  get numberWrong(): string | undefined {
    return hasCardNumber(this.number) ? text.cardNumber : undefined;
  }

  get noteWrong(): string | undefined {
    return hasCardNumber(this.note) ? text.cardNumber : undefined;
  }

  get fine(): boolean {
    const fields = [this.issuedWrong, this.dueWrong, this.numberWrong, this.noteWrong, this.totalWrong];
    const lines = this.lineErrors.every(wrong => Object.keys(wrong).length === 0);
    return lines && this.total !== null && fields.every(wrong => wrong === undefined);
  }

  /** Null when something is wrong: then a field or `failure` says what. */
  async save(): Promise<InvoiceView | null> {
    this.tried = true;
    if (this.busy || !this.fine) return null;
    this.busy = true;
    this.failure = null;
    try {
      this.invoice_id ??= (await call('invoices.new', {})).invoice_id;
      const { invoice_id, customer_id } = this;
      const content = this.content();
      return this.known
        ? await call('invoices.change', { invoice_id, ...content })
        : await call('invoices.add', { invoice_id, customer_id, ...content });
    } catch (problem) {
      this.failure = asAppError(problem);
      return null;
    } finally {
      this.busy = false;
    }
  }

  private content() {
    const zero = money(0, this.currency);
    return {
      number: this.number.trim(),
      issued_on: this.issued_on,
      due_on: this.due_on === '' ? null : this.due_on,
      note: this.note,
      lines: this.lines.map(line => ({
        description: line.description,
        net: lineAmount(line.net, this.currency).money ?? zero,
        tax: lineAmount(line.tax, this.currency).money ?? zero,
      })),
    };
  }

  private line(description = '', net = '', tax = ''): TypedLine {
    this.keys += 1;
    return { key: this.keys, description, net, tax };
  }

  private sum(): Money | null {
    let total = money(0, this.currency);
    for (const line of this.lines) {
      const sum = this.sumOf(line);
      if (sum === null) return null;
      total = add(total, sum);
    }
    return total;
  }

  private wrongIn(line: TypedLine): LineWrong {
    const wrong: LineWrong = {};
    if (hasCardNumber(line.description)) wrong.description = text.cardNumber;
    else if (this.tried && line.description.trim() === '') wrong.description = text.descriptionMissing;
    const net = this.said(lineAmount(line.net, this.currency));
    const tax = this.said(lineAmount(line.tax, this.currency));
    if (net !== undefined) wrong.net = net;
    else if (this.tried && line.net.trim() === '') wrong.net = text.amountWrong;
    if (tax !== undefined) wrong.tax = tax;
    return wrong;
  }

  private said({ problem }: TypedAmount): string | undefined {
    if (problem === null) return undefined;
    return problem === 'decimals' ? text.decimalsWrong(decimalsOf(this.currency)) : text.amountWrong;
  }
}
