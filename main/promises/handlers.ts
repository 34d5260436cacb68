import type { Announce, CallParsed, Handlers } from '../../common/contract/index.ts';
import type { PromiseView } from '../../common/contract/promises.ts';
import { AppError } from '../../common/errors.ts';
import type { CustomerId, PromiseId } from '../../common/ids.ts';
import { addDays } from '../../common/time.ts';
import { assertCustomer } from '../invoices/queries.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Database } from '../ledger/open.ts';
import { officeDay, readSettings } from '../office/settings.ts';
import type { Clock } from '../platform/clock.ts';
import { findPromise, promisesOf, stateOf, viewOfPromise, type PromiseRow } from './queries.ts';

type Needs = {
  readonly ledger: () => Ledger;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly announce: Announce;
};

/** Further ahead than this nobody promises; it is a year typed wrong. */
const LONGEST_DAYS = 366;

/** Promises to pay. Throws customer_not_found, promise_conflict, promise_decided, invalid_input. */
export function promiseHandlers({ ledger, newId, clock, announce }: Needs) {
  const database = (): Database => ledger().database;
  const today = (): string => officeDay(database(), clock.now());
  const told = (customer_id: string): void => announce('customers.changed', { customer_id: customer_id as CustomerId });
  return {
    'promises.of': ({ customer_id }) => {
      assertCustomer(database(), customer_id);
      const promises = promisesOf(database(), customer_id).map(row => viewOfPromise(row, today()));
      const count = (state: PromiseView['state']): number => promises.filter(one => one.state === state).length;
      return { promises, kept: count('kept'), broken: count('broken') };
    },
    'promises.new': () => ({ promise_id: newId() as PromiseId }),
    'promises.make': (promise, who) => {
      const made = make(ledger(), promise, { actor: who.person_id, today: today() });
      told(promise.customer_id);
      return viewOfPromise(made, today());
    },
    'promises.withdraw': ({ promise_id }, who) => {
      const row = findPromise(database(), promise_id);
      if (!row) throw new AppError('promise_not_found');
      const state = stateOf(row, today());
      if (state === 'withdrawn') return {};
      if (state !== 'open') throw new AppError('promise_decided');
      ledger().write(who.person_id, write => write.fact('promise.ended', { promise_id, why: 'withdrawn' }));
      told(row.customer_id);
      return {};
    },
  } satisfies Partial<Handlers>;
}

function make(
  ledger: Ledger,
  { promise_id, customer_id, amount, due_on }: CallParsed<'promises.make'>,
  { actor, today }: { readonly actor: string; readonly today: string },
): PromiseRow {
  const { database } = ledger;
  const known = findPromise(database, promise_id);
  if (known) {
    if (!says(known, { customer_id, amount_minor: amount.minor, due_on })) throw new AppError('promise_conflict');
    return known;
  }
  const { currency } = readSettings(database);
  if (amount.currency !== currency) throw new AppError('invalid_input', { field: 'amount' });
  if (due_on < today || due_on > addDays(today, LONGEST_DAYS)) throw new AppError('promise_day_wrong');
  ledger.write(actor, write => {
    assertCustomer(database, customer_id);
    for (const earlier of promisesOf(database, customer_id)) {
      if (stateOf(earlier, today) !== 'open') continue;
      write.fact('promise.ended', { promise_id: earlier.promise_id, why: 'replaced' });
    }
    write.fact('promise.made', { promise_id, customer_id, amount_minor: amount.minor, currency, due_on, day: today });
  });
  return findPromise(database, promise_id)!;
}

function says(row: PromiseRow, wanted: Pick<PromiseRow, 'customer_id' | 'amount_minor' | 'due_on'>): boolean {
  return (
    row.customer_id === wanted.customer_id && row.amount_minor === wanted.amount_minor && row.due_on === wanted.due_on
  );
}
