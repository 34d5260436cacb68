import { AppError, assert } from '../../common/errors.ts';
import type { Money } from '../../common/money.ts';
import { unallocatedOf } from '../ledger/events/unallocated.ts';
import type { Write } from '../ledger/ledger.ts';
import type { Database } from '../ledger/open.ts';
import { creditOf, invoiceOf, nextLine, paymentOf, plannedShares, standingOf } from './queries.ts';
import type { AllocationRow, InvoiceRow, PlannedShare } from './queries.ts';

/** A part of a payment and the invoice it pays. */
export type Share = { readonly invoice_id: string; readonly amount: Money };
type Because = 'moved' | 'given_back' | 'voided' | 'credit_used';
type Typed = { readonly subject_id: string; readonly sealed: string };

/**
 * Throws invoice_not_found, invoice_voided, allocation_other_customer, allocation_too_much (with the invoice's number,
 * or without where it is the payment that is too small), and invalid_input for an invoice named twice.
 */
export function assertShares(
  database: Database,
  customer_id: string | null,
  amount: Money,
  shares: readonly Share[],
  freed: ReadonlyMap<string, number> = new Map(),
): void {
  let sum = 0;
  const seen = new Set<string>();
  for (const { invoice_id, amount: part } of shares) {
    if (seen.has(invoice_id) || part.currency !== amount.currency)
      throw new AppError('invalid_input', { field: 'pays' });
    seen.add(invoice_id);
    const invoice = invoiceOf(database, invoice_id);
    if (invoice.voided_at_ms !== null) throw new AppError('invoice_voided', { number: invoice.number });
    if (invoice.customer_id !== customer_id || invoice.currency !== part.currency) {
      throw new AppError('allocation_other_customer', { number: invoice.number });
    }
    const open = openOf(invoice) + (freed.get(invoice_id) ?? 0);
    if (part.minor > open) throw new AppError('allocation_too_much', { number: invoice.number, open_minor: open });
    sum += part.minor;
  }
  if (sum > amount.minor) throw new AppError('allocation_too_much', { over_minor: sum - amount.minor });
}

const openOf = ({ total_minor, paid_minor }: InvoiceRow): number => total_minor - paid_minor;

/**
 * Once a payment is on the books, in the same commit: attaches it to the invoices that it was meant for. An invoice that
 * was paid, changed or voided meanwhile takes only what is open of it; the rest stays unallocated, in sight.
 */
export function allocateAsPlanned(write: Write, attempt_id: string, day: string): void {
  const { database } = write;
  for (const share of plannedShares(database, attempt_id)) {
    const invoice = invoiceOf(database, share.invoice_id);
    const open = invoice.voided_at_ms === null ? openOf(invoice) : 0;
    const amount_minor = Math.min(share.amount_minor, open, unallocatedOf(database, attempt_id));
    if (amount_minor > 0) make(write, attempt_id, { ...share, amount_minor }, day);
  }
}

/** Kept as credit where the invoice is null. The payment has a customer, and so much unallocated money. */
function make(
  write: Write,
  attempt_id: string,
  { invoice_id, amount_minor }: Omit<PlannedShare, 'invoice_id'> & { readonly invoice_id: string | null },
  day: string,
): void {
  const { database } = write;
  const { customer_id, currency } = paymentOf(database, attempt_id);
  assert(customer_id !== null, 'allocated money is somebody’s');
  assert(unallocatedOf(database, attempt_id) >= amount_minor, 'only money that pays nothing yet is attached');
  const line = nextLine(database, attempt_id);
  const allocation_id = `${attempt_id}#${line}`;
  const body = { allocation_id, attempt_id, line, invoice_id, customer_id, amount_minor, currency, day };
  write.fact('allocation.made', body as never);
}

function takeBack(write: Write, row: AllocationRow, because: Because, typed: Typed | null, day: string): void {
  const { allocation_id, attempt_id } = row;
  write.fact('allocation.reversed', { allocation_id, attempt_id, because, typed, day });
}

export type Setting = {
  readonly attempt_id: string;
  readonly customer_id: string;
  readonly pays: readonly Share[];
  readonly credit: Money;
  readonly typed: Typed;
  readonly day: string;
};

/**
 * Says anew what a payment pays. Allocations that stay as they are are left alone; the others are taken back and made
 * anew. Throws what `assertShares` throws, and attempt_not_found, allocation_not_paid.
 */
