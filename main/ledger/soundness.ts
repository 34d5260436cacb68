import { AppError } from '../../common/errors.ts';
import { PROJECTIONS } from './events/index.ts';
import { sql, type Database } from './open.ts';
import { tablesOutOfStep } from './watermarks.ts';

/**
 * What is looked at before anybody may use an opened ledger. What only a copy can bring back throws ledger_damaged with
 * its evidence. What the journal can bring back is named: until that is done, no word about money may be answered, and
 * nothing sent, because an attempt could look as if it had never left the desk.
 */
const INDEXES = 'indexes';

/** The engine's own check of the whole file. Answers `indexes` when they alone disagree with their tables. */
export function checkEngine(database: Database): readonly string[] {
  // The quick check does not compare indexes with their tables; an older page of an index hides rows.
  if (database.pragma('integrity_check(1)', { simple: true }) === 'ok') return [];
  const check = String(database.pragma('quick_check(1)', { simple: true }));
  if (check !== 'ok') throw new AppError('ledger_damaged', { check });
  return [INDEXES];
}

/** Whether every table is as it was left. Needs the newest schema. Answers the projections that are not. */
export function checkTables(database: Database): readonly string[] {
  const outOfStep = tablesOutOfStep(database, countJournal(database));
  const lost = outOfStep.find(table => !(PROJECTIONS as readonly string[]).includes(table));
  // Requests, keys and secrets are nowhere else; and sums that the journal contradicts prove nothing about the rest.
  if (lost) throw new AppError('ledger_damaged', { table: lost });
  return outOfStep;
}

/** A page that the disk never wrote, or an older copy of it, is whole and rightly encrypted, but records are missing. */
function countJournal(database: Database): { rows: number; ticks: number } {
  const chains = sql(
    database,
    'SELECT count(*) AS records, max(seq) AS newest FROM journal GROUP BY desk, incarnation',
  ).all() as { records: number; newest: number }[];
  if (chains.some(({ records, newest }) => records !== newest)) throw new AppError('ledger_damaged', { check: 'gap' });
  const sum = (of: (records: number) => number): number => chains.reduce((all, { records }) => all + of(records), 0);
  return { rows: sum(records => records), ticks: sum(records => (records * (records + 1)) / 2) };
}
