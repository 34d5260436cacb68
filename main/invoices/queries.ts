import type { AllocationView, InvoiceView, UnallocatedPayment } from '../../common/contract/invoices.ts';
import { AppError } from '../../common/errors.ts';
import type { AttemptId, CustomerId, InvoiceId } from '../../common/ids.ts';
import { money, type Currency, type Money } from '../../common/money.ts';
import { sql, type Database } from '../ledger/open.ts';

export type InvoiceRow = {
  readonly invoice_id: string;
  readonly customer_id: string;
  readonly number: string;
  readonly about: string;
  /** JSON: description, net_minor and tax_minor of each line. */
  readonly lines: string;
  readonly note: string;
  readonly issued_on: string;
  readonly due_on: string | null;
  readonly currency: Currency;
  readonly total_minor: number;
  readonly paid_minor: number;
  readonly voided_at_ms: number | null;
};

export type AllocationRow = {
  readonly allocation_id: string;
  readonly attempt_id: string;
  readonly line: number;
  readonly invoice_id: string | null;
  readonly customer_id: string;
  readonly amount_minor: number;
  readonly currency: Currency;
  readonly reversed_at_ms: number | null;
};

const OPEN = 'voided_at_ms IS NULL AND paid_minor < total_minor';
/** The order in which debts are paid: what was due first, then what was issued first. */
const OLDEST_FIRST = 'ORDER BY coalesce(due_on, issued_on), issued_on, number, invoice_id';

export function findInvoice(database: Database, invoice_id: string): InvoiceRow | undefined {
  return sql(database, 'SELECT * FROM invoice WHERE invoice_id = ?').get(invoice_id) as InvoiceRow | undefined;
}

/** Throws invoice_not_found. */
export function invoiceOf(database: Database, invoice_id: string): InvoiceRow {
  const row = findInvoice(database, invoice_id);
  if (!row) throw new AppError('invoice_not_found');
  return row;
}

export function openInvoices(database: Database, customer_id: string): InvoiceRow[] {
  return sql(database, `SELECT * FROM invoice WHERE customer_id = ? AND ${OPEN} ${OLDEST_FIRST}`).all(
    customer_id,
  ) as InvoiceRow[];
}

export function allInvoices(database: Database, customer_id: string): InvoiceRow[] {
  return sql(
    database,
    'SELECT * FROM invoice WHERE customer_id = ? ORDER BY issued_on DESC, number DESC, invoice_id DESC',
  ).all(customer_id) as InvoiceRow[];
}

export function invoiceByNumber(database: Database, number: string): InvoiceRow | undefined {
  return sql(database, 'SELECT * FROM invoice WHERE number = ? AND voided_at_ms IS NULL').get(number) as
    InvoiceRow | undefined;
}

const FIRST_NUMBER = 1001;

/** The next number of this desk's own: the desk is in it, so two desks never give the same one. */
export function nextInvoiceNumber(database: Database, desk: string): string {
  const prefix = `${desk}-INV-`;
  const last = sql(database, 'SELECT max(CAST(substr(number, ?) AS INTEGER)) FROM invoice WHERE number GLOB ?')
    .pluck()
    .get(prefix.length + 1, `${prefix}[0-9]*`);
  return `${prefix}${Math.max(FIRST_NUMBER, Number(last ?? 0) + 1)}`;
}

/** Allocations that stand, in the order in which they were made. */
export function standingOf(database: Database, attempt_id: string): AllocationRow[] {
  return sql(database, 'SELECT * FROM allocation WHERE attempt_id = ? AND reversed_at_ms IS NULL ORDER BY line').all(
    attempt_id,
  ) as AllocationRow[];
}

export function standingOn(database: Database, invoice_id: string): AllocationRow[] {
  return sql(
    database,
    'SELECT * FROM allocation WHERE invoice_id = ? AND reversed_at_ms IS NULL ORDER BY made_at_ms, allocation_id',
  ).all(invoice_id) as AllocationRow[];
}

/** The number of the next line of a payment's allocations; those that were taken back keep theirs. */
export function nextLine(database: Database, attempt_id: string): number {
  return Number(
    sql(database, 'SELECT coalesce(max(line), 0) + 1 FROM allocation WHERE attempt_id = ?').pluck().get(attempt_id),
  );
}

export type PlannedShare = { readonly invoice_id: string; readonly amount_minor: number };

export function plannedShares(database: Database, attempt_id: string): PlannedShare[] {
  return sql(database, 'SELECT invoice_id, amount_minor FROM planned_share WHERE attempt_id = ? ORDER BY line').all(
    attempt_id,
  ) as PlannedShare[];
}

/** Money of a customer that pays nothing yet, by payment, the oldest first: what was kept as credit, and the rest. */
export type CreditRow = { readonly attempt_id: string; readonly free_minor: number };

export function creditOf(database: Database, customer_id: string): CreditRow[] {
  return sql(
    database,
    `SELECT attempt_id, free_minor FROM (
       SELECT payment.attempt_id, payment.happened_at_ms, coalesce(unallocated.amount_minor, 0) + coalesce((
         SELECT sum(allocation.amount_minor) FROM allocation WHERE allocation.attempt_id = payment.attempt_id
         AND invoice_id IS NULL AND reversed_at_ms IS NULL), 0) AS free_minor
       FROM payment LEFT JOIN unallocated USING (attempt_id) WHERE payment.customer_id = ?
     ) WHERE free_minor > 0 ORDER BY happened_at_ms, attempt_id`,
  ).all(customer_id) as CreditRow[];
}

