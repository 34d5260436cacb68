import { canonicalJson, type Json } from '../ledger/canonical.ts';
import { factsOf } from '../ledger/journal.ts';
import { sha256Hex } from '../ledger/keys.ts';
import { sql, type Database } from '../ledger/open.ts';

/**
 * Everything the ledger knows about one attempt: its facts with their places and hashes in the journal, and what Square
 * was seen to hold. Holds no token and no name of a customer, so it can be given to Square's support or to a bank.
 */
export type Evidence = {
  readonly attempt_id: string;
  readonly facts: readonly {
    readonly seq: number;
    readonly type: string;
    readonly happened_at_ms: number;
    readonly recorded_at_ms: number;
    readonly actor: string;
    readonly body: Json;
    readonly hash: string;
  }[];
  readonly seen_at_square: readonly Json[];
};

export function evidenceOf(database: Database, attempt_id: string): Evidence {
  const facts = factsOf(database, attempt_id).map(fact => ({
    seq: fact.seq,
    type: fact.type,
    happened_at_ms: fact.happened_at_ms,
    recorded_at_ms: fact.recorded_at_ms,
    actor: fact.actor,
    body: JSON.parse(fact.body) as Json,
    hash: fact.hash.toString('hex'),
  }));
  const seen_at_square = sql(
    database,
    'SELECT square_payment_id, status, amount_minor, currency, reference, updated_at_ms FROM square_payment WHERE attempt_id = ?',
  ).all(attempt_id) as Json[];
  return { attempt_id, facts, seen_at_square };
}

/** Fixes what was known when somebody decided: any later change of it gives another hash. */
export function evidenceHash(database: Database, attempt_id: string): string {
  return sha256Hex(canonicalJson(evidenceOf(database, attempt_id) as unknown as Json));
}
