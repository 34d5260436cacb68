import { AppError, assert } from '../../common/errors.ts';
import { canonicalJson, GENESIS_HASH, recordHash, type JournalRecord, type Json } from './canonical.ts';
import { events, type FactBody, type FactType } from './events/index.ts';
import type { EventDefinition, FactContext } from './events/event.ts';
import { projectUnallocated } from './events/unallocated.ts';
import { sql, type Database } from './open.ts';

export type JournalRow = JournalRecord & { readonly prev_hash: Buffer; readonly hash: Buffer };
export type Head = { readonly seq: number; readonly hash: Buffer };
export type NewFact<Type extends FactType = FactType> = {
  readonly type: Type;
  readonly body: FactBody<Type>;
  readonly actor: string;
  readonly happened_at_ms: number;
};
/** Opens personal data of one subject; null when it cannot be opened any more. */
export type OpenPersonal = FactContext['open'];

const byType = new Map<string, EventDefinition>(events.map(event => [event.type, event as unknown as EventDefinition]));

/** The last record of this desk's chain, or the genesis. */
export function readHead(database: Database, desk: string, incarnation: number): Head {
  const row = sql(
    database,
    'SELECT seq, hash FROM journal WHERE desk = ? AND incarnation = ? ORDER BY seq DESC LIMIT 1',
  ).get(desk, incarnation) as Head | undefined;
  return row ?? { seq: 0, hash: GENESIS_HASH };
}

/**
 * Adds one fact to the chain and projects it, inside the caller's transaction. The body is checked against its schema
 * and made canonical first: what is hashed is what is stored.
 */
export function append(
  database: Database,
  place: { desk: string; incarnation: number; head: Head; recorded_at_ms: number },
  fact: NewFact,
  open: OpenPersonal,
): Head {
  const definition = byType.get(fact.type);
  assert(definition, `the fact type ${fact.type} is known`);
  const body = canonicalJson(definition.versions.at(-1)!.parse(fact.body) as Json);
  const record: JournalRecord = {
    desk: place.desk,
    incarnation: place.incarnation,
    seq: place.head.seq + 1,
    type: fact.type,
    version: definition.versions.length,
    actor: fact.actor,
    happened_at_ms: fact.happened_at_ms,
    recorded_at_ms: place.recorded_at_ms,
    body,
  };
  const hash = recordHash(place.head.hash, record);
  sql(
    database,
    `INSERT INTO journal (desk, incarnation, seq, type, version, actor, happened_at_ms, recorded_at_ms, body, prev_hash, hash)
     VALUES (@desk, @incarnation, @seq, @type, @version, @actor, @happened_at_ms, @recorded_at_ms, @body, @prev_hash, @hash)`,
  ).run({ ...record, prev_hash: place.head.hash, hash });
  projectRecord(database, record, open);
  return { seq: record.seq, hash };
}

/** The one function that writes projections, at the first time and at every rebuild. */
export function projectRecord(database: Database, record: JournalRecord, open: OpenPersonal): void {
  const definition = byType.get(record.type);
  // A type that this app does not know comes from a newer one. Guessing would make wrong sums.
  if (!definition) throw new AppError('ledger_newer', { fact: record.type });
  const body = readBody(definition, record) as never;
  const context: FactContext = { database, record, open };
  const key = [record.desk, record.incarnation, record.seq] as const;
  for (const subject of definition.subjects(body)) {
    sql(database, 'INSERT INTO journal_subject (subject_id, desk, incarnation, seq) VALUES (?, ?, ?, ?)').run(
      subject,
      ...key,
    );
  }
  const postings = definition.post?.(body, context) ?? [];
  for (const [line, posting] of postings.entries()) {
    sql(
      database,
      `INSERT INTO posting (desk, incarnation, seq, line, debit_account, credit_account, customer_id, amount_minor, currency, day)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      ...key,
      line + 1,
      posting.debit,
      posting.credit,
      posting.customer_id,
      posting.amount_minor,
      posting.currency,
      posting.day,
    );
  }
  projectUnallocated(database, body, postings);
  definition.project(body, context);
}

function readBody(definition: EventDefinition, record: JournalRecord): unknown {
  const schema = definition.versions[record.version - 1];
  if (!schema) throw new AppError('ledger_newer', { fact: record.type, version: record.version });
  return schema.parse(JSON.parse(record.body));
}

/** Everything that happened to one subject, in the order of the journal: the wall time may have been set back. */
export function factsOf(database: Database, subject_id: string): (JournalRecord & { hash: Buffer })[] {
  return sql(
    database,
    `SELECT journal.* FROM journal_subject JOIN journal USING (desk, incarnation, seq)
     WHERE subject_id = ? ORDER BY desk, incarnation, seq`,
  ).all(subject_id) as (JournalRecord & { hash: Buffer })[];
}
