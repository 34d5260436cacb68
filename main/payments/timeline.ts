import type { TimelineEntry } from '../../common/contract/payments.ts';
import { factsOf, type OpenPersonal } from '../ledger/journal.ts';
import type { Database } from '../ledger/open.ts';
import { nameOfPerson } from '../office/queries.ts';

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
  'attempt.looked_up': ['answer'],
  'attempt.cancel_asked': ['answer'],
  'attempt.closed_not_charged': ['because', 'watched_until_ms'],
  'attempt.handed_over': ['reason'],
  'attempt.found_later': ['status'],
  'attempt.found_settled': ['choice'],
  'refund.requested': ['reference', 'kind', 'amount_minor', 'currency'],
  'refund.not_sent': ['reason'],
  'refund.unknown': ['reason'],
  'refund.refused': ['how', 'square_code'],
  'refund.closed': ['as'],
  'square.refund.observed': ['status', 'amount_minor', 'currency'],
  'tender.recorded': ['reference', 'receipt_number', 'check_number', 'tender'],
  'record.refused': ['square_code'],
  'square.payment.observed': ['status', 'fee_minor', 'currency', 'foreign', 'refunded_minor'],
};

/**
 * An attempt's whole story from the journal, oldest first: `what` is the fact's type. What people typed is told as long as
 * `open` can read it.
 */
export function timelineOf(database: Database, attempt_id: string, open: OpenPersonal = () => null): TimelineEntry[] {
  const sent = new Set<string>();
  const told = factsOf(database, attempt_id).map(
    fact => [fact, JSON.parse(fact.body) as Record<string, unknown>] as const,
  );
  // What Square shows of a refund that was asked for here is told by the refund's own facts.
  const own = new Set(
    told.flatMap(([{ type }, body]) => (type.startsWith('refund.') ? [body['square_refund_id']] : [])),
  );
  const isTold = (type: string, id: unknown): boolean => type === 'square.refund.observed' && own.has(id);
  return told
    .filter(([fact, body]) => !isTold(fact.type, body['square_refund_id']))
    .map(([fact, body]) => {
      const details: TimelineEntry['details'] = {};
      if (fact.type === 'attempt.sending' || fact.type === 'refund.sending') {
        const step = String(body['step'] ?? body['refund_id']);
        details['again'] = sent.has(step);
        sent.add(step);
      }
      const typed = body['typed'] as { subject_id: string; sealed: string } | null | undefined;
      const reason = typed && (open(typed.subject_id, typed.sealed) as { reason: string } | null)?.reason;
      if (reason) details['reason'] = reason;
      const second = fact.type === 'refund.requested' ? nameOfPerson(database, String(body['approved_by'])) : null;
      if (second !== null) details['approved_by'] = second;
      for (const name of TOLD[fact.type] ?? []) {
        const value = body[name];
        if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') details[name] = value;
      }
      return { at_ms: fact.recorded_at_ms, what: fact.type, details, by: nameOfPerson(database, fact.actor) };
    });
}
