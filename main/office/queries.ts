import { sql, type Database } from '../ledger/open.ts';

/** The name of anybody who ever belonged to the office; null for the desk itself and for Square. */
export function nameOfPerson(database: Database, person_id: string): string | null {
  const name = sql(database, 'SELECT name FROM person WHERE person_id = ?').pluck().get(person_id);
  return typeof name === 'string' ? name : null;
}
