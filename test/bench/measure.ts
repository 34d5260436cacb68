import { loadavg } from 'node:os';

/**
 * How the bench counts and prints. A speed is a distribution or a ratio of two things measured in the same run, and
 * the machine's load stands beside it: a figure without its circumstances says nothing.
 */
export type Unit = 'ms' | 'MiB' | 'per s' | 'ratio';

export type Figure = {
  readonly name: string;
  readonly unit: Unit;
  /** How many measurements the figure is made of. */
  readonly count: number;
  readonly median: number;
  readonly p95: number | null;
  readonly max: number | null;
  readonly target: string | null;
  /** The machine's load over one minute when the measurement ended; 0 on systems that do not count it. */
  readonly load_average: number;
};

export type NotMeasured = { readonly name: string; readonly why: string };
export type Section = { readonly figures: readonly Figure[]; readonly not_measured: readonly NotMeasured[] };

/** What the page asks while somebody types; with and without the bridge it is the same question. */
export const SEARCHED = { text: 'ort', limit: 8 };

/** The smallest measured value that `share` of all values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('nothing was measured');
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/** Half of the values are not above it; with an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  return (percentile(sorted, 0.5) + sorted[Math.floor(middle)]!) / 2;
}

/** A distribution as one figure. Below fifteen values the 95th percentile is the largest value and is not shown. */
export function figureOf(name: string, unit: Unit, values: readonly number[], target: string | null = null): Figure {
  return {
    name,
    unit,
    count: values.length,
    median: rounded(median(values)),
    p95: values.length < 15 ? null : rounded(percentile(values, 0.95)),
    max: values.length === 1 ? null : rounded(Math.max(...values)),
    target,
    load_average: rounded(loadavg()[0] ?? 0),
  };
}

/** Three significant digits: more would claim a precision that no run repeats. */
const rounded = (value: number): number => Number(value.toPrecision(3));

/** Runs `work` and answers how many milliseconds it took. */
export function timed(work: () => void): number {
  const started_ms = performance.now();
  work();
  return performance.now() - started_ms;
}

export async function timedAsync(work: () => Promise<unknown>): Promise<number> {
  const started_ms = performance.now();
  await work();
  return performance.now() - started_ms;
}

/** Numbers that look like chance and are the same in every run, so that two runs measure the same work. */
export function repeatableChance(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function asTable(figures: readonly Figure[]): string {
  const head = ['what', 'unit', 'n', 'median', 'p95', 'max', 'target', 'load'];
  const cell = (value: number | string | null): string => (value === null ? '' : String(value));
  const rows = figures.map(({ name, unit, count, median: middle, p95, max, target, load_average }) =>
    [name, unit, count, middle, p95, max, target, load_average].map(cell),
  );
  const widths = head.map((title, index) => Math.max(title.length, ...rows.map(row => row[index]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, index) => (index < 2 ? text.padEnd(widths[index]!) : text.padStart(widths[index]!)))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}
