import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { bundles } from '../../vite.config.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The app's bundles in a folder of their own, copied from the last build or, without one, built there. Answers the file
 * to start. A suite may change what lies there: the pages are read anew at each load.
 */
export async function placeApp(folder: string): Promise<string> {
  const place = join(folder, 'app', 'dist');
  mkdirSync(place, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'app', 'node_modules'));
  if (existsSync(join(root, 'dist', 'main', 'index.js'))) cpSync(join(root, 'dist'), place, { recursive: true });
  else {
    for (const bundle of bundles(place)) await build({ ...bundle.config, logLevel: 'error' });
    const pages = join(root, 'main', 'gateway', 'simulator', 'browser');
    cpSync(pages, join(place, 'main', 'browser'), { recursive: true });
  }
  return join(place, 'main', 'index.js');
}
