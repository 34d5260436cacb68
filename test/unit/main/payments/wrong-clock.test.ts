import { expect, test } from 'vitest';
import { chargedUnheard } from '../../../support/doubts.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { TempOffice } from '../../../support/temp-office.ts';

const DAY_MS = 24 * 3600_000;

/** An office whose clock differs from Square's, and a charge of which it never heard. */
test.each([
  ['two days behind', 2 * DAY_MS],
  ['ninety days behind', 90 * DAY_MS],
  ['two days ahead', -2 * DAY_MS],
])('with the clock of the desk %s, a charge whose answer was lost is found', async (_, square_ahead_ms) => {
  const clock = createFakeClock();
  const square_clock = { ...clock, now: () => clock.now() + square_ahead_ms };
  const office = await TempOffice.create({ two_phase: false, clock, square_clock });
  try {
    const { attempt_id } = await chargedUnheard(office);
    await office.passTimeUntil(() => office.row(attempt_id).state !== 'unknown', 60_000, 3 * 3_600_000);
    expect(office.row(attempt_id)).toMatchObject({ state: 'completed', word: 'paid' });
    expect(office.charges()).toHaveLength(1);
  } finally {
    await office.close();
  }
});
