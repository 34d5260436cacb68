import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Plugin } from 'vite';
import { bundleInto, bundleProgram, ROOT } from './bundle.ts';

/** A program that is ready to be started: its file, and what Node has to be told. */
export type Startable = { readonly file: string; readonly switches: readonly string[] };

/**
 * A program whose modules were loaded once and kept as a start-up snapshot of Node: the same code from the same bundle,
 * but a start takes a third of the time, which is what a thousand killed processes spend most of it on. The program
 * registers its main function with `startupSnapshot`. Where no snapshot can be made, the plain bundle is started.
 */
export async function snapshotProgram(program: URL, folder: string): Promise<Startable> {
  try {
    await bundleInto(program, folder, 'cjs', [lateModules, lateHeaders]);
    const file = join(folder, 'program.cjs');
    // The script of a snapshot is not wrapped as a module is.
    await writeFile(file, `const exports = {}, module = { exports };\n${await readFile(file, 'utf8')}`);
    const blob = join(folder, 'program.blob');
    await promisify(execFile)(process.execPath, ['--snapshot-blob', blob, '--build-snapshot', file]);
    return { file, switches: ['--snapshot-blob', blob] };
  } catch {
    return { file: await bundleProgram(program, join(folder, 'plain')), switches: [] };
  }
}

/** A snapshot holds no native code and no sockets: what brings them is loaded when it is first used. */
const OWN = `process.getBuiltinModule('module').createRequire(${JSON.stringify(join(ROOT, 'package.json'))})`;
const LATE: Readonly<Record<string, string>> = {
  'better-sqlite3': `${OWN}('better-sqlite3')`,
  '@node-rs/argon2': `${OWN}('@node-rs/argon2')`,
  http: "process.getBuiltinModule('http')",
  https: "process.getBuiltinModule('https')",
  zlib: "process.getBuiltinModule('zlib')",
};

const lateModules: Plugin = {
  name: 'modules that are loaded late',
  enforce: 'pre',
  resolveId: id => (Object.hasOwn(LATE, id) ? `\0late ${id}` : undefined),
  load: id =>
    id.startsWith('\0late ')
      ? `let loaded;
        const late = new Proxy(function () {}, {
          get: (_, name) => (loaded ??= ${LATE[id.slice(6)]})[name],
          construct: (_, given) => new (loaded ??= ${LATE[id.slice(6)]})(...given),
        });
        export default late;
        export const hashRaw = (...given) => late.hashRaw(...given);
        export { late as 'module.exports' };`
      : undefined,
};

/** Two places of Square's library that make a `Headers` while they load, which would bring Node's whole HTTP with it. */
const HEADERS: Readonly<Record<string, readonly [text: string, becomes: string]>> = {
  'core/fetcher/Headers.js': [
    'if (typeof globalThis.Headers !== "undefined") {\n    exports.Headers = Headers = globalThis.Headers;',
    'if (true) {\n    Object.defineProperty(exports, "Headers", { get: () => globalThis.Headers });',
  ],
  'core/fetcher/RawResponse.js': [
    'headers: new Headers_1.Headers(),',
    'get headers() { return new Headers_1.Headers(); },',
  ],
};

const lateHeaders: Plugin = {
  name: 'headers that are made late',
  enforce: 'pre',
  transform(code, id) {
    const found = Object.entries(HEADERS).find(([file]) => id.endsWith(`node_modules/square/${file}`));
    if (!found) return undefined;
    const [text, becomes] = found[1];
    if (!code.includes(text)) throw new Error(`${found[0]} does not hold: ${text}`);
    return code.replaceAll(text, becomes);
  },
};
