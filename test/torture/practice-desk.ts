import type { AttemptView } from '../../common/contract/payments.ts';
import { money } from '../../common/money.ts';
import type { Gateway } from '../../main/gateway/gateway.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { Attempts } from '../../main/payments/attempts.ts';
import { Connection } from '../../main/payments/connection.ts';
import { Outbox } from '../../main/payments/outbox.ts';
import { findPayment } from '../../main/payments/queries.ts';
import { Sync } from '../../main/payments/sync.ts';
import { RefundOutbox } from '../../main/refunds/outbox.ts';
import { Refunds } from '../../main/refunds/refunds.ts';
import type { Clock } from '../../main/platform/clock.ts';
import { makeIds } from '../../main/platform/ids.ts';
import type { Log } from '../../main/platform/log.ts';
import { createFolder } from '../../main/staff/office-folder.ts';
import { cardOf, cashOf, checkOf, scriptedFields } from '../support/builders.ts';
import type { Dice } from './dice.ts';
import { folderTools } from './opening.ts';

/** The keys of one practice office. They travel between the processes of a test, as hexadecimal. */
export type OfficeKeys = { readonly ledgerKey: string; readonly recoveryKey: string };

export const makeKeys = (dice: Dice): OfficeKeys => ({
  ledgerKey: dice.bytes(32).toString('hex'),
  recoveryKey: dice.bytes(20).toString('hex'),
});

/** The cheapest that the algorithm takes: these suites are not about guessing passwords. */
const QUICK_COST = { memory_kib: 8192, passes: 1, lanes: 1 };

export const PERSON = 'person-of-the-test';

/** Makes an office in the folder and leaves it open. */
export async function foundOffice(folder: string, keys: OfficeKeys, clock: Clock, dice: Dice, two_phase = true) {
  const opened = await createFolder(
    folder,
    {
      mode: 'training',
      office_name: 'Lakeshore Dental',
      desk_code: 'D1',
      time_zone: 'America/Chicago',
      currency: 'USD',
      locale: 'en-US',
      owner: { person_id: PERSON, name: 'Marisol Ortiz', password: 'correct horse battery' },
      ledger_id: makeIds(clock, dice.bytes)(),
      ledgerKey: Buffer.from(keys.ledgerKey, 'hex'),
      recoveryKey: Buffer.from(keys.recoveryKey, 'hex'),
      cost: QUICK_COST,
    },
    folderTools(clock),
  );
  if (!two_phase) {
    opened.ledger.write(PERSON, write => write.fact('setting.changed', { name: 'two_phase', value: 'off' }));
  }
  return opened;
}

/** Attempts, outbox and sync over an open ledger, as `openOffice` puts them together, without Electron. */
export function startDesk(
  ledger: Ledger,
  gateway: Gateway,
  clock: Clock,
  dice: Dice,
  locationId: string,
  assertRoom: () => void = () => {},
) {
  const newId = makeIds(clock, dice.bytes);
  const announce = (): void => {};
  const bugs: string[] = [];
  const log: Log = {
    info: () => {},
    bug: (event, error) => `BUG-${bugs.push(`${event}: ${error instanceof Error ? error.stack : String(error)}`)}`,
  };
  const square = (): Gateway => gateway;
  const connection = new Connection(clock, async () => (await gateway.getLocation(locationId)).kind !== 'unreachable');
  const sender = { ledger, gateway: square, connection, clock, random: dice.bytes, announce, log };
  const refundOutbox = new RefundOutbox({ ...sender, onPaused: reason => (outbox.paused = reason) });
  const outbox = new Outbox({ ...sender, onResume: () => refundOutbox.resume() });
  const fields = scriptedFields(() => clock.now());
  const taking = { ledger, gateway: square, connection, clock, newId, announce, assertRoom };
  const refunds = new Refunds({ ...taking, outbox: refundOutbox, readSquare: id => sync.lookAt(id) });
  const attempts = new Attempts({
    ...{ ...taking, cardFields: fields },
    drive: attempt_id => outbox.drive(attempt_id).then(() => outbox.pump()),
  });
  const sighted = (attempt_id: string): void => void outbox.drive(attempt_id);
  const sync = new Sync({
    ledger,
    gateway: square,
    connection,
    clock,
    newId,
    announce: refundOutbox.after(announce),
    log,
    sighted,
  });
  ledger.onCommit(() => sync.soon());
  for (const each of [outbox, refundOutbox]) each.recover();
  return { ledger, connection, outbox, attempts, refunds, refundOutbox, sync, newId, bugs, fields };
}

