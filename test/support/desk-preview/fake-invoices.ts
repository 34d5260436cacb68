import type { CallName } from '../../../common/contract/index.ts';
import type { AllocationView, InvoiceLine, InvoiceView } from '../../../common/contract/invoices.ts';
import type { AttemptView } from '../../../common/contract/payments.ts';
import { AppError } from '../../../common/errors.ts';
import type { AttemptId, CustomerId, InvoiceId } from '../../../common/ids.ts';
import type { Money } from '../../../common/money.ts';
import { addDays, businessDay } from '../../../common/time.ts';
import { CUSTOMERS, TIME_ZONE, dollars, nextId } from './fake-data.ts';
import type { Answers, FakeWorld } from './fake-world.ts';

type InvoiceCalls = Extract<CallName, `invoices.${string}` | `allocations.${string}` | `unallocated.${string}`>;
type Row = InvoiceView & { lines: InvoiceLine[]; note: string };
type Part = { attempt_id: AttemptId; invoice_id: InvoiceId | null; minor: number; stands: boolean };

const today = (): string => businessDay(new Date().getTime(), TIME_ZONE);

/** What two of the made-up customers owe: three invoices of different ages and one that is paid, and one. */
function made(): Row[] {
  const invoice = (who: number, number: string, about: string, due: number, total: number) => ({
    ...{ invoice_id: nextId() as InvoiceId, number, about, customer_id: CUSTOMERS[who]!.customer_id },
    ...{ issued_on: addDays(today(), due - 30), due_on: addDays(today(), due), voided: false, note: '' },
    ...{ total: dollars(total), open: dollars(total) },
    lines: [{ description: about, net: dollars(total), tax: dollars(0) }],
  });
  return [
    invoice(0, 'INV-1988', 'Check-up', -90, 12_500),
    invoice(0, 'INV-2031', 'Cleaning and X-rays', -27, 14_500),
    invoice(0, 'INV-2068', 'Filling, tooth 14', -6, 6000),
    invoice(0, 'INV-2107', 'Crown, part 1 of 4', 22, 14_000),
    invoice(3, 'INV-2110', 'First visit', 12, 9500),
  ];
}

/** Invoices and what pays them, from memory. The older payments of the first customer pay something already. */
class FakeBills {
  readonly rows = made();
  private readonly parts: Part[] = [];
  private readonly world: FakeWorld;

  constructor(world: FakeWorld) {
    this.world = world;
    const [first, second] = this.rows;
    for (const { attempt_id, amount } of this.paid().filter(row => row.happened_at_ms < Date.now() - 20 * 86_400_000)) {
      const invoice_id = (amount.minor === 6000 ? second! : first!).invoice_id;
      this.parts.push({ attempt_id, invoice_id, minor: amount.minor, stands: true });
    }
    const moved = this.parts[0];
    if (moved) this.parts.push({ ...moved, invoice_id: this.rows[3]!.invoice_id, stands: false });
  }

  paid(): AttemptView[] {
    return this.world.payments.rows.filter(row => row.word === 'paid');
  }

  find(invoice_id: string): Row {
    const row = this.rows.find(one => one.invoice_id === invoice_id);
    if (!row) throw new AppError('invoice_not_found');
    return row;
  }

  view({ lines: _, note: __, ...row }: Row): InvoiceView {
    const paid = this.parts.filter(part => part.stands && part.invoice_id === row.invoice_id);
    const open = row.voided ? 0 : row.total.minor - paid.reduce((sum, part) => sum + part.minor, 0);
    return { ...row, open: dollars(open) };
  }

  unallocated(attempt: AttemptView): Money {
    const standing = this.parts.filter(part => part.stands && part.attempt_id === attempt.attempt_id);
    return dollars(attempt.amount.minor - standing.reduce((sum, part) => sum + part.minor, 0));
  }

  credit(customer_id: CustomerId): Money {
    const mine = this.paid().filter(row => row.customer?.customer_id === customer_id);
    const ids = mine.map(row => row.attempt_id);
    const kept = this.parts.filter(part => part.stands && part.invoice_id === null && ids.includes(part.attempt_id));
    const free = mine.reduce((sum, row) => sum + this.unallocated(row).minor, 0);
    return dollars(free + kept.reduce((sum, part) => sum + part.minor, 0));
  }

  shown(keep: (part: Part) => boolean): AllocationView[] {
    return this.parts.filter(keep).map(({ attempt_id, invoice_id, minor, stands }, index) => {
      const attempt = this.world.payments.rows.find(row => row.attempt_id === attempt_id);
      return {
        ...{ allocation_id: `${attempt_id}#${index}`, attempt_id, invoice_id, amount: dollars(minor), stands },
        ...{ receipt_number: attempt?.receipt_number ?? null, tender: attempt?.tender ?? 'card' },
        ...{ invoice_number: invoice_id && this.find(invoice_id).number, day: attempt?.day ?? today() },
      };
    });
  }

