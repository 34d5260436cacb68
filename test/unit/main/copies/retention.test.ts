import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keptCopies, KEPT, newestFirst, type KeepableCopy } from '../../../../main/copies/retention.ts';
import { addDays } from '../../../../common/time.ts';

const FIRST_DAY = '2026-01-01';
const DAY_MS = 24 * 3600_000;

function copy(index: number, day: number, incarnation = 1): KeepableCopy {
  const made_at_ms = Date.parse(`${FIRST_DAY}T12:00:00Z`) + day * DAY_MS + index;
  return { copy_id: `copy-${index}`, incarnation, head_seq: index, made_at_ms, day: addDays(FIRST_DAY, day) };
}

/** Copies in the order of the journal, on any days: the clock may have been wrong. */
const anyCopies = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 120 })
  .map(list => list.map(([day, incarnation], index) => copy(index, day, incarnation)));

describe('which copies are kept', () => {
  test('one a day for two years leaves seven days, five weeks and twelve months', () => {
    const all = Array.from({ length: 730 }, (_, day) => copy(day, day));
    const kept = all.filter(({ copy_id }) => keptCopies(all).has(copy_id)).map(({ day }) => day);
    expect(kept.slice(-7)).toEqual(all.slice(-7).map(({ day }) => day));
    expect(new Set(kept.map(day => day.slice(0, 7))).size).toBe(KEPT.months);
    expect(kept.length).toBeLessThanOrEqual(KEPT.days + KEPT.weeks + KEPT.months);
  });

  test('many on one day leave the newest of that day', () => {
    const all = [copy(1, 0), copy(2, 0), copy(3, 0)];
    expect([...keptCopies(all)]).toEqual(['copy-3']);
  });

  test('a clock that ran far ahead and was set back pushes nothing newer out', () => {
    const wrong = Array.from({ length: 20 }, (_, index) => copy(index, 600 + index));
    const right = Array.from({ length: 10 }, (_, index) => copy(100 + index, index));
    const kept = keptCopies([...wrong, ...right]);
    for (const one of right.slice(-7)) expect(kept).toContain(one.copy_id);
  });

  test('the newest is kept, the only one is kept, and so is the newest of every incarnation', () => {
    fc.assert(
      fc.property(anyCopies, copies => {
        const kept = keptCopies(copies);
        const newest = [...copies].sort(newestFirst);
        expect(kept.has(newest[0]!.copy_id)).toBe(true);
        for (const incarnation of new Set(copies.map(one => one.incarnation))) {
          expect(kept.has(newest.find(one => one.incarnation === incarnation)!.copy_id)).toBe(true);
        }
      }),
    );
  });

  test('thinning out again takes nothing more, in whatever order the copies are found', () => {
    fc.assert(
      fc.property(anyCopies, copies => {
        const kept = keptCopies(copies);
        const left = copies.filter(one => kept.has(one.copy_id));
        expect(keptCopies(left.toReversed())).toEqual(kept);
      }),
    );
  });

  test('a copy that is made later takes away only what a newer one stands for', () => {
    fc.assert(
      fc.property(anyCopies, copies => {
        const before = keptCopies(copies);
        const after = keptCopies([...copies, copy(1000, 950, 3)]);
        const lost = [...before].filter(id => !after.has(id));
        // One more of each span can push out at most the oldest of each, and one that stood for the newest.
        expect(lost.length).toBeLessThanOrEqual(4);
      }),
    );
  });
});
