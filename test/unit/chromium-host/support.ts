/** What the host's tests share: the small app, data folders that are removed again, and a look at running processes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchHost } from '../../chromium-host/launch.ts';
import type { LaunchedHost } from '../../chromium-host/launch.ts';

export const entry = fileURLToPath(new URL('./fake-app/main.ts', import.meta.url));
export const start_ms = 30_000;
const folders: string[] = [];

export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tillside-host-'));
  folders.push(folder);
  return folder;
}

/** Waits until something holds; throws when it does not. */
export async function until(what: string, holds: () => boolean, timeout_ms = 5000): Promise<void> {
  const end_ms = Date.now() + timeout_ms;
  while (!holds()) {
    if (Date.now() > end_ms) throw new Error(`${what} did not happen in ${timeout_ms} ms`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** Ids of running processes that were started with this text among their arguments. */
export function processesWith(text: string): number[] {
  if (process.platform !== 'linux') {
    const lines = spawnSync('ps', ['-axo', 'pid=,args='], { encoding: 'utf8' }).stdout.split('\n');
    return lines.filter(line => line.includes(text)).map(line => Number.parseInt(line, 10));
  }
  const holds = (id: string) => {
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && holds(name))
    .map(Number);
}

/** Starts the small app and waits until its payment view is there too. */
export async function launch(folder: string): Promise<LaunchedHost> {
  const host = await launchHost({ data_dir: folder, entry });
  await until('the view', () => host.logs.includes('view loaded'));
  return host;
}

export function removeDataFolders(): void {
  for (const folder of folders) {
    for (const name of [folder, `${folder}-keyring`]) rmSync(name, { recursive: true, force: true });
  }
}