  set(attempt_id: AttemptId, parts: readonly { invoice_id: InvoiceId | null; amount: Money }[]): void {
    for (const part of this.parts) if (part.attempt_id === attempt_id) part.stands = false;
    for (const { invoice_id, amount } of parts) {
      if (amount.minor > 0) this.parts.push({ attempt_id, invoice_id, minor: amount.minor, stands: true });
    }
  }

  detach(invoice_id: InvoiceId): void {
    for (const part of this.parts) if (part.invoice_id === invoice_id) part.stands = false;
  }
}

const content = (lines: readonly InvoiceLine[]) => ({
  about: lines[0]?.description ?? '',
  lines: [...lines],
  total: dollars(lines.reduce((all, { net, tax }) => all + net.minor + tax.minor, 0)),
});

export function invoiceAnswers(world: FakeWorld): Pick<Answers, InvoiceCalls> {
  const bills = new FakeBills(world);
  const sum = (list: readonly InvoiceView[]) => dollars(list.reduce((total, row) => total + row.open.minor, 0));
  const changed = (row: Row): InvoiceView => {
    world.announce('invoices.changed', { customer_id: row.customer_id });
    world.announce('customers.changed', { customer_id: row.customer_id });
    return bills.view(row);
  };
  const allocations = (attempt_id: AttemptId) => {
    const attempt = world.payments.rows.find(row => row.attempt_id === attempt_id);
    if (!attempt) throw new AppError('attempt_not_found');
    return {
      allocations: bills.shown(part => part.attempt_id === attempt_id),
      unallocated: bills.unallocated(attempt),
    };
  };
  return {
    'invoices.list': ({ customer_id, which }) => {
      const all = bills.rows.filter(row => row.customer_id === customer_id).map(row => bills.view(row));
      const owed = all.filter(row => row.open.minor > 0);
      return {
        invoices: which === 'open' ? owed : all.toReversed(),
        open: sum(owed),
        overdue: sum(owed.filter(row => row.due_on !== null && row.due_on < today())),
        credit: bills.credit(customer_id),
      };
    },
    'invoices.get': ({ invoice_id }) => {
      const { lines, note, ...row } = bills.find(invoice_id);
      const invoice = bills.view({ lines, note, ...row });
      return { invoice, lines, note, allocations: bills.shown(part => part.invoice_id === invoice_id) };
    },
    'invoices.new': () => ({ invoice_id: nextId() as InvoiceId }),
    'invoices.add': ({ invoice_id, customer_id, number, issued_on, due_on, lines, note }) => {
      const own = number || `D2-INV-${1001 + bills.rows.length}`;
      const words = content(lines);
      const ids = { invoice_id, customer_id, number: own, issued_on, due_on, note, voided: false };
      const row: Row = { ...ids, ...words, open: words.total };
      bills.rows.push(row);
      return changed(row);
    },
    'invoices.change': ({ invoice_id, number, lines, ...rest }) => {
      const row = bills.find(invoice_id);
      const paid_minor = row.total.minor - bills.view(row).open.minor;
      if (content(lines).total.minor < paid_minor) throw new AppError('invoice_paid_more', { paid_minor });
      return changed(Object.assign(row, { ...rest, ...content(lines), number: number || row.number }));
    },
    'invoices.void': ({ invoice_id }) => {
      bills.detach(invoice_id);
      return changed(Object.assign(bills.find(invoice_id), { voided: true }));
    },
    'allocations.of': ({ attempt_id }) => allocations(attempt_id),
    'allocations.set': ({ attempt_id, customer_id, pays, credit }) => {
      const attempt = world.payments.rows.find(row => row.attempt_id === attempt_id);
      const customer = CUSTOMERS.find(one => one.customer_id === customer_id);
      if (attempt && customer) attempt.customer = { customer_id, name: customer.name };
      bills.set(attempt_id, [...pays, { invoice_id: null, amount: credit }]);
      world.announce('invoices.changed', { customer_id });
      world.announce('customers.changed', { customer_id });
      world.announce('payments.changed', { attempt_id });
      return allocations(attempt_id);
    },
    'allocations.use_credit': () => ({}),
    'unallocated.list': ({ limit }) => tray(bills, limit),
  };
}

function tray(bills: FakeBills, limit: number) {
  const waiting = bills.paid().filter(row => bills.unallocated(row).minor !== 0);
  const payments = waiting.toReversed().map(row => ({
    ...{ attempt_id: row.attempt_id, reference: row.reference, receipt_number: row.receipt_number },
    ...{ tender: row.tender, day: row.day, happened_at_ms: row.happened_at_ms, customer: row.customer },
    ...{ amount: row.amount, unallocated: bills.unallocated(row), foreign: row.foreign },
  }));
  const whole = payments.reduce((total, row) => total + row.unallocated.minor, 0);
  return { payments: payments.slice(0, limit), count: payments.length, sum: dollars(whole) };
}
