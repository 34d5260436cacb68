import { checkCopy, findCopies, makeCopy, type Job, type Step } from './jobs.ts';
import { wordFor, type FromWorker, type ToWorker } from './worker-words.ts';

/** Electron's own line to a utility process; in an ordinary child of Node it does not exist. */
type ParentPort = {
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
};
const port = (process as unknown as { parentPort?: ParentPort }).parentPort;

const tell = (message: FromWorker): void => {
  if (port) port.postMessage(message);
  else process.send?.(message);
};

let answer: ((same: boolean) => void) | undefined;

/**
 * The child process that works with copies: one job, then it is ended. The job, with its keys, comes over the line
 * between the two processes. A parent that is gone takes it along.
 */
function hear(message: ToWorker): void {
  if ('same' in message) return answer?.(message.same);
  void run(message.job).then(
    value => tell({ kind: 'done', value }),
    (error: unknown) => tell(wordFor(error)),
  );
}

async function run(job: Job): Promise<unknown> {
  const progress = (step: Step, done: number, of: number): void => tell({ kind: 'progress', step, done, of });
  if (job.kind === 'find') return findCopies(job);
  if (job.kind === 'check') return checkCopy(job, progress);
  return makeCopy(
    job,
    progress,
    facts =>
      new Promise(resolve => {
        answer = resolve;
        tell({ kind: 'compare', facts });
      }),
  );
}

if (port) port.on('message', ({ data }) => hear(data as ToWorker));
else {
  process.on('message', hear);
  process.on('disconnect', () => process.exit(0));
}
