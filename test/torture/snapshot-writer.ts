import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createFakeClock } from '../support/fake-clock.ts';
import { makeDice } from './dice.ts';
import { foundOffice, startDesk, takeAny, type OfficeKeys } from './practice-desk.ts';
import { pretendSquare } from './pretend-square.ts';

/**
 * Makes the two snapshots that damaged copies are made of: `older` and `current`, each as a running desk leaves its
 * folder. In both, part of the payments lies in the database file and part in the WAL alone.
 */
export type SnapshotOrder = { readonly folder: string; readonly keys: OfficeKeys; readonly seed: number };

const order = JSON.parse(process.argv[2] ?? '') as SnapshotOrder;
const office = join(order.folder, 'office');
const dice = makeDice(order.seed, 'snapshots');
const clock = createFakeClock();
const { ledger } = await foundOffice(office, order.keys, clock, dice);
const desk = startDesk(ledger, pretendSquare(dice, clock), clock, dice, 'L1');

async function take(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await takeAny(desk, dice);
}

/** Doubts are resolved, Square's list is read, and the anchors catch up. */
async function settle(minutes = 10): Promise<void> {
  for (let step = 0; step < minutes; step += 1) await clock.advance(60_000);
}

/** By another process: the owner of a ledger must not open its files in any other way. */
const snapshot = (name: string): Buffer => execFileSync('cp', ['-R', office, join(order.folder, name)]);

const PAYMENTS = 9;
// More than one page of payments, in the middle of the work: full pages that change later without growing.
await take(PAYMENTS * 2);
ledger.database.pragma('wal_checkpoint(TRUNCATE)');
await settle();
await take(PAYMENTS);
await settle();
// Some are not confirmed by Square yet, so that their rows are certain to change after the older state.
await take(3);
snapshot('older');
ledger.database.pragma('wal_checkpoint(TRUNCATE)');
await take(PAYMENTS * 2);
await settle();
// Most of what changed since lies in the file itself, where an older copy of its pages can take its place.
ledger.database.pragma('wal_checkpoint(TRUNCATE)');
// Enough for the WAL to hold commits; a longer one would only make each of many thousand copies slower.
await take(3);
await settle(3);
snapshot('current');
if (desk.bugs.length > 0) throw new Error(desk.bugs.join('\n'));
process.exit(0);
