import type { News } from './evidence.ts';
import type { Invariant } from './invariant.ts';
import { ledgerInvariants } from './invariants-ledger.ts';
import { moneyInvariants } from './invariants-money.ts';
import { staffInvariants } from './invariants-staff.ts';
import type { World } from './world.ts';

export const invariants: readonly Invariant[] = [...ledgerInvariants, ...moneyInvariants, ...staffInvariants];

/** Named in the plan, and without a meaning in what exists so far. They are printed, so that nobody takes them for held. */
export const NOT_MEANT_YET: Readonly<Record<string, string>> = {
  I11: 'a key has one body: looked at on the wire itself, at every call',
  I14: 'two people for a refund: nobody gives back in these worlds yet; what is looked at is who ends a doubt',
  I19: 'there is no close of the day yet; what is looked at is the report against the postings',
  I21: 'facts carry no time that only grows; their order is their number',
};

const eventChecks = invariants.filter(({ event }) => event !== undefined);
const silentChecks = eventChecks.filter(({ number }) => number === 'I9' || number === 'I25' || number === 'I18');
const quietChecks = invariants.filter(({ quiet }) => quiet !== undefined);

/** What is broken after an event, by number and sentence. */
export function onEvent(world: World, news: News): [string, string][] {
  // Most events change nothing that is on the books; then only what waits in silence is looked at.
  const silent = news.facts.length === 0 && news.told.length === 0 && news.sent.length === 0;
  const checks = silent ? silentChecks : eventChecks;
  return checks.flatMap(({ number, event }) => event!(world, news).map((what): [string, string] => [number, what]));
}

/** What is broken once everything had its time. */
export async function atQuiet(world: World): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (const { number, quiet } of quietChecks) for (const what of await quiet!(world)) found.push([number, what]);
  return found;
}

/** Everything at once, as if all of it were new. For the controls. */
export async function allOf(invariant: Invariant, world: World, everything: News): Promise<string[]> {
  return [...(invariant.event?.(world, everything) ?? []), ...((await invariant.quiet?.(world)) ?? [])];
}
