import type { Database } from '../../main/ledger/open.ts';
import { paymentHandlers } from '../../main/payments/handlers.ts';
import * as queries from '../../main/payments/queries.ts';
import { nextReceiptNumber } from '../../main/payments/receipt-numbers.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { addDays, businessDay } from '../../common/time.ts';
import { dollars } from '../support/builders.ts';
import { TempOffice } from '../support/temp-office.ts';
import { figureOf, timed, type Section } from './measure.ts';
import { addPeople, manyPeople } from './people.ts';

const PAYMENTS = 100_000;
const DAYS = 365;
const CUSTOMERS = 2000;
const PER_COMMIT = 5000;
const DAY_MS = 24 * 3600 * 1000;

/** One query as the engine means to run it. */
export type Plan = { readonly query: string; readonly steps: readonly string[] };
export type FullLedgerSection = Section & { readonly plans: readonly Plan[]; readonly full_scans: readonly string[] };

/** A year of a busy desk, 100,000 finished payments: what everything that happens then costs again and again. */
export async function benchFullLedger(): Promise<FullLedgerSection> {
  const office = await TempOffice.create({ clock: systemClock });
  try {
    const filling_ms = timed(() => fill(office));
    const { database, identity } = office.ledger;
    const today = businessDay(systemClock.now(), 'America/Chicago');
    const { 'activity.list': list, 'sync.state': syncState } = paymentHandlers({
      office: () => ({ ...parts(office), connected: () => true, gateway: () => null }),
      cardFields: office.fields,
      clock: systemClock,
      prove: () => Promise.resolve(),
      paper: undefined as never,
    });
    const listing = (from: string) => list({ from, to: today, word: null, text: '', after: null, limit: 50 });
    const todays = listing(today);
    if (todays.counts.paid < 100) throw new Error(`today has only ${todays.counts.paid} payments`);
    const many = (count: number, work: () => unknown): number[] =>
      Array.from({ length: count }, () => timed(() => void work()));
    const plans = plansOf(database, identity, today);
    return {
      figures: [
        figureOf(
          'pump with nothing to do, 100,000 payments',
          'ms',
          many(300, () => office.outbox.pump()),
          'p95 <= 5',
        ),
        figureOf(
          'activity.list of today, 100,000 payments',
          'ms',
          many(100, () => listing(today)),
          'p95 <= 50',
        ),
        figureOf(
          'activity.list of a week',
          'ms',
          many(50, () => listing(addDays(today, -6))),
        ),
        figureOf(
          'activity.list of the whole year',
          'ms',
          many(15, () => listing(addDays(today, -DAYS))),
        ),
        figureOf(
          'earlier charge in doubt, no customer',
          'ms',
          many(300, () => inDoubt(database)),
        ),
        figureOf(
          'sync.state',
          'ms',
          many(100, () => syncState()),
        ),
        figureOf(
          'next number and next receipt number',
          'ms',
          many(300, () => nextNumbers(database, identity)),
        ),
        figureOf('filling the ledger, per payment (two facts)', 'ms', [filling_ms / PAYMENTS]),
      ],
      not_measured: [],
      plans,
      full_scans: fullScans(database, plans),
    };
  } finally {
    await office.close();
  }
}

const parts = ({ ledger, attempts, outbox, sync, connection }: TempOffice) => ({
  ledger,
  attempts,
  outbox,
  sync,
  connection,
});

/** A quarter of the payments have no customer, and none of them is in doubt. */
const inDoubt = (database: Database) => queries.findDoubt(database, null, dollars(100));

function nextNumbers(database: Database, { desk, incarnation }: { desk: string; incarnation: number }): void {
  queries.nextNumber(database, desk, incarnation);
  nextReceiptNumber(database, desk);
}

