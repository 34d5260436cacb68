/** What a suite of the safety programme is, and what it answers. One suite is one file in `suites/`. */

export type Budget = 'quick' | 'full';

export type SuiteOptions = {
  readonly budget: Budget;
  /** Overrides how many runs the budget asks for. */
  readonly runs: number | null;
  /** Everything that is left to chance follows from it. */
  readonly seed: number;
  /** One case alone, by the number that a failure names. */
  readonly only: number | null;
  readonly progress: (text: string) => void;
};

/** A detector must find a planted fault before anybody believes that it found none. */
export type Control = {
  readonly name: string;
  /** True when the planted fault was found, as it must be. */
  readonly caught: boolean;
  readonly detail: string;
};

/** `only` is the number that repeats the case; null where a case cannot be repeated alone. */
export type Failure = { readonly only: number | null; readonly what: string };

export type SuiteResult = {
  readonly runs: number;
  /** How many faults were put in: images of a cut disk, killed processes, damaged copies. */
  readonly faults: number;
  readonly failures: readonly Failure[];
  readonly controls: readonly Control[];
  /** What was measured, by name; units last in the names. */
  readonly figures: Readonly<Record<string, number | string>>;
};

/** Why a suite could not run here. It is then neither passed nor failed. */
export type NotRun = { readonly not_run: string };

export type Suite = {
  readonly name: string;
  readonly about: string;
  /** How many processors it keeps busy; two when it is not said. Suites that need one run side by side. */
  readonly cores?: 1 | 2;
  run(options: SuiteOptions): Promise<SuiteResult | NotRun>;
};

/** The value below which the given share of all values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Counts by name, for figures. */
export function tally(names: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
