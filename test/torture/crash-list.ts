import type { CrashPoint } from '../../main/platform/crash-points.ts';

/**
 * Who kills there: the desk itself at its label, the same beside its payments, the page of the card fields, the proxy, or
 * another suite. `not built: ...` names what the app does not do yet, so that nothing can die there.
 */
type Killer =
  | 'desk'
  | 'beside'
  | 'page'
  | 'proxy'
  | 'suite restore'
  | 'suite rotation'
  | 'suite simulation'
  | `not built: ${string}`;

/** Every step after which the process may die, and what has to be true after the next start. */
export const CRASH_POINTS: Readonly<Record<CrashPoint, readonly [step: string, killer: Killer]>> = {
  CP01: ['before the attempt is committed', 'desk'],
  CP02: ['during the commit of the attempt', 'desk'],
  CP03: ['after the commit of the attempt', 'desk'],
  CP04: ['the card fields are asked', 'desk'],
  CP05: ['the token is in the page', 'page'],
  CP06: ['the token is here, nothing is written', 'desk'],
  CP07: ['the attempt is ready, nothing is sent', 'desk'],
  CP08: ['during the commit of "sending"', 'desk'],
  CP09: ['"sending" is durable, no connection yet', 'desk'],
  CP10: ['the request is written, Square has not acted', 'proxy'],
  CP11: ['Square acted, the answer is lost', 'proxy'],
  CP12: ['the answer is read, nothing is written', 'desk'],
  CP13: ['during the commit of "approved"', 'desk'],
  CP14: ['approved, not yet capturing', 'desk'],
  CP15: ['"capturing" is durable, not sent', 'desk'],
  CP16: ['captured, the answer is lost', 'proxy'],
  CP17: ['during the commit of "completed"', 'desk'],
  CP18: ['completed, no receipt printed', 'desk'],
  CP19: ['the queue of receipts by e-mail', 'not built: receipts by e-mail'],
  CP20: ['a decline is read, nothing is written', 'desk'],
  CP21: ['a cancel is answered, nothing is written', 'suite simulation'],
  CP22: ['a refund is approved', 'desk'],
  CP23: ['a refund is sent, the answer is lost', 'desk'],
  CP24: ['a refund is pending', 'desk'],
  CP25: ['a wrong password is counted', 'beside'],
  CP26: ['a token of Square is refreshed', 'not built: signing in at Square'],
  CP27: ['one anchor is written', 'desk'],
  CP28: ['the WAL was moved into the file', 'desk'],
  CP29: ['a copy is made', 'suite restore'],
  CP30: ['a copy has its name, not its description', 'suite restore'],
  CP31: ['one copy of the slots is written', 'beside'],
  CP32: ['the ledger under a new key is in its place', 'suite rotation'],
  CP33: ['during a migration', 'beside'],
  CP34: ['the old office is aside, the restored one not in its place', 'suite restore'],
  CP35: ['a new incarnation has begun', 'suite restore'],
  CP36: ['the day is closed', 'not built: closing of a day'],
  CP37: ['a list is imported', 'not built: import of lists'],
  CP38: ['an export of the journal is half written', 'beside'],
  CP39: ['a person is erased', 'not built: erasure of a person'],
  CP40: ['a piece of the ballast is written', 'beside'],
};

const entries = Object.entries(CRASH_POINTS) as [CrashPoint, readonly [string, Killer]][];

/** The labels at which the desk process kills itself. */
export const OWN_POINTS = entries.flatMap(([point, [, killer]]) =>
  killer === 'desk' || killer === 'beside' || killer === 'page' ? [point] : [],
);

/** The labels that somebody else kills at. */
export const killedBy = (wanted: Killer): CrashPoint[] =>
  entries.flatMap(([point, [, killer]]) => (killer === wanted ? [point] : []));

/** The labels at which nothing can die yet, each with what is missing. */
export const NOT_BUILT = entries.flatMap(([point, [, killer]]) =>
  killer.startsWith('not built: ') ? [{ point, missing: killer.slice('not built: '.length) }] : [],
);
