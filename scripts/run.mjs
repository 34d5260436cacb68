/**
 * Runs a file with the project's Node 24, after setting up what is missing:
 * `node scripts/run.mjs main/ledger/cli.ts verify`. TypeScript runs as it is, by type stripping.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as project from './project.mjs';
import { setUp } from './setup.mjs';

await project.runMain(async ([file, ...parameters]) => {
  if (!file) throw new project.Refusal('Say which file to run: node scripts/run.mjs FILE [arguments]');
  const path = resolve(file);
  if (!path.includes('node_modules') && !existsSync(path)) throw new project.Refusal(`There is no file ${file}.`);
  await setUp({ electron: false, chromium: false });
  // Stay in the caller's folder: the paths in the arguments are relative to it.
  return project.runNode([path, ...parameters], { cwd: process.cwd() });
});
