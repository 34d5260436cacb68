import type { TimelineEntry } from '../../common/contract/payments.ts';
import { factsOf } from '../ledger/journal.ts';
import { sql, type Database } from '../ledger/open.ts';

/** The parts of a fact that its story tells. Ids, hashes and keys stay out. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  'attempt.started': ['reference', 'read_back', 'channel'],
  'attempt.sending': ['step'],
  'attempt.not_sent': ['step', 'reason'],
  'attempt.unknown': ['step', 'reason'],
  'attempt.completed': ['receipt_number'],
  'attempt.declined': ['reason', 'square_code'],
  'attempt.refused': ['reason', 'square_code'],
  'attempt.cancelled': ['reason'],
  'tender.recorded': ['reference', 'receipt_number', 'check_number', 'tender'],
  'record.refused': ['square_code'],
  'square.payment.observed': ['status', 'fee_minor', 'currency', 'foreign', 'refunded_minor'],
};

/** An attempt's whole story from the journal, oldest first: `what` is the fact's type. */
export function timelineOf(database: Database, attempt_id: string): TimelineEntry[] {
  const sent = new Set<string>();
  return factsOf(database, attempt_id).map(fact => {
    const body = JSON.parse(fact.body) as Record<string, unknown>;
    const details: TimelineEntry['details'] = {};
    if (fact.type === 'attempt.sending') {
      const step = String(body['step']);
      details['again'] = sent.has(step);
      sent.add(step);
    }
    for (const name of TOLD[fact.type] ?? []) {
      const value = body[name];
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') details[name] = value;
    }
    const by = sql(database, 'SELECT name FROM person WHERE person_id = ?').pluck().get(fact.actor) as
      string | undefined;
    return { at_ms: fact.recorded_at_ms, what: fact.type, details, by: by ?? null };
  });
}
