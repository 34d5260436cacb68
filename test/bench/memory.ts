import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { figureOf, type Figure, type NotMeasured } from './measure.ts';

/** Resident memory of running processes, as the system counts it: pages that several share are counted in each. */
type Process = {
  readonly id: number;
  readonly parent: number;
  readonly arguments: string;
  readonly resident_mib: number;
};

/** The app's main process and the renderers of the browser that it started. */
export function memoryFigures(main: number): { figures: Figure[]; not_measured: NotMeasured[] } {
  const names = ['resident memory, main process', 'resident memory, renderer processes'] as const;
  if (!existsSync('/proc/self/status')) {
    const why = 'the memory of another process is read through /proc, which this system does not have';
    return { figures: [], not_measured: names.map(name => ({ name, why })) };
  }
  const all = processes();
  const family = new Set([main]);
  // Children come after their parents in age but not in number, so the family is gathered until it grows no more.
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const one of all) if (family.has(one.parent)) family.add(one.id);
  }
  const renderers = all.filter(one => family.has(one.id) && one.arguments.includes('--type=renderer'));
  const host = all.find(one => one.id === main);
  const figures: Figure[] = [];
  const not_measured: NotMeasured[] = [];
  const why = 'no such process was found';
  if (host) figures.push(figureOf(names[0], 'MiB', [host.resident_mib]));
  else not_measured.push({ name: names[0], why });
  if (renderers.length > 0)
    figures.push(
      figureOf(
        names[1],
        'MiB',
        renderers.map(one => one.resident_mib),
      ),
    );
  else not_measured.push({ name: names[1], why });
  return { figures, not_measured };
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => processOf(Number(name)))
    .filter(one => one !== undefined);
}

/** Undefined for a process that has ended meanwhile, and for the system's own, which have no memory. */
function processOf(id: number): Process | undefined {
  try {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
    const resident_kib = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
    if (resident_kib === undefined) return undefined;
    const given = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { id, parent, arguments: given, resident_mib: Number(resident_kib) / 1024 };
  } catch {
    return undefined;
  }
}
