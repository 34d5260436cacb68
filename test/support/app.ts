import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
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

/** A simulator in a process of its own, as Square is one: the app knows its address and nothing else of it. */
export type SquareProcess = {
  readonly base_url: string;
  readonly token: string;
  readonly application_id: string;
  readonly location_id: string;
  /** The hand behind the curtain: `control('settings', { list_lag_ms: 3000 })`; without a body it is a question. */
  control<Answer = unknown>(name: string, body?: object): Promise<Answer>;
  close(): Promise<void>;
};

const SIMULATOR = fileURLToPath(new URL('../../main/gateway/simulator/cli.ts', import.meta.url));

export async function startSquare(token = `EAAA${randomUUID()}`): Promise<SquareProcess> {
  const child = spawn(process.execPath, [SIMULATOR, '--token', token], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const said: Record<string, string> = {};
  for await (const line of createInterface(child.stdout)) {
    const [name, value] = line.includes(' ') ? line.split(' ') : ['base', line];
    said[name!] = value!;
    if (name === 'location') break;
  }
  return {
    ...{ base_url: said['base']!, token, application_id: said['application']!, location_id: said['location']! },
    async control(name, body) {
      const answer = await fetch(`${said['control']}/_control/${name}`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${token}` },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (!answer.ok) throw new Error(`The simulator refused ${name}: ${await answer.text()}`);
      return (await answer.json()) as never;
    },
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

type Squares = { square: SquareProcess; production: SquareProcess };

/** An office that is to go live, beside two simulators that play Square's sandbox and Square's production. */
export const liveTest = test.extend<Squares>({
  office: 'none',
  square: async ({ browserName: _ }, use) => {
    const square = await startSquare();
    await use(square);
    await square.close();
  },
  production: async ({ browserName: _ }, use) => {
    const square = await startSquare();
    await use(square);
    await square.close();
  },
  parameters: async ({ square, production }, use) => {
    await use(['--square-base-url', square.base_url, '--square-production-url', production.base_url]);
  },
});

export { expect } from '@playwright/test';
