import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findChromium } from '../../../scripts/find-chromium.mjs';
import { placeApp } from '../../hostile/built-app.ts';
import { TEST_CARDS } from '../../hostile/card-search.ts';
import { openCardSession, type CardSession } from '../../hostile/card-session.ts';
import { takeHeapSnapshot, withMemory } from '../../hostile/heap.ts';
import { plant } from '../../hostile/plants.ts';
import type { ScanReport } from '../../hostile/scan-process.ts';
import { makeDice } from '../../torture/dice.ts';
import type { Control, Failure, Suite } from '../suite.ts';

const scanner = fileURLToPath(new URL('../../hostile/scan-process.ts', import.meta.url));

const run = promisify(execFile);
const STEPS = ['typeInFields', 'disturb', 'typeInWrongPlaces', 'crash'] as const;

/** Card numbers typed where they belong and where they do not, and then looked for in every byte that was written. */
export const canary: Suite = {
  name: 'canary',
  about: 'twelve test cards, typed everywhere, then looked for in every file, request and in the memory of main',
  cores: 1,
  async run({ seed, progress }) {
    if (!findChromium()) return { not_run: 'no Chrome, Edge or Chromium is on this computer' };
    const folder = mkdtempSync(join(tmpdir(), 'tillside-canary-'));
    try {
      progress('canary: starting the app');
      const session = await openCardSession(folder, withMemory(await placeApp(folder)));
      const scans: Promise<[string, ScanReport]>[] = [];
      const look = (when: string, place: string): void => {
        scans.push(scan(place).then(report => [when, report]));
      };
      try {
        for (const step of STEPS) {
          progress(`canary: ${step}`);
          await session[step]();
          // Looked through by processes of their own, while the next step goes on.
          look(`while it runs, after ${step}`, await copyOf(session.folder, join(folder, `copy ${step}`)));
          look(`the memory of main, after ${step}`, await memoryOf(session, join(folder, `memory ${step}`)));
        }
      } finally {
        await session.close().catch(() => session.host().kill());
      }
      progress('canary: looking through what is left');
      look('after the end', session.folder);
      const planted = await control(folder, seed);
      const reports = await Promise.all(scans);
      const failures: Failure[] = reports.flatMap(([when, { hits }]) =>
        hits.map(hit => ({ only: null, what: `${when}: ${hit}` })),
      );
      const scanned = reports.map(([, report]) => report);
      return {
        runs: session.done.length,
        faults: session.done.length,
        failures,
        controls: [planted],
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

async function scan(folder: string): Promise<ScanReport> {
  const { stdout } = await run(process.execPath, [scanner, folder], { encoding: 'utf8', maxBuffer: 1e8 });
  return JSON.parse(stdout) as ScanReport;
}

/** While the app has files open they are copied by another process, and what vanishes meanwhile is left out. */
async function copyOf(folder: string, copy: string): Promise<string> {
  await run('cp', ['-R', folder, copy]).catch(() => {
    // A temporary file was gone before it could be copied.
  });
  return copy;
}

async function memoryOf(session: CardSession, place: string): Promise<string> {
  mkdirSync(place);
  await takeHeapSnapshot(session.host().process, join(place, 'main.heapsnapshot'));
  return place;
}

async function control(folder: string, seed: number): Promise<Control> {
  const place = join(folder, 'plants');
  const planted = plant(place, makeDice(seed, 'plants'));
  // Beside them what the app itself writes, so that the plants are looked for among real files.
  cpSync(join(folder, 'run', 'data'), join(place, 'among'), { recursive: true });
  writeFileSync(join(place, 'this.txt'), readFileSync(fileURLToPath(import.meta.url)));
  const { hits } = await scan(place);
  const missed = planted.filter(file => !hits.some(hit => hit.startsWith(file)));
  return {
    name: `${planted.length} planted numbers, one for each place and form`,
    caught: missed.length === 0,
    detail: missed.length === 0 ? `${planted.length} found` : `missed ${missed.join(', ')}`,
  };
}
