import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** `vite --config test/support/desk-preview/vite.config.ts` opens the preview; `build.ts` makes the files for shots. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [svelte({ configFile: false })],
  server: { host: '127.0.0.1', port: 5199, strictPort: true },
  build: { target: 'chrome140', assetsInlineLimit: 0, modulePreload: false },
});
