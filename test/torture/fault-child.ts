import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { AppError } from '../../common/errors.ts';
import type { Gateway, PaymentRequest } from '../../main/gateway/gateway.ts';
import { Ballast } from '../../main/ledger/ballast.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { findByReference } from '../../main/payments/queries.ts';
import { openFolder } from '../../main/staff/office-folder.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { serveJobs } from '../verify/children.ts';
import { makeDice } from './dice.ts';
import { asRefusal, folderTools, openLikeTheDesk, verifyLedger } from './opening.ts';
import {
  ackOf,
  brokenPromises,
  gapsIn,
  PERSON,
  startDesk,
  takeAny,
  type Ack,
  type OfficeKeys,
} from './practice-desk.ts';
import { pretendSquare } from './pretend-square.ts';

/** Lets a desk work on a disk that fails at one call, and looks at what it said, what it sent and what it kept. */
export type FaultSetup = {
  readonly template: string;
  /** The only folder whose calls fail. */
  readonly root: string;
  readonly fired: string;
  readonly keys: OfficeKeys;
};
export type FaultJob = {
  readonly only: number;
  readonly seed: number;
  readonly payments: number;
  readonly fault: Fault;
  readonly ballast_bytes: number;
  /** Planted faults: errors of a commit are taken for success; the ledger goes on after a failed flush. */
  readonly planted: 'errors ignored' | 'goes on after a failed flush' | null;
};
export type Fault =
  | { readonly kind: 'write' | 'sync'; readonly number: number; readonly manner: Manner }
  /** No file may grow beyond so many bytes. */
  | { readonly kind: 'largest file'; readonly bytes: number }
  /** The folder lies on a disk of its own, on which so many bytes are free. */
  | { readonly kind: 'room'; readonly bytes: number };
export type Manner = 'once' | 'short' | 'staying' | 'released' | 'count';
export type FaultAnswer = {
  readonly fired: boolean;
  /** True when the call that failed was the flush of a folder. */
  readonly folder: boolean;
  /** Payments that were acknowledged after a flush had failed. */
  readonly after_flush: number;
  /** How many calls of the kind there were, where they were counted. */
  readonly calls: number;
  readonly acknowledged: number;
  readonly sent: number;
  /** Card charges whose result was on the books when the desk answered. */
  readonly told_results: number;
  /** Codes of what a person was told. */
  readonly refusals: readonly string[];
  /** Results that the ballast made room for. */
  readonly released: number;
  readonly problems: readonly string[];
};

type Seen = {
  acks: Ack[];
  sent: string[];
  refusals: string[];
  problems: string[];
  released: number;
  afterFlush: number;
  told_results: number;
};

serveJobs<FaultSetup, FaultJob, FaultAnswer>(setup => async job => {
  // Several processes may work below one root, each in a folder of its own.
  const folder = join(setup.root, `office-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  copyFolder(setup.template, folder);
  const fired = `${setup.fired}-${process.pid}`;
  rmSync(fired, { force: true });
  const seen: Seen = { acks: [], sent: [], refusals: [], problems: [], released: 0, afterFlush: 0, told_results: 0 };
  const hasFired = (): boolean => existsSync(fired);
  const lift = arm(job, setup.root, fired);
  try {
    await work(job, folder, setup.keys, seen, hasFired);
  } finally {
    lift();
  }
  const [calls = '0', what] = hasFired() ? readFileSync(fired, 'utf8').split(' ') : [];
  seen.problems.push(...(await lookAgain(folder, setup.keys, seen)));
  const { refusals, released, problems } = seen;
  return {
    ...{ fired: hasFired(), folder: what === 'folder', calls: Number(calls), after_flush: seen.afterFlush },
    ...{ refusals, released, problems },
    ...{ acknowledged: seen.acks.length, sent: new Set(seen.sent).size },
    told_results: seen.told_results,
  };
});

function copyFolder(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const target = join(to, relative(from, path));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, readFileSync(path));
  }
}

/** Sets the fault; the answer takes it away again. */
function arm({ fault, only }: FaultJob, root: string, fired: string): () => void {
  if (fault.kind === 'room') return fillDisk(root, fault.bytes);
  if (fault.kind === 'largest file') {
    const limit = (bytes: string): Buffer =>
      execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}`]);
    limit(`${fault.bytes}:unlimited`);
    return () => void limit('unlimited:unlimited');
  }
  process.env['TILLSIDE_FIRED'] = fired;
  process.env['TILLSIDE_FAULT'] = `${fault.kind} ${fault.number} ${fault.manner} ${only}-${Math.random()}`;
  return () => {
    process.env['TILLSIDE_FAULT'] = '';
  };
}

