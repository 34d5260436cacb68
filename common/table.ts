import type { Money } from './money.ts';

/**
 * What a report returns: columns and rows, nothing about screens or files. Every export format writes any table, so
 * reports and formats add up instead of multiplying.
 */
export type Column = {
  readonly key: string;
  readonly label: string;
  readonly kind: 'text' | 'number' | 'money' | 'day' | 'time';
};
export type Cell = string | number | Money | null;
export type Row = Readonly<Record<string, Cell>>;
export type Table = {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** One row of sums under the table, for the columns that have one. */
  readonly totals: Row | null;
};
