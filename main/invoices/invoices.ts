import type { CallParsed } from '../../common/contract/index.ts';
import type { InvoiceLine, InvoiceView } from '../../common/contract/invoices.ts';
import { AppError } from '../../common/errors.ts';
import { money, type Currency } from '../../common/money.ts';
import type { Ledger, Write } from '../ledger/ledger.ts';
import { officeDay, readSettings } from '../office/settings.ts';
import { detachInvoice } from './allocations.ts';
import {
  assertCustomer,
  findInvoice,
  invoiceByNumber,
  invoiceOf,
  nextInvoiceNumber,
  standingOn,
  viewOfInvoice,
} from './queries.ts';
import type { InvoiceRow } from './queries.ts';

export type NewInvoice = CallParsed<'invoices.add'>;
type Content = Omit<CallParsed<'invoices.change'>, 'invoice_id'>;

/**
 * Adds an invoice. The same id with the same content answers the same. Throws customer_not_found, invoice_conflict,
 * invoice_number_taken, invoice_total_wrong, invalid_input.
 */
export function addInvoice(ledger: Ledger, invoice: NewInvoice, actor: string): InvoiceView {
  const { database } = ledger;
  const known = findInvoice(database, invoice.invoice_id);
  if (known) {
    if (!says(known, invoice)) throw new AppError('invoice_conflict');
    return viewOfInvoice(known);
  }
  ledger.write(actor, write => insertInvoice(write, ledger.identity.desk, invoice));
  return viewOfInvoice(invoiceOf(database, invoice.invoice_id));
}

/** Adds one invoice inside an open write; for adding many in one commit. Throws as `addInvoice`. */
export function insertInvoice(write: Write, desk: string, invoice: NewInvoice): void {
  const { database } = write;
  const { invoice_id, customer_id } = invoice;
  assertCustomer(database, customer_id);
  const number = invoice.number || nextInvoiceNumber(database, desk);
  // An invoice counts for the day that is written on it.
  write.fact('invoice.added', {
    ...bodyOf(write, { ...invoice, number }, { invoice_id, customer_id }),
    day: invoice.issued_on,
  });
}

/** Throws invoice_not_found, invoice_voided, invoice_number_taken, invoice_total_wrong, invoice_paid_more. */
export function changeInvoice(
  ledger: Ledger,
  invoice_id: string,
  content: Content,
  by: { actor: string; now_ms: number },
): InvoiceView {
  const { database } = ledger;
  ledger.write(by.actor, write => {
    const known = invoiceOf(database, invoice_id);
    if (known.voided_at_ms !== null) throw new AppError('invoice_voided', { number: known.number });
    if (says(known, content)) return;
    const wanted = { ...content, number: content.number || known.number };
    const body = bodyOf(write, wanted, { invoice_id, customer_id: known.customer_id });
    const total = body.lines.reduce((sum, line) => sum + line.net_minor + line.tax_minor, 0);
    if (total < known.paid_minor) throw new AppError('invoice_paid_more', { paid_minor: known.paid_minor });
    write.fact('invoice.changed', { ...body, day: officeDay(database, by.now_ms) });
  });
  return viewOfInvoice(invoiceOf(database, invoice_id));
}

/** Throws invoice_not_found and invoice_voided. */
export function voidInvoice(
  ledger: Ledger,
  { invoice_id, reason }: CallParsed<'invoices.void'>,
  by: { actor: string; now_ms: number },
): InvoiceView {
  const { database } = ledger;
  ledger.write(by.actor, write => {
    const known = invoiceOf(database, invoice_id);
    if (known.voided_at_ms !== null) throw new AppError('invoice_voided', { number: known.number });
    const day = officeDay(database, by.now_ms);
    const typed = reasonOf(write, known.customer_id, reason);
    detachInvoice(write, standingOn(database, invoice_id), typed, day);
    write.fact('invoice.voided', { invoice_id, day, typed });
  });
  return viewOfInvoice(invoiceOf(database, invoice_id));
}

/** What a person typed about a customer's money, sealed so that it can be erased with the customer. */
export const reasonOf = (write: Write, subject_id: string, reason: string) => ({
  ...{ subject_id, sealed: write.sealPersonal(subject_id, { reason }) },
});

export function linesOf({ lines, currency }: InvoiceRow): InvoiceLine[] {
  const stored = JSON.parse(lines) as { description: string; net_minor: number; tax_minor: number }[];
  return stored.map(({ description, net_minor, tax_minor }) => ({
    ...{ description, net: money(net_minor, currency), tax: money(tax_minor, currency) },
  }));
}

function says(row: InvoiceRow, content: Content & { customer_id?: string }): boolean {
  const same =
    (content.number === '' || content.number === row.number) &&
    (content.customer_id ?? row.customer_id) === row.customer_id &&
    content.issued_on === row.issued_on &&
    content.due_on === row.due_on &&
    content.note === row.note;
  return same && JSON.stringify(linesOf(row)) === JSON.stringify(content.lines.map(plainLine));
}

const plainLine = ({ description, net, tax }: InvoiceLine): InvoiceLine => ({
  ...{ description, net: money(net.minor, net.currency), tax: money(tax.minor, tax.currency) },
});

function bodyOf(write: Write, content: Content, ids: { invoice_id: string; customer_id: string }) {
  const { database } = write;
  const { currency } = readSettings(database);
  const { number, issued_on, due_on, lines, note } = content;
  assertSums(lines, currency);
  if (due_on !== null && due_on < issued_on) throw new AppError('invalid_input', { field: 'due_on' });
  const taken = invoiceByNumber(database, number);
  if (taken && taken.invoice_id !== ids.invoice_id) throw new AppError('invoice_number_taken', { number });
  const descriptions = lines.map(line => line.description);
  return {
    ...{ ...ids, number, issued_on, due_on, currency },
    lines: lines.map(({ net, tax }) => ({ net_minor: net.minor, tax_minor: tax.minor })),
    personal: write.sealPersonal(ids.customer_id, { descriptions, note }),
  };
}

/** A discount may be below zero, an invoice may not: that would be money owed to the customer. */
function assertSums(lines: readonly InvoiceLine[], currency: Currency): void {
  if (lines.some(({ net, tax }) => net.currency !== currency || tax.currency !== currency)) {
    throw new AppError('invoice_total_wrong', { currency });
  }
  const net = lines.reduce((sum, line) => sum + line.net.minor, 0);
  const tax = lines.reduce((sum, line) => sum + line.tax.minor, 0);
  const safe = [net, tax, net + tax].every(Number.isSafeInteger);
  if (!safe || net < 0 || tax < 0 || net + tax < 1) throw new AppError('invoice_total_wrong');
}
