import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { OwnerCommand, OwnerWord } from './owner-child.ts';
import type { Ack } from './practice-desk.ts';

const LONGEST_MS = 20_000;

/** One process that may own the ledger, seen from outside. */
export class Owner {
  readonly #child: ChildProcess;
  readonly acks: Ack[] = [];
  fenced: string | undefined;
  #waiting: { kinds: readonly string[]; resolve: (word: OwnerWord) => void }[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (word: OwnerWord) => {
      if (word.kind === 'ack') this.acks.push(word.ack);
      if (word.kind === 'fenced') this.fenced = word.why;
      const heard = this.#waiting.filter(one => one.kinds.includes(word.kind));
      this.#waiting = this.#waiting.filter(one => !heard.includes(one));
      for (const one of heard) one.resolve(word);
    });
  }

  static async start(): Promise<Owner> {
    const program = fileURLToPath(new URL('./owner-child.ts', import.meta.url));
    const owner = new Owner(fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
    await owner.hears('loaded');
    return owner;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  tell(command: OwnerCommand): void {
    this.#child.send(command);
  }

  hears(...kinds: readonly OwnerWord['kind'][]): Promise<OwnerWord> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no process said ${kinds.join(' or ')}`)), LONGEST_MS);
      const done = (word: OwnerWord): void => {
        clearTimeout(timer);
        resolve(word);
      };
      this.#waiting.push({ kinds, resolve: done });
    });
  }

  asks(command: OwnerCommand, ...kinds: readonly OwnerWord['kind'][]): Promise<OwnerWord> {
    const heard = this.hears(...kinds);
    this.tell(command);
    return heard;
  }

  /** Opens the ledger. Answers `opened`, or the code of the refusal. */
  async open(order: Omit<Extract<OwnerCommand, { kind: 'open' }>, 'kind'>): Promise<string> {
    this.acks.length = 0;
    this.fenced = undefined;
    const word = await this.asks({ kind: 'open', ...order }, 'opened', 'refused');
    return word.kind === 'refused' ? word.code : 'opened';
  }

  /** Writes until it has said so many times more that something is on the books, or is fenced. */
  async works(times: number): Promise<void> {
    const wanted = this.acks.length + times;
    let heard = this.hears('ack', 'fenced');
    this.tell({ kind: 'work' });
    for (await heard; this.acks.length < wanted && this.fenced === undefined; await heard) {
      heard = this.hears('ack', 'fenced');
    }
  }

  async check(acks: readonly Ack[]): Promise<readonly string[]> {
    const word = await this.asks({ kind: 'check', acks }, 'checked');
    return word.kind === 'checked' ? word.problems : [];
  }

  async rest(): Promise<void> {
    await this.asks({ kind: 'rest' }, 'resting');
  }
  /** False when it did not: what it still does is then nobody's business but the system's. */
  async close(): Promise<boolean> {
    return this.asks({ kind: 'close' }, 'closed').then(
      () => true,
      () => false,
    );
  }
  stop(): void {
    this.#child.kill('SIGSTOP');
  }
  goOn(): void {
    this.#child.kill('SIGCONT');
  }
  async kill(): Promise<void> {
    if (!this.isAlive) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
