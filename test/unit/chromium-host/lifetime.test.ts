import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { dataFolder, launch, processesWith, removeDataFolders, start_ms, until } from './support.ts';

afterAll(removeDataFolders);

describe('no process outlives the other', () => {
  test(
    'a host that is killed leaves no browser',
    async () => {
      const folder = dataFolder();
      const host = await launch(folder);
      expect(processesWith(folder).length).toBeGreaterThan(1);
      await host.kill();
      await until('the end of the browser', () => processesWith(folder).length === 0);
    },
    start_ms,
  );

  test(
    'a browser that is gone ends the host in order',
    async () => {
      const folder = dataFolder();
      const host = await launch(folder);
      const exit = once(host.process, 'exit');
      const own = new Set([host.process.pid]);
      const browserIds = processesWith(join(folder, 'host-profile')).filter(id => !own.has(id));
      expect(browserIds.length).toBeGreaterThan(0);
      for (const id of browserIds) {
        try {
          process.kill(id, 'SIGKILL');
        } catch {
          // A child of one that was just killed may be gone already.
        }
      }
      const [code] = (await exit) as [number];
      expect(code).toBe(0);
    },
    start_ms,
  );

  test(
    'a stale lock of a crashed host does not keep the next one out',
    async () => {
      const folder = dataFolder();
      const first = await launch(folder);
      await first.kill();
      expect(existsSync(join(folder, 'host-instance', 'lock'))).toBe(true);
      const second = await launch(folder);
      expect(await second.close()).toBe(0);
    },
    start_ms,
  );
});
