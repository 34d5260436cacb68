import { doubtingMutants } from './doubting.ts';
import { keepingMutants } from './keeping.ts';
import type { Mutant } from './mutant.ts';
import { sendingMutants } from './sending.ts';

/** Every planted bug. To add one: a line in the file it belongs to. */
export const mutants: readonly Mutant[] = [...sendingMutants, ...doubtingMutants, ...keepingMutants];
