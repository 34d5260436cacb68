import { assert } from '../../../common/errors.ts';
import type { AttemptState } from '../../../common/contract/payments.ts';
import { sql, type Database } from '../open.ts';

/**
 * Which state may follow which. A lattice: nothing leads out of a paid state, so late or repeated news can never move a
 * paid attempt back. `sending` may fall back to `ready` only on the definite word that nothing left this desk.
 */
export const NEXT_STATES: Record<AttemptState, readonly AttemptState[]> = {
  intent: ['ready', 'cancelled'],
  ready: ['sending', 'cancelled', 'invalid'],
  sending: ['ready', 'unknown', 'approved', 'completed', 'declined', 'invalid', 'cancelled', 'manual'],
  unknown: ['sending', 'approved', 'completed', 'declined', 'invalid', 'cancelled', 'closed_not_charged', 'manual'],
  approved: ['capturing', 'completed', 'cancelled'],
  capturing: ['approved', 'capture_unknown', 'completed', 'cancelled'],
  capture_unknown: ['capturing', 'approved', 'completed', 'cancelled'],
  manual: ['approved', 'completed', 'declined', 'cancelled', 'closed_not_charged'],
  recorded: [],
  completed: [],
  // What was said to be not charged can only turn out to be charged after all.
  declined: ['orphan'],
  invalid: ['orphan'],
  cancelled: ['orphan'],
  closed_not_charged: ['orphan'],
  // Kept by a person as a payment, or gone again at Square.
  orphan: ['approved', 'completed', 'cancelled'],
};

type Columns = Readonly<Record<string, string | number | null>>;

/** Moves an attempt, and sets columns with it. An impossible move is a bug: it throws and the fact is not written. */
export function moveAttempt(database: Database, attempt_id: string, to: AttemptState, columns: Columns = {}): void {
  const from = stateOf(database, attempt_id);
  assert(NEXT_STATES[from].includes(to), `an attempt does not go from ${from} to ${to}`);
  setColumns(database, attempt_id, { ...columns, state: to });
}

export function stateOf(database: Database, attempt_id: string): AttemptState {
  const state = sql(database, 'SELECT state FROM payment WHERE attempt_id = ?').pluck().get(attempt_id);
  assert(state !== undefined, 'the attempt is known');
  return state as AttemptState;
}

export function setColumns(database: Database, attempt_id: string, columns: Columns): void {
  const names = Object.keys(columns);
  const text = `UPDATE payment SET ${names.map(name => `${name} = @${name}`).join(', ')} WHERE attempt_id = @attempt_id`;
  const { changes } = sql(database, text).run({ ...columns, attempt_id });
  assert(changes === 1, 'one attempt was changed');
}

/** The first time that the outcome was not known; later doubts do not make it younger. */
export function doubtSince(database: Database, attempt_id: string, now_ms: number): { doubt_since_ms: number } {
  const known = sql(database, 'SELECT doubt_since_ms FROM payment WHERE attempt_id = ?').pluck().get(attempt_id);
  return { doubt_since_ms: (known as number | null | undefined) ?? now_ms };
}

export type NewPayment = {
  readonly attempt_id: string;
  readonly number: number;
  readonly reference: string;
  readonly desk: string;
  readonly incarnation: number;
  readonly tender: string;
  readonly channel: string;
  readonly customer_id: string | null;
  readonly amount_minor: number;
  readonly currency: string;
  readonly state: AttemptState;
  readonly day: string;
  readonly happened_at_ms: number;
  readonly actor: string;
} & Columns;

const DEFAULTS = {
  input_hash: '',
  two_phase: 0,
  sync: 'none',
  sends: 0,
  maybe_sent: 0,
  not_found: 0,
  not_found_since_cancel: 0,
  cancel_asked: 0,
  foreign_payment: 0,
};

export function insertPayment(database: Database, payment: NewPayment): void {
  const row: Columns = { ...DEFAULTS, ...payment };
  const names = Object.keys(row);
  sql(database, `INSERT INTO payment (${names.join(', ')}) VALUES (${names.map(name => `@${name}`).join(', ')})`).run(
    row,
  );
}
