import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDice } from './dice.ts';
import { Disk, readRecording, SURVIVALS, type Call } from './disk-model.ts';
import { makeKeys } from './practice-desk.ts';
import { inspectRotated, type Expected } from './rotation-check.ts';
import type { RotationWriterOrder } from './rotation-writer.ts';

export type CutRotation = {
  readonly images: number;
  readonly calls: number;
  readonly problems: readonly string[];
  readonly ends: readonly string[];
};

/** The power goes while the key is changed, and the disk keeps what it likes of what was not flushed. */
export async function cutRotation(given: {
  readonly recorder: string;
  readonly base: string;
  readonly seed: number;
  readonly images: number;
  readonly flushes: boolean;
  readonly progress: (text: string) => void;
}): Promise<CutRotation> {
  const { seed, images, flushes, progress } = given;
  const base = join(given.base, flushes ? 'cuts' : 'cuts-without-flushes');
  const root = join(base, 'recorded');
  mkdirSync(root, { recursive: true });
  const keys = makeKeys(makeDice(seed, 'recorded'));
  const calls = record(given.recorder, base, { folder: root, keys, seed, flushes });
  const founded = calls.findIndex(call => call.kind === 'said');
  const told = JSON.parse((calls[founded] as Extract<Call, { kind: 'said' }>).text) as Omit<
    Expected,
    'keys' | 'devices'
  >;
  const expected: Expected = { ...told, keys, devices: null };
  const chosen = boundariesOf(calls, founded + 1, Math.floor(images / SURVIVALS.length));
  const problems: string[] = [];
  const ends: string[] = [];
  const disk = new Disk(root);
  let at = 0;
  for (const boundary of chosen) {
    for (; at < boundary; at += 1) {
      const call = calls[at]!;
      if (call.kind !== 'said') disk.apply(call);
    }
    for (const survival of SURVIVALS) {
      const folder = join(base, 'image');
      for (const [name, content] of disk.image(survival, makeDice(seed, `${boundary} ${survival}`))) {
        const file = join(folder, relative(root, name));
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      const what = `power gone after call ${boundary} of ${calls.length}, unflushed writes: ${survival}`;
      try {
        const seen = await inspectRotated(expected, folder);
        problems.push(...seen.problems.map(problem => `${what}: ${problem}`));
        if (boundary === calls.length && seen.end !== 'finished') problems.push(`${what}: what was said is not there`);
        ends.push(`cut_${seen.end}`);
      } catch (error) {
        problems.push(`${what}: ${String(error)}`);
        ends.push('cut_refused');
      }
      rmSync(folder, { recursive: true, force: true });
    }
    progress(`rotation ${ends.length} images of power cuts, ${problems.length} problems`);
  }
  return { images: ends.length, calls: calls.length - founded, problems, ends };
}

function record(recorder: string, base: string, order: RotationWriterOrder): Call[] {
  const recording = join(base, 'rotation.log');
  const program = fileURLToPath(new URL('./rotation-writer.ts', import.meta.url));
  execFileSync(process.execPath, [program, JSON.stringify(order)], {
    env: { ...process.env, LD_PRELOAD: recorder, TILLSIDE_RECORD: recording, TILLSIDE_RECORD_FOLDER: order.folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return readRecording(recording);
}

/** Every moment beside a flush, a rename or a removal, then others spread evenly. */
function boundariesOf(calls: readonly Call[], first: number, wanted: number): number[] {
  const all = Array.from({ length: calls.length - first + 1 }, (_, index) => first + index);
  const sharp = (boundary: number): boolean =>
    boundary === calls.length ||
    [calls[boundary - 1], calls[boundary]].some(call => ['rename', 'unlink'].includes(call?.kind ?? '')) ||
    calls[boundary]?.kind === 'sync';
  const edges = all.filter(sharp);
  const others = all.filter(boundary => !sharp(boundary));
  const room = Math.max(0, wanted - edges.length);
  const step = Math.max(1, others.length / Math.max(1, room));
  const spread = Array.from({ length: Math.min(room, others.length) }, (_, index) => others[Math.floor(index * step)]!);
  return [...edges, ...spread].sort((left, right) => left - right);
}
