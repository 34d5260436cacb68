import { createHash } from 'node:crypto';
import type { Random } from '../../main/platform/ids.ts';

/** Chance that can be repeated: the same seed and the same name give the same throws on every machine. */
export type Dice = {
  /** A number from 0 up to, and without, 1. */
  fraction(): number;
  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  bytes: Random;
};

/** `name` tells runs of one seed apart, so that one case can be repeated without the ones before it. */
export function makeDice(seed: number, name: string | number): Dice {
  let state = createHash('sha256').update(`${seed} ${name}`).digest().readUInt32LE(0);
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(fraction() * limit);
  return {
    fraction,
    below,
    chance: probability => fraction() < probability,
    pick: values => {
      const picked = values[below(values.length)];
      if (picked === undefined) throw new Error('there is nothing to pick from');
      return picked;
    },
    bytes: length => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
