import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, businessDay, isDay, isTimeZone } from '../../../common/time.ts';

const HOUR_MS = 3_600_000;
const ZONES = ['America/Chicago', 'Europe/London', 'Asia/Tokyo', 'Pacific/Auckland', 'Asia/Kathmandu', 'UTC'];
const instants = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2060, 0, 1) });

describe('businessDay', () => {
  test('the day is the one on the wall of the office, not the one in London', () => {
    const late = Date.UTC(2026, 0, 16, 4, 30);
    expect(businessDay(late, 'UTC')).toBe('2026-01-16');
    expect(businessDay(late, 'America/Chicago')).toBe('2026-01-15');
    expect(businessDay(late, 'Asia/Tokyo')).toBe('2026-01-16');
  });

  test('a day that loses an hour is one day, up to its last second', () => {
    // On 8 March 2026 Chicago goes from 02:00 to 03:00: the day begins at 06:00 UTC and has 23 hours.
    const begin = Date.UTC(2026, 2, 8, 6);
    expect(businessDay(begin - 1, 'America/Chicago')).toBe('2026-03-07');
    expect(businessDay(begin, 'America/Chicago')).toBe('2026-03-08');
    expect(businessDay(begin + 23 * HOUR_MS - 1, 'America/Chicago')).toBe('2026-03-08');
    expect(businessDay(begin + 23 * HOUR_MS, 'America/Chicago')).toBe('2026-03-09');
  });

  test('the hour that happens twice belongs to one day both times', () => {
    // On 1 November 2026 Chicago goes back from 02:00 to 01:00: 06:30 UTC and 07:30 UTC are both 01:30.
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/Chicago', timeStyle: 'short' });
    const first = Date.UTC(2026, 10, 1, 6, 30);
    expect([clock.format(first), clock.format(first + HOUR_MS)]).toEqual(['01:30', '01:30']);
    expect([businessDay(first, 'America/Chicago'), businessDay(first + HOUR_MS, 'America/Chicago')]).toEqual([
      '2026-11-01',
      '2026-11-01',
    ]);
    const begin = Date.UTC(2026, 10, 1, 5);
    expect(businessDay(begin + 25 * HOUR_MS - 1, 'America/Chicago')).toBe('2026-11-01');
    expect(businessDay(begin + 25 * HOUR_MS, 'America/Chicago')).toBe('2026-11-02');
  });

  test('days never run backwards, and a day and a half later is another day', () => {
    fc.assert(
      fc.property(instants, fc.nat(40 * HOUR_MS), fc.constantFrom(...ZONES), (at_ms, later_ms, zone) => {
        const day = businessDay(at_ms, zone);
        expect(isDay(day)).toBe(true);
        expect(businessDay(at_ms + later_ms, zone) >= day).toBe(true);
        expect(businessDay(at_ms + 36 * HOUR_MS, zone) > day).toBe(true);
      }),
    );
  });
});

describe('days', () => {
  test('counting days there and back is where it began', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -4000, max: 4000 }), (at_ms, count) => {
        const day = new Date(at_ms).toISOString().slice(0, 10);
        expect(addDays(addDays(day, count), -count)).toBe(day);
        expect(addDays(day, 1) > day).toBe(true);
      }),
    );
    expect(addDays('2026-03-08', 1)).toBe('2026-03-09');
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  });

  test('only days that the calendar has are days', () => {
    expect(['2026-01-31', '2024-02-29', '2026-12-31'].every(isDay)).toBe(true);
    const wrong = ['2026-02-29', '2026-02-30', '2026-13-01', '2026-00-10', '2026-01-00', '26-01-01', '2026-1-1'];
    expect([...wrong, '2026-01-01T00:00', ' 2026-01-01', '', 'today', '2026-04-31'].filter(isDay)).toEqual([]);
  });

  test('only time zones that can be computed with are accepted', () => {
    expect(ZONES.every(isTimeZone)).toBe(true);
    expect(['Mars/Olympus', '', 'Chicago', 'America/Chicago; DROP'].some(isTimeZone)).toBe(false);
  });
});
