import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { slotsExist } from '../../main/ledger/slots.ts';
import { serveJobs } from '../verify/children.ts';
import { makeDice } from './dice.ts';
import { Disk, readRecording, type Call, type Survival } from './disk-model.ts';
import { openLikeTheDesk, verifyLedger } from './opening.ts';
import { brokenPromises, gapsIn, PERSON, type Ack } from './practice-desk.ts';
import { workFolder } from './work-folder.ts';

/** Opens what a power cut may leave with the real engine, and compares it with what had been said by then. */
export type DiskSetup = { readonly recording: string; readonly root: string; readonly recoveryKey: string };
export type DiskJob = {
  readonly only: number;
  /** The power goes after this many calls. */
  readonly boundary: number;
  readonly survival: Survival;
  readonly seed: number;
};
/** `fate` counts what happened to the image; `problems` are broken promises. */
export type DiskAnswer = { readonly fate: string; readonly problems: readonly string[] };

serveJobs<DiskSetup, DiskJob, DiskAnswer>(setup => {
  const calls = readRecording(setup.recording);
  let disk = new Disk(setup.root);
  let at = 0;
  let acks: Ack[] = [];
  const moveTo = (boundary: number): void => {
    if (boundary < at) {
      disk = new Disk(setup.root);
      at = 0;
      acks = [];
    }
    for (; at < boundary; at += 1) {
      const call = calls[at] as Call;
      if (call.kind === 'said') acks.push(JSON.parse(call.text) as Ack);
      else disk.apply(call);
    }
  };
  return async job => {
    moveTo(job.boundary);
    const image = disk.image(job.survival, makeDice(job.seed, job.only));
    const { folder, dispose } = workFolder('image');
    try {
      for (const [name, content] of image) {
        const file = join(folder, relative(setup.root, name));
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      return await look(folder, Buffer.from(setup.recoveryKey, 'hex'), acks);
    } finally {
      dispose();
    }
  };
});

async function look(folder: string, recoveryKey: Buffer, acks: readonly Ack[]): Promise<DiskAnswer> {
  // Before the office was said to exist, the set-up starts again from nothing.
  if (acks.length === 0 && !slotsExist(folder)) return { fate: 'no office yet', problems: [] };
  const opened = await openLikeTheDesk(folder, recoveryKey);
  if (opened.kind === 'bug') return { fate: 'bug', problems: [`opening ended in a bug: ${opened.what}`] };
  if (opened.kind === 'refused') {
    const fate = `refused ${opened.code}`;
    return { fate, problems: [`refused with ${opened.code} after ${acks.length} payments were said`] };
  }
  const { ledger } = opened;
  try {
    const problems = [...brokenPromises(ledger, acks), ...gapsIn(ledger)];
    // The desk must also be able to go on.
    ledger.write(PERSON, write => write.fact('setting.changed', { name: 'office_name', value: 'After the cut' }));
    const verdict = await verifyLedger(ledger);
    const fate = problems.length > 0 ? 'opened with a loss' : 'opened';
    return { fate, problems: [...problems, ...verdict.problems] };
  } catch (error) {
    return { fate: 'bug', problems: [`the opened ledger broke: ${String(error)}`] };
  } finally {
    opened.end();
  }
}
