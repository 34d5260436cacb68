import { AppError } from '../../common/errors.ts';
import { sleep, type Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Ledger } from './ledger.ts';
import { personalOpener } from './sealing.ts';
import { giveWay, verify, type Manner, type Verdict } from './verify.ts';

/** Small steps with rests between them: the check of a large ledger takes a minute, and nobody may feel it. */
const STEP = 100;
const REST_MS = 10;
/** The desk is opened by somebody who wants to do something first. */
const FIRST_REST_MS = 5000;

export type SelfCheck = {
  /** Ends the check where it is, and waits for it. */
  stop(): Promise<void>;
};

/**
 * Opening looks at what money depends on; this looks at everything else, once, while the desk works: each hash of the
 * journal and each projection. Wrong projections are made anew. A wrong journal ends the taking of money.
 */
export function startSelfCheck({ ledger, clock, log }: { ledger: Ledger; clock: Clock; log: Log }): SelfCheck {
  let stopped = false;
  const pause = async (): Promise<void> => {
    await sleep(clock, REST_MS);
    if (stopped) throw new Stopped();
  };
  let wake = (): void => {};
  const first = new Promise<void>(resolve => {
    const cancel = clock.after(FIRST_REST_MS, resolve);
    wake = () => {
      cancel();
      resolve();
    };
  });
  const work = first
    .then(async () => {
      if (!stopped) await checkItself(ledger, log, { pause, step: STEP, engineChecked: true });
    })
    .catch((error: unknown) => {
      if (!(error instanceof Stopped)) log.bug('ledger.check', error);
    });
  return {
    stop() {
      stopped = true;
      wake();
      return work;
    },
  };
}

class Stopped extends Error {}

/** One whole check of an open ledger, and what follows from it. Answers what it found before anything was mended. */
export async function checkItself(ledger: Ledger, log: Log, manner: Manner = {}): Promise<Verdict> {
  const verdict = await verifyApart(ledger, manner);
  const { records, problems, differing } = verdict;
  log.info('ledger.checked', { ok: verdict.ok, records, differing: differing.join(' ') });
  if (verdict.ok) return verdict;
  if (problems.length > differing.length) {
    ledger.condemn(new AppError('ledger_damaged', { journal: problems[0]! }));
    return verdict;
  }
  await ledger.mend(manner);
  log.info('ledger.mended', { tables: differing.join(' ') });
  return verdict;
}

/** Checks one state of the ledger, however long it takes: the desk goes on writing on its own connection. */
export async function verifyApart(ledger: Ledger, manner: Manner): Promise<Verdict> {
  const database = ledger.openReader();
  try {
    database.exec('BEGIN');
    return await verify(database, personalOpener(database, ledger.keys.field), { pause: giveWay, ...manner });
  } finally {
    database.close();
  }
}
