import { writeSync } from 'node:fs';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { openFolder } from '../../main/staff/office-folder.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { makeDice } from './dice.ts';
import { folderTools } from './opening.ts';
import { ackOf, foundOffice, PERSON, startDesk, takeAny, type Ack, type OfficeKeys } from './practice-desk.ts';
import { pretendSquare } from './pretend-square.ts';

/**
 * The process that is recorded: founds an office, takes payments, quits and starts again, and says on its standard
 * output what a person would have been told, one JSON line each. Its clock is a test's, so that one seed gives one
 * sequence of calls.
 */
export type WriterOrder = {
  readonly folder: string;
  readonly keys: OfficeKeys;
  readonly seed: number;
  readonly payments: number;
  /** NORMAL is the planted fault: an engine left as it opens by itself. */
  readonly synchronous: 'FULL' | 'NORMAL';
};

const order = JSON.parse(process.argv[2] ?? '') as WriterOrder;
const dice = makeDice(order.seed, 'writer');
const clock = createFakeClock();
const square = pretendSquare(dice, clock);

/** Written with one call, so that the recorder sees it at the moment at which it is said. */
const say = (ack: Ack): void => void writeSync(1, `${JSON.stringify(ack)}\n`);

function choose(ledger: Ledger): void {
  ledger.database.pragma(`synchronous=${order.synchronous}`);
}

async function life(ledger: Ledger, payments: number): Promise<void> {
  choose(ledger);
  const desk = startDesk(ledger, square, clock, dice, 'L1');
  for (let index = 0; index < payments; index += 1) {
    const view = await takeAny(desk, dice);
    say(ackOf(view, ledger));
    // Now and then time passes: anchors move, doubts are asked again, Square's list is read.
    if (index % 4 === 3) await clock.advance(dice.pick([150, 2000, 20_000]));
  }
  if (desk.bugs.length > 0) throw new Error(desk.bugs.join('\n'));
  await Promise.all([desk.outbox.stop(), desk.sync.stop()]);
  desk.connection.stop();
}

const founded = await foundOffice(order.folder, order.keys, clock, dice);
say({
  ...{ attempt_id: '', word: 'paid', receipt_number: null },
  ...{ seq: founded.ledger.head.seq, hash: founded.ledger.head.hash.toString('hex') },
});
const first = Math.ceil(order.payments / 2);
await life(founded.ledger, first);
founded.ledger.close();
founded.release();
const again = openFolder(order.folder, Buffer.from(order.keys.ledgerKey, 'hex'), folderTools(clock));
await life(again.ledger, order.payments - first);
again.ledger.write(PERSON, write => write.fact('setting.changed', { name: 'office_name', value: 'Lakeshore' }));
again.ledger.close();
again.release();
