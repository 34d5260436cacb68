/** Who may import whom: the table of docs/architecture.md as data, row by row, and what follows from it. */
import type { Import, Source, Violation } from './sources.ts';

type Row = {
  /** Paths of the importing files. The first row that matches holds. */
  readonly from: RegExp;
  /** Paths that may be imported; `$1` is the first group of `from`. */
  readonly local: readonly string[];
  /** Local paths that may be imported for their types alone. */
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
};

const SVELTE = ['svelte'];
const FEATURE_TOOLS = ['common/', 'main/platform/', 'main/ledger/', 'main/gateway/gateway.ts'];

/** In the order of the table. A package that a row does not name is refused there. */
const ROWS: readonly Row[] = [
  { from: /^common\//, local: ['common/'], packages: ['zod'] },
  { from: /^preload\//, local: ['preload/'], types: ['common/'], packages: ['electron'] },
  { from: /^renderer\/desk\/ui\//, local: ['renderer/desk/ui/', 'renderer/desk/lib/', 'common/'], packages: SVELTE },
  { from: /^renderer\/desk\/lib\//, local: ['renderer/desk/lib/', 'common/'], packages: SVELTE },
  {
    from: /^renderer\/desk\/features\/([\w-]+)\//,
    local: ['renderer/desk/features/$1/', 'renderer/desk/ui/', 'renderer/desk/lib/', 'common/'],
    packages: SVELTE,
  },
  { from: /^renderer\/desk\//, local: ['renderer/desk/', 'renderer/styles/', 'common/'], packages: SVELTE },
  {
    from: /^renderer\/pay\//,
    local: ['renderer/pay/', 'renderer/styles/'],
    types: ['common/'],
    packages: ['@square/web-sdk'],
  },
  { from: /^main\/platform\/secrets-/, local: ['common/', 'main/platform/'], packages: ['electron'] },
  { from: /^main\/platform\//, local: ['common/', 'main/platform/'], packages: ['electron-store'] },
  {
    from: /^main\/ledger\//,
    local: ['common/', 'main/platform/', 'main/ledger/'],
    packages: ['zod', 'better-sqlite3', '@node-rs/argon2'],
  },
  {
    from: /^main\/gateway\/square\//,
    local: ['common/', 'main/platform/', 'main/gateway/square/', 'main/gateway/gateway.ts'],
    packages: ['square', 'zod'],
  },
  { from: /^main\/gateway\/simulator\//, local: ['common/', 'main/platform/', 'main/gateway/simulator/'] },
  { from: /^main\/gateway\//, local: ['common/', 'main/platform/', 'main/gateway/gateway.ts'] },
  { from: /^main\/shell\//, local: ['common/', 'main/platform/', 'main/shell/'], packages: ['electron'] },
  { from: /^main\/index\.ts$/, local: ['main/', 'common/'], packages: ['electron', 'zod'] },
  { from: /^main\/[\w-]+\.ts$/, local: ['main/', 'common/'], packages: ['zod'] },
  { from: /^main\/([\w-]+)\//, local: [...FEATURE_TOOLS, 'main/$1/', 'main/'], packages: ['zod'] },
];

/** Packages with one home. The row says which area may; this says which file. */
const HOMES: Readonly<Record<string, RegExp>> = {
  'better-sqlite3': /^main\/ledger\/open\.ts$/,
  '@node-rs/argon2': /^main\/ledger\/keys\.ts$/,
  'electron-store': /^main\/platform\/config\.ts$/,
  electron: /^(main\/index\.ts|main\/shell\/.*|main\/platform\/secrets-[\w-]+\.ts|preload\/.*)$/,
  square: /^main\/gateway\/square\//,
};

/** Folders of main that are no features: what a feature stands on, and what it must not know. */
const NO_FEATURE = new Set(['platform', 'ledger', 'gateway', 'shell']);

export function featureOf(path: string): string | undefined {
  const folder = /^main\/([\w-]+)\//.exec(path)?.[1];
  return folder !== undefined && !NO_FEATURE.has(folder) ? folder : undefined;
}

/** The table. `test/` and `scripts/` may import everything; nothing else may import them. */
export function importTable(source: Source): Violation[] {
  if (!/^(common|main|preload|renderer)\//.test(source.path)) return [];
  return source.imports.flatMap(one => {
    const why = refusal(source.path, one);
    return why === undefined ? [] : [{ path: source.path, line: one.line, why }];
  });
}

function refusal(from: string, { target, isLocal, typeOnly }: Import): string | undefined {
  const row = ROWS.find(one => one.from.test(from));
  if (row === undefined) return 'no row of the import table speaks of this file; give it one';
  if (!isLocal) return packageRefusal(from, row, target);
  if (/^\.\./.test(target)) return `imports ${target}, which lies outside the project`;
  const group = row.from.exec(from)?.[1] ?? '';
  const within = (prefixes: readonly string[] = []): boolean =>
    prefixes.some(prefix => target.startsWith(prefix.replace('$1', group)));
  const feature = featureOf(from);
  if (feature !== undefined) return featureRefusal(feature, target);
  if (within(row.local)) return undefined;
  if (within(row.types)) return typeOnly ? undefined : `may import ${target} for its types alone: use import type`;
  return `may not import ${target}`;
}

function packageRefusal(from: string, row: Row, name: string): string | undefined {
  // Node itself is for main; test/ and scripts/ do not pass here.
  if (name === 'node:') return from.startsWith('main/') ? undefined : 'may not import a module of Node';
  const home = HOMES[name];
  if (home !== undefined && !home.test(from)) return `may not import ${name}`;
  return row.packages?.includes(name) ? undefined : `may not import the package ${name}`;
}

/** A feature may use another one's rules and queries, but not what answers the door, and not the composition root. */
function featureRefusal(feature: string, target: string): string | undefined {
  if (FEATURE_TOOLS.some(prefix => target.startsWith(prefix)) || target.startsWith(`main/${feature}/`))
    return undefined;
  const other = featureOf(target);
  if (other === undefined) return `a feature may not import ${target}`;
  if (target.endsWith('/handlers.ts')) return `${target} answers the door for ${other}; import its rules instead`;
  return undefined;
}

/** Nothing that ships leads to the tests. */
export function nothingImportsTests(source: Source): Violation[] {
  if (/^(test|scripts)\//.test(source.path)) return [];
  return source.imports
    .filter(({ target }) => target.startsWith('test/'))
    .map(({ line, target }) => ({ path: source.path, line, why: `imports ${target}` }));
}

/** The contract is zod at run time, so a page knows it by type alone. */
export function contractByTypeOnly(source: Source): Violation[] {
  if (!source.path.startsWith('renderer/')) return [];
  return source.imports
    .filter(({ target, typeOnly }) => target.startsWith('common/contract/') && !typeOnly)
    .map(({ line, target }) => ({ path: source.path, line, why: `imports ${target} at run time: use import type` }));
}

/** Files that reach `goal` through what is left at run time, with the way there. */
export function reaches(sources: readonly Source[], from: RegExp, goal: RegExp): Violation[] {
  const byPath = new Map(sources.map(source => [source.path, source]));
  return sources
    .filter(source => from.test(source.path))
    .flatMap(source => {
      const way = wayTo(source.path, goal, byPath, new Set());
      return way === undefined ? [] : [{ path: source.path, line: 1, why: `reaches ${way.slice(1).join(' -> ')}` }];
    });
}

function wayTo(path: string, goal: RegExp, byPath: Map<string, Source>, seen: Set<string>): string[] | undefined {
  seen.add(path);
  for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) {
    if (typeOnly) continue;
    if (goal.test(target)) return [path, target];
    const rest = seen.has(target) ? undefined : wayTo(target, goal, byPath, seen);
    if (rest !== undefined) return [path, ...rest];
  }
  return undefined;
}

/** Every ring of imports once, types included: two files that need each other's types are one file. */
export function fileCycles(sources: readonly Source[]): Violation[] {
  const known = new Set(sources.map(({ path }) => path));
  const edges = sources.map(
    ({ path, imports }) => [path, imports.map(({ target }) => target).filter(target => known.has(target))] as const,
  );
  return rings(new Map(edges));
}

export function featureCycles(sources: readonly Source[]): Violation[] {
  const edges = new Map<string, string[]>();
  for (const { path, imports } of sources) {
    const feature = featureOf(path);
    if (feature === undefined) continue;
    const others = imports
      .map(({ target }) => featureOf(target))
      .filter(other => other !== undefined && other !== feature);
    edges.set(feature, [...(edges.get(feature) ?? []), ...(others as string[])]);
  }
  return rings(edges);
}

function rings(edges: ReadonlyMap<string, readonly string[]>): Violation[] {
  const found: Violation[] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): void => {
    const start = trail.indexOf(node);
    if (start >= 0) {
      const why = `a ring: ${[...trail.slice(start), node].join(' -> ')}`;
      if (!found.some(one => one.why === why)) found.push({ path: node, line: 1, why });
    }
    if (start >= 0 || done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return found;
}
