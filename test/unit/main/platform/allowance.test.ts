import { expect, test } from 'vitest';
import { allowance } from '../../../../main/platform/allowance.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

test('so many in a minute and no more, and again when the minute is over, whatever becomes of the clock', () => {
  const clock = createFakeClock();
  const may = allowance(clock, { count: 3, per_ms: 60_000 });
  expect([may(), may(), may(), may()]).toEqual([true, true, true, false]);
  clock.jump(59_999);
  expect(may()).toBe(false);
  clock.jump(1);
  expect([may(), may(), may(), may()]).toEqual([true, true, true, false]);
  clock.jump(-3_600_000);
  expect(may()).toBe(true);
});
