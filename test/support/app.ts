import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { launchHost, type LaunchedHost } from '../chromium-host/launch.ts';
import { DeskDriver } from './desk-driver.ts';

/** One running app with a data folder of its own. `restart` starts it again on the same folder. */
export type App = {
  readonly folder: string;
  host: LaunchedHost;
  desk: DeskDriver;
  restart(parameters?: readonly string[]): Promise<void>;
  /** Messages of the page's console and uncaught errors: a journey without any is part of every journey. */
  readonly complaints: string[];
};

type Options = { parameters: string[]; office: 'none' | 'training' };

/** Quick password hashing: a test signs in often, and its passwords protect nothing. */
const ALWAYS = ['--quick-passwords'];

export const test = base.extend<{ app: App } & Options>({
  parameters: [[], { option: true }],
  office: ['training', { option: true }],
  app: async ({ parameters, office }, use, testInfo) => {
    const folder = mkdtempSync(join(tmpdir(), 'tillside-journey-'));
    const complaints: string[] = [];
    const open = async (extra: readonly string[]): Promise<{ host: LaunchedHost; desk: DeskDriver }> => {
      const host = await launchHost({ data_dir: folder, parameters: [...ALWAYS, ...parameters, ...extra] });
      host.deskPage.on('console', message => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      host.deskPage.on('pageerror', error => complaints.push(String(error)));
      return { host, desk: new DeskDriver(host.deskPage) };
    };
    const app: App = {
      ...(await open([])),
      folder,
      complaints,
      async restart(extra = []) {
        await app.host.close();
        Object.assign(app, await open(extra));
      },
    };
    if (office === 'training') await app.desk.setUpQuickly();
    await use(app);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('host', { body: app.host.logs.join('\n'), contentType: 'text/plain' });
      await app.host.deskPage.screenshot({ path: testInfo.outputPath('desk.png') }).catch(() => {});
    }
    await app.host.close().catch(() => app.host.kill());
    rmSync(folder, { recursive: true, force: true });
    rmSync(`${folder}-keyring`, { recursive: true, force: true });
  },
});

export { expect } from '@playwright/test';
