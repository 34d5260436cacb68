import type { Clock } from '../../main/platform/clock.ts';

/**
 * Time and order of a simulated world. One list holds everything that will happen; the next thing is the earliest, and
 * of two at the same moment the one that was planned first. Nothing here waits in real time.
 */
export type Owner = object;
/** What Square does by itself goes on while the desk sleeps, is off, or is dead. */
export const SQUARE: Owner = { name: 'square' };
/** What people and misfortunes do. */
export const OUTSIDE: Owner = { name: 'outside' };

type Task = { at_ms: number; readonly order: number; readonly owner: Owner; readonly what: string; work(): void };

/** A Thursday morning in Chicago. */
export const START_MS = Date.UTC(2026, 0, 15, 15, 0, 0);

export class Scheduler {
  /** True time, UTC milliseconds. The clocks of the desk and of Square may differ from it. */
  now_ms = START_MS;
  #tasks: Task[] = [];
  #order = 0;

  /** Plans work; the returned function calls it off. */
  plan(delay_ms: number, owner: Owner, what: string, work: () => void): () => void {
    if (!Number.isFinite(delay_ms)) throw new Error(`${what} was planned after ${delay_ms} ms`);
    const task: Task = { at_ms: this.now_ms + Math.max(0, delay_ms), order: (this.#order += 1), owner, what, work };
    this.#tasks.push(task);
    return () => this.#remove(task);
  }

  /** A process that died: none of its timers fires any more, and no answer reaches it. */
  forget(owner: Owner): void {
    this.#tasks = this.#tasks.filter(task => task.owner !== owner);
  }

  /** Lets the next thing happen, with everything that follows from it at once. Answers what it was. */
  async step(): Promise<string | undefined> {
    const task = this.#earliest(() => true);
    if (!task) return undefined;
    this.#run(task);
    await settled();
    return task.what;
  }

  /** Time passes without anybody at the desk: only Square goes on. What was due meanwhile happens right after. */
  leap(duration_ms: number): void {
    const until_ms = this.now_ms + duration_ms;
    for (;;) {
      const task = this.#earliest(({ owner, at_ms }) => owner === SQUARE && at_ms <= until_ms);
      if (!task) break;
      this.#run(task);
    }
    this.now_ms = until_ms;
  }

  #run(task: Task): void {
    this.#remove(task);
    this.now_ms = Math.max(this.now_ms, task.at_ms);
    task.work();
  }

  #remove(task: Task): void {
    const index = this.#tasks.indexOf(task);
    if (index >= 0) this.#tasks.splice(index, 1);
  }

  #earliest(fits: (task: Task) => boolean): Task | undefined {
    let first: Task | undefined;
    for (const task of this.#tasks) {
      if (!fits(task)) continue;
      if (!first || task.at_ms < first.at_ms || (task.at_ms === first.at_ms && task.order < first.order)) first = task;
    }
    return first;
  }
}

/** One turn of the event loop: every promise that is ready has run, with all that followed from it. */
export const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** The clock of one life of the desk. `offset_ms` is how wrong the desk's wall time is at the moment. */
export function deskClock(scheduler: Scheduler, life: Owner, offset_ms: () => number): Clock {
  return {
    now: () => Math.floor(scheduler.now_ms + offset_ms()),
    after: (delay_ms, work) => scheduler.plan(delay_ms, life, 'timer', work),
  };
}
