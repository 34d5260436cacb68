/** What Linux says about running processes: who started whom, who listens, and what a crash may write. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export type Running = { readonly pid: number; readonly program: string };

/** A process and everything that it started, itself first. */
export function family(root: number): Running[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter(one => /^\d+$/.test(one))) {
    const stat = attempt(() => readFileSync(`/proc/${name}/stat`, 'utf8'));
    if (stat) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const found = [root];
  for (const pid of found) found.push(...[...parents].filter(([, parent]) => parent === pid).map(([child]) => child));
  return found.map(pid => ({ pid, program: attempt(() => readlinkSync(`/proc/${pid}/exe`)) ?? 'gone' }));
}

/** Addresses at which a process listens, as `127.0.0.1:4300`. */
export function listening(pid: number): string[] {
  const names = attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  const inodes = new Set(
    names.map(name => /^socket:\[(\d+)\]$/.exec(attempt(() => readlinkSync(`/proc/${pid}/fd/${name}`)) ?? '')?.[1]),
  );
  return ['tcp', 'tcp6'].flatMap(kind =>
    (attempt(() => readFileSync(`/proc/${pid}/net/${kind}`, 'utf8')) ?? '')
      .split('\n')
      .map(line => line.trim().split(/\s+/))
      .filter(fields => fields[3] === LISTEN && inodes.has(fields[9]))
      .map(fields => readable(fields[1]!)),
  );
}

const LISTEN = '0A';

/** The kernel writes an address as bytes of the machine's order, in hexadecimal. */
function readable(text: string): string {
  const [address = '', port = ''] = text.split(':');
  const bytes = address.match(/../g)!.map(byte => parseInt(byte, 16));
  const host = bytes.length === 4 ? bytes.reverse().join('.') : address;
  return `${host}:${parseInt(port, 16)}`;
}

/** `soft hard`, in bytes. */
export function coreLimit(pid: number): string {
  const limits = attempt(() => readFileSync(`/proc/${pid}/limits`, 'utf8')) ?? '';
  return /^Max core file size\s+(\S+)\s+(\S+)/m.exec(limits)?.slice(1, 3).join(' ') ?? 'gone';
}

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    // A process that has ended in between.
    return null;
  }
}
