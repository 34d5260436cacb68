import type { News } from './evidence.ts';
import type { World } from './world.ts';

/**
 * Something that must hold. `event`: looked at after every event, at what is new. `quiet`: looked at over everything,
 * once faults have stopped and the desk had its time. `damage` breaks it on purpose in a settled world; a check that
 * does not notice has shown nothing.
 */
export type Invariant = {
  readonly number: string;
  readonly name: string;
  /** What it reads, for people who want to know what it cannot see. */
  readonly reads: string;
  readonly event?: (world: World, news: News) => string[];
  readonly quiet?: (world: World) => string[] | Promise<string[]>;
  /** Breaks it. Answers false when this world has nothing that could be broken so. */
  readonly damage: (world: World) => boolean;
};

export const when = (broken: boolean, sentence: string): string[] => (broken ? [sentence] : []);
