import { searchCustomers } from '../../main/customers/search.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { TempOffice } from '../support/temp-office.ts';
import { figureOf, percentile, timed, type Section } from './measure.ts';
import { addPeople, manyPeople, queriesFor } from './people.ts';

const CUSTOMERS = 50_000;
const QUERIES = 1000;
/** As many rows as the page asks for. */
const LIMIT = 8;

export type SearchSection = Section & {
  /** 95th percentile by what was typed, in milliseconds: tells which kind of search an average hides. */
  readonly p95_ms_by_kind: Readonly<Record<string, number>>;
  readonly found: number;
};

/** Finding one of fifty thousand customers, in the main process, without the bridge. */
export async function benchCustomers(): Promise<SearchSection> {
  const office = await TempOffice.create({ clock: systemClock, connected: false });
  try {
    const people = manyPeople(CUSTOMERS);
    const adding_ms = timed(() => addPeople(office.ledger, office.newId, people, office.person_id));
    const { database } = office.ledger;
    const byKind = new Map<string, number[]>();
    let found = 0;
    // The first round is not counted: it prepares statements and reads the pages that stay in the cache.
    for (const { text } of queriesFor(people, 100)) searchCustomers(database, text, LIMIT);
    for (const { kind, text } of queriesFor(people, QUERIES)) {
      let hits = 0;
      const took_ms = timed(() => {
        hits = searchCustomers(database, text, LIMIT).found.length;
      });
      if (hits > 0) found += 1;
      byKind.set(kind, [...(byKind.get(kind) ?? []), took_ms]);
    }
    if (found < QUERIES * 0.8) throw new Error(`only ${found} of ${QUERIES} searches found somebody`);
    return {
      figures: [
        figureOf('search among 50,000 customers', 'ms', [...byKind.values()].flat(), 'p95 <= 20'),
        figureOf('adding one of 50,000 customers', 'ms', [adding_ms / CUSTOMERS]),
      ],
      not_measured: [],
      p95_ms_by_kind: Object.fromEntries(
        [...byKind].map(([kind, values]) => [kind, Number(percentile(values, 0.95).toPrecision(3))]),
      ),
      found,
    };
  } finally {
    await office.close();
  }
}
