import type { Evidence } from './evidence.ts';
import type { Packed } from './packed.ts';
import type { Bridge } from './preloads.ts';

/** The starts that are looked at. `second` is a second copy beside a running one, `unpackaged` a developer's start. */
export type StartName = 'training' | 'sandbox' | 'production' | 'second' | 'unpackaged';

/** A start that had to be refused, and what it did instead. */
export type Refusal = { readonly what: string; readonly secret: string; readonly evidence: Evidence };

/** All that is known when the points are judged. With a planted fault only the part that it can change is there. */
export type Facts = {
  readonly starts: Partial<Readonly<Record<StartName, Evidence>>>;
  readonly refusals: readonly Refusal[];
  readonly bridges: Partial<Readonly<Record<'desk' | 'pay', Bridge>>>;
  readonly packed: Packed | null;
};

/** One point of the checklist. Answers what is wrong, in words; nothing when all is well. */
export type Point = { readonly id: string; readonly title: string; judge(facts: Facts): readonly string[] };

/** Every start with its name, in front of each complaint. */
export function inEachStart(
  judge: (evidence: Evidence, name: StartName) => readonly string[],
): (facts: Facts) => readonly string[] {
  return ({ starts }) =>
    Object.entries(starts).flatMap(([name, evidence]) =>
      name === 'second' ? [] : judge(evidence, name as StartName).map(problem => `${name}: ${problem}`),
    );
}
