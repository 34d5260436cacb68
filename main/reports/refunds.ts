import { cardBrandName } from '../../common/card-brands.ts';
import { money } from '../../common/money.ts';
import { sql } from '../ledger/open.ts';
import { readSettings } from '../office/settings.ts';
import { MADE_ELSEWHERE } from '../payments/refund-lines.ts';
import { defineReport } from './report.ts';

type Found = {
  day: string;
  refund: string | null;
  reference: string | null;
  customer: string | null;
  card_brand: string | null;
  card_last4: string | null;
  kind: string;
  reason: string;
  state: string;
  asked_by: string | null;
  approved_by: string | null;
  amount_minor: number;
};

const KINDS: Readonly<Record<string, string>> = { square: 'Square', cash: 'Cash', check: 'Check', other: 'Bank' };

const WORDS: Readonly<Record<string, string>> = {
  requested: 'Waits to be sent',
  sending: 'In doubt',
  unknown: 'In doubt',
  pending: 'On its way',
  completed: 'Given back',
  recorded: 'Given back',
  refused: 'Refused',
  PENDING: 'On its way',
  COMPLETED: 'Given back',
  FAILED: 'Failed',
  REJECTED: 'Refused',
};
const DONE = 'Given back';

/** Asked for here, each once; and what Square shows beyond that, made elsewhere. */
const HERE = `SELECT refund.day, refund.reference AS refund, payment.reference, customer.name AS customer, card_brand,
    card_last4, kind, '' AS reason, refund.state, asker.name AS asked_by, second.name AS approved_by,
    refund.amount_minor, refund.happened_at_ms AS at_ms, refund_id AS id
  FROM refund JOIN payment USING (attempt_id) LEFT JOIN customer ON customer.customer_id = refund.customer_id
    LEFT JOIN person AS asker ON asker.person_id = refund.actor
    LEFT JOIN person AS second ON second.person_id = refund.approved_by
  WHERE refund.day BETWEEN @from AND @to`;
const ELSEWHERE = `SELECT seen.day, NULL, payment.reference, customer.name, card_brand, card_last4,
    CASE settles WHEN 1 THEN 'square' ELSE '' END, seen.reason, seen.status, NULL, NULL, seen.amount_minor,
    seen.created_at_ms, square_refund_id
  FROM square_refund AS seen LEFT JOIN payment USING (attempt_id)
    LEFT JOIN customer ON customer.customer_id = payment.customer_id
  WHERE seen.day BETWEEN @from AND @to AND ${MADE_ELSEWHERE}`;

/** Money given back, one line each. Only what was given back counts in the total. */
export const refunds = defineReport({
  id: 'refunds',
  title: 'Refunds',
  explains: 'Every refund, made here or elsewhere, one line each',
  group: 'books',
  parameters: [
    { id: 'from', kind: 'day', label: 'From' },
    { id: 'to', kind: 'day', label: 'To' },
  ],
  run(database, { from, to }) {
    const { currency } = readSettings(database);
    const found = sql(database, `${HERE} UNION ALL ${ELSEWHERE} ORDER BY at_ms, id`).all({ from, to }) as Found[];
    const given = found.filter(one => WORDS[one.state] === DONE);
    return {
      title: 'Refunds',
      columns: [
        { key: 'day', label: 'Day', kind: 'day' },
        { key: 'refund', label: 'Refund', kind: 'text' },
        { key: 'reference', label: 'Payment', kind: 'text' },
        { key: 'customer', label: 'Customer', kind: 'text' },
        { key: 'card', label: 'Card', kind: 'text' },
        { key: 'way', label: 'Way', kind: 'text' },
        { key: 'reason', label: 'Reason', kind: 'text' },
        { key: 'asked_by', label: 'Given back by', kind: 'text' },
        { key: 'approved_by', label: 'Approved by', kind: 'text' },
        { key: 'status', label: 'Where it stands', kind: 'text' },
        { key: 'amount', label: currency, kind: 'money' },
      ],
      rows: found.map(one => ({
        day: one.day,
        refund: one.refund ?? 'Made elsewhere',
        reference: one.reference ?? 'Made elsewhere',
        customer: one.customer ?? '',
        card: one.card_last4 === null ? '' : `${cardBrandName(one.card_brand ?? '')} ${one.card_last4}`,
        way: KINDS[one.kind] ?? '',
        reason: one.reason,
        asked_by: one.asked_by ?? '',
        approved_by: one.approved_by ?? '',
        status: WORDS[one.state] ?? one.state,
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
