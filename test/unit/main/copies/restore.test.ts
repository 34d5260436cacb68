import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSlots } from '../../../../main/ledger/slots.ts';
import { makeDice } from '../../../torture/dice.ts';
import { RestoreRig } from '../../../torture/restore-rig.ts';
import { verifyLedger } from '../../../torture/opening.ts';
import { balances, countFacts, tempFolder } from '../../../support/builders.ts';

let rig: RestoreRig;
let dispose: () => void;
beforeEach(async () => {
  const temp = tempFolder('tillside-restore-');
  dispose = temp.dispose;
  rig = await RestoreRig.create(temp.folder, makeDice(7, expect.getState().currentTestName ?? ''));
});
afterEach(async () => {
  await rig.close();
  dispose();
});

const charged = (minor: number): number =>
  rig.simulator.control
    .payments()
    .filter(payment => payment['status'] !== 'CANCELED' && payment['status'] !== 'FAILED')
    .filter(payment => (payment['amount_money'] as { amount: number }).amount === minor).length;
const caughtUp = (): boolean => !rig.life.catchUp.pending;
const row = (attempt_id: string) =>
  rig.ledger.database.prepare('SELECT * FROM payment WHERE attempt_id = ?').get(attempt_id) as Record<string, unknown>;
const byAmount = (minor: number) =>
  rig.ledger.database.prepare('SELECT * FROM payment WHERE amount_minor = ?').all(minor) as Record<string, unknown>[];

/** The disk is lost and the newest copy comes back. */
async function loseAndRestore(): Promise<void> {
  await rig.die();
  rig.destroy();
  await rig.restoreNewest();
  await rig.open();
}

describe('what was open in the copy is never sent again', () => {
  test('a queued card that was charged after the copy is found, and not charged a second time', async () => {
    const queued = await rig.queueCard(41_00);
    expect(queued.word).toBe('queued');
    await rig.makeCopy();
    await rig.setNetwork('up');
    await rig.passTimeUntil(() => row(queued.attempt_id)['state'] === 'completed');
    expect(charged(41_00)).toBe(1);
    await loseAndRestore();
    expect(row(queued.attempt_id)).toMatchObject({ state: 'unknown', token_minted_at_ms: null });
    await rig.passTimeUntil(() => row(queued.attempt_id)['state'] === 'completed');
    expect(charged(41_00)).toBe(1);
    expect(byAmount(41_00)).toHaveLength(1);
    expect(row(queued.attempt_id)['receipt_number']).toBe('D1.2-000001');
  });

  test('a queued card that was cancelled after the copy and paid in cash is never charged', async () => {
    const queued = await rig.queueCard(42_00);
    await rig.makeCopy();
    rig.life.attempts.cancelQueued(queued.attempt_id, 'person-of-the-test');
    await rig.setNetwork('up');
    await loseAndRestore();
    await rig.passTimeUntil(() => row(queued.attempt_id)['state'] === 'closed_not_charged');
    expect(charged(42_00)).toBe(0);
  });

  test('nothing is left of its bytes, and its key is, for asking Square to cancel', async () => {
    const queued = await rig.queueCard(43_00);
    await rig.makeCopy();
    await loseAndRestore();
    const kept = rig.ledger.database
      .prepare('SELECT sealed, body_hash FROM pending_request WHERE attempt_id = ?')
      .get(queued.attempt_id) as { sealed: Buffer };
    expect(rig.ledger.openSecret(`request ${queued.attempt_id}`, kept.sealed)).toBe('');
  });

  test('an attempt in doubt is looked up and not sent again', async () => {
    rig.simulator.control.addFault({ fault: 'drop_after_commit', method: 'POST', path: '/v2/payments' });
    const view = await rig.takeCard(44_00);
    expect(view.word).toBe('in_doubt');
    await rig.makeCopy();
    await loseAndRestore();
    await rig.passTimeUntil(() => row(view.attempt_id)['state'] === 'completed');
    expect(charged(44_00)).toBe(1);
  });

  test('cash that waited in the copy and reached Square meanwhile is confirmed, and recorded once', async () => {
    await rig.setNetwork('down');
    const cash = await rig.takeCash(45_00);
    await rig.makeCopy();
    await rig.setNetwork('up');
    await rig.passTimeUntil(() => row(cash.attempt_id)['sync'] === 'confirmed');
    await loseAndRestore();
    expect(row(cash.attempt_id)['sync']).toBe('queued');
    await rig.clock.advance(30 * 3600_000);
    await rig.passTimeUntil(() => row(cash.attempt_id)['sync'] === 'confirmed');
    expect(charged(45_00)).toBe(1);
  });
});

