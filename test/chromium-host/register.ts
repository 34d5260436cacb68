/**
 * Makes `electron` mean the preview's stand-in for the process that loads this first:
 * `node --import ./test/chromium-host/register.ts dist/main/index.js --data FOLDER [--headless]`
 */
import { registerHooks } from 'node:module';

const electron = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'electron' || specifier === 'electron/main') return { url: electron, shortCircuit: true };
    return nextResolve(specifier, context);
  },
});

// Electron says which of its processes this is. `process.versions.electron` stays absent: that is how main knows.
Object.defineProperty(process, 'type', { value: 'browser' });
