import type { Announce, Handlers } from '../../common/contract/index.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../platform/clock.ts';
import { addCustomer, archiveCustomer, changeCustomer, customerCard } from './customers.ts';
import { searchCustomers } from './search.ts';

type Needs = {
  readonly ledger: () => Ledger;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly announce: Announce;
};

export function customerHandlers({ ledger, newId, clock, announce }: Needs) {
  return {
    'customers.search': ({ text, limit, archived }) => searchCustomers(ledger().database, text, limit, archived),
    'customers.get': ({ customer_id }) => customerCard(ledger().database, customer_id, clock.now()),
    'customers.add': (person, who) => {
      const added = addCustomer(ledger(), newId, person, who.person_id);
      announce('customers.changed', { customer_id: added.customer_id });
      return added;
    },
    'customers.change': ({ customer_id, ...person }, who) => {
      const changed = changeCustomer(ledger(), customer_id, person, who.person_id);
      announce('customers.changed', { customer_id });
      return changed;
    },
    'customers.archive': ({ customer_id, archived }, who) => {
      const changed = archiveCustomer(ledger(), customer_id, archived, who.person_id);
      announce('customers.changed', { customer_id });
      return changed;
    },
  } satisfies Partial<Handlers>;
}
