import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Native code is loaded from where it is installed. */
const NATIVE = ['better-sqlite3', '@node-rs/argon2'];

/**
 * Makes one file of a program and everything that it loads. The app ships as such a bundle too; here it is what makes a
 * thousand starts fit into some minutes. Answers the file's path.
 */
export async function bundleProgram(program: URL, folder: string): Promise<string> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const isOutside = (id: string): boolean => id.startsWith('node:') || NATIVE.includes(id);
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: true,
      target: 'node24',
      outDir: join(folder, 'bundle'),
      emptyOutDir: true,
      minify: true,
      rolldownOptions: {
        input: { program: fileURLToPath(program) },
        external: isOutside,
        output: { format: 'esm', entryFileNames: '[name].mjs' },
      },
    },
    ssr: { noExternal: true, external: NATIVE },
  });
  return join(folder, 'bundle', 'program.mjs');
}
