import type { Database } from '../../main/ledger/open.ts';
import { balances } from '../support/builders.ts';

type Booked = {
  readonly attempt_id: string;
  readonly reference: string;
  readonly amount_minor: number;
  readonly state: string;
  readonly square_payment_id: string | null;
};

/** Sentences for every difference between a ledger at rest and what Square holds. Empty when each payment is there once. */
export function booksAgainstSquare(database: Database, payments: readonly Record<string, unknown>[]): string[] {
  const rows = database
    .prepare('SELECT attempt_id, reference, amount_minor, state, square_payment_id FROM payment')
    .all() as Booked[];
  const taken = payments.map(read).filter(one => one.status === 'COMPLETED' || one.status === 'APPROVED');
  return [...chargedTwice(taken), ...missing(rows, taken), ...invented(rows, taken), ...sums(database, taken)];
}

const read = (payment: Record<string, unknown>) => ({
  id: String(payment['id']),
  status: String(payment['status']),
  reference: String(payment['reference_id'] ?? ''),
  source_type: String(payment['source_type']),
  minor: (payment['amount_money'] as { amount: number }).amount,
});
type Taken = ReturnType<typeof read>;

function chargedTwice(taken: readonly Taken[]): string[] {
  const byReference = Map.groupBy(
    taken.filter(one => one.reference !== ''),
    one => one.reference,
  );
  return [...byReference]
    .filter(([, found]) => found.length > 1)
    .map(([reference, found]) => `${reference} is at Square ${found.length} times`);
}

function missing(rows: readonly Booked[], taken: readonly Taken[]): string[] {
  return taken
    .filter(one => one.status === 'COMPLETED')
    .flatMap(one => {
      const found = rows.filter(row => row.square_payment_id === one.id);
      if (found.length !== 1) return [`Square's payment ${one.reference} is in the ledger ${found.length} times`];
      const { state, amount_minor } = found[0]!;
      const good = (state === 'completed' || state === 'recorded') && amount_minor === one.minor;
      return good ? [] : [`Square's payment ${one.reference} is in the ledger as ${state} of ${amount_minor}`];
    });
}

function invented(rows: readonly Booked[], taken: readonly Taken[]): string[] {
  const byId = new Map(taken.map(one => [one.id, one]));
  return rows
    .filter(row => row.state === 'completed' || row.state === 'recorded')
    .filter(row => byId.get(row.square_payment_id ?? '')?.status !== 'COMPLETED')
    .map(row => `the ledger has ${row.reference} as ${row.state}, and Square does not`);
}

/** To the cent: what lies in the drawer, what Square will pay out, and what nobody has said a use for. */
function sums(database: Database, taken: readonly Taken[]): string[] {
  const total = (wanted: (one: Taken) => boolean): number =>
    taken.filter(one => one.status === 'COMPLETED' && wanted(one)).reduce((sum, one) => sum + one.minor, 0);
  const found = balances(database);
  const wanted = {
    drawer_cash: total(one => one.source_type === 'CASH'),
    undeposited_checks: total(one => one.source_type === 'EXTERNAL'),
    unallocated_receipts: -total(() => true),
  };
  const cards = (found['square_clearing'] ?? 0) + (found['square_fees'] ?? 0);
  const card = total(one => one.source_type !== 'CASH' && one.source_type !== 'EXTERNAL');
  return [
    ...Object.entries(wanted)
      .filter(([account, minor]) => (found[account] ?? 0) !== minor)
      .map(([account, minor]) => `${account} is ${found[account] ?? 0} and should be ${minor}`),
    ...(cards === card ? [] : [`clearing and fees are ${cards} and should be ${card}`]),
  ];
}
