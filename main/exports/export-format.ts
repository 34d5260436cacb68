import type { Table } from '../../common/table.ts';

/** A file format that writes any table, piece by piece, so that a long one is never in memory as a whole. */
export type ExportFormat = {
  readonly id: string;
  readonly label: string;
  readonly extension: string;
  write(table: Table): Iterable<string>;
};

export function defineExport<const Id extends string>(format: ExportFormat & { id: Id }): ExportFormat & { id: Id } {
  return format;
}
