import type { Announce, Handlers } from '../../common/contract/index.ts';
import type { CustomerId, InvoiceId } from '../../common/ids.ts';
import { money } from '../../common/money.ts';
import { unallocatedOf } from '../ledger/events/unallocated.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Database } from '../ledger/open.ts';
import { officeDay, readSettings } from '../office/settings.ts';
import type { Clock } from '../platform/clock.ts';
import { setAllocations, spendCredit } from './allocations.ts';
import { addInvoice, changeInvoice, linesOf, reasonOf, voidInvoice } from './invoices.ts';
import * as read from './queries.ts';

type Needs = {
  readonly ledger: () => Ledger;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly announce: Announce;
};

export function invoiceHandlers({ ledger, newId, clock, announce }: Needs) {
  const database = (): Database => ledger().database;
  const today = (): string => officeDay(database(), clock.now());
  const by = (actor: string) => ({ actor, now_ms: clock.now() });
  const told = <View extends { readonly customer_id: CustomerId }>(view: View): View => {
    announce('invoices.changed', { customer_id: view.customer_id });
    announce('customers.changed', { customer_id: view.customer_id });
    return view;
  };
  const allocationsOf = (attempt_id: string) => {
    const { currency } = read.paymentOf(database(), attempt_id);
    return {
      allocations: read.allocationViews(database(), { attempt_id }),
      unallocated: money(unallocatedOf(database(), attempt_id), currency),
    };
  };
  return {
    'invoices.list': ({ customer_id, which }) => {
      const { currency } = readSettings(database());
      const rows =
        which === 'open' ? read.openInvoices(database(), customer_id) : read.allInvoices(database(), customer_id);
      const { open, overdue } = read.owedBy(database(), customer_id, today());
      const credit = read.creditOf(database(), customer_id).reduce((sum, row) => sum + row.free_minor, 0);
      return {
        invoices: rows.map(read.viewOfInvoice),
        open: money(open, currency),
        overdue: money(overdue, currency),
        credit: money(credit, currency),
      };
    },
    'invoices.get': ({ invoice_id }) => {
      const row = read.invoiceOf(database(), invoice_id);
      const allocations = read.allocationViews(database(), { invoice_id });
      return { invoice: read.viewOfInvoice(row), lines: linesOf(row), note: row.note, allocations };
    },
    'invoices.new': () => ({ invoice_id: newId() as InvoiceId }),
    'invoices.add': (invoice, who) => told(addInvoice(ledger(), invoice, who.person_id)),
    'invoices.change': ({ invoice_id, ...content }, who) =>
      told(changeInvoice(ledger(), invoice_id, content, by(who.person_id))),
    'invoices.void': (input, who) => told(voidInvoice(ledger(), input, by(who.person_id))),
    'allocations.of': ({ attempt_id }) => allocationsOf(attempt_id),
    'allocations.set': ({ reason, ...setting }, who) => {
      const { attempt_id, customer_id } = setting;
      ledger().write(who.person_id, write => {
        read.assertCustomer(write.database, customer_id);
        setAllocations(write, { ...setting, typed: reasonOf(write, customer_id, reason), day: today() });
      });
      told({ customer_id });
      announce('payments.changed', { attempt_id });
      return allocationsOf(attempt_id);
    },
    'allocations.use_credit': ({ customer_id, pays }, who) => {
      const { currency } = readSettings(database());
      ledger().write(who.person_id, write => spendCredit(write, { customer_id, pays, currency, day: today() }));
      told({ customer_id });
      return {};
    },
    'unallocated.list': ({ limit }) => read.unallocatedPayments(database(), limit, readSettings(database()).currency),
  } satisfies Partial<Handlers>;
}
