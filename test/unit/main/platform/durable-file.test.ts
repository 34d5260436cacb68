import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTwice, writeDurably, writeTwice } from '../../../../main/platform/durable-file.ts';
import { makeIds, systemRandom } from '../../../../main/platform/ids.ts';
import { ID_PATTERN } from '../../../../common/ids.ts';
import { tempFolder } from '../../../support/builders.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

let temporary: ReturnType<typeof tempFolder>;
beforeEach(() => {
  temporary = tempFolder();
});
afterEach(() => temporary.dispose());

describe('small files', () => {
  test('are replaced whole, for their owner alone, and leave nothing beside them', () => {
    const file = join(temporary.folder, 'deep', 'file.json');
    for (const content of ['first', 'x'.repeat(100_000), new Uint8Array([0, 255, 10]), '']) {
      writeDurably(file, content);
      expect(readFileSync(file)).toEqual(Buffer.from(content));
    }
    expect(readdirSync(join(temporary.folder, 'deep'))).toEqual(['file.json']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(temporary.folder, 'deep')).mode & 0o777).toBe(0o700);
  });

  test('a half-written successor of an earlier crash does not matter', () => {
    const file = join(temporary.folder, 'file.json');
    writeDurably(file, 'old');
    writeFileSync(`${file}.new`, 'half of something much longer than the new one');
    expect(readFileSync(file, 'utf8')).toBe('old');
    writeDurably(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  test('of two copies as many are read as there are', () => {
    expect(readTwice(temporary.folder, 'pair')).toEqual([]);
    writeTwice(temporary.folder, 'pair', 'text');
    expect(readTwice(temporary.folder, 'pair')).toEqual(['text', 'text']);
  });
});

describe('ids', () => {
  test('are UUIDs of version 7, in the order of their birth, and never twice', () => {
    const clock = createFakeClock();
    const newId = makeIds(clock, systemRandom);
    const ids = Array.from({ length: 2000 }, () => newId());
    for (const id of ids) expect(id).toMatch(ID_PATTERN);
    expect(new Set(ids).size).toBe(ids.length);
    clock.jump(1);
    expect(newId() > ids.sort().at(-1)!).toBe(true);
  });
});
