import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLog } from '../../../../main/platform/log.ts';
import { tempFolder } from '../../../support/builders.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

let temporary: ReturnType<typeof tempFolder>;
beforeEach(() => {
  temporary = tempFolder();
});
afterEach(() => temporary.dispose());
const file = (): string => join(temporary.folder, 'tillside.log');
const lines = (): string[] => readFileSync(file(), 'utf8').split('\n').slice(0, -1);

describe('the log', () => {
  test('one event is one line of JSON, whatever is in it', () => {
    const log = openLog(temporary.folder, createFakeClock());
    let count = 0;
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a\nb', 'a\r\n{"level":"info"}', '\u2028x\u2029', '\u0000', '"}\n{"', '\x1b[31mred', '\ud800'),
    );
    fc.assert(
      fc.property(hostile, hostile, (event, detail) => {
        log.info(event, { detail });
        log.bug('oops', new Error(`${event}\n${detail}`));
        count += 2;
      }),
      { numRuns: 500 },
    );
    expect(lines()).toHaveLength(count);
    for (const line of lines()) {
      const parsed = JSON.parse(line) as { at: string; level: string };
      expect(parsed.at).toMatch(/^2026-01-15T/);
      expect(['info', 'bug']).toContain(parsed.level);
    }
  });

  test('a detail cannot take the place of the time, the level or the event', () => {
    openLog(temporary.folder, createFakeClock()).info('real', { at: 'never', level: 'bug', event: 'forged' });
    expect(JSON.parse(lines()[0]!)).toMatchObject({ at: '2026-01-15T15:00:00.000Z', level: 'info', event: 'real' });
  });

  test('a bug answers a reference that stands in its line, and its text is redacted', () => {
    const reference = openLog(temporary.folder, createFakeClock()).bug(
      'call',
      new Error('token EAAAsecretsecretsecret of a@b.com'),
    );
    expect(lines()[0]).toContain(reference);
    expect(lines()[0]).not.toMatch(/EAAAsecret|a@b\.com/);
  });

  test('is rotated by size and keeps a few files', () => {
    const log = openLog(temporary.folder, createFakeClock());
    for (let round = 0; round < 8; round += 1) {
      writeFileSync(file(), `${'x'.repeat(2_000_001)}\n`);
      log.info('turn');
    }
    expect(statSync(file()).size).toBeLessThan(1000);
    expect(readdirSync(temporary.folder).length).toBeLessThanOrEqual(6);
  });

  test('a log that cannot be written stops nothing', () => {
    const blocked = join(temporary.folder, 'blocked');
    writeFileSync(blocked, '');
    const log = openLog(blocked, createFakeClock());
    expect(() => log.info('event')).not.toThrow();
    expect(log.bug('event', 'not even an error')).toMatch(/^[0-9A-Z]+-1$/);
    expect(existsSync(join(blocked, 'tillside.log'))).toBe(false);
  });
});
