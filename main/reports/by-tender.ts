import { money } from '../../common/money.ts';
import { sql } from '../ledger/open.ts';
import { readSettings } from '../office/settings.ts';
import { defineReport } from './report.ts';

type Found = { tender: string; count: number; sum: number; fee: number };

/** Money in, by way to pay: what lies in the drawer and what Square will pay out. */
export const byTender = defineReport({
  id: 'by-tender',
  title: 'Money in, by way to pay',
  explains: 'What came in over a period, by the way it was paid',
  group: 'today',
  parameters: [
    { id: 'from', kind: 'day', label: 'From' },
    { id: 'to', kind: 'day', label: 'To' },
  ],
  run(database, { from, to }) {
    const { currency } = readSettings(database);
    const found = sql(
      database,
      `SELECT CASE WHEN attempt_id IN (SELECT attempt_id FROM lost_payment) THEN 'Made here, before a restore'
           WHEN foreign_payment = 1 THEN 'Made elsewhere' WHEN tender = 'card' AND channel = 'phone' THEN 'Card by phone'
           WHEN tender = 'card' THEN 'Card at the desk' WHEN tender = 'cash' THEN 'Cash' ELSE 'Check' END AS tender,
         count(*) AS count, sum(amount_minor) AS sum, sum(coalesce(fee_minor, 0)) AS fee
       FROM payment WHERE day BETWEEN ? AND ? AND state IN ('recorded', 'completed') GROUP BY 1 ORDER BY sum DESC, 1`,
    ).all(from, to) as Found[];
    const total = (key: 'count' | 'sum' | 'fee'): number => found.reduce((sum, one) => sum + one[key], 0);
    return {
      title: 'Money in, by way to pay',
      columns: [
        { key: 'tender', label: 'Way', kind: 'text' },
        { key: 'count', label: 'Payments', kind: 'number' },
        { key: 'amount', label: currency, kind: 'money' },
        { key: 'fee', label: 'Fees so far', kind: 'money' },
        { key: 'net', label: 'Net', kind: 'money' },
      ],
      rows: found.map(one => ({
        tender: one.tender,
        count: one.count,
        amount: money(one.sum, currency),
        fee: money(one.fee, currency),
        net: money(one.sum - one.fee, currency),
      })),
      totals: {
        tender: 'Total',
        count: total('count'),
        amount: money(total('sum'), currency),
        fee: money(total('fee'), currency),
        net: money(total('sum') - total('fee'), currency),
      },
    };
  },
});
