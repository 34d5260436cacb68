import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

/** Native code is loaded from where it is installed. */
const NATIVE = ['better-sqlite3', '@node-rs/argon2'];

/**
 * Makes one file of a program and everything that it loads. The app ships as such a bundle too; here it is what makes a
 * thousand starts fit into some minutes. Answers the file's path.
 */
export async function bundleProgram(program: URL, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await bundleInto(program, join(folder, 'bundle'), 'mjs', []);
  return join(folder, 'bundle', 'program.mjs');
}

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `program.mjs` or `program.cjs` in the folder, with what the plugins make of the modules. */
export async function bundleInto(
  program: URL,
  outDir: string,
  ending: 'mjs' | 'cjs',
  plugins: readonly Plugin[],
): Promise<void> {
  // What is no module is loaded late, by a plugin.
  const native = ending === 'mjs' ? NATIVE : [];
  const isOutside = (id: string): boolean => id.startsWith('node:') || native.includes(id);
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [...plugins],
    build: {
      ssr: true,
      target: 'node24',
      outDir,
      emptyOutDir: true,
      minify: ending === 'mjs',
      rolldownOptions: {
        input: { program: fileURLToPath(program) },
        external: isOutside,
        output: { format: ending === 'mjs' ? 'esm' : 'cjs', entryFileNames: `[name].${ending}` },
      },
    },
    ssr: { noExternal: true, external: native },
  });
}
