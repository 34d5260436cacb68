import { expect, test } from 'vitest';
import { watchIdle } from '../../../../main/staff/idle-lock.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

test('a desk is locked when nobody has touched the computer for the time that is set, and not before', async () => {
  const clock = createFakeClock();
  const desk = { idle_s: 0, limit: 5 as number | null, locked: 0 };
  const stop = watchIdle({
    clock,
    idle_s: () => desk.idle_s,
    limit_minutes: () => desk.limit,
    lock: () => {
      desk.locked += 1;
      desk.limit = null;
    },
  });
  desk.idle_s = 299;
  await clock.advance(60_000);
  expect(desk.locked).toBe(0);
  desk.idle_s = 300;
  await clock.advance(5000);
  expect(desk.locked).toBe(1);
  await clock.advance(600_000);
  expect(desk.locked).toBe(1);
  desk.limit = 1;
  await clock.advance(5000);
  expect(desk.locked).toBe(2);
  stop();
  desk.limit = 1;
  await clock.advance(600_000);
  expect(desk.locked).toBe(2);
});
