import { cardBrandName } from '../../common/card-brands.ts';
import { money } from '../../common/money.ts';
import { sql } from '../ledger/open.ts';
import { readSettings } from '../office/settings.ts';
import { defineReport } from './report.ts';

type Found = {
  day: string;
  reference: string | null;
  customer: string | null;
  card_brand: string | null;
  card_last4: string | null;
  reason: string;
  status: string;
  amount_minor: number;
};

const WORDS: Readonly<Record<string, string>> = {
  PENDING: 'On its way',
  COMPLETED: 'Given back',
  FAILED: 'Failed',
  REJECTED: 'Refused',
};

/** Money given back through Square, one line each. Only what was given back counts in the total. */
export const refunds = defineReport({
  id: 'refunds',
  title: 'Refunds',
  explains: 'Every refund that Square shows, one line each',
  group: 'books',
  parameters: [
    { id: 'from', kind: 'day', label: 'From' },
    { id: 'to', kind: 'day', label: 'To' },
  ],
  run(database, { from, to }) {
    const { currency } = readSettings(database);
    const found = sql(
      database,
      `SELECT square_refund.day, payment.reference, customer.name AS customer, card_brand, card_last4, reason, status,
         square_refund.amount_minor
       FROM square_refund LEFT JOIN payment USING (attempt_id) LEFT JOIN customer USING (customer_id)
       WHERE square_refund.day BETWEEN ? AND ? ORDER BY created_at_ms, square_refund_id`,
    ).all(from, to) as Found[];
    const given = found.filter(one => one.status === 'COMPLETED');
    return {
      title: 'Refunds',
      columns: [
        { key: 'day', label: 'Day', kind: 'day' },
        { key: 'reference', label: 'Payment', kind: 'text' },
        { key: 'customer', label: 'Customer', kind: 'text' },
        { key: 'card', label: 'Card', kind: 'text' },
        { key: 'reason', label: 'Reason', kind: 'text' },
        { key: 'status', label: 'Where it stands', kind: 'text' },
        { key: 'amount', label: currency, kind: 'money' },
      ],
      rows: found.map(one => ({
        day: one.day,
        reference: one.reference ?? 'Made elsewhere',
        customer: one.customer ?? '',
        card: one.card_last4 === null ? '' : `${cardBrandName(one.card_brand ?? '')} ${one.card_last4}`,
        reason: one.reason,
        status: WORDS[one.status] ?? one.status,
        amount: money(one.amount_minor, currency),
      })),
      totals: {
        day: `${given.length} given back`,
        amount: money(
          given.reduce((sum, one) => sum + one.amount_minor, 0),
          currency,
        ),
      },
    };
  },
});
