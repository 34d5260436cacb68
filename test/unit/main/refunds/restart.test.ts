import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RefundView } from '../../../../common/contract/refunds.ts';
import { beginRestoredIncarnation } from '../../../../main/ledger/incarnation.ts';
import { listenToCrashPoints, type CrashPoint } from '../../../../main/platform/crash-points.ts';
import { balances, cardOf, cashOf, dollars } from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { outsidersProblem } from '../../../support/stand-alone-check.ts';
import { TempOffice } from '../../../support/temp-office.ts';
import { anHourLater, atSquare, employ, giveBack } from './giving-back.ts';

const DAY_MS = 24 * 3_600_000;
const never = new Promise<void>(() => {});

let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create({ two_phase: false, timeout_ms: 1000 });
});
afterEach(async () => {
  listenToCrashPoints(() => {});
  expect(outsidersProblem(office)).toBeNull();
  await office.close();
});
const refund = (refund_id: string): RefundView => office.refunds.view(refund_id);
const balance = (account: string): number => balances(office.ledger.database)[account] ?? 0;
const ENDED = new Set(['completed', 'refused']);

async function paidCard(minor = 6000): Promise<string> {
  const { attempt_id } = await office.take(cardOf(office, { amount: dollars(minor) }));
  await office.sync.now();
  return attempt_id;
}

async function ended(refund_id: string): Promise<RefundView> {
  await office.settle();
  await office.passTimeUntil(() => ENDED.has(refund(refund_id).state), 5000);
  return refund(refund_id);
}

/** Asks for a refund and lets the process die at a moment of its call to Square. */
async function diesAt(moment: 'before' | 'after', attempt_id: string, minor = 2000): Promise<string> {
  const refund_id = office.newId();
  let there = false;
  office.interrupt = (call, when) => {
    if (call !== 'createRefund' || when !== moment) return undefined;
    there = true;
    return never;
  };
  void giveBack(office, attempt_id, minor, { refund_id });
  await expect.poll(() => there).toBe(true);
  return refund_id;
}

/** Asks for a refund and lets the process die at a label. */
async function diesAtPoint(point: CrashPoint, attempt_id: string, second?: string): Promise<string> {
  const refund_id = office.newId();
  listenToCrashPoints(passed => {
    if (passed === point) throw new Error(`died at ${point}`);
  });
  await giveBack(office, attempt_id, 2000, { refund_id, ...(second ? { second } : {}) }).catch(() => {});
  listenToCrashPoints(() => {});
  return refund_id;
}

