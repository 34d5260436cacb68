import { describe, expect, test } from 'vitest';
import { money } from '../../../common/money.ts';
import { duration, makeFormat } from '../../../renderer/desk/lib/format.ts';

const plain = (text: string): string => text.replaceAll(/[\u202f\u00a0]/g, ' ');

describe('format', () => {
  test('times are the office’s, whatever the machine thinks', () => {
    const instant_ms = Date.parse('2026-03-12T17:42:31Z');
    const west = makeFormat(() => ({ locale: 'en-US', time_zone: 'America/Los_Angeles' }));
    const east = makeFormat(() => ({ locale: 'en-US', time_zone: 'America/New_York' }));
    expect(plain(west.time(instant_ms))).toBe('10:42 AM');
    expect(plain(east.exactTime(instant_ms))).toBe('1:42:31 PM');
  });

  test('a business day stays itself in every time zone', () => {
    for (const time_zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC']) {
      const format = makeFormat(() => ({ locale: 'en-US', time_zone }));
      expect(format.day('2026-03-12')).toBe('Mar 12');
      expect(format.day('2025-03-12', '2026-01-01')).toBe('Mar 12, 2025');
    }
  });

  test('a change of place is followed, not remembered', () => {
    let time_zone = 'UTC';
    const format = makeFormat(() => ({ locale: 'en-US', time_zone }));
    expect(plain(format.time(0))).toBe('12:00 AM');
    time_zone = 'Asia/Tokyo';
    expect(plain(format.time(0))).toBe('9:00 AM');
  });

  test('money is exact at the largest safe amount', () => {
    const format = makeFormat(() => ({ locale: 'en-US', time_zone: 'UTC' }));
    expect(format.money(money(Number.MAX_SAFE_INTEGER, 'USD'))).toBe('$90,071,992,547,409.91');
    expect(format.money(money(12345, 'USD'), 'bare')).toBe('123.45');
  });

  test.each([
    [0, '0 s'],
    [59_400, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [11_100_000, '3 h 5 min'],
    [-5, '0 s'],
  ])('%d ms last %s', (length_ms, text) => {
    expect(duration(length_ms)).toBe(text);
  });
});
