import type { InvoiceView } from '../../common/contract/invoices.ts';
import type { InvoiceId } from '../../common/ids.ts';
import { money, type Money } from '../../common/money.ts';
import { spendCredit, setAllocations } from '../../main/invoices/allocations.ts';
import { addInvoice, changeInvoice, reasonOf, voidInvoice, type NewInvoice } from '../../main/invoices/invoices.ts';
import { findInvoice, viewOfInvoice } from '../../main/invoices/queries.ts';
import { sql } from '../../main/ledger/open.ts';
import type { TempOffice } from './temp-office.ts';

/** What tests do with invoices and what pays them, on a temporary office. */
const usd = (minor: number): Money => money(minor, 'USD');
export const TODAY = '2026-03-12';

type Wish = Partial<Omit<NewInvoice, 'lines'>> & { net?: number; tax?: number; lines?: NewInvoice['lines'] };

export function bill(office: TempOffice, customer_id: string, wish: Wish = {}): InvoiceView {
  const { net = 100_00, tax = 0, lines = [{ description: 'Visit', net: usd(net), tax: usd(tax) }], ...rest } = wish;
  return addInvoice(
    office.ledger,
    {
      ...{ invoice_id: office.newId() as InvoiceId, customer_id: customer_id as never, number: '', note: '' },
      ...{ issued_on: '2026-02-01', due_on: '2026-03-03', lines, ...rest },
    },
    office.person_id,
  );
}

export function rebill(office: TempOffice, invoice_id: string, net: number): InvoiceView {
  const { issued_on, due_on } = findInvoice(office.ledger.database, invoice_id)!;
  const lines = [{ description: 'Visit', net: usd(net), tax: usd(0) }];
  const content = { number: '', note: '', issued_on, due_on, lines };
  return changeInvoice(office.ledger, invoice_id, content, { actor: office.person_id, now_ms: office.clock.now() });
}

export const unbill = (office: TempOffice, invoice_id: string): InvoiceView =>
  voidInvoice(
    office.ledger,
    { invoice_id: invoice_id as never, reason: 'billed twice' },
    { actor: office.person_id, now_ms: office.clock.now() },
  );

export type Pays = readonly (readonly [invoice_id: string, minor: number])[];
export const sharesOf = (pays: Pays) =>
  pays.map(([invoice_id, minor]) => ({ invoice_id: invoice_id as never, amount: usd(minor) }));

export function attach(office: TempOffice, attempt_id: string, customer_id: string, pays: Pays, credit = 0): void {
  office.ledger.write(office.person_id, write =>
    setAllocations(write, {
      ...{ attempt_id, customer_id, pays: sharesOf(pays), credit: usd(credit), day: TODAY },
      typed: reasonOf(write, customer_id, 'asked by phone'),
    }),
  );
}

export function useCredit(office: TempOffice, customer_id: string, pays: Pays): void {
  const given = { customer_id, pays: sharesOf(pays), currency: 'USD', day: TODAY } as const;
  office.ledger.write(office.person_id, write => spendCredit(write, given));
}

export const openOf = (office: TempOffice, invoice_id: string): number =>
  viewOfInvoice(findInvoice(office.ledger.database, invoice_id)!).open.minor;

/** Whatever the rules of allocation promise at any moment. Sentences; empty when all is well. */
export function allocationProblems({ ledger }: TempOffice): string[] {
  const { database } = ledger;
  const rows = (text: string): Record<string, unknown>[] => sql(database, text).all() as never;
  const say = (what: string, text: string): string[] => rows(text).map(row => `${what}: ${JSON.stringify(row)}`);
  const moved = (account: string, where = ''): string =>
    `SELECT coalesce(sum(CASE WHEN debit_account = '${account}' THEN amount_minor ELSE -amount_minor END), 0) FROM posting
     WHERE '${account}' IN (debit_account, credit_account) ${where}`;
  const standing = 'FROM allocation WHERE reversed_at_ms IS NULL';
  return [
    ...say(
      'an invoice is paid by what stands',
      `SELECT number, paid_minor FROM invoice WHERE paid_minor <> (
         SELECT coalesce(sum(amount_minor), 0) ${standing} AND allocation.invoice_id = invoice.invoice_id)`,
    ),
    ...say('nothing is paid above what is owed', 'SELECT number FROM invoice WHERE paid_minor > total_minor'),
    ...say(
      'the parts of a payment are the payment',
      `SELECT attempt_id FROM payment WHERE state IN ('recorded', 'completed') AND foreign_payment = 0 AND amount_minor <>
         coalesce((SELECT amount_minor FROM unallocated WHERE unallocated.attempt_id = payment.attempt_id), 0)
         + coalesce((SELECT sum(amount_minor) ${standing} AND allocation.attempt_id = payment.attempt_id), 0)
         + coalesce((SELECT sum(amount_minor) FROM square_refund WHERE square_refund.attempt_id = payment.attempt_id
             AND booked = 1), 0)
         + coalesce((SELECT sum(amount_minor) FROM refund WHERE refund.attempt_id = payment.attempt_id
             AND kind <> 'square'), 0)`,
    ),
    ...say(
      'the tray is the account of unallocated receipts',
      `SELECT * FROM (SELECT coalesce(sum(amount_minor), 0) AS tray, -(${moved('unallocated_receipts')}) AS account
         FROM unallocated) WHERE tray <> account`,
    ),
    ...say(
      'what each customer owes is their receivable',
      `SELECT customer_id FROM customer WHERE (${moved('receivable', 'AND posting.customer_id = customer.customer_id')}) <>
         (SELECT coalesce(sum(total_minor - paid_minor), 0) FROM invoice
          WHERE invoice.customer_id = customer.customer_id AND voided_at_ms IS NULL)`,
    ),
    ...say(
      'credit is what was kept as credit',
      `SELECT * FROM (SELECT coalesce(sum(amount_minor), 0) AS kept, -(${moved('customer_credit')}) AS account
         ${standing} AND invoice_id IS NULL) WHERE kept <> account`,
    ),
    ...say('nothing stays between customers', `SELECT * FROM (SELECT (${moved('transfers')}) AS left) WHERE left <> 0`),
  ];
}