/** Finished cash payments over a year, as the facts that the desk would have written, in large commits. */
function fill(office: TempOffice): void {
  const { ledger, newId, person_id, clock } = office;
  const customers = addPeople(ledger, newId, manyPeople(CUSTOMERS), person_id);
  const now_ms = clock.now();
  for (let from = 1; from <= PAYMENTS; from += PER_COMMIT) {
    ledger.write(person_id, write => {
      for (let number = from; number < from + PER_COMMIT; number += 1) {
        const attempt_id = newId();
        const padded = String(number).padStart(6, '0');
        const happened_at_ms = now_ms - Math.floor(((PAYMENTS - number) * DAYS) / PAYMENTS) * DAY_MS;
        write.fact(
          'tender.recorded',
          finished(attempt_id, padded, number % 4 === 0 ? null : customers[number % CUSTOMERS]!, happened_at_ms),
          happened_at_ms,
        );
        write.fact('record.confirmed', { attempt_id, square_payment_id: `bench-${padded}` }, happened_at_ms);
      }
    });
  }
}

function finished(attempt_id: string, padded: string, customer_id: string | null, happened_at_ms: number) {
  const number = Number(padded);
  return {
    ...{ attempt_id, number, customer_id, tender: 'cash', channel: 'desk' as const, pays: [], payer: null },
    reference: `D1-${padded}-00000000`,
    amount_minor: dollars(1000 + (number % 9000)).minor,
    currency: 'USD' as const,
    day: businessDay(happened_at_ms, 'America/Chicago'),
    input_hash: padded.repeat(11).slice(0, 64),
    receipt_number: `D1-${padded}`,
    account: 'drawer_cash' as const,
    idempotency_key: attempt_id,
    body_hash: padded.repeat(11).slice(0, 64),
    ...{ tendered_minor: null, change_minor: null, check_number: null, check_bank: null },
  };
}

/** Steps that walk through a whole table or index. A partial index holds the few open rows, so walking it is meant. */
function fullScans(database: Database, plans: readonly Plan[]): string[] {
  const partial = database.prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'");
  const names = partial.pluck().all() as string[];
  const isFull = (step: string): boolean => step.startsWith('SCAN') && !names.some(name => step.endsWith(` ${name}`));
  return plans.flatMap(({ query, steps }) => steps.filter(isFull).map(step => `${query}: ${step}`));
}

/** Runs each query once through a database that remembers the texts, and asks the engine how it runs them. */
function plansOf(
  database: Database,
  { desk, incarnation }: { desk: string; incarnation: number },
  today: string,
): Plan[] {
  const texts = (run: (seen: Database) => unknown): string[] => {
    const prepared: string[] = [];
    const prepare = (text: string) => {
      prepared.push(text);
      return database.prepare(text);
    };
    run({ prepare } as unknown as Database);
    return prepared;
  };
  const filter = { from: today, to: today, word: null, after: null, limit: 50 };
  const runs: Record<string, (seen: Database) => unknown> = {
    openWork: seen => queries.openWork(seen),
    workInTurn: seen => [...queries.workInTurn(seen)],
    'inStates, being sent': seen => queries.inStates(seen, ['sending', 'capturing']),
    'inStates, in doubt': seen => queries.inStates(seen, ['unknown', 'capture_unknown']),
    findDoubt: seen => queries.findDoubt(seen, null, dollars(100)),
    findByReference: seen => queries.findByReference(seen, 'D1-000001-00000000'),
    findBySquareId: seen => queries.findBySquareId(seen, 'bench-000001'),
    recentOf: seen => queries.recentOf(seen, '', 10),
    nextNumber: seen => queries.nextNumber(seen, desk, incarnation),
    nextReceiptNumber: seen => nextReceiptNumber(seen, desk),
    listActivity: seen => queries.listActivity(seen, { ...filter, text: '' }, 'USD'),
    'listActivity, with a text': seen => queries.listActivity(seen, { ...filter, text: 'ort' }, 'USD'),
  };
  return Object.entries(runs).flatMap(([query, run]) =>
    texts(run).map(text => {
      const values: null[] = Array.from(text.matchAll(/\?/g), () => null);
      const steps = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values) as { detail: string }[];
      return { query, steps: steps.map(step => step.detail) };
    }),
  );
}