/** Takes all room of a small disk but so many bytes. */
function fillDisk(root: string, left_bytes: number): () => void {
  const filler = join(root, 'filler');
  const handle = openSync(filler, 'w');
  const piece = Buffer.alloc(4096, 1);
  let size = 0;
  try {
    for (;;) size += writeSync(handle, piece);
  } catch {
    // Full, as it was meant to be.
  }
  ftruncateSync(handle, Math.max(size - left_bytes, 0));
  closeSync(handle);
  return () => rmSync(filler);
}

async function work(
  job: FaultJob,
  folder: string,
  keys: OfficeKeys,
  seen: Seen,
  hasFired: () => boolean,
): Promise<void> {
  const clock = createFakeClock();
  const dice = makeDice(job.seed, 'work');
  let opened;
  try {
    opened = openFolder(folder, Buffer.from(keys.ledgerKey, 'hex'), folderTools(clock));
  } catch (error) {
    return refused(seen, error);
  }
  const { ledger, release } = opened;
  plant(ledger, job.planted);
  const ballast = new Ballast(folder, { ballast_bytes: job.ballast_bytes, least_free_bytes: 0 });
  ledger.useBallast({ release: () => ballast.release() && (seen.released += 1) > 0 });
  try {
    const desk = startDesk(ledger, watched(pretendSquare(dice, clock), seen), clock, dice, 'L1', () =>
      ballast.assertRoom(ledger),
    );
    for (let index = 0; index < job.payments; index += 1) {
      const before = hasFired();
      try {
        const view = await takeAny(desk, dice);
        seen.acks.push(ackOf(view, ledger));
        if (view.tender === 'card' && view.word !== 'in_doubt' && view.word !== 'working') seen.told_results += 1;
        if (before) seen.afterFlush += 1;
      } catch (error) {
        refused(seen, error);
      }
      await clock.advance(150);
    }
    await Promise.all([desk.outbox.stop(), desk.sync.stop()]);
    desk.connection.stop();
  } catch (error) {
    refused(seen, error);
  }
  try {
    ledger.close();
  } catch {
    // A disk that fails may fail at the end too; what counts is what is there afterwards.
  }
  release();
}

/** What a person is told has to be from the closed list; everything else would be "something went wrong". */
function refused(seen: Seen, error: unknown): void {
  const refusal = asRefusal(error);
  seen.refusals.push(refusal.kind === 'refused' ? refusal.code : 'internal');
  if (refusal.kind === 'bug') seen.problems.push(`a person was told of a bug: ${refusal.what}`);
}

function plant(ledger: Ledger, planted: FaultJob['planted']): void {
  if (planted === 'goes on after a failed flush') ledger.condemn = () => {};
  if (planted !== 'errors ignored') return;
  const write = ledger.write.bind(ledger);
  ledger.write = ((actor: string, change: never) => {
    try {
      return write(actor, change);
    } catch (error) {
      if (error instanceof AppError && error.code === 'disk_full') return undefined;
      throw error;
    }
  }) as typeof ledger.write;
}

/** Notes what leaves the desk, before it leaves. */
function watched(gateway: Gateway, seen: Seen): Gateway {
  return {
    ...gateway,
    createPayment: body => {
      const { reference, source } = JSON.parse(body) as PaymentRequest;
      if (source.kind === 'token') seen.sent.push(reference);
      return gateway.createPayment(body);
    },
  };
}

/** The disk is well again: everything that was said is there, everything that was sent was written down before. */
async function lookAgain(folder: string, keys: OfficeKeys, seen: Seen): Promise<string[]> {
  const opened = await openLikeTheDesk(folder, Buffer.from(keys.recoveryKey, 'hex'));
  if (opened.kind !== 'open') return [`does not open again: ${opened.kind === 'refused' ? opened.code : opened.what}`];
  const { ledger, mended, end } = opened;
  try {
    const undocumented = seen.sent.filter(reference => (findByReference(ledger.database, reference)?.sends ?? 0) === 0);
    const problems = [
      ...(mended === '' ? [] : [`had to be mended: ${mended}`]),
      ...brokenPromises(ledger, seen.acks),
      ...gapsIn(ledger),
      ...undocumented.map(reference => `${reference} was sent without a durable "sending"`),
    ];
    ledger.write(PERSON, write => write.fact('setting.changed', { name: 'office_name', value: 'After the fault' }));
    return [...problems, ...(await verifyLedger(ledger)).problems];
  } catch (error) {
    return [`the opened ledger broke: ${String(error)}`];
  } finally {
    end();
  }
}
