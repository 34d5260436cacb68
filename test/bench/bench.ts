import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchCustomers } from './customers.ts';
import { benchDesk } from './desk.ts';
import { benchDoor } from './door.ts';
import { benchFullLedger } from './full-ledger.ts';
import { asTable, type Section } from './measure.ts';
import { benchPayments } from './payments.ts';

/**
 * `npm run bench [-- --json] [-- --only desk,door]`: measures the desk and prints a table, or with `--json` one object
 * on standard output. Nothing here passes or fails: a speed depends on the machine and on what else it does. A bench
 * that could not measure what it says it does stops with an error.
 */
const sections: Record<string, () => Promise<Section>> = {
  desk: benchDesk,
  door: benchDoor,
  payments: benchPayments,
  customers: benchCustomers,
  'full-ledger': benchFullLedger,
};

const { values: given } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const chosen = given.only?.split(',') ?? Object.keys(sections);
const unknown = chosen.filter(name => !Object.hasOwn(sections, name));
if (unknown.length > 0)
  throw new Error(`There is no ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}.`);

const root = fileURLToPath(new URL('../../', import.meta.url));
if (chosen.includes('desk')) {
  // What is measured is the bundles as the sources are now. Its own words must not get into the JSON.
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-changed'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const load_before = loadavg();
const results: Record<string, Section> = {};
for (const name of chosen) {
  process.stderr.write(`${name} ... `);
  const started_ms = performance.now();
  results[name] = await sections[name]!();
  process.stderr.write(`${((performance.now() - started_ms) / 1000).toFixed(1)} s\n`);
}

const figures = Object.values(results).flatMap(section => section.figures);
const missed = Object.values(results).flatMap(section => section.not_measured);
const machine = {
  processors: cpus().length,
  processor: cpus()[0]?.model.trim() ?? '',
  memory_gib: Math.round(totalmem() / 1024 ** 3),
  system: `${process.platform} ${process.arch}`,
  node: process.version,
  host: 'chromium',
  load_average_before: load_before,
  load_average_after: loadavg(),
};

if (given.json) {
  process.stdout.write(`${JSON.stringify({ machine, figures, not_measured: missed, sections: results })}\n`);
} else {
  const load = (values: readonly number[]): string => values.map(value => value.toFixed(1)).join(' ');
  process.stdout.write(`${asTable(figures)}\n\n`);
  const scans = Object.values(results).flatMap(section =>
    'full_scans' in section ? (section.full_scans as string[]) : [],
  );
  for (const scan of scans) process.stdout.write(`FULL SCAN: ${scan}\n`);
  for (const { name, why } of missed) process.stdout.write(`NOT MEASURED: ${name}: ${why}\n`);
  process.stdout.write(
    `${machine.processors} processors (${machine.processor}), ${machine.memory_gib} GiB, ${machine.system}\n`,
  );
  process.stdout.write(
    `load average before ${load(machine.load_average_before)}, after ${load(machine.load_average_after)}\n`,
  );
}
