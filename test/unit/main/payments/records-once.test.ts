import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cashOf } from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { TempOffice } from '../../../support/temp-office.ts';

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
const never = new Promise<void>(() => {});

let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create({ timeout_ms: 1000 });
  office.simulator.control.settings.key_retention_ms = DAY_MS;
});
afterEach(() => office.close());

/** Takes cash whose record arrives at Square, and whose answer never arrives here. */
async function unanswered(): Promise<string> {
  let asked = false;
  office.interrupt = (call, moment) => {
    if (call !== 'createPayment' || moment !== 'after') return undefined;
    asked = true;
    return never;
  };
  const { attempt_id } = await office.take(cashOf(office));
  await expect.poll(() => asked).toBe(true);
  return attempt_id;
}

async function confirmed(attempt_id: string): Promise<void> {
  await office.settle();
  await office.passTimeUntil(() => office.row(attempt_id).sync === 'confirmed');
}

describe('a record of cash that Square keeps and whose key Square has forgotten is not kept twice', () => {
  test('when the desk died in the middle of the send and was off for days', async () => {
    const attempt_id = await unanswered();
    (office.clock as FakeClock).jump(4 * DAY_MS);
    office.restart();
    await confirmed(attempt_id);
    expect(office.charges()).toHaveLength(1);
  });

  test('when the clock was a year fast as it was taken, and was put right', async () => {
    (office.clock as FakeClock).jump(365 * DAY_MS);
    const attempt_id = await unanswered();
    (office.clock as FakeClock).jump(-363 * DAY_MS);
    // Square lives under the same clock here: less than no time, so that the key counts as forgotten.
    office.simulator.control.settings.key_retention_ms = -400 * DAY_MS;
    office.restart();
    await confirmed(attempt_id);
    expect(office.charges()).toHaveLength(1);
  });

  test('when the clock was set back while the desk was off, so that the record looks young', async () => {
    const attempt_id = await unanswered();
    // For the desk no time has passed; at Square it was days.
    office.simulator.control.settings.key_retention_ms = -1;
    office.restart();
    await confirmed(attempt_id);
    expect(office.charges()).toHaveLength(1);
  });

  test('when the clock was set back during a long sleep of the same desk', async () => {
    office.interrupt = (call, moment) =>
      call === 'createPayment' && moment === 'after' ? Promise.reject(new TypeError('the line was lost')) : undefined;
    const { attempt_id } = await office.take(cashOf(office));
    await office.settle();
    office.interrupt = null;
    office.simulator.control.settings.key_retention_ms = -1;
    await confirmed(attempt_id);
    expect(office.charges()).toHaveLength(1);
  });
});
