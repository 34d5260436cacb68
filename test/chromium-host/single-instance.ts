/**
 * One running app per data folder. The lock is a file with the owner's process id; a second start leaves a message
 * beside it, which the first one watches for. Files, because Electron's call answers at once and a socket cannot.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { join } from 'node:path';

type Notify = (argv: string[], folder: string, data: unknown) => void;
type Owner = { pid: number; started: string };

/** On Linux a process id may be used again after a crash, so the time the process began belongs to it. */
function startedAt(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return fields[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startedAt(pid) === started;
}

export class SingleInstance {
  readonly #folder: string;
  readonly #lock: string;
  readonly #notify: Notify;
  #watcher: FSWatcher | undefined;
  isHeld = false;

  constructor(userData: string, notify: Notify) {
    this.#folder = join(userData, 'host-instance');
    this.#lock = join(this.#folder, 'lock');
    this.#notify = notify;
  }

  /** True when this process now owns the folder. Otherwise the owner has been told. */
  take(data: unknown): boolean {
    if (this.isHeld) return true;
    mkdirSync(this.#folder, { recursive: true });
    if (!this.#claim()) {
      const owner = this.#owner();
      if (owner && isAlive(owner)) {
        this.#tellOwner(data);
        return false;
      }
      rmSync(this.#lock, { force: true });
      if (!this.#claim()) return false;
    }
    this.isHeld = true;
    for (const name of this.#messages()) rmSync(join(this.#folder, name), { force: true });
    this.#watcher = watch(this.#folder, { persistent: false }, () => this.#read());
    return true;
  }

  release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.#watcher?.close();
    rmSync(this.#lock, { force: true });
  }

  #claim(): boolean {
    try {
      writeFileSync(this.#lock, JSON.stringify({ pid: process.pid, started: startedAt(process.pid) }), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  #owner(): Owner | undefined {
    try {
      return JSON.parse(readFileSync(this.#lock, 'utf8')) as Owner;
    } catch {
      return undefined;
    }
  }

  #tellOwner(data: unknown): void {
    const message = JSON.stringify({ argv: process.argv, folder: process.cwd(), data: data ?? null });
    const name = join(this.#folder, `second-${process.pid}.json`);
    // Renamed into place, so that the owner never reads half a message.
    writeFileSync(`${name}.part`, message);
    renameSync(`${name}.part`, name);
  }

  #messages(): string[] {
    return readdirSync(this.#folder).filter(name => name.startsWith('second-') && name.endsWith('.json'));
  }

  #read(): void {
    if (!this.isHeld) return;
    for (const name of this.#messages()) {
      const file = join(this.#folder, name);
      try {
        const { argv, folder, data } = JSON.parse(readFileSync(file, 'utf8')) as {
          argv: string[];
          folder: string;
          data: unknown;
        };
        rmSync(file, { force: true });
        this.#notify(argv, folder, data);
      } catch {
        // Another watch event took the same message first.
      }
    }
  }
}
