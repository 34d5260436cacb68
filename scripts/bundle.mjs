/**
 * Bundles the app into dist/ with vite; run by build.mjs on the project's Node 24. It builds aside and swaps at the
 * end, so that a failed build leaves the last good one and a running app never sees half a build.
 */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { bundles } from '../vite.config.ts';
import { fromRoot, setupFolder } from './project.mjs';

const fresh = join(setupFolder, 'dist');
const simulatorPages = fromRoot('main', 'gateway', 'simulator', 'browser');

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
for (const bundle of bundles(fresh)) {
  const began_ms = performance.now();
  await build(bundle.config);
  const took_s = ((performance.now() - began_ms) / 1000).toFixed(1);
  process.stdout.write(`  ${bundle.name.padEnd(14)} ${took_s} s\n`);
}
// The simulator serves these pages as files; they run in the payment view and are not part of main's bundle.
if (existsSync(simulatorPages)) cpSync(simulatorPages, join(fresh, 'main', 'browser'), { recursive: true });
rmSync(fromRoot('dist'), { recursive: true, force: true });
renameSync(fresh, fromRoot('dist'));
