import { defineConfig } from '@playwright/test';

/**
 * Journeys through the whole app. The project `chromium` runs the app's own bundles in the Chromium host. The project
 * `electron` needs Electron's binary; where that is missing, `npm test` reports it as NOT RUN.
 */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  timeout: 120_000,
  expect: { timeout: 10_000 },
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  reporter: [['list']],
  outputDir: '../../test-results',
  projects: [{ name: 'chromium' }],
});