export function setAllocations(write: Write, setting: Setting): void {
  const { database } = write;
  const { attempt_id, customer_id, pays, credit, typed, day } = setting;
  const payment = paymentOf(database, attempt_id);
  if (payment.state !== 'completed' && payment.state !== 'recorded') throw new AppError('allocation_not_paid');
  const standing = standingOf(database, attempt_id);
  const attached = standing.reduce((sum, row) => sum + row.amount_minor, 0);
  if (payment.customer_id !== customer_id) {
    if (attached > 0) throw new AppError('allocation_other_customer');
    write.fact('payment.assigned', { attempt_id, customer_id, typed, day });
  }
  const freed = new Map(standing.map(row => [row.invoice_id ?? '', row.amount_minor]));
  const whole = unallocatedOf(database, attempt_id) + attached;
  if (credit.minor < 0 || credit.currency !== payment.currency)
    throw new AppError('invalid_input', { field: 'credit' });
  assertShares(database, customer_id, { minor: whole - credit.minor, currency: payment.currency }, pays, freed);
  const wanted = new Map<string, number>(pays.map(({ invoice_id, amount }) => [invoice_id, amount.minor]));
  if (credit.minor > 0) wanted.set('', credit.minor);
  for (const row of standing) {
    const name = row.invoice_id ?? '';
    if (wanted.get(name) === row.amount_minor) wanted.delete(name);
    else takeBack(write, row, 'moved', typed, day);
  }
  for (const [name, amount_minor] of wanted) {
    make(write, attempt_id, { invoice_id: name === '' ? null : name, amount_minor }, day);
  }
}

/**
 * Where more was given back of a payment than was unallocated, so much of what it paid is owed again: what was attached
 * last first. Called in the commit that puts the refund on the books.
 */
export function releaseAllocations(write: Write, attempt_id: string, day: string): void {
  const { database } = write;
  for (const row of standingOf(database, attempt_id).reverse()) {
    const missing = -unallocatedOf(database, attempt_id);
    if (missing <= 0) return;
    takeBack(write, row, 'given_back', null, day);
    const kept = row.amount_minor - missing;
    if (kept > 0) make(write, attempt_id, { invoice_id: row.invoice_id, amount_minor: kept }, day);
  }
}

/** Takes every payment off an invoice that is voided. */
export function detachInvoice(write: Write, rows: readonly AllocationRow[], typed: Typed, day: string): void {
  for (const row of rows) takeBack(write, row, 'voided', typed, day);
}

/**
 * Pays invoices from the customer's credit, the oldest money first. Throws what `assertShares` throws; too little credit
 * is allocation_too_much without a number.
 */
export function spendCredit(
  write: Write,
  given: { customer_id: string; pays: readonly Share[]; currency: Money['currency']; day: string },
): void {
  const { database } = write;
  const { customer_id, pays, currency, day } = given;
  const credit = creditOf(database, customer_id);
  const whole = credit.reduce((sum, row) => sum + row.free_minor, 0);
  assertShares(database, customer_id, { minor: whole, currency }, pays);
  const open = pays.map(({ invoice_id, amount }) => ({ invoice_id, left: amount.minor }));
  for (const { attempt_id, free_minor } of credit) {
    let free = free_minor;
    const shares: PlannedShare[] = [];
    for (const share of open) {
      const amount_minor = Math.min(free, share.left);
      if (amount_minor <= 0) continue;
      shares.push({ invoice_id: share.invoice_id, amount_minor });
      share.left -= amount_minor;
      free -= amount_minor;
    }
    if (shares.length > 0) spendOf(write, attempt_id, shares, day);
  }
}

/** From the unallocated money of one payment first; then as much of what it keeps as credit as is needed. */
function spendOf(write: Write, attempt_id: string, shares: readonly PlannedShare[], day: string): void {
  const { database } = write;
  const needed = shares.reduce((sum, share) => sum + share.amount_minor, 0);
  for (const row of standingOf(database, attempt_id).filter(({ invoice_id }) => invoice_id === null)) {
    const missing = needed - unallocatedOf(database, attempt_id);
    if (missing <= 0) break;
    takeBack(write, row, 'credit_used', null, day);
    const kept = row.amount_minor - missing;
    if (kept > 0) make(write, attempt_id, { invoice_id: null, amount_minor: kept }, day);
  }
  const before = new Map(standingOf(database, attempt_id).map(row => [row.invoice_id, row]));
  for (const { invoice_id, amount_minor } of shares) {
    const known = before.get(invoice_id);
    if (known) takeBack(write, known, 'moved', null, day);
    make(write, attempt_id, { invoice_id, amount_minor: amount_minor + (known?.amount_minor ?? 0) }, day);
  }
}
