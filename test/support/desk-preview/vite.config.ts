import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { sveltePlugin } from '../../../vite.config.ts';

/** `vite --config test/support/desk-preview/vite.config.ts` opens the preview; `shots.ts` builds it itself. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [sveltePlugin()],
  server: { host: '127.0.0.1', port: 5199, strictPort: true },
  build: { target: 'chrome140', assetsInlineLimit: 0, modulePreload: false },
});
