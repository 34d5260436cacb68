import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How a job ended in its child process. A job that took the process with it, or never came back, is a finding. */
export type Outcome<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly took_ms: number }
  | { readonly kind: 'died'; readonly how: string }
  | { readonly kind: 'hung' };

type Work<Job, Answer> = {
  /** The program of the children; it calls `serveJobs`. */
  readonly program: URL;
  /** Given to every child before its first job. */
  readonly setup: unknown;
  readonly jobs: readonly Job[];
  readonly done: (job: Job, outcome: Outcome<Answer>) => void;
  readonly children?: number;
  /** Overrides what counts as slow, for jobs that are no answer of the desk. */
  readonly slow_ms?: number;
  /** Added to the environment of the children. */
  readonly env?: Readonly<Record<string, string>>;
};

/** Nothing that a child does may take this long, however busy the machine is. */
const HUNG_MS = 30_000;
/** What the desk may take to say yes or no. Slower ones are looked at again, because other work may have been in the way. */
const SLOW_MS = 2000;

/** Hands the jobs, in order, to child processes; a child that dies or hangs is replaced and the rest goes on. */
export async function runInChildren<Job, Answer>(work: Work<Job, Answer>): Promise<void> {
  let next = 0;
  const slow_ms = work.slow_ms ?? SLOW_MS;
  const lane = async (): Promise<void> => {
    let child: ChildProcess | undefined;
    while (next < work.jobs.length) {
      const job = work.jobs[next++] as Job;
      child ??= await startChild(work.program, work.setup, work.env ?? {});
      let outcome = await ask<Answer>(child, job);
      if (outcome.kind === 'answer' && outcome.took_ms > slow_ms) outcome = await ask<Answer>(child, job);
      if (outcome.kind === 'answer' && outcome.took_ms > slow_ms) outcome = { kind: 'hung' };
      if (outcome.kind !== 'answer') {
        await endChild(child);
        child = undefined;
      }
      work.done(job, outcome);
    }
    if (child) await endChild(child);
  };
  await Promise.all(Array.from({ length: work.children ?? 2 }, lane));
}

async function startChild(
  program: URL,
  setup: unknown,
  added: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const child = fork(program, {
    serialization: 'advanced',
    // Long runs of short-lived objects: with more room for young ones fewer of them are copied.
    execArgv: [...process.execArgv, '--max-semi-space-size=64'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...added },
  });
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  child.send({ setup });
  const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  if (typeof first !== 'object') throw new Error(`a child process did not start: ${complaints}`);
  return child;
}

function ask<Answer>(child: ChildProcess, job: unknown): Promise<Outcome<Answer>> {
  return new Promise(resolve => {
    const end = (outcome: Outcome<Answer>): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
      resolve(outcome);
    };
    const onMessage = (message: unknown): void => {
      const { answer, took_ms } = message as { answer: Answer; took_ms: number };
      end({ kind: 'answer', answer, took_ms });
    };
    const onExit = (code: number | null, signal: string | null): void =>
      end({ kind: 'died', how: signal ?? `exit code ${code}` });
    // It may have gone between two jobs, and nobody would hear of it any more.
    if (child.exitCode !== null || child.signalCode !== null) {
      return resolve({ kind: 'died', how: child.signalCode ?? `exit code ${child.exitCode}` });
    }
    const timer = setTimeout(() => end({ kind: 'hung' }), HUNG_MS);
    child.on('message', onMessage).on('exit', onExit);
    child.send({ job }, () => {});
  });
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** The other side: what a program of children calls. `prepare` runs once, its answer once per job. */
export function serveJobs<Setup, Job, Answer>(prepare: (setup: Setup) => (job: Job) => Promise<Answer> | Answer): void {
  let handle: ((job: Job) => Promise<Answer> | Answer) | undefined;
  process.on('message', (message: { setup?: Setup; job?: Job }) => {
    if (message.setup !== undefined) {
      handle = prepare(message.setup);
      process.send?.({ ready: true });
      return;
    }
    void answer(handle as (job: Job) => Promise<Answer> | Answer, message.job as Job);
  });
}

async function answer<Job, Answer>(handle: (job: Job) => Promise<Answer> | Answer, job: Job): Promise<void> {
  const started_ms = performance.now();
  const given = await handle(job);
  process.send?.({ answer: given, took_ms: performance.now() - started_ms });
}
