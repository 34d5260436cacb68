import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PasswordTries, waitAfter } from '../../../../main/staff/tries.ts';
import { tempFolder } from '../../../support/builders.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';

const HALF_HOUR_MS = 30 * 60_000;
let temporary: ReturnType<typeof tempFolder>;
let clock: FakeClock;
beforeEach(() => {
  temporary = tempFolder();
  clock = createFakeClock();
});
afterEach(() => temporary.dispose());
/** As after a restart: nothing is remembered but what is in the folder. */
const tries = (): PasswordTries => new PasswordTries(temporary.folder, clock);
function wrong(count: number, person = 'p1'): void {
  for (let index = 0; index < count; index += 1) tries().countWrong(person);
}

describe('wrong passwords', () => {
  test('two slips cost nothing, then the wait grows and never shrinks, up to half an hour', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(waitAfter)).toEqual([0, 0, 0, 3000, 6000, 30_000, 60_000, 120_000]);
    for (let count = 1; count < 200; count += 1) {
      expect(waitAfter(count)).toBeGreaterThanOrEqual(waitAfter(count - 1));
      expect(waitAfter(count)).toBeLessThanOrEqual(HALF_HOUR_MS);
    }
    expect(waitAfter(1_000_000)).toBe(HALF_HOUR_MS);
  });

  test('a restart gives no free guess', async () => {
    wrong(5);
    expect(tries().wait_ms('p1')).toBe(30_000);
    await clock.advance(29_999);
    expect(tries().wait_ms('p1')).toBe(1);
    await clock.advance(1);
    expect(tries().wait_ms('p1')).toBe(0);
    wrong(1);
    expect(tries().wait_ms('p1')).toBe(60_000);
  });

  test('the right password forgets them, and one person does not lock out another', () => {
    wrong(6, 'p1');
    wrong(3, 'p2');
    tries().forget('p1');
    expect(tries().wait_ms('p1')).toBe(0);
    expect(tries().wait_ms('p2')).toBe(3000);
    expect(tries().wait_ms('p3')).toBe(0);
  });

  test('wrong passwords of a day when the clock was years ahead lock nobody out for years', async () => {
    clock.jump(3 * 365 * 86_400_000);
    wrong(6);
    clock.jump(-3 * 365 * 86_400_000);
    expect(tries().wait_ms('p1')).toBe(60_000);
    await clock.advance(59_999);
    expect(tries().wait_ms('p1')).toBe(1);
    await clock.advance(1);
    expect(tries().wait_ms('p1')).toBe(0);
  });

  test('a clock set back neither ends a wait nor makes it longer than the full one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 20 }),
        fc.integer({ min: 1, max: 10 * 365 * 86_400_000 }),
        (count, back_ms) => {
          tries().forget('p1');
          wrong(count);
          clock.jump(-back_ms);
          expect(tries().wait_ms('p1')).toBe(waitAfter(count));
          expect(tries().wait_ms('p1')).toBe(waitAfter(count));
          clock.jump(back_ms);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('ten thousand guesses over a thousand restarts are at most a handful of real ones in half an hour', async () => {
    let checked = 0;
    for (let second = 0; second < 1800; second += 1) {
      if (tries().wait_ms('p1') === 0) {
        tries().countWrong('p1');
        checked += 1;
      }
      await clock.advance(1000);
    }
    expect(checked).toBeLessThanOrEqual(12);
  });

  test('a file that somebody emptied or wrote nonsense into counts from nothing, and works again', () => {
    wrong(6);
    for (const text of ['', '{', '[]', '{"p1":{"wrong":"many","at_ms":1}}']) {
      writeFileSync(join(temporary.folder, 'password-tries.json'), text);
      expect(tries().wait_ms('p1')).toBe(0);
      wrong(3);
      expect(tries().wait_ms('p1')).toBe(3000);
      tries().forget('p1');
    }
  });

  test('a person named like a part of every object waits like anybody else', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      expect(tries().wait_ms(name)).toBe(0);
      wrong(3, name);
      expect(tries().wait_ms(name)).toBe(3000);
    }
    expect(tries().wait_ms('__proto__')).toBe(0);
  });
});
