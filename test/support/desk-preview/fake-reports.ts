import type { CallName } from '../../../common/contract/index.ts';
import { add, type Money } from '../../../common/money.ts';
import { dollars } from './fake-data.ts';
import type { Answers, FakeWorld } from './fake-world.ts';

export function reportAnswers(world: FakeWorld): Pick<Answers, Extract<CallName, `reports.${string}`>> {
  const dayParameters = [
    { id: 'from', kind: 'day' as const, label: 'From' },
    { id: 'to', kind: 'day' as const, label: 'To' },
  ];
  return {
    'reports.list': () => ({
      reports: [
        {
          id: 'received',
          title: 'Money in, by way to pay',
          explains: 'What was received, and what it cost.',
          group: 'today',
          parameters: dayParameters,
        },
        {
          id: 'journal',
          title: 'Journal',
          explains: 'Every posting, in the order it was recorded.',
          group: 'books',
          parameters: dayParameters,
        },
      ],
      formats: [
        { id: 'csv', label: 'CSV' },
        { id: 'xlsx', label: 'XLSX' },
      ],
    }),
    'reports.run': ({ report_id }) => {
      const rows = world.payments.rows.filter(row => row.word === 'paid');
      const sum = (list: readonly { amount: Money }[]): Money =>
        list.reduce<Money>((total, row) => add(total, row.amount), dollars(0));
      return {
        title: report_id === 'journal' ? 'Journal' : 'Money in, by way to pay',
        columns: [
          { key: 'way', label: 'Received by', kind: 'text' },
          { key: 'count', label: 'Count', kind: 'number' },
          { key: 'sum', label: 'USD', kind: 'money' },
        ],
        rows: (['card', 'cash', 'check'] as const).map(tender => {
          const list = rows.filter(row => row.tender === tender);
          return {
            way: { card: 'Keyed card', cash: 'Cash', check: 'Check' }[tender],
            count: list.length,
            sum: sum(list),
          };
        }),
        totals: { way: 'Total', count: rows.length, sum: sum(rows) },
      };
    },
    'reports.export': ({ format }) => ({ path: `Documents/report.${format}`, rows: 3 }),
  };
}
