import type { CallName } from '../../../common/contract/index.ts';
import type { InvoiceView } from '../../../common/contract/invoices.ts';
import { AppError } from '../../../common/errors.ts';
import type { CustomerId, InvoiceId } from '../../../common/ids.ts';
import { addDays, businessDay } from '../../../common/time.ts';
import { CUSTOMERS, TIME_ZONE, dollars, nextId } from './fake-data.ts';
import type { Answers, FakeWorld } from './fake-world.ts';

type InvoiceCalls = Extract<CallName, `invoices.${string}` | `allocations.${string}` | `unallocated.${string}`>;

/** What two of the made-up customers owe: three invoices of different ages, and one. */
function made(): InvoiceView[] {
  const today = businessDay(new Date().getTime(), TIME_ZONE);
  const invoice = (who: number, number: string, about: string, due: number, total: number, open: number) => ({
    ...{ invoice_id: nextId() as InvoiceId, number, about, customer_id: CUSTOMERS[who]!.customer_id },
    ...{ issued_on: addDays(today, due - 30), due_on: addDays(today, due), voided: false },
    ...{ total: dollars(total), open: dollars(open) },
  });
  return [
    invoice(0, 'INV-2031', 'Cleaning and X-rays', -27, 14_500, 8500),
    invoice(0, 'INV-2068', 'Filling, tooth 14', -6, 6000, 6000),
    invoice(0, 'INV-2107', 'Crown, part 1 of 4', 22, 14_000, 14_000),
    invoice(3, 'INV-2110', 'First visit', 12, 9500, 9500),
  ];
}

export function invoiceAnswers(world: FakeWorld): Pick<Answers, InvoiceCalls> {
  const rows = made();
  const of = (customer_id: CustomerId): InvoiceView[] => rows.filter(row => row.customer_id === customer_id);
  const find = (invoice_id: string): InvoiceView => {
    const row = rows.find(one => one.invoice_id === invoice_id);
    if (!row) throw new AppError('invoice_not_found');
    return row;
  };
  const changed = (row: InvoiceView): InvoiceView => {
    world.announce('invoices.changed', { customer_id: row.customer_id });
    return row;
  };
  const sum = (list: readonly InvoiceView[]) => dollars(list.reduce((total, row) => total + row.open.minor, 0));
  return {
    'invoices.list': ({ customer_id, which }) => {
      const today = businessDay(new Date().getTime(), TIME_ZONE);
      const owed = of(customer_id).filter(row => row.open.minor > 0);
      return {
        invoices: which === 'open' ? owed : of(customer_id).toReversed(),
        open: sum(owed),
        overdue: sum(owed.filter(row => row.due_on !== null && row.due_on < today)),
        credit: dollars(0),
      };
    },
    'invoices.get': ({ invoice_id }) => {
      const invoice = find(invoice_id);
      const lines = [{ description: invoice.about, net: invoice.total, tax: dollars(0) }];
      return { invoice, lines, note: '', allocations: [] };
    },
    'invoices.new': () => ({ invoice_id: nextId() as InvoiceId }),
    'invoices.add': ({ invoice_id, customer_id, number, issued_on, due_on, lines }) => {
      const total = dollars(lines.reduce((all, { net, tax }) => all + net.minor + tax.minor, 0));
      const words = { about: lines[0]?.description ?? '', issued_on, due_on, voided: false };
      const row = {
        invoice_id,
        customer_id,
        number: number || `D2-INV-${1001 + rows.length}`,
        total,
        open: total,
        ...words,
      };
      rows.push(row);
      return changed(row);
    },
    'invoices.change': ({ invoice_id, number }) => changed(Object.assign(find(invoice_id), number ? { number } : {})),
    'invoices.void': ({ invoice_id }) => changed(Object.assign(find(invoice_id), { voided: true, open: dollars(0) })),
    'allocations.of': () => ({ allocations: [], unallocated: dollars(0) }),
    'allocations.set': () => ({ allocations: [], unallocated: dollars(0) }),
    'allocations.use_credit': () => ({}),
    'unallocated.list': () => ({ payments: [], count: 0, sum: dollars(0) }),
  };
}
