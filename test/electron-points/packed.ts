/**
 * What electron-builder would pack, and with which values. Its own code reads the configuration and chooses the files,
 * so that a pattern means here what it means there.
 */
import { createRequire } from 'node:module';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from './yaml.ts';

export type Packed = {
  readonly config: Readonly<Record<string, unknown>>;
  /** Below the app's folder, with forward slashes. */
  readonly files: readonly string[];
  /** Of the packages beside the bundles: which, and which of their files have an ending of interest. */
  readonly packages: readonly string[];
  readonly packageFiles: readonly string[];
  /** Secrets and traces in what is ours, as `file: what`. */
  readonly traces: readonly string[];
  readonly entitlements: Readonly<Record<string, boolean>>;
  readonly manifest: Readonly<Record<string, unknown>>;
};

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
type Filter = (file: string, stat: Stats) => boolean;
type Matcher = { from: string; isEmpty(): boolean; createFilter(): Filter };
const matchers = builder('app-builder-lib/out/fileMatcher.js') as {
  getMainFileMatchers(...values: unknown[]): Matcher[];
  getNodeModuleFileMatcher(...values: unknown[]): Matcher;
};

/** Put into the folder of the app, where a working copy has such files too; none of them may be packed. */
export const LOOSE_FILES = [
  ...['.env', '.env.local', 'electron-builder.yml', 'main/index.ts', 'test/a.test.ts', 'scripts/build.mjs'],
  ...['release/old.zip', 'ledger/data.db', 'dist/.built', 'dist/main/index.js.map', 'dist/main/types.d.ts'],
];

/** Everything that is loose lies beside the real dist/, so that a pattern that takes too much takes some of it. */
export function scatter(folder: string, names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), 'not for the package');
  }
}

/** @param folder holds package.json, dist/ and the loose files; the packages are those of the project */
export function readPacked(folder: string, configText: string, entitlementsText: string): Packed {
  const config = parse(configText) as Record<string, unknown>;
  const info = {
    ...{ projectDir: folder, buildResourcesDir: 'build', isPrepackedAppAsar: false, config },
    debugLogger: { isEnabled: false },
  };
  const plain = (text: string): string => text;
  const main = matchers.getMainFileMatchers(
    folder,
    join(folder, 'packed'),
    plain,
    {},
    { info },
    join(folder, 'release'),
    false,
  );
  const files = main.flatMap(one => walk(one.from, folder, one.createFilter()));
  const modules = matchers.getNodeModuleFileMatcher(
    ROOT,
    join(folder, 'packed'),
    plain,
    {},
    { ...info, projectDir: ROOT },
  );
  const filter: Filter = modules.isEmpty() ? () => true : modules.createFilter();
  const packages = productionPackages();
  const packageFiles = packages.flatMap(name =>
    walk(join(ROOT, name), ROOT, filter).filter(file => !LEFT_OUT.has(file.slice(name.length + 1).split('/')[0]!)),
  );
  return {
    ...{ config, files, packages },
    packageFiles: packageFiles.filter(file => OF_INTEREST.test(file)),
    traces: files.flatMap(file => tracesIn(file, readFileSync(join(folder, file), 'utf8'))),
    entitlements: Object.fromEntries(
      [...entitlementsText.matchAll(/<key>([^<]+)<\/key>\s*<(true|false)\/>/g)].map(([, key, value]) => [
        key,
        value === 'true',
      ]),
    ),
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>,
  };
}

/** electron-builder leaves these out of every package without being asked. */
const LEFT_OUT = new Set(['test', 'tests', '__tests__', 'example', 'examples']);
const OF_INTEREST = /\.(map|ts|mts|cts|env|pem|key|p12|pfx|db|sqlite)$|(^|\/)\.env|\/(tests?|__tests__)\//;

function walk(from: string, root: string, filter: Filter): string[] {
  const found: string[] = [];
  const enter = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.name === 'node_modules' || entry.isSymbolicLink()) continue;
      const stat = statSync(path);
      // A folder that is left out may still hold a file that is asked for, so each file is asked about by itself.
      if (stat.isDirectory()) enter(path);
      else if (filter(path, stat)) found.push(relative(root, path).split(sep).join('/'));
    }
  };
  enter(from);
  return found.sort();
}

/** The packages that are installed with the app: every entry of the lock that is not for development alone. */
function productionPackages(): string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean; peer?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([name, one]) => name !== '' && !one.dev && !one.devOptional && isInstalled(name))
    .map(([name]) => name);
}

function isInstalled(name: string): boolean {
  try {
    return statSync(join(ROOT, name)).isDirectory();
  } catch {
    return false;
  }
}

const TRACES: Readonly<Record<string, RegExp>> = {
  'an access token': /EAAA[\w-]{24,}/,
  'an application secret': /sq0csp-[\w-]{8,}/,
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'a source map inside': /sourceMappingURL=data:/,
  'a folder of one computer': new RegExp(ROOT.slice(0, -1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + '\\b'),
  'a test framework': /from ["'](vitest|@playwright\/test|playwright-core)["']/,
  'the remote module': /["']@electron\/remote["']/,
};

const tracesIn = (file: string, text: string): string[] =>
  Object.entries(TRACES)
    .filter(([, pattern]) => pattern.test(text))
    .map(([what]) => `${file}: ${what}`);
