import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/**
 * `docs/features.md` says what is built and which test shows it. A test that is renamed or removed takes its line with it,
 * and nothing is called whole that no test shows.
 */
type Line = { readonly number: string; readonly state: string; readonly shown: string; readonly missing: string };

function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .filter(line => /^\| \d/.test(line))
    .map(line => {
      const [, number = '', , state = '', shown = '', missing = ''] = line.split('|').map(cell => cell.trim());
      return { number, state, shown, missing };
    });
}

/** What is wrong with a line, as sentences. */
function problemsOf({ number, state, shown, missing }: Line, read: (file: string) => string | null): string[] {
  const problems: string[] = [];
  const tests = [...shown.matchAll(/`([^`]+\.ts)` ([^;]+)/g)];
  if (!['whole', 'part', 'not yet'].includes(state)) problems.push(`${number}: the state ${state} is not known`);
  if (state !== 'not yet' && tests.length === 0) problems.push(`${number}: nothing shows it`);
  if (state === 'part' && missing === '') problems.push(`${number}: it is not said what is missing`);
  if (state === 'whole' && missing !== '') problems.push(`${number}: whole, and something is missing`);
  for (const [, file = '', title = ''] of tests) {
    const source = read(file);
    if (source === null) problems.push(`${number}: there is no ${file}`);
    else if (!source.includes(title.trim())) problems.push(`${number}: ${file} has no test “${title.trim()}”`);
  }
  return problems;
}

const inTests = (file: string): string | null => {
  const place = new URL(`./${file}`, import.meta.url);
  return existsSync(place) ? readFileSync(place, 'utf8') : null;
};

describe('docs/features.md', () => {
  const lines = linesOf(readFileSync(new URL('../docs/features.md', import.meta.url), 'utf8'));

  test('names a test for whatever it calls built, and each of them exists', () => {
    expect(lines.flatMap(line => problemsOf(line, inTests))).toEqual([]);
  });

  test('has a line for each feature from 1 to 28', () => {
    const numbers = new Set(lines.map(({ number }) => Number(number)));
    expect(Array.from({ length: 28 }, (_, index) => index + 1).filter(number => !numbers.has(number))).toEqual([]);
  });

  test('a line without a test, with a wrong one, or that hides what is missing is found', () => {
    const line = (state: string, shown: string, missing = ''): Line => ({ number: '7', state, shown, missing });
    const read = (file: string): string | null => (file === 'a.test.ts' ? "test('it holds')" : null);
    expect(problemsOf(line('whole', '`a.test.ts` it holds'), read)).toEqual([]);
    expect(problemsOf(line('whole', ''), read)).toHaveLength(1);
    expect(problemsOf(line('whole', '`a.test.ts` it breaks'), read)).toHaveLength(1);
    expect(problemsOf(line('whole', '`b.test.ts` it holds'), read)).toHaveLength(1);
    expect(problemsOf(line('part', '`a.test.ts` it holds'), read)).toHaveLength(1);
    expect(problemsOf(line('whole', '`a.test.ts` it holds', 'much'), read)).toHaveLength(1);
    expect(problemsOf(line('soon', '`a.test.ts` it holds'), read)).toHaveLength(1);
  });
});
