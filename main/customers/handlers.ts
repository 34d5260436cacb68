import type { Announce, Handlers } from '../../common/contract/index.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../platform/clock.ts';
import { addCustomer, customerCard, searchCustomers } from './customers.ts';

type Needs = {
  readonly ledger: () => Ledger;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly announce: Announce;
};

export function customerHandlers({ ledger, newId, clock, announce }: Needs) {
  return {
    'customers.search': ({ text, limit }) => searchCustomers(ledger().database, text, limit),
    'customers.get': ({ customer_id }) => customerCard(ledger().database, customer_id, clock.now()),
    'customers.add': (person, who) => {
      const added = addCustomer(ledger(), newId, person, who.person_id);
      announce('customers.changed', { customer_id: added.customer_id });
      return added;
    },
  } satisfies Partial<Handlers>;
}
