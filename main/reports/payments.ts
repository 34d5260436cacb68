import { cardBrandName } from '../../common/card-brands.ts';
import { money } from '../../common/money.ts';
import type { Row } from '../../common/table.ts';
import { sql } from '../ledger/open.ts';
import { readSettings } from '../office/settings.ts';
import { defineReport } from './report.ts';

type Found = {
  happened_at_ms: number;
  day: string;
  receipt_number: string | null;
  reference: string;
  customer: string | null;
  tender: string;
  channel: string;
  card_brand: string | null;
  card_last4: string | null;
  check_number: string | null;
  amount_minor: number;
  fee_minor: number | null;
  taken_by: string | null;
  elsewhere: 0 | 1;
};

const TENDER_NAMES: Readonly<Record<string, string>> = { card: 'Card', cash: 'Cash', check: 'Check' };

function detailOf({ card_brand, card_last4, check_number }: Found): string {
  if (card_last4 !== null) return `${cardBrandName(card_brand ?? '')} ${card_last4}`;
  return check_number === null ? '' : `No. ${check_number}`;
}

/** Every payment of a period that really came in, one line each. */
export const payments = defineReport({
  id: 'payments',
  title: 'Payments',
  explains: 'Every payment that came in, one line each',
  group: 'books',
  parameters: [
    { id: 'from', kind: 'day', label: 'From' },
    { id: 'to', kind: 'day', label: 'To' },
  ],
  run(database, { from, to }) {
    const { currency, time_zone } = readSettings(database);
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: time_zone, hour: '2-digit', minute: '2-digit' });
    const found = sql(
      database,
      `SELECT happened_at_ms, day, receipt_number, reference, customer.name AS customer, tender, channel,
         card_brand, card_last4, check_number,
         amount_minor, fee_minor, person.name AS taken_by, foreign_payment AS elsewhere
       FROM payment LEFT JOIN customer USING (customer_id) LEFT JOIN person ON person.person_id = actor
       WHERE day BETWEEN ? AND ? AND state IN ('recorded', 'completed') ORDER BY happened_at_ms, attempt_id`,
    ).all(from, to) as Found[];
    const rows: Row[] = found.map(one => ({
      day: one.day,
      time: clock.format(one.happened_at_ms),
      receipt: one.receipt_number ?? (one.elsewhere ? 'Made elsewhere' : ''),
      customer: one.customer ?? '',
      tender: `${TENDER_NAMES[one.tender] ?? one.tender}${one.channel === 'phone' ? ' by phone' : ''}`,
      detail: detailOf(one),
      taken_by: one.taken_by ?? '',
      reference: one.reference,
      amount: money(one.amount_minor, currency),
      fee: one.fee_minor === null ? null : money(one.fee_minor, currency),
    }));
    const sum = found.reduce((total, one) => total + one.amount_minor, 0);
    const fees = found.reduce((total, one) => total + (one.fee_minor ?? 0), 0);
    return {
      title: 'Payments',
      columns: [
        { key: 'day', label: 'Day', kind: 'day' },
        { key: 'time', label: 'Time', kind: 'time' },
        { key: 'receipt', label: 'Receipt', kind: 'text' },
        { key: 'customer', label: 'Customer', kind: 'text' },
        { key: 'tender', label: 'Way', kind: 'text' },
        { key: 'detail', label: 'Card or check', kind: 'text' },
        { key: 'taken_by', label: 'Taken by', kind: 'text' },
        { key: 'reference', label: 'Reference', kind: 'text' },
        { key: 'amount', label: currency, kind: 'money' },
        { key: 'fee', label: 'Fee', kind: 'money' },
      ],
      rows,
      totals: { day: `${rows.length} payments`, amount: money(sum, currency), fee: money(fees, currency) },
    };
  },
});
