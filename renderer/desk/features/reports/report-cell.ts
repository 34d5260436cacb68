import type { Money } from '../../../../common/money.ts';
import { isDay } from '../../../../common/time.ts';
import type { Format } from '../../lib/format.ts';
import type { ReportTable } from './reports-state.svelte.ts';

export type Column = ReportTable['columns'][number];
export type Cell = ReportTable['rows'][number][string];

export function isMoney(cell: Cell | undefined): cell is Money {
  return typeof cell === 'object' && cell !== null;
}

export function isNumeric(column: Column): boolean {
  return column.kind === 'money' || column.kind === 'number';
}

/** A cell as people read it, for every kind but money. Nothing is shown as a dash, so that a hole is seen as one. */
export function cellText(cell: Cell | undefined, column: Column, format: Format): string {
  if (cell === null || cell === undefined || cell === '') return '–';
  if (column.kind === 'day' && typeof cell === 'string' && isDay(cell)) return format.weekday(cell);
  if (column.kind === 'time' && typeof cell === 'number') return format.time(cell);
  if (typeof cell === 'number') return format.count(cell);
  return isMoney(cell) ? format.money(cell, 'bare') : cell;
}
