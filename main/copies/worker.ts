import { AppError } from '../../common/errors.ts';
import type { FileFacts } from '../ledger/copy.ts';
import type { StartChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import type { FromWorker, ToWorker } from './worker-words.ts';
import type { CheckJob, FindJob, FoundCopy, Job, MakeJob, Step } from './jobs.ts';
import type { Manifest } from './manifest.ts';

/** A medium that says nothing for so long is given up; the next try comes by itself. */
const SILENT_MS = 5 * 60_000;

export type Watch = {
  progress?(step: Step, done: number, of: number): void;
  compare?(facts: FileFacts): boolean;
};
/** Work under way in a child process. `cancel` ends it: `result` then throws copies_cancelled. */
export type Work<Value> = { readonly result: Promise<Value>; cancel(): void };

type ValueOf<One extends Job> = One extends MakeJob
  ? Manifest
  : One extends CheckJob
    ? FileFacts
    : One extends FindJob
      ? FoundCopy[]
      : never;

/** Has one job done by a child process of its own. What it refuses is thrown here as the same refusal. */
export function startWork<One extends Job>(
  start: StartChild,
  clock: Clock,
  job: One,
  watch: Watch = {},
): Work<ValueOf<One>> {
  const child = start();
  let giveUp: (reason: AppError) => void = () => {};
  const result = new Promise<ValueOf<One>>((resolve, reject) => {
    let callOff = (): void => {};
    const heard = (): void => {
      callOff();
      callOff = clock.after(SILENT_MS, () => giveUp(new AppError('copy_folder_away', { silent: true })));
    };
    let ended = false;
    const end = (how: () => void): void => {
      ended = true;
      callOff();
      giveUp = () => {};
      child.kill();
      how();
    };
    giveUp = reason => end(() => reject(reason));
    child.onExit(() => giveUp(new AppError('copy_failed')));
    child.onMessage(message => {
      // What a process had said before it was ended still arrives, and nobody is there to be answered.
      if (ended) return;
      heard();
      const word = message as FromWorker;
      if (word.kind === 'progress') watch.progress?.(word.step, word.done, word.of);
      else if (word.kind === 'compare') child.send({ same: compared(watch, word.facts) } satisfies ToWorker);
      else if (word.kind === 'done') end(() => resolve(word.value as ValueOf<One>));
      else if (word.kind === 'refused') end(() => reject(new AppError(word.code, word.details)));
      else end(() => reject(new Error(`a copy's child process failed: ${word.stack}`)));
    });
    heard();
    child.send({ job } satisfies ToWorker);
  });
  return { result, cancel: () => giveUp(new AppError('copies_cancelled')) };
}

/** A comparison that cannot be made is not one that holds. */
function compared(watch: Watch, facts: FileFacts): boolean {
  try {
    return watch.compare?.(facts) ?? true;
  } catch {
    return false;
  }
}