export type PracticeDesk = ReturnType<typeof startDesk>;

/** Takes one payment of any kind. The amounts differ, so that an earlier one in doubt is not in the way. */
export function takeAny(desk: PracticeDesk, dice: Dice): Promise<AttemptView> {
  const amount = money(100 + dice.below(4_000_000), 'USD');
  const make = dice.pick([cashOf, checkOf, cardOf, cardOf, cardOf]);
  return desk.attempts.take(make(desk, { amount }), PERSON);
}

/** Gives a part of some card payment back; nothing where none was taken yet, or none can be given back now. */
export async function giveAnyBack(desk: PracticeDesk, dice: Dice): Promise<void> {
  const text = `SELECT attempt_id FROM payment WHERE state = 'completed' AND foreign_payment = 0
    ORDER BY happened_at_ms DESC LIMIT 20`;
  const paid = desk.ledger.database.prepare(text).pluck().all() as string[];
  if (paid.length === 0) return;
  const attempt_id = dice.pick(paid) as never;
  const [square] = desk.refunds.offer(attempt_id, PERSON).ways;
  if (!square?.available) return;
  const amount = money(1 + dice.below(square.largest.minor), 'USD');
  const refund_id = desk.refunds.newRefundId() as never;
  const asked = {
    refund_id,
    attempt_id,
    amount,
    kind: 'square',
    reason: 'Practice',
    restored_checked: false,
    approval: null,
  } as const;
  await desk.refunds.make(asked, PERSON, () => Promise.resolve());
}

/** What the desk told a person: once said, it must be true for ever. */
export type Ack = {
  readonly attempt_id: string;
  readonly word: AttemptView['word'];
  readonly receipt_number: string | null;
  readonly seq: number;
  readonly hash: string;
};

export function ackOf(view: AttemptView, ledger: Ledger): Ack {
  const { attempt_id, word, receipt_number } = view;
  return { attempt_id, word, receipt_number, seq: ledger.head.seq, hash: ledger.head.hash.toString('hex') };
}

const ENDED: ReadonlySet<string> = new Set(['paid', 'declined', 'refused', 'cancelled', 'not_charged']);

/** Sentences for everything that was said and is not so. Empty when the ledger keeps all of it. */
export function brokenPromises(ledger: Ledger, acks: readonly Ack[]): string[] {
  const { database, identity } = ledger;
  const hashOf = database.prepare('SELECT hash FROM journal WHERE desk = ? AND incarnation = ? AND seq = ?').pluck();
  const known = database.prepare('SELECT 1 FROM payment WHERE attempt_id = ?').pluck();
  return acks.flatMap(ack => {
    const found: string[] = [];
    const hash = hashOf.get(identity.desk, identity.incarnation, ack.seq) as Buffer | undefined;
    if (hash?.toString('hex') !== ack.hash) found.push(`record ${ack.seq} is lost, which was on the books`);
    if (ack.attempt_id === '') return found;
    if (known.get(ack.attempt_id) !== 1) return [...found, `payment ${ack.attempt_id} (${ack.word}) is lost`];
    const { word, receipt_number } = attemptNow(ledger, ack.attempt_id);
    if (ENDED.has(ack.word) && (word !== ack.word || receipt_number !== ack.receipt_number)) {
      found.push(`payment ${ack.attempt_id} was ${ack.word} ${ack.receipt_number} and is ${word} ${receipt_number}`);
    }
    return found;
  });
}

function attemptNow(ledger: Ledger, attempt_id: string): { word: string; receipt_number: string | null } {
  const row = findPayment(ledger.database, attempt_id);
  return { word: row?.word ?? 'lost', receipt_number: row?.receipt_number ?? null };
}

/** Numbers of attempts and of receipts run from one without a gap. */
export function gapsIn(ledger: Ledger): string[] {
  const { database } = ledger;
  const numbers = database
    .prepare('SELECT number FROM payment WHERE foreign_payment = 0 ORDER BY number')
    .pluck()
    .all();
  const receipts = database
    .prepare(
      "SELECT CAST(substr(receipt_number, instr(receipt_number, '-') + 1) AS INTEGER) FROM payment WHERE receipt_number IS NOT NULL ORDER BY 1",
    )
    .pluck()
    .all();
  const gapless = (list: unknown[]): boolean => list.every((value, index) => value === index + 1);
  return [
    ...(gapless(numbers) ? [] : [`the numbers of the attempts have a gap: ${numbers.join(' ')}`]),
    ...(gapless(receipts) ? [] : [`the numbers of the receipts have a gap: ${receipts.join(' ')}`]),
  ];
}
