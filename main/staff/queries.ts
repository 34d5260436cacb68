import type { Role } from '../../common/permissions.ts';
import { sql, type Database } from '../ledger/open.ts';

export type Person = { readonly person_id: string; readonly name: string; readonly role: Role };

const ACTIVE = 'SELECT person_id, name, role FROM person WHERE removed_at_ms IS NULL';

/** Everybody who belongs to the office now, in the order in which they came. */
export function peopleOf(database: Database): Person[] {
  return sql(database, `${ACTIVE} ORDER BY rowid`).all() as Person[];
}

/** The ledger's word on who somebody is counts; what a slot says is only for the sign-in page. */
export function personOf(database: Database, person_id: string): Person | undefined {
  return sql(database, `${ACTIVE} AND person_id = ?`).get(person_id) as Person | undefined;
}
