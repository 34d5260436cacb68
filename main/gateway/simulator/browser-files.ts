/**
 * The browser side of the stand-in, read from real files. In the source tree they lie in `browser/` beside this module;
 * a bundled program has no such folder beside it and names one (`browserDirectory`).
 *
 * `square.js` is one script for one script tag, but is written as modules: `bundle` joins them and takes the import
 * and export words away.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** In the order in which they need each other. */
const SCRIPT_PARTS = ['square-errors.js', 'square-options.js', 'square-frames.js', 'square-method.js', 'square.js'];
const TYPES: { [extension: string]: string } = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

export type BrowserFiles = {
  /** The text of square.js. `configuration` is what the script may know about the simulator. */
  squareScript(configuration: { applicationId: string; locationId: string; environment: string }): string;
  /** A file of the frames with its content type, or null for a name that is not there. */
  frameFile(name: string): { type: string; text: string } | null;
};

/** Throws when the folder is nowhere to be found. */
export function openBrowserFiles(browserDirectory?: string): BrowserFiles {
  const beside = fileURLToPath(new URL('./browser/', import.meta.url));
  const directory = [browserDirectory, beside].find(path => path !== undefined && existsSync(join(path, 'square.js')));
  if (directory === undefined) {
    throw new Error(`The simulator's browser files are missing: copy them to ${beside} or pass browserDirectory.`);
  }
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  return {
    squareScript(configuration) {
      const head = `'use strict';\nconst CONFIGURATION = ${JSON.stringify(configuration)};`;
      const parts = SCRIPT_PARTS.map(name => bundle(read(name)));
      return `(() => {\n${[head, ...parts].join('\n')}\n})();\n`;
    },
    frameFile(name) {
      const match = /^[a-z-]+\.(html|js|css)$/.exec(name);
      if (!match || !existsSync(join(directory, name))) return null;
      return { type: TYPES[match[1]!]!, text: read(name) };
    },
  };
}

function bundle(module: string): string {
  return module.replace(/^import [^;]*;\n/gm, '').replace(/^export /gm, '');
}
