import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Part of util-linux, on every Linux desktop. By its full path, so that nobody's PATH decides what runs here. */
const PRLIMIT = '/usr/bin/prlimit';

/**
 * Closes the ways in which a running process is made to give away its memory: a signal opens Node's debugger or writes
 * a heap snapshot, and a report holds the environment and the stack. Crash reports are off because nobody starts them.
 */
export function closeMemoryDoors(): void {
  for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) {
    process.removeAllListeners(signal);
    // A signal with a listener does nothing else; without one SIGUSR1 would start the debugger.
    process.on(signal, () => {});
  }
  Object.assign(process.report, { reportOnFatalError: false, reportOnSignal: false, reportOnUncaughtException: false });
}

/**
 * Takes the core dumps from this process and everything that it started, and answers how many processes can still
 * write one. Linux only: macOS writes none by default, and Windows' error reports are not a program's to switch off.
 *
 * To be called again when the window is open: Chromium's zygote is older than the first line of our code, and what it
 * starts inherits the limit that the zygote has then.
 */
export function forbidCoreDumps(): number {
  if (process.platform !== 'linux') return 0;
  return [process.pid, ...descendantsOf(process.pid)].filter(pid => !forbid(pid)).length;
}

/**
 * The limit is one byte, not none: to a program that takes cores from a pipe the kernel gives the whole memory under a
 * limit of 0, and nothing at all under a limit of 1. No file is written under either.
 */
function forbid(pid: number): boolean {
  const limit = coreLimit(pid);
  if (limit === null || limit.hard <= 1) return true;
  try {
    execFileSync(PRLIMIT, ['--pid', String(pid), '--core=1:1'], { stdio: 'ignore', timeout: 2_000, env: {} });
    return true;
  } catch {
    // Without the tool, or when the process is another user's; one that ended in between can write nothing.
    return coreLimit(pid) === null;
  }
}

/** In bytes. Null when the process is gone. */
function coreLimit(pid: number): { soft: number; hard: number } | null {
  try {
    const line = /^Max core file size\s+(\S+)\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'));
    const bytes = (text: string | undefined): number => (text === 'unlimited' ? Infinity : Number(text));
    return line && { soft: bytes(line[1]), hard: bytes(line[2]) };
  } catch {
    return null;
  }
}

function descendantsOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter(one => /^\d+$/.test(one))) {
    const parent = parentOf(Number(name));
    if (parent !== null) parents.set(Number(name), parent);
  }
  const found = new Set([root]);
  // A child can have a lower number than its parent, so one pass over the list is not enough.
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  found.delete(root);
  return [...found];
}

/** The name of a program may hold spaces and brackets, so the fields are counted from the last bracket. */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
