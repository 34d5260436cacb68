/**
 * The five bundles of the app. `bundles(folder)` is what scripts/bundle.mjs builds; the default export is the desk
 * page alone, for tools that look for a vite configuration.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { globSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InlineConfig, UserConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Loaded from node_modules at run time: native code, Electron itself, and packages that must not be rewritten. */
const external = ['electron', 'better-sqlite3', 'square', 'electron-store', '@node-rs/argon2'];
const nodeModules = [...builtinModules, /^node:/];

function isExternal(id: string): boolean {
  return external.some(name => id === name || id.startsWith(`${name}/`));
}

const common: InlineConfig = { root, configFile: false, logLevel: 'warn', publicDir: false, clearScreen: false };

/** Svelte options shared with vitest. `fragments: 'tree'` builds the DOM without innerHTML, as Trusted Types asks. */
export const sveltePlugin = () => svelte({ configFile: false, compilerOptions: { fragments: 'tree', runes: true } });

/**
 * Main, and every `*-worker.ts` below it as a file of its own in the same folder, so that
 * `new URL('./name-worker.js', import.meta.url)` finds it from the bundle.
 */
function mainBundle(outDir: string): InlineConfig {
  const workers = globSync('main/**/*-worker.ts', { cwd: root });
  const entries = ['main/index.ts', ...workers].map(file => [basename(file, '.ts'), join(root, file)]);
  return {
    ...common,
    build: {
      ssr: true,
      target: 'node24',
      outDir: join(outDir, 'main'),
      emptyOutDir: true,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: Object.fromEntries(entries),
        external: (id: string) =>
          isExternal(id) || nodeModules.some(name => (name instanceof RegExp ? name.test(id) : name === id)),
        output: { format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
    ssr: { noExternal: true, external },
  };
}

/** A sandboxed preload script: one CommonJS file that may require nothing but electron. */
function preloadBundle(name: string, outDir: string): InlineConfig {
  return {
    ...common,
    build: {
      target: 'chrome140',
      outDir: join(outDir, 'preload'),
      emptyOutDir: false,
      minify: false,
      lib: { entry: join(root, 'preload', `${name}.ts`), formats: ['cjs'], fileName: () => `${name}.cjs` },
      rolldownOptions: { external: ['electron'] },
    },
  };
}

/**
 * A page served by main under a strict content security policy: every script and style is a file of its own origin,
 * nothing is inlined, not even small assets as data: addresses.
 */
function pageBundle(name: string, outDir: string): InlineConfig {
  return {
    ...common,
    root: join(root, 'renderer', name),
    base: '/',
    plugins: [sveltePlugin()],
    build: {
      target: 'chrome140',
      outDir: join(outDir, 'renderer', name),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  };
}

export function bundles(outDir: string): { name: string; config: InlineConfig }[] {
  return [
    { name: 'main', config: mainBundle(outDir) },
    { name: 'preload desk', config: preloadBundle('desk', outDir) },
    { name: 'preload pay', config: preloadBundle('pay', outDir) },
    { name: 'renderer desk', config: pageBundle('desk', outDir) },
    { name: 'renderer pay', config: pageBundle('pay', outDir) },
  ];
}

const config: UserConfig = pageBundle('desk', join(root, 'dist'));
export default config;
