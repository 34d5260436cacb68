import type { CallName } from '../../../common/contract/index.ts';
import type { PromiseView } from '../../../common/contract/promises.ts';
import type { CustomerId, PromiseId } from '../../../common/ids.ts';
import { addDays, businessDay } from '../../../common/time.ts';
import { CUSTOMERS, TIME_ZONE, dollars, nextId } from './fake-data.ts';
import type { Answers, FakeWorld } from './fake-world.ts';

type PromiseCalls = Extract<CallName, `promises.${string}`>;

/** The first of the made-up customers has promised something, and kept most of what was promised before. */
export function promiseAnswers(world: FakeWorld): Pick<Answers, PromiseCalls> {
  const today = businessDay(new Date().getTime(), TIME_ZONE);
  const promise = (due: number, minor: number, state: PromiseView['state']): PromiseView => ({
    ...{ promise_id: nextId() as PromiseId, amount: dollars(minor), due_on: addDays(today, due) },
    ...{ made_on: addDays(today, due - 14), made_by: 'Jordan Okafor', state, received: dollars(0) },
  });
  const rows = new Map<CustomerId, PromiseView[]>([
    [CUSTOMERS[0]!.customer_id, [promise(3, 85_00, 'open'), promise(-20, 60_00, 'kept'), promise(-60, 60_00, 'kept')]],
    [CUSTOMERS[3]!.customer_id, [promise(-5, 95_00, 'broken')]],
  ]);
  const of = (customer_id: CustomerId): PromiseView[] => rows.get(customer_id) ?? [];
  return {
    'promises.of': ({ customer_id }) => {
      const promises = of(customer_id);
      const count = (state: PromiseView['state']): number => promises.filter(one => one.state === state).length;
      return { promises, kept: count('kept'), broken: count('broken') };
    },
    'promises.new': () => ({ promise_id: nextId() as PromiseId }),
    'promises.make': ({ promise_id, customer_id, amount, due_on }) => {
      const others = of(customer_id).map(one => (one.state === 'open' ? { ...one, state: 'replaced' as const } : one));
      const made = { ...promise(0, 1, 'open'), promise_id, amount, due_on, made_on: today };
      rows.set(customer_id, [made, ...others]);
      world.announce('customers.changed', { customer_id });
      return made;
    },
    'promises.withdraw': ({ promise_id }) => {
      for (const [customer_id, list] of rows) {
        const ended = list.map(one => (one.promise_id === promise_id ? { ...one, state: 'withdrawn' as const } : one));
        rows.set(customer_id, ended);
      }
      return {};
    },
  };
}
