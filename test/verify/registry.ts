import { corrupt } from './suites/corrupt.ts';
import { journal } from './suites/journal.ts';
import { kill9 } from './suites/kill9.ts';
import { powerloss } from './suites/powerloss.ts';
import { twoproc } from './suites/twoproc.ts';
import type { Suite } from './suite.ts';

/** Every suite, in the order in which they run: the quick ones first. To add one: a file, and its line here. */
export const suites: readonly Suite[] = [journal, twoproc, powerloss, corrupt, kill9];
