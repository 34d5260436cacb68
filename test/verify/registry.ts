import { canary } from './suites/canary.ts';
import { corrupt } from './suites/corrupt.ts';
import { electron } from './suites/electron.ts';
import { csp } from './suites/csp.ts';
import { diskfull } from './suites/diskfull.ts';
import { fsyncfail } from './suites/fsyncfail.ts';
import { ipc } from './suites/ipc.ts';
import { journal } from './suites/journal.ts';
import { kill9 } from './suites/kill9.ts';
import { mutantsSuite } from './suites/mutants.ts';
import { powerloss } from './suites/powerloss.ts';
import { restore } from './suites/restore.ts';
import { rotation } from './suites/rotation.ts';
import { simulation } from './suites/simulation.ts';
import { twoproc } from './suites/twoproc.ts';
import type { Suite } from './suite.ts';

/** Every suite, in the order in which they run: the quick ones first. To add one: a file, and its line here. */
export const suites: readonly Suite[] = [
  journal,
  electron,
  canary,
  ipc,
  csp,
  twoproc,
  fsyncfail,
  diskfull,
  rotation,
  restore,
  powerloss,
  corrupt,
  kill9,
  simulation,
  mutantsSuite,
];
