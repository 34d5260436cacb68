/**
 * Starts the built app in the Chromium host as if it were packaged: `node --import register.ts packaged-entry.ts
 * [switches]`. The switches stand where they stand for a packaged program.
 */
import { createRequire } from 'node:module';
import { app } from 'electron';

// Only main is told: the host itself has read its own switches by now.
Object.defineProperty(app, 'isPackaged', { value: true });
const given = process.argv.slice(2).filter(one => one !== '--headless');
process.argv = [process.execPath, ...given];
process.execArgv = [];
await import(createRequire(import.meta.url).resolve('../../dist/main/index.js'));
