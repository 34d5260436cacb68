import { plainAmount, type Money } from '../../common/money.ts';
import type { Cell, Column, Row } from '../../common/table.ts';
import { defineExport } from './export-format.ts';

/**
 * RFC 4180 with a byte order mark, so that spreadsheets read names with accents. Text that a spreadsheet would run as
 * a formula gets an apostrophe in front; amounts and counts are plain numbers and stay numbers.
 */
export const csv = defineExport({
  id: 'csv',
  label: 'CSV',
  extension: 'csv',
  *write(table) {
    yield '\uFEFF';
    yield line(table.columns.map(column => column.label));
    for (const row of table.rows) yield line(cells(table.columns, row));
    if (table.totals) yield line(cells(table.columns, table.totals));
  },
});

const line = (values: readonly string[]): string => `${values.map(quoted).join(',')}\r\n`;

function cells(columns: readonly Column[], row: Row): string[] {
  return columns.map(({ key }) => asText(row[key] ?? null));
}

function asText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'string') return formulaSafe(cell);
  return plainAmount(cell as Money);
}

/** Also the full-width forms, and what hides behind a tab or a line break: spreadsheets skip those before they look. */
function formulaSafe(text: string): string {
  return /^[\s\uFEFF]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