describe('a desk that dies while it gives back', () => {
  test('after the approval and before anything left, sends it once, with the approval that was given', async () => {
    const second = employ(office, 'Bea Manager', 'manager');
    const attempt_id = await paidCard();
    const refund_id = await diesAtPoint('CP22', attempt_id, second);
    expect(atSquare(office)).toEqual([]);
    office.restart();
    expect(await ended(refund_id)).toMatchObject({ state: 'completed', approved_by: 'Bea Manager', sends: 1 });
    expect(atSquare(office)).toHaveLength(1);
    expect(balance('unallocated_receipts')).toBe(-4000);
  });

  test('before the first byte left, sends the same bytes again', async () => {
    const refund_id = await diesAt('before', await paidCard());
    office.restart();
    expect(await ended(refund_id)).toMatchObject({ state: 'completed', sends: 2 });
    expect(atSquare(office)).toHaveLength(1);
  });

  test.each([
    ['while Square remembers the key', null],
    ['and Square has forgotten the key', -1],
  ])('after Square had it, finds it and sends nothing: %s', async (_what, retention_ms) => {
    const attempt_id = await paidCard();
    office.simulator.control.settings.key_retention_ms = retention_ms;
    const refund_id = await diesAt('after', attempt_id);
    (office.clock as FakeClock).jump(3 * DAY_MS);
    office.restart();
    expect(await ended(refund_id)).toMatchObject({ state: 'completed', sends: 1 });
    expect(atSquare(office)).toHaveLength(1);
    expect(balance('unallocated_receipts')).toBe(-4000);
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });

  test('with the answer in its hands and nothing written, ends as one refund', async () => {
    const refund_id = await diesAtPoint('CP23', await paidCard());
    office.restart();
    expect(await ended(refund_id)).toMatchObject({ state: 'completed' });
    expect(atSquare(office)).toHaveLength(1);
    expect(balance('unallocated_receipts')).toBe(-4000);
  });

  test('while a record of cash is told: the drawer gave once, and Square keeps one record', async () => {
    const { attempt_id } = await office.take(cashOf(office, { amount: dollars(5000) }));
    await office.settle();
    office.simulator.control.settings.key_retention_ms = -1;
    let there = false;
    office.interrupt = (call, when) => {
      if (call !== 'createRefund' || when !== 'after') return undefined;
      there = true;
      return never;
    };
    const { refund_id } = await giveBack(office, attempt_id, 1000, { kind: 'cash' });
    await expect.poll(() => there).toBe(true);
    office.restart();
    await office.passTimeUntil(() => refund(refund_id).sync === 'confirmed');
    expect(atSquare(office)).toHaveLength(1);
    expect(balance('drawer_cash')).toBe(4000);
  });

  test('for days while the refund is pending, learns that it failed, and has nothing on its books', async () => {
    office.simulator.control.settings.refund_outcome = 'FAILED';
    const attempt_id = await paidCard();
    const { refund_id } = await giveBack(office, attempt_id, 2000);
    (office.clock as FakeClock).jump(9 * DAY_MS);
    office.restart();
    expect(await ended(refund_id)).toMatchObject({ state: 'refused', refusal: 'failed' });
    expect(balance('unallocated_receipts')).toBe(-6000);
    expect(office.refunds.offer(attempt_id, office.person_id)).toMatchObject({ refundable: dollars(6000) });
  });

  test('between Square’s news and its own, catches up at the next start', async () => {
    const attempt_id = await paidCard();
    const { refund_id } = await giveBack(office, attempt_id, 2000);
    office.simulator.control.advance(3_600_000);
    const { writeResult } = office.ledger;
    office.ledger.writeResult = () => {
      throw new Error('died before it was written');
    };
    await office.sync.now();
    office.ledger.writeResult = writeResult;
    expect(refund(refund_id).state).toBe('pending');
    office.restart();
    expect(refund(refund_id).state).toBe('completed');
    expect(balance('unallocated_receipts')).toBe(-4000);
  });
});

/** From the nth commit on the process is dead: that commit is still made, or it is not, and no later one is. */
function diesAtCommit(nth: number, made: boolean): { readonly left: () => number } {
  const { ledger } = office;
  const write = ledger.write.bind(ledger);
  let left = nth;
  const dying: typeof write = (actor, work) => {
    left -= 1;
    if (left > 0 || (left === 0 && made)) {
      const value = write(actor, work);
      if (left > 0) return value;
    }
    throw new Error('dead');
  };
  ledger.write = dying;
  return { left: () => left };
}

describe('a desk that dies at any commit of a refund', () => {
  test.each([
    ['after', true],
    ['before', false],
  ])('%s it is made: gives back once, and books it once', async (_when, made) => {
    const reached: boolean[] = [];
    for (let nth = 1; nth <= 6; nth += 1) {
      const attempt_id = await paidCard(6000 + nth * 10 + Number(made));
      const before = balance('unallocated_receipts');
      const refund_id = office.newId();
      const death = diesAtCommit(nth, made);
      await giveBack(office, attempt_id, 2000, { refund_id }).catch(() => {});
      office.simulator.control.advance(10_000);
      await office.sync.now();
      reached.push(death.left() <= 0);
      office.restart();
      const row = office.ledger.database.prepare('SELECT 1 FROM refund WHERE refund_id = ?').get(refund_id);
      // Nothing was written down, so nothing was asked for; who pressed sees that and presses again.
      if (row === undefined) expect([nth, made]).toEqual([1, false]);
      if (row === undefined) await giveBack(office, attempt_id, 2000, { refund_id });
      expect(await ended(refund_id), `commit ${nth}`).toMatchObject({ state: 'completed' });
      expect(atSquare(office, office.row(attempt_id).square_payment_id!), `commit ${nth}`).toHaveLength(1);
      expect(balance('unallocated_receipts')).toBe(before + 2000);
    }
    // Asked for, sending, the answer, what Square did of it, and that it ended.
    expect(reached.slice(0, 5)).toEqual([true, true, true, true, true]);
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });
});

