import { fork } from 'node:child_process';
import { checkCopy, findCopies, makeCopy, type Compare, type Job, type Progress } from '../../main/copies/jobs.ts';
import { wordFor, type FromWorker, type ToWorker } from '../../main/copies/worker-words.ts';
import type { StartChild } from '../../main/platform/child.ts';

const WORKER = new URL('../../main/copies/copies-worker.ts', import.meta.url);

/** The worker of the app in a real child process. `program` may be a bundle of it, which starts quicker. */
export function forkWorker(program: URL | string = WORKER): StartChild {
  return () => {
    const child = fork(program, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    // A line to a process that has just ended breaks; its end is what counts.
    child.on('error', () => {});
    return {
      send: message => void child.send(message as object),
      onMessage: listener => void child.on('message', listener),
      onExit: listener => void child.once('exit', listener),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}

/** The worker's jobs in this process, for tests that are about something else: a child process costs a second to start. */
export const workHere: StartChild = () => {
  let tell: (message: FromWorker) => void = () => {};
  let answer: (same: boolean) => void = () => {};
  const progress: Progress = (step, done, of) => tell({ kind: 'progress', step, done, of });
  const compare: Compare = facts =>
    new Promise(resolve => {
      answer = resolve;
      tell({ kind: 'compare', facts });
    });
  const run = async (job: Job): Promise<unknown> => {
    if (job.kind === 'find') return findCopies(job);
    return job.kind === 'check' ? checkCopy(job, progress) : makeCopy(job, progress, compare);
  };
  return {
    send(message) {
      const word = message as ToWorker;
      if ('same' in word) return answer(word.same);
      void run(word.job).then(
        value => tell({ kind: 'done', value }),
        (error: unknown) => tell(wordFor(error)),
      );
    },
    onMessage: listener => void (tell = listener),
    onExit: () => {},
    kill: () => void (tell = () => {}),
  };
};
