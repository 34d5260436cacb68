import type { Role } from '../../common/permissions.ts';

/** Who works at the simulated office, and whom it takes payments from. */
export type Person = { readonly person_id: string; readonly role: Role };
export const STAFF: readonly Person[] = [
  { person_id: 'person-owner', role: 'owner' },
  { person_id: 'person-manager', role: 'manager' },
  { person_id: 'person-clerk', role: 'clerk' },
  { person_id: 'person-clerk-2', role: 'clerk' },
  { person_id: 'person-auditor', role: 'auditor' },
];
/** Who may end a doubt, and change people. */
export const BOSSES: ReadonlySet<Role | null> = new Set(['owner', 'manager']);
export const CUSTOMERS = Array.from({ length: 6 }, (_, index) => `00000000-0000-7000-8000-00000000000${index}`);
/** What everybody's password is, as far as the simulated session asks for one. */
export const PASSWORD = 'correct horse battery';

/** Somebody at the desk. Which role they have is the ledger's word. */
export type Visitor = { readonly person_id: string; readonly locked: boolean };
