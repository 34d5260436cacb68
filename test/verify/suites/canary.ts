import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../../../scripts/find-chromium.mjs';
import { placeApp } from '../../hostile/built-app.ts';
import { TEST_CARDS } from '../../hostile/card-search.ts';
import { openCardSession, type CardSession } from '../../hostile/card-session.ts';
import { takeHeapSnapshot } from '../../hostile/heap.ts';
import { plant } from '../../hostile/plants.ts';
import type { ScanReport } from '../../hostile/scan-process.ts';
import { makeDice } from '../../torture/dice.ts';
import type { Control, Failure, Suite } from '../suite.ts';

const scanner = fileURLToPath(new URL('../../hostile/scan-process.ts', import.meta.url));

/** Card numbers typed where they belong and where they do not, and then looked for in every byte that was written. */
export const canary: Suite = {
  name: 'canary',
  about: 'twelve test cards, typed everywhere, then looked for in every file, request and in the memory of main',
  async run({ seed, progress }) {
    if (!findChromium()) return { not_run: 'no Chrome, Edge or Chromium is on this computer' };
    const folder = mkdtempSync(join(tmpdir(), 'tillside-canary-'));
    try {
      progress('canary: starting the app');
      const session = await openCardSession(folder, await placeApp(folder));
      const failures: Failure[] = [];
      const reports: Record<string, ScanReport> = {};
      const look = (when: string, report: ScanReport): void => {
        reports[when] = report;
        failures.push(...report.hits.map(hit => ({ only: null, what: `${when}: ${hit}` })));
      };
      const steps = ['typeInFields', 'disturb', 'typeInWrongPlaces', 'crash'] as const;
      try {
        for (const step of steps) {
          progress(`canary: ${step}`);
          await session[step]();
          look(`while it runs, after ${step}`, scanCopy(session.folder, folder));
          if (step !== 'crash') look(`the memory of main, after ${step}`, await scanMemory(session, folder, step));
        }
      } finally {
        await session.close().catch(() => session.host().kill());
      }
      look('after the end', scan(session.folder));
      const scanned = Object.values(reports);
      return {
        runs: session.done.length,
        faults: session.done.length,
        failures,
        controls: [control(folder, seed)],
        figures: {
          cards: TEST_CARDS.length,
          places_typed_into: session.done.length,
          requests_recorded: session.requests(),
          scans: scanned.length,
          files_read: scanned.reduce((sum, one) => sum + one.files, 0),
          megabytes_read: Math.round(scanned.reduce((sum, one) => sum + one.bytes, 0) / 1e6),
          memory_looked_at:
            'main and the host that plays Electron; not the renderers, in which Square stands for itself',
        },
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function scan(folder: string): ScanReport {
  const output = execFileSync(process.execPath, [scanner, folder], { encoding: 'utf8', maxBuffer: 1e8 });
  return JSON.parse(output) as ScanReport;
}

/** While the app has files open they are copied by another process, and what vanishes meanwhile is left out. */
function scanCopy(run: string, folder: string): ScanReport {
  const copy = join(folder, 'copy');
  try {
    execFileSync('cp', ['-R', run, copy], { stdio: 'ignore' });
  } catch {
    // A temporary file was gone before it could be copied.
  }
  const report = scan(copy);
  rmSync(copy, { recursive: true, force: true });
  return report;
}

async function scanMemory(session: CardSession, folder: string, step: string): Promise<ScanReport> {
  const place = join(folder, 'memory');
  mkdirSync(place, { recursive: true });
  const file = join(place, `${step}.heapsnapshot`);
  const taken = await takeHeapSnapshot(session.host().logs, file);
  const report = taken ? scan(place) : { files: 0, bytes: 0, hits: ['could not be looked at: no inspector answered'] };
  rmSync(place, { recursive: true, force: true });
  return report;
}

function control(folder: string, seed: number): Control {
  const place = join(folder, 'plants');
  const planted = plant(place, makeDice(seed, 'plants'));
  // Beside them what the app itself writes, so that the plants are looked for among real files.
  cpSync(join(folder, 'run', 'data'), join(place, 'among'), { recursive: true });
  writeFileSync(join(place, 'this.txt'), readFileSync(fileURLToPath(import.meta.url)));
  const { hits } = scan(place);
  const missed = planted.filter(file => !hits.some(hit => hit.startsWith(file)));
  return {
    name: `${planted.length} planted numbers, one for each place and form`,
    caught: missed.length === 0,
    detail: missed.length === 0 ? `${planted.length} found` : `missed ${missed.join(', ')}`,
  };
}
