import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { DeskOrder, DeskWord } from './desk-child.ts';
import type { Startable } from './snapshot.ts';

/** The two processes that are killed: the desk, and the simulator with its own durable books. */

export type Desk = {
  readonly child: ChildProcess;
  /** Hears every word from now on. */
  hear(listener: (word: DeskWord) => void): void;
  order(order: DeskOrder): void;
  kill(): void;
  readonly gone: Promise<unknown>;
  readonly loaded: Promise<unknown>;
};

/** `program` is the bundled desk; `cache` keeps its compiled code between starts. */
export function startDeskProcess(program: Startable, cache: string): Desk {
  const child = fork(program.file, {
    execArgv: [...program.switches],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  // A killed process can break the pipe of a message that is on its way to it.
  child.on('error', () => {});
  return {
    child,
    hear: listener => void child.on('message', listener),
    order: order => void child.send(order, () => {}),
    kill: () => void child.kill('SIGKILL'),
    gone: once(child, 'exit'),
    loaded: once(child, 'message'),
  };
}

export type SimulatorProcess = {
  readonly port: number;
  readonly location_id: string;
  /** Where its settings are changed. */
  readonly control: string;
  /** Kills it where it stands. */
  kill(): Promise<void>;
};

export const TOKEN = 'EAAA-torture';

/** Starts the simulator over its books; with `port` 0 it takes a free one. */
export async function startSimulatorProcess(
  program: string,
  cache: string,
  directory: string,
  port: number,
): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [program, '--token', TOKEN, '--port', String(port), '--data', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  let [address, control] = ['', ''];
  for await (const line of lines) {
    if (line.startsWith('http:')) address = line;
    control = /^control (.*)$/.exec(line)?.[1] ?? control;
    const location_id = /^location (.*)$/.exec(line)?.[1];
    if (location_id === undefined) continue;
    return {
      port: Number(new URL(address).port),
      location_id,
      control,
      kill: async () => {
        child.kill('SIGKILL');
        await gone;
      },
    };
  }
  throw new Error('the simulator did not start');
}
