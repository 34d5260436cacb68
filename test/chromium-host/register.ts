/**
 * Makes `electron` mean the preview's stand-in for the process that loads this first:
 * `node --import ./test/chromium-host/register.ts dist/main/index.js --data FOLDER [--headless]`
 */
import { enableCompileCache, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// Most of a start is reading the same scripts again; the cache is set-up's to keep and to delete.
enableCompileCache(fileURLToPath(new URL('../../.setup/compile-cache', import.meta.url)));

const electron = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'electron' || specifier === 'electron/main') return { url: electron, shortCircuit: true };
    return nextResolve(specifier, context);
  },
});

// Electron says which of its processes this is. `process.versions.electron` stays absent: that is how main knows.
Object.defineProperty(process, 'type', { value: 'browser' });
