import { homedir } from 'node:os';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { events } from '../main/ledger/events/index.ts';
import { migrations } from '../main/ledger/migrations/index.ts';
import { exportFormats } from '../main/exports/index.ts';
import { tenders } from '../main/payments/tenders/index.ts';
import { reports } from '../main/reports/index.ts';
import * as code from './tidy/code-rules.ts';
import * as imports from './tidy/import-rules.ts';
import {
  isCode,
  ownPaths,
  parseSource,
  projectFiles,
  readSource,
  ROOT,
  type Source,
  type Violation,
} from './tidy/sources.ts';
import { line, RULES } from './tidy/rules.ts';
import { dependenciesWithoutLine, idsOf, linesWithoutDependency, machineTraces, repeated } from './tidy/text-rules.ts';

/** The house rules as an ordinary test. Each rule first has to catch a planted fault, then finds none in the sources. */
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const asLines = (violations: readonly Violation[]): string[] =>
  violations.map(({ path, line: number, why }) => `${path}:${number} ${why}`);

const paths = projectFiles();
let sources: Source[] = [];
beforeAll(() => {
  sources = paths.filter(path => isCode(path) || /\.(css|html)$/.test(path)).map(readSource);
});

test('the scan sees the project', () => {
  const seen = sources.map(({ path }) => path);
  for (const path of ['main/index.ts', 'renderer/desk/App.svelte', 'renderer/styles/tokens.css', 'test/tidy.test.ts']) {
    expect(seen).toContain(path);
  }
  expect(sources.find(({ path }) => path === 'main/index.ts')?.imports.length).toBeGreaterThan(20);
});

describe.each(RULES)('$title', ({ check, caught, spared = [] }) => {
  test.each(caught)('control: a planted fault in %s is caught: %s', (path, planted) => {
    expect(asLines(check(parseSource(path, planted)))).toHaveLength(1);
  });
  test.each(spared)('control: an innocent %s is spared: %s', (path, innocent) => {
    expect(asLines(check(parseSource(path, innocent)))).toEqual([]);
  });
  test('holds in the project', () => {
    expect(asLines(sources.flatMap(check))).toEqual([]);
  });
});

describe('what files reach together', () => {
  const files = (given: Record<string, string>): Source[] =>
    Object.entries(given).map(([path, planted]) => parseSource(path, planted));

  test('no page of the renderer loads zod', () => {
    const planted = files({
      'renderer/desk/main.ts': line('../../common/money.ts'),
      'common/money.ts': line('./shapes.ts'),
      'common/shapes.ts': line('zod'),
    });
    expect(asLines(imports.reaches(planted, /^renderer\//, /^zod$/))).toEqual([
      'renderer/desk/main.ts:1 reaches common/money.ts -> common/shapes.ts -> zod',
    ]);
    expect(asLines(imports.reaches(sources, /^renderer\//, /^zod$/))).toEqual([]);
  });

  test('no part of the ui tier calls the door, not even by way of a library', () => {
    const planted = files({
      'renderer/desk/ui/A.svelte': `<script>${line('../lib/a.ts')}</script>`,
      'renderer/desk/lib/a.ts': line('./api.svelte.ts'),
    });
    const api = /^renderer\/desk\/lib\/api\.svelte\.ts$/;
    expect(imports.reaches(planted, /^renderer\/desk\/ui\//, api)).toHaveLength(1);
    expect(asLines(imports.reaches(sources, /^renderer\/desk\/ui\//, api))).toEqual([]);
  });

  test('no file imports itself around a corner', () => {
    const ring = {
      'main/a.ts': line('./b.ts'),
      'main/b.ts': line('./c.ts', 'type { a }'),
      'main/c.ts': line('./a.ts'),
    };
    expect(asLines(imports.fileCycles(files(ring)))).toEqual([
      'main/a.ts:1 a ring: main/a.ts -> main/b.ts -> main/c.ts -> main/a.ts',
    ]);
    expect(asLines(imports.fileCycles(sources))).toEqual([]);
  });

  test('no feature needs a feature that needs it', () => {
    const ring = { 'main/a/x.ts': line('../b/x.ts'), 'main/b/y.ts': line('../a/y.ts', 'type { a }') };
    expect(imports.featureCycles(files(ring))).toHaveLength(1);
    expect(asLines(imports.featureCycles(sources))).toEqual([]);
  });
});

test('every file with leave to break a rule still needs it', () => {
  const idle = (files: readonly string[], check: (source: Source) => Violation[]): string[] =>
    files.filter(path => !sources.some(one => one.path === path && check(one).length > 0));
  expect(idle(['main/door.ts'], code.sqlIn)).toEqual(['main/door.ts']);
  expect(idle(code.sqlFiles, code.sqlIn)).toEqual([]);
  expect(idle(code.colourFiles, code.coloursIn)).toEqual([]);
});

test('every dependency has its line in docs/dependencies.md, and every line its dependency', () => {
  const manifest = '{"dependencies":{"left-pad":"1"}}';
  expect(dependenciesWithoutLine(manifest, '| `right-pad` | pads on the other side | MIT |')).toEqual(['left-pad']);
  expect(linesWithoutDependency(manifest, '| `right-pad` | pads on the other side | MIT |')).toEqual(['right-pad']);
  expect(dependenciesWithoutLine(text('package.json'), text('docs/dependencies.md'))).toEqual([]);
  expect(linesWithoutDependency(text('package.json'), text('docs/dependencies.md'))).toEqual([]);
});

test('ids and versions are unique in every registry', () => {
  expect(repeated(['a', 'b', 'a'])).toEqual(['a']);
  expect(idsOf(parseSource('a.ts', "const PAGES = [{ id: 'a' }, { id: 'b' }];"), 'PAGES')).toEqual(['a', 'b']);
  const pages = idsOf(readSource('renderer/desk/pages/index.ts'), 'PAGES');
  const registries = {
    pages,
    reports: reports.map(({ id }) => id),
    exports: exportFormats.map(({ id }) => id),
    tenders: tenders.map(({ id }) => id),
    tenderKeys: tenders.map(({ key }) => key),
    facts: events.map(({ type }) => type),
    migrations: migrations.map(({ version }) => version),
  };
  for (const [name, ids] of Object.entries(registries)) {
    expect(ids.length, name).toBeGreaterThan(0);
    expect(repeated(ids), name).toEqual([]);
  }
});

test('no file names a package registry or a folder of one computer', () => {
  const own = ownPaths(homedir());
  const planted = [
    `${ROOT}/main`,
    ['', 'home', 'ada', 'a.txt'].join('/'),
    ['', 'Users', 'ada', 'a.txt'].join('/'),
    'https://registry' + '.npmjs.org/x',
    ['"resolved": "https', '//a/b.tgz"'].join(':'),
  ];
  for (const one of planted) expect(machineTraces('a', `first\n${one}`, own), one).toHaveLength(1);
  expect(machineTraces('a', '/home/x/a.pdf and https://developer.squareup.com', own)).toEqual([]);
  const readable = paths.filter(path => !/\.(png|ico|icns|woff2|pdf|db)$/.test(path));
  expect(asLines(readable.flatMap(path => machineTraces(path, text(path), own)))).toEqual([]);
});
