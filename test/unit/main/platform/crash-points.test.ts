import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CRASH_POINTS } from '../../../torture/crash-list.ts';
import { projectFiles, ROOT } from '../../../tidy/sources.ts';

const sources = projectFiles()
  .filter(path => path.endsWith('.ts') && /^(main|common|preload|renderer)\//.test(path))
  .map(path => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
const labels = sources.flatMap(({ path, text }) =>
  [...text.matchAll(/'(CP\d\d)'/g)].map(([, label]) => ({ path, label: label! })),
);
const names = labels.map(({ label }) => label);

describe('the labels at which a process may die', () => {
  test('each stands in the sources once', () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('each of the list is in the sources, or the list says why it is not', () => {
    const without = (killer: string): boolean =>
      killer === 'proxy' || killer === 'page' || killer.startsWith('not built: ');
    const listed = Object.entries(CRASH_POINTS);
    expect(listed).toHaveLength(40);
    expect(
      listed.filter(([name, [, killer]]) => without(killer) === names.includes(name)).map(([name]) => name),
    ).toEqual([]);
    expect(names.filter(name => !Object.hasOwn(CRASH_POINTS, name))).toEqual([]);
  });

  test('nothing in the app listens to them', () => {
    const own = 'main/platform/crash-points.ts';
    expect(sources.filter(({ path, text }) => path !== own && text.includes('listenToCrashPoints'))).toEqual([]);
    expect(sources.some(({ path }) => path === own)).toBe(true);
  });
});
