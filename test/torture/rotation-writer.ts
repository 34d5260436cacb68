import fs, { writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { rotateLedgerKey } from '../../main/ledger/rotation.ts';
import { officePlace } from '../../main/staff/office-folder.ts';
import { makeDice } from './dice.ts';
import { folderTools, stillClock } from './opening.ts';
import { PERSON, type OfficeKeys } from './practice-desk.ts';
import { makeRotatedOffice } from './rotation-check.ts';

/** The process that is recorded: makes an office, says so, and changes its ledger key. One JSON line per word. */
export type RotationWriterOrder = {
  readonly folder: string;
  readonly keys: OfficeKeys;
  readonly seed: number;
  /** False is the planted fault: while the key is changed, nothing but the engine flushes anything. */
  readonly flushes: boolean;
};

const { folder, keys, seed, flushes } = JSON.parse(process.argv[2] ?? '') as RotationWriterOrder;
const dice = makeDice(seed, 'writer');
const tools = { ...folderTools(stillClock), random: dice.bytes };

/** Written with one call, so that the recorder sees it at the moment at which it is said. */
const say = (word: object): void => void writeSync(1, `${JSON.stringify(word)}\n`);

const { contents, records } = await makeRotatedOffice(folder, keys, dice, tools);
say({ contents, records });
if (!flushes) {
  fs.fsyncSync = () => {};
  syncBuiltinESMExports();
}
const { failure } = await rotateLedgerKey(officePlace(folder), Buffer.from(keys.ledgerKey, 'hex'), PERSON, tools);
if (failure !== null) throw failure;
say({ rotated: true });
