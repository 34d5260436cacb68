/**
 * Reads the fuses that are burnt into every packaged Electron and fails the packaging when one is not as it must be.
 * electron-builder calls it last. By hand: `node scripts/packaging/check-fuses.mjs release`.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** Electron's mark in front of the fuses: then a version, how many there are, and a character for each. */
const SENTINEL = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
const SMALLEST_BYTES = 1_000_000;

/** In Electron's order. `1` is on, `0` is off. */
export const EXPECTED = [
  ['runAsNode', '0'],
  ['enableCookieEncryption', '1'],
  ['enableNodeOptionsEnvironmentVariable', '0'],
  ['enableNodeCliInspectArguments', '0'],
  ['enableEmbeddedAsarIntegrityValidation', '1'],
  ['onlyLoadAppFromAsar', '1'],
  ['loadBrowserProcessSpecificV8Snapshot', '0'],
  ['grantFileProtocolExtraPrivileges', '0'],
];

/** What is wrong with the fuses in the bytes of one file; null when the file has no fuses at all. */
export function fuseProblems(bytes) {
  let at = bytes.indexOf(SENTINEL);
  if (at < 0) return null;
  const problems = [];
  // A program for two kinds of processor carries its fuses twice.
  for (; at >= 0; at = bytes.indexOf(SENTINEL, at + SENTINEL.length)) {
    const [version, count] = [bytes[at + SENTINEL.length], bytes[at + SENTINEL.length + 1] ?? 0];
    if (version !== 1) problems.push(`the fuses have version ${version}, and only version 1 is understood`);
    const wire = bytes.toString('latin1', at + SENTINEL.length + 2, at + SENTINEL.length + 2 + count);
    for (const [index, [name, wanted]] of EXPECTED.entries()) {
      if (wire[index] !== wanted)
        problems.push(`${name} is ${JSON.stringify(wire[index] ?? 'missing')}, not ${wanted}`);
    }
  }
  return problems;
}

/** The unpacked apps below electron-builder's output folder, beside the installers that were made from them. */
function packagedFiles(folder) {
  const apps = readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && /(-unpacked$|^mac)/.test(entry.name))
    .map(entry => join(folder, entry.name));
  return apps.map(app => ({
    app,
    files: readdirSync(app, { recursive: true })
      .map(name => join(app, name))
      .filter(file => {
        const about = lstatSync(file);
        return about.isFile() && about.size >= SMALLEST_BYTES;
      }),
  }));
}

/** Throws with every wrong fuse by name, also when an app has no program with fuses in it. */
export function checkFuses(folder) {
  const found = packagedFiles(folder);
  if (found.length === 0) throw new Error(`There is no packaged app in ${folder}, so no fuse was read.`);
  const problems = [];
  for (const { app, files } of found) {
    const read = files.map(file => ({ file, problems: fuseProblems(readFileSync(file)) })).filter(one => one.problems);
    if (read.length === 0) problems.push(`${relative(folder, app)}: no program with fuses`);
    for (const one of read) problems.push(...one.problems.map(text => `${relative(folder, one.file)}: ${text}`));
  }
  if (problems.length > 0) throw new Error(`The fuses are not as they must be:\n${problems.join('\n')}`);
}

/** The hook of electron-builder; it may add files to what is published, and adds none. */
export default function afterAllArtifactBuild({ outDir }) {
  checkFuses(outDir);
  return [];
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  checkFuses(process.argv[2] ?? 'release');
  process.stdout.write('The fuses are as they must be.\n');
}
