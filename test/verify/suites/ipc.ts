import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { calls, type CallName } from '../../../common/contract/index.ts';
import type { IpcAnswer, IpcJob, IpcSetup } from '../../hostile/ipc-child.ts';
import type { Weakness } from '../../hostile/door-office.ts';
import { workFolder } from '../../torture/work-folder.ts';
import { runInChildren, type Outcome } from '../children.ts';
import type { Control, Failure, Suite } from '../suite.ts';

const program = new URL('../../hostile/ipc-child.ts', import.meta.url);
const INPUTS = { quick: 2000, full: 50_000 };
/** Small enough to be done in some seconds. */
const MOST_AT_ONCE = 2000;
const NAMES = Object.keys(calls) as CallName[];

/** Malformed inputs and wrong senders for every call of the contract, through the real channel, door and handlers. */
export const ipc: Suite = {
  name: 'ipc',
  about: 'malformed inputs and wrong senders, for every call of the contract',
  async run({ budget, runs, seed, only, progress }) {
    const inputs = runs ?? INPUTS[budget];
    const names: IpcJob['name'][] = [...NAMES, 'unknown names', 'payment page'];
    const chosen = names.filter((_, index) => only === null || only === index + 1);
    const jobs = chosen.flatMap(name => partsOf(name, inputs));
    const failures: Failure[] = inventory().map(what => ({ only: null, what }));
    const answers: IpcAnswer[] = [];
    await ask('none', seed, jobs, (job, outcome) => {
      const number = names.indexOf(job.name) + 1;
      if (outcome.kind === 'answer') answers.push(outcome.answer);
      const problems =
        outcome.kind === 'answer' ? outcome.answer.problems : [`${job.name}: ${JSON.stringify(outcome)}`];
      failures.push(...problems.map(what => ({ only: number, what })));
      progress(`ipc ${answers.length} of ${jobs.length} parts, ${failures.length} failures`);
    });
    const sum = (pick: (answer: IpcAnswer) => number): number => answers.reduce((all, one) => all + pick(one), 0);
    return {
      runs: sum(one => one.asked),
      faults: sum(one => one.refused),
      failures,
      controls: await controlsOf(seed),
      figures: {
        calls: NAMES.length,
        malformed_per_call: inputs,
        from_other_senders: sum(one => one.other_senders),
        right_inputs_run: sum(one => one.valid),
        log_lines: sum(one => one.log_lines),
        slowest_refusal_computed_ms: Math.round(Math.max(0, ...answers.map(one => one.slowest_cpu_ms))),
        slowest_refusal_ms: Math.round(Math.max(0, ...answers.map(one => one.slowest_ms))),
        loop_noise_ms: Math.round(Math.max(0, ...answers.map(one => one.noise_ms))),
      },
    };
  },
};

function partsOf(name: IpcJob['name'], inputs: number): IpcJob[] {
  const parts = Math.ceil(inputs / MOST_AT_ONCE);
  return Array.from({ length: parts }, (_, part) => ({ name, part, inputs: Math.ceil(inputs / parts) }));
}

/** A job asks thousands of times, so how long it takes says nothing; the child measures each call by itself. */
const NEVER_SLOW_MS = 600_000;

async function ask(
  weakness: Weakness,
  seed: number,
  jobs: readonly IpcJob[],
  done: (job: IpcJob, outcome: Outcome<IpcAnswer>) => void,
): Promise<void> {
  const { folder, dispose } = workFolder('ipc');
  try {
    const setup: IpcSetup = { folder, seed, weakness };
    await runInChildren<IpcJob, IpcAnswer>({ program, setup, jobs, done, slow_ms: NEVER_SLOW_MS });
  } finally {
    dispose();
  }
}

/** The names written in the contract's files, the contract as it runs, and what the renderer asks for. */
function inventory(): string[] {
  const written = new Set(textsOf('common/contract').flatMap(text => names(text, /^ {2}'([a-z_]+\.[a-z_]+)': \{$/gm)));
  const inline = textsOf('common/contract').flatMap(text => names(text, /^ {2}'([a-z_]+\.[a-z_]+)': \{ may:/gm));
  for (const name of inline) written.add(name);
  const handled = new Set(
    textsOf('main').flatMap(text => names(text, /^ {4}'([a-z_]+\.[a-z_]+)': (?:async )?[({a-z]/gm)),
  );
  const asked = new Set(
    textsOf('renderer/desk').flatMap(text => names(text, /(?:ask|call)\(\s*'([a-z_]+\.[a-z_]+)'/g)),
  );
  const missing = (what: string, from: Iterable<string>, into: ReadonlySet<string>): string[] =>
    [...from].filter(name => !into.has(name)).map(name => `inventory: ${name} ${what}`);
  const contract = new Set<string>(NAMES);
  return [
    ...missing('is in the contract and not in its files', contract, written),
    ...missing('is in the files and not in the contract', written, contract),
    ...missing('has no handler', contract, handled),
    ...missing('has a handler and is not in the contract', handled, contract),
    ...missing('is asked by the renderer and is not in the contract', asked, contract),
  ];
}

const names = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(match => match[1]!);

function textsOf(folder: string): string[] {
  const root = fileURLToPath(new URL(`../../../${folder}/`, import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file => /\.(ts|svelte)$/.test(file));
  return files.map(file => readFileSync(`${root}${file}`, 'utf8'));
}

type Planted = readonly [Weakness, string, IpcJob['name'], RegExp];

const PLANTED: readonly Planted[] = [
  ['no sender check', 'a channel without the check of the sender', 'payments.new', / from /],
  ['no parsing', 'a door without parsing', 'customers.add', /took|changed/],
  ['leaks an error', 'a handler whose error tells a query', 'session.state', /tells/],
  ['tells a secret', 'a handler whose answer holds the token', 'session.state', /holds EAAA/],
  ['changes what it refuses', 'a refused call that changes something', 'customers.search', /something changed/],
  ['slow to refuse', 'a refusal that computes for 200 ms', 'customers.search', /computed for/],
];

/** Each needs a process of its own, and two of them keep the machine busy. */
async function controlsOf(seed: number): Promise<Control[]> {
  const found: Control[] = [];
  const waiting = [...PLANTED];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) found.push(await controlOf(seed, next));
  };
  await Promise.all([lane(), lane()]);
  return found;
}

async function controlOf(seed: number, [weakness, name, call, pattern]: Planted): Promise<Control> {
  const problems: string[] = [];
  await ask(weakness, seed, [{ name: call, part: 0, inputs: 100 }], (_job, outcome) =>
    problems.push(...(outcome.kind === 'answer' ? outcome.answer.problems : [outcome.kind])),
  );
  const caught = problems.find(problem => pattern.test(problem));
  return { name, caught: caught !== undefined, detail: caught ?? problems[0] ?? 'nothing was noticed' };
}