describe('a refund whose answer was lost', () => {
  test('is not "refused" because Square says that nothing is left: it was given back by that very send', async () => {
    const attempt_id = await paidCard();
    const { settings } = office.simulator.control;
    Object.assign(settings, { key_retention_ms: -1, list_lag_ms: 60_000 });
    office.simulator.control.addFault({ fault: 'drop_after_commit', method: 'POST', path: '/v2/refunds' });
    const { refund_id } = await giveBack(office, attempt_id, 6000);
    await office.passTimeUntil(() => refund(refund_id).sends === 2, 5000);
    expect(refund(refund_id).state).toBe('unknown');
    office.simulator.control.advance(60_000);
    expect(await ended(refund_id)).toMatchObject({ state: 'completed', sends: 2 });
    expect(atSquare(office)).toHaveLength(1);
    expect(balance('unallocated_receipts')).toBe(0);
  });

  test('never arrived and is refused at the second try: a search shows that it is true before it is said', async () => {
    const attempt_id = await paidCard();
    office.simulator.control.addFault({ fault: 'drop_before_commit', method: 'POST', path: '/v2/refunds' });
    const { refund_id, state } = await giveBack(office, attempt_id, 2000);
    expect(state).toBe('unknown');
    office.simulator.control.advance(366 * DAY_MS);
    await office.settle();
    expect(await ended(refund_id)).toMatchObject({ state: 'refused', refusal: 'not_refundable', sends: 2 });
    expect(atSquare(office)).toEqual([]);
  });
});

describe('a pending refund', () => {
  test('is asked about by its id, where Square’s list is of no help', async () => {
    const attempt_id = await paidCard();
    const { refund_id } = await giveBack(office, attempt_id, 2000);
    office.interrupt = call => (call === 'listRefunds' ? Promise.reject(new TypeError('no list')) : undefined);
    office.simulator.control.advance(60_000);
    await office.passTimeUntil(() => refund(refund_id).state === 'completed', 60_000);
    expect(balance('unallocated_receipts')).toBe(-4000);
    office.interrupt = null;
    await office.sync.now();
    expect(balance('unallocated_receipts')).toBe(-4000);
  });
});

describe('offline', () => {
  test('a refund waits and is sent once when the line is back', async () => {
    const attempt_id = await paidCard();
    await office.setNetwork('down');
    const { refund_id, state } = await giveBack(office, attempt_id, 2000);
    expect(state).toBe('requested');
    expect(office.refunds.offer(attempt_id, office.person_id)).toMatchObject({
      sent_later: true,
      refundable: dollars(4000),
    });
    office.restart();
    await office.setNetwork('up');
    expect(await ended(refund_id)).toMatchObject({ state: 'completed' });
    expect(atSquare(office)).toHaveLength(1);
  });

  test('a long queue of refunds is sent in its turn, each once', async () => {
    const paid: string[] = [];
    for (let count = 1; count <= 9; count += 1) paid.push(await paidCard(6000 + count));
    await office.setNetwork('down');
    for (const attempt_id of paid) await giveBack(office, attempt_id, 1000);
    await office.setNetwork('up');
    const open = office.ledger.database.prepare("SELECT count(*) FROM refund WHERE state <> 'completed'").pluck();
    await office.passTimeUntil(() => open.get() === 0, 5000);
    expect(atSquare(office)).toHaveLength(9);
  });
});

describe('a restored copy', () => {
  const restore = (): void => {
    const copy = { copy_id: 'copy', made_at_ms: office.clock.now(), sha256: '' };
    const restored = { incarnation: 2, actor: office.person_id, copy, now_ms: office.clock.now() };
    beginRestoredIncarnation(office.ledger, restored);
    office.restart();
  };

  test('sends no refund that waited in it: what Square does not have is closed as not made', async () => {
    const attempt_id = await paidCard();
    await office.setNetwork('down');
    // Tried once, without a line: nothing left the desk.
    const { refund_id } = await giveBack(office, attempt_id, 2000);
    restore();
    await office.setNetwork('up');
    expect(await ended(refund_id)).toMatchObject({ state: 'refused', refusal: 'restored', sends: 1 });
    expect(atSquare(office)).toEqual([]);
    const next = await giveBack(office, attempt_id, 2000);
    expect(next.reference).toMatch(/^D1\.2-R000001-/);
    await anHourLater(office);
    expect(atSquare(office)).toHaveLength(1);
  });

  test('finds the refund that was sent after it was made', async () => {
    const refund_id = await diesAt('after', await paidCard());
    office.interrupt = null;
    restore();
    expect(await ended(refund_id)).toMatchObject({ state: 'completed' });
    expect(atSquare(office)).toHaveLength(1);
    expect(balance('unallocated_receipts')).toBe(-4000);
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });
});