export function viewOfInvoice(row: InvoiceRow): InvoiceView {
  return {
    invoice_id: row.invoice_id as InvoiceId,
    number: row.number,
    customer_id: row.customer_id as CustomerId,
    about: row.about,
    issued_on: row.issued_on,
    due_on: row.due_on,
    total: money(row.total_minor, row.currency),
    open: money(row.voided_at_ms === null ? row.total_minor - row.paid_minor : 0, row.currency),
    voided: row.voided_at_ms !== null,
  };
}

type ViewRow = AllocationRow & {
  day: string;
  receipt_number: string | null;
  tender: string;
  invoice_number: string | null;
};

/** What a payment pays, or what pays an invoice, with what was taken back. */
export function allocationViews(
  database: Database,
  of: { readonly attempt_id: string } | { readonly invoice_id: string },
): AllocationView[] {
  const [column, id] = 'attempt_id' in of ? ['attempt_id', of.attempt_id] : ['invoice_id', of.invoice_id];
  const rows = sql(
    database,
    `SELECT allocation.*, payment.receipt_number, payment.tender, invoice.number AS invoice_number
     FROM allocation JOIN payment USING (attempt_id) LEFT JOIN invoice USING (invoice_id)
     WHERE allocation.${column} = ? ORDER BY made_at_ms, attempt_id, line`,
  ).all(id) as ViewRow[];
  return rows.map(row => ({
    allocation_id: row.allocation_id,
    attempt_id: row.attempt_id as AttemptId,
    receipt_number: row.receipt_number,
    tender: row.tender,
    invoice_id: row.invoice_id as InvoiceId | null,
    invoice_number: row.invoice_number,
    amount: money(row.amount_minor, row.currency),
    day: row.day,
    stands: row.reversed_at_ms === null,
  }));
}

type TrayRow = {
  attempt_id: string;
  reference: string;
  receipt_number: string | null;
  tender: string;
  day: string;
  happened_at_ms: number;
  customer_id: string | null;
  customer_name: string | null;
  amount_minor: number;
  currency: Currency;
  unallocated_minor: number;
  foreign_payment: 0 | 1;
};

/** Payments with money that pays nothing yet, the oldest first, with the sum over all of them. */
export function unallocatedPayments(
  database: Database,
  limit: number,
  currency: Currency,
): { payments: UnallocatedPayment[]; count: number; sum: Money } {
  const rows = sql(
    database,
    `SELECT attempt_id, reference, receipt_number, tender, day, happened_at_ms, payment.customer_id,
       customer.name AS customer_name, payment.amount_minor, payment.currency,
       unallocated.amount_minor AS unallocated_minor, foreign_payment
     FROM unallocated JOIN payment USING (attempt_id) LEFT JOIN customer USING (customer_id)
     ORDER BY happened_at_ms, attempt_id LIMIT ?`,
  ).all(limit) as TrayRow[];
  const all = sql(database, 'SELECT count(*) AS count, coalesce(sum(amount_minor), 0) AS sum FROM unallocated').get();
  const { count, sum } = all as { count: number; sum: number };
  const payments = rows.map(row => ({
    attempt_id: row.attempt_id as AttemptId,
    reference: row.reference,
    receipt_number: row.receipt_number,
    tender: row.tender,
    day: row.day,
    happened_at_ms: row.happened_at_ms,
    customer:
      row.customer_id === null ? null : { customer_id: row.customer_id as CustomerId, name: row.customer_name ?? '' },
    amount: money(row.amount_minor, row.currency),
    unallocated: money(row.unallocated_minor, row.currency),
    foreign: row.foreign_payment === 1,
  }));
  return { payments, count, sum: money(sum, currency) };
}

export type PaidRow = { readonly customer_id: string | null; readonly currency: Currency; readonly state: string };

/** Throws attempt_not_found. */
export function paymentOf(database: Database, attempt_id: string): PaidRow {
  const row = sql(database, 'SELECT customer_id, currency, state FROM payment WHERE attempt_id = ?').get(attempt_id);
  if (row === undefined) throw new AppError('attempt_not_found');
  return row as PaidRow;
}

/** Throws customer_not_found. */
export function assertCustomer(database: Database, customer_id: string): void {
  if (sql(database, 'SELECT 1 FROM customer WHERE customer_id = ?').get(customer_id) === undefined) {
    throw new AppError('customer_not_found');
  }
}

/** What a customer owes, and of that what is overdue on a day. In minor units. */
export function owedBy(database: Database, customer_id: string, today: string): { open: number; overdue: number } {
  const row = sql(
    database,
    `SELECT coalesce(sum(total_minor - paid_minor), 0) AS open,
       coalesce(sum(CASE WHEN due_on < ? THEN total_minor - paid_minor ELSE 0 END), 0) AS overdue
     FROM invoice WHERE customer_id = ? AND voided_at_ms IS NULL`,
  ).get(today, customer_id);
  return row as { open: number; overdue: number };
}
