import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KNOWN_SEEDS } from '../../simulation/mutants/known-seeds.ts';
import { mutants } from '../../simulation/mutants/list.ts';
import { planted } from '../../simulation/mutants/mutant.ts';
import { ROOT } from '../../tidy/sources.ts';

test('every planted bug still has its place in the sources, and changes them', () => {
  for (const { edits } of mutants) {
    for (const edit of edits) {
      const source = readFileSync(join(ROOT, edit.file), 'utf8');
      expect(planted(source, edit)).not.toBe(source);
    }
  }
});

test('planted bugs have names of their own, and no seed is remembered for one that is gone', () => {
  const names = mutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(Object.keys(KNOWN_SEEDS).filter(name => !names.includes(name))).toEqual([]);
});
