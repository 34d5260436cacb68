import type { ReportInfo } from '../../common/contract/reports.ts';
import type { Table } from '../../common/table.ts';
import type { Database } from '../ledger/open.ts';

/** A report knows the books and a table; nothing about screens or files. */
export type Report = ReportInfo & {
  run(database: Database, parameters: Readonly<Record<string, string>>): Table;
};

export function defineReport<const Id extends string>(report: Report & { id: Id }): Report & { id: Id } {
  return report;
}
