/**
 * Builds dist/ when a source changed since the last build. The bundling itself runs on the project's Node 24 in
 * bundle.mjs; this file only decides, so that a start with nothing to do stays fast.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as project from './project.mjs';
import { setUp } from './setup.mjs';

const { fromRoot, root } = project;
const sourceFolders = ['main', 'common', 'preload', 'renderer'];
const sourceFiles = ['vite.config.ts', 'scripts/bundle.mjs', 'package.json', 'package-lock.json'];
const stampFile = fromRoot('dist', '.built');
const outputs = ['dist/main/index.js', 'dist/preload/desk.cjs', 'dist/preload/pay.cjs'];
const pages = ['dist/renderer/desk/index.html', 'dist/renderer/pay/index.html'];

/** Path, size and time of every source in one hash: reading them all would cost more than it is worth at each start. */
function fingerprint() {
  const folders = sourceFolders.flatMap(folder => project.filesBelow(fromRoot(folder)));
  const lines = [...folders, ...sourceFiles.map(file => fromRoot(file))].filter(existsSync).map(file => {
    const { mtimeMs, size } = statSync(file);
    return `${relative(root, file)} ${size} ${mtimeMs}`;
  });
  return project.hashOf(...lines);
}

function isBuilt(wanted) {
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== wanted) return false;
  return [...outputs, ...pages].every(file => existsSync(fromRoot(file)));
}

/** Builds if needed. Returns false, after printing why, when the build failed. Set-up must be done. */
export async function build({ force = false, quiet = false } = {}) {
  const wanted = fingerprint();
  if (!force && isBuilt(wanted)) return true;
  const began_ms = Date.now();
  const { code, output } = await project.runProgram(project.projectNode(), [fromRoot('scripts', 'bundle.mjs')], {
    env: project.projectEnvironment(),
  });
  if (code !== 0) {
    process.stderr.write(`${output}\nThe build failed.\n`);
    return false;
  }
  if (!quiet) process.stderr.write(`${output.trim()}\nBuilt in ${project.seconds(began_ms)}\n`);
  // The sources may have changed while they were bundled; the stamp of before makes the next call build again.
  writeFileSync(join(stampFile), wanted);
  return true;
}

if (project.isMain(import.meta.url)) {
  await project.runMain(async parameters => {
    await setUp({ electron: false, chromium: false });
    return (await build({ force: !parameters.includes('--if-changed') })) ? 0 : 1;
  });
}
