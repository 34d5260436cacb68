import type { Handlers } from '../../common/contract/index.ts';
import { AppError } from '../../common/errors.ts';
import type { Table } from '../../common/table.ts';
import { exportFormats, findFormat } from '../exports/index.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { PaperPorts } from '../receipts/paper.ts';
import { findReport, reports } from './index.ts';

type Needs = { readonly ledger: () => Ledger; readonly save: PaperPorts['save'] };

export function reportHandlers({ ledger, save }: Needs) {
  const run = (id: string, parameters: Readonly<Record<string, string>>): Table => {
    const report = findReport(id);
    if (!report) throw new AppError('report_unknown');
    const missing = report.parameters.find(parameter => parameters[parameter.id] === undefined);
    if (missing) throw new AppError('invalid_input', { field: `parameters.${missing.id}` });
    return report.run(ledger().database, parameters);
  };
  return {
    'reports.list': () => ({
      reports: reports.map(({ id, title, explains, group, parameters }) => ({
        ...{ id, title, explains, group },
        parameters: [...parameters],
      })),
      formats: exportFormats.map(({ id, label }) => ({ id, label })),
    }),
    'reports.run': ({ report_id, parameters }) => run(report_id, parameters) as never,
    'reports.export': async ({ report_id, parameters, format }) => {
      const writer = findFormat(format);
      if (!writer) throw new AppError('report_unknown');
      const table = run(report_id, parameters);
      const content = Buffer.from([...writer.write(table)].join(''), 'utf8');
      const name = `${table.title} ${Object.values(parameters).join(' to ')}.${writer.extension}`;
      return { path: await save(name, writer.extension, content), rows: table.rows.length };
    },
  } satisfies Partial<Handlers>;
}
