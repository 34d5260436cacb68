import type { AttemptView } from '../../common/contract/payments.ts';
import { formatMoney } from '../../common/money.ts';
import type { OfficeSettings } from '../office/settings.ts';
import { escape, page } from '../receipts/receipts.ts';
import type { Evidence } from './evidence.ts';

/**
 * What the desk knows about one attempt, on paper: for Square's support, a bank, or the file. Every line of the journal
 * stands with its number and hash, so that it can be compared with an exported journal.
 */
export function evidenceHtml(evidence: Evidence, attempt: AttemptView, settings: OfficeSettings): string {
  const { locale, time_zone, office_name } = settings;
  const clock = new Intl.DateTimeFormat(locale, { timeZone: time_zone, dateStyle: 'short', timeStyle: 'long' });
  const rows = (pairs: readonly (readonly [string, string])[]): string =>
    pairs.map(([label, value]) => `<tr><th>${escape(label)}</th><td>${escape(value)}</td></tr>`).join('');
  const facts = evidence.facts.map(
    fact =>
      `<tr><th>${fact.seq}<br>${escape(clock.format(fact.recorded_at_ms))}</th><td><b>${escape(fact.type)}</b>
       <pre>${escape(JSON.stringify(fact.body, null, 1))}</pre><small>${escape(fact.hash)}</small></td></tr>`,
  );
  const seen = evidence.seen_at_square.map(one => `<pre>${escape(JSON.stringify(one, null, 1))}</pre>`);
  return page(
    `Evidence ${attempt.reference}`,
    `<h1>Evidence for attempt ${escape(attempt.reference)}</h1><p class="kind">${escape(office_name)}</p>
     <style>pre { font: 8pt monospace; white-space: pre-wrap; margin: 1mm 0 } small { font: 7pt monospace }</style>
     <table>${rows([
       ['Amount', formatMoney(attempt.amount, locale)],
       ['Reference at Square', attempt.reference],
       ['Attempt', attempt.attempt_id],
       ['Taken', `${clock.format(attempt.happened_at_ms)}, ${attempt.taken_by}`],
       ['State', attempt.state],
       ['Card', attempt.card ? `${attempt.card.brand} ${attempt.card.last4}` : 'none'],
       ['Times sent', String(attempt.sends)],
       ['Searches at Square that found nothing', String(attempt.not_found)],
     ])}</table>
     <h1>Seen at Square</h1>${seen.length > 0 ? seen.join('') : '<p>Nothing.</p>'}
     <h1>Journal</h1><table>${facts.join('')}</table>`,
  );
}
