import { defineConfig } from 'vitest/config';
import { sveltePlugin } from './vite.config.ts';

export default defineConfig({
  plugins: [sveltePlugin()],
  // Components are compiled for the browser; without this, vitest would pick svelte's server build.
  resolve: { conditions: ['browser'] },
  test: {
    include: ['test/unit/**/*.test.ts', 'test/contract/**/*.test.ts', 'test/*.test.ts'],
    environment: 'node',
    setupFiles: ['test/support/fixed-dice.ts'],
    // Processes, not threads: native modules and code that changes the working folder stay apart.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 10_000,
    hookTimeout: 20_000,
  },
});