describe('no money before the past is known', () => {
  test('until Square was read, neither cash nor card is taken, and the refusal says why', async () => {
    await rig.takeCash(10_00);
    await rig.makeCopy();
    await loseAndRestore();
    await expect(rig.takeCash(11_00)).rejects.toMatchObject({ code: 'restore_catching_up' });
    await expect(rig.takeCard(11_00)).rejects.toMatchObject({ code: 'restore_catching_up' });
    await rig.setNetwork('down');
    await rig.clock.advance(3600_000);
    await rig.life.sync.now();
    await expect(rig.takeCash(11_00)).rejects.toMatchObject({ code: 'restore_catching_up' });
    await rig.setNetwork('up');
    await rig.passTimeUntil(caughtUp);
    expect((await rig.takeCash(11_00)).receipt_number).toBe('D1.2-000001');
  });

  test('it stays so over a restart of the app', async () => {
    await rig.makeCopy();
    await loseAndRestore();
    await rig.die();
    await rig.open();
    await expect(rig.takeCash(11_00)).rejects.toMatchObject({ code: 'restore_catching_up' });
    await rig.passTimeUntil(caughtUp);
    await rig.die();
    await rig.open();
    expect((await rig.takeCash(11_00)).word).toBe('paid');
  });

  test('one look at Square right after the loss is not enough, because its lists lag', async () => {
    await rig.makeCopy();
    await rig.takeCard(12_00);
    rig.simulator.control.settings.list_lag_ms = 20_000;
    await loseAndRestore();
    await rig.life.sync.now();
    expect(caughtUp()).toBe(false);
    await rig.passTimeUntil(caughtUp);
    expect(rig.life.copies.view().restored).toMatchObject({ caught_up: true, found: { count: 1 } });
  });
});

describe('what this desk took after the copy', () => {
  test('comes back from Square as its own, on the books once: cards, cash and checks', async () => {
    await rig.takeCash(5_00);
    await rig.makeCopy();
    await rig.takeCard(21_00);
    await rig.takeCash(22_00);
    await rig.takeCheck(23_00);
    rig.simulator.control.createForeignPayment({ amount_minor: 24_00, source: 'CARD' });
    await rig.passTimeUntil(() => byAmount(24_00).length === 1 && byAmount(23_00)[0]?.['sync'] === 'confirmed');
    const before = balances(rig.ledger.database);
    await loseAndRestore();
    await rig.passTimeUntil(caughtUp);
    const after = balances(rig.ledger.database);
    for (const account of ['drawer_cash', 'undeposited_checks', 'square_clearing', 'unallocated_receipts']) {
      expect({ account, minor: after[account] }).toEqual({ account, minor: before[account] });
    }
    const lost = rig.ledger.database.prepare('SELECT incarnation, number FROM lost_payment ORDER BY number').all();
    expect(lost).toEqual([2, 3, 4].map(number => ({ incarnation: 1, number })));
    expect((await verifyLedger(rig.ledger)).problems).toEqual([]);
  });

  test('news that comes late is marked too, and a stranger never is', async () => {
    await rig.makeCopy();
    const late = await rig.takeCash(31_00);
    await rig.passTimeUntil(() => row(late.attempt_id)['sync'] === 'confirmed');
    rig.simulator.control.settings.list_lag_ms = 3600_000;
    await loseAndRestore();
    await rig.passTimeUntil(caughtUp);
    expect(countFacts(rig.ledger.database, 'payment.lost_in_restore')).toBe(0);
    rig.simulator.control.settings.list_lag_ms = 0;
    rig.simulator.control.createForeignPayment({ amount_minor: 32_00, source: 'CARD' });
    await rig.passTimeUntil(() => byAmount(31_00).length === 1 && byAmount(32_00).length === 1);
    await rig.life.sync.now();
    expect(countFacts(rig.ledger.database, 'payment.lost_in_restore')).toBe(1);
  });
});

describe('numbers', () => {
  test('are never given twice, even when the same copy is restored again', async () => {
    await rig.takeCash(1_00);
    await rig.makeCopy();
    await loseAndRestore();
    await rig.passTimeUntil(caughtUp);
    const second = await rig.takeCash(2_00);
    await rig.passTimeUntil(() => row(second.attempt_id)['sync'] === 'confirmed');
    expect(second.reference).toMatch(/^D1\.2-000001-/);
    // No copy and no folder remembers the second incarnation; Square does.
    await loseAndRestore();
    await rig.passTimeUntil(caughtUp);
    const third = await rig.takeCash(3_00);
    expect(third.reference).toMatch(/^D1\.3-000001-/);
    expect(third.receipt_number).toBe('D1.3-000001');
    expect(third.reference.length).toBeLessThanOrEqual(40);
    expect((await verifyLedger(rig.ledger)).problems).toEqual([]);
  });

  test('the head of the copy stands in the first fact of the new chain', async () => {
    await rig.takeCash(1_00);
    await rig.settle();
    await rig.makeCopy();
    const head = rig.ledger.head;
    await loseAndRestore();
    const first = rig.ledger.database
      .prepare("SELECT body, actor FROM journal WHERE incarnation = 2 AND seq = 1 AND type = 'incarnation.started'")
      .get() as { body: string; actor: string };
    expect(JSON.parse(first.body)).toMatchObject({
      after: { incarnation: 1, seq: head.seq, hash: head.hash.toString('hex') },
      because: 'restore',
    });
    expect(first.actor).toBe('person-of-the-test');
    expect(readSlots(rig.office).slots.some(slot => slot.kind === 'recovery')).toBe(true);
  });
});
