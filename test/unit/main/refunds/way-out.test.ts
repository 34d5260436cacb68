import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { beginRestoredIncarnation } from '../../../../main/ledger/incarnation.ts';
import { balances, cardOf, cashOf, dollars } from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { outsidersProblem } from '../../../support/stand-alone-check.ts';
import { OWNER_PASSWORD, TempOffice } from '../../../support/temp-office.ts';
import { anHourLater, atSquare, giveBack, refundElsewhere } from './giving-back.ts';

const MINUTE_MS = 60_000;
let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create({ two_phase: false, timeout_ms: 300 });
});
afterEach(async () => {
  expect(outsidersProblem(office)).toBeNull();
  expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  await office.close();
});

const balance = (account: string): number => balances(office.ledger.database)[account] ?? 0;
/** What the books still hold of the payment of 60.00; the fee is not part of it. */
const left = (): number => 0 - balance('unallocated_receipts');
const kept = () => office.ledger.database.prepare('SELECT count(*) FROM pending_request').pluck().get();
const stateOf = (refund_id: string) => office.refunds.view(refund_id);

async function paidCard(minor = 6000): Promise<string> {
  const { attempt_id } = await office.take(cardOf(office, { amount: dollars(minor) }));
  await office.sync.now();
  return attempt_id;
}

/** A refund of 20.00 without an answer, which Square has or has not made. Square's lists answer. */
async function doubtful(attempt_id: string, fault: 'drop_before_commit' | 'drop_after_commit'): Promise<string> {
  const { control } = office.simulator;
  control.addFault({ fault, method: 'POST', path: '/v2/refunds' });
  control.addFault({ fault: 'drop_before_commit', method: 'GET', path: '/v2/refunds', times: 1000 });
  const refund_id = office.newId();
  await giveBack(office, attempt_id, 2000, { refund_id });
  await office.settle();
  expect(stateOf(refund_id).state).toBe('unknown');
  return refund_id;
}
const listsAnswer = (): void => office.simulator.control.clearFaults();
const wait = (ms: number): Promise<void> => (office.clock as FakeClock).advance(ms);
const decision = (refund_id: string, as: 'given' | 'not_given', password = OWNER_PASSWORD) =>
  office.refundWayOut.close({ refund_id, as, reason: 'The bank showed it to me', password }, office.person_id);

describe('a doubt that people end', () => {
  test('closed as not given, it may be given back anew, and nothing of it is sent any more', async () => {
    const attempt_id = await paidCard();
    const refund_id = await doubtful(attempt_id, 'drop_before_commit');
    await expect(decision(refund_id, 'not_given', 'guessed')).rejects.toMatchObject({ code: 'wrong_password' });
    await expect(decision(refund_id, 'not_given')).rejects.toMatchObject({ code: 'doubt_too_young' });
    await wait(5 * MINUTE_MS).catch(() => {});
    await expect(decision(refund_id, 'not_given')).rejects.toMatchObject({ code: 'square_unreachable' });
    listsAnswer();
    expect(await decision(refund_id, 'not_given')).toMatchObject({ state: 'refused', refusal: 'closed' });
    expect(kept()).toBe(0);
    expect(left()).toBe(6000);
    await expect(decision(refund_id, 'given')).rejects.toMatchObject({ code: 'refund_not_in_doubt' });
    expect(await giveBack(office, attempt_id, 6000)).toMatchObject({ state: 'pending' });
    await anHourLater(office);
    expect(atSquare(office)).toMatchObject([{ amount_money: { amount: 6000 } }]);
    expect(left()).toBe(0);
  });

  test('closed as given, it counts at once, and Square’s own word takes the place of the person’s', async () => {
    const attempt_id = await paidCard();
    const refund_id = await doubtful(attempt_id, 'drop_before_commit');
    await wait(5 * MINUTE_MS);
    listsAnswer();
    expect(await decision(refund_id, 'given')).toMatchObject({ state: 'completed', square_refund_id: null });
    expect(left()).toBe(4000);
    expect(office.refunds.offer(attempt_id, office.person_id).refundable).toEqual(dollars(4000));
    const { square_payment_id } = office.row(attempt_id);
    await refundElsewhere(office, square_payment_id!, 2000, stateOf(refund_id).reference);
    await office.sync.now();
    await office.settle();
    expect(stateOf(refund_id)).toMatchObject({ state: 'pending', square_refund_id: expect.any(String) });
    expect(left()).toBe(6000);
    await anHourLater(office);
    expect(stateOf(refund_id)).toMatchObject({ state: 'completed', sync: 'confirmed' });
    expect(left()).toBe(4000);
  });

  test('what Square shows as failed later was not given, whatever somebody said', async () => {
    const attempt_id = await paidCard();
    const refund_id = await doubtful(attempt_id, 'drop_before_commit');
    await wait(5 * MINUTE_MS);
    listsAnswer();
    await decision(refund_id, 'given');
    office.simulator.control.settings.refund_outcome = 'REJECTED';
    await refundElsewhere(office, office.row(attempt_id).square_payment_id!, 2000, stateOf(refund_id).reference);
    await anHourLater(office);
    expect(stateOf(refund_id).state).toBe('refused');
    expect(left()).toBe(6000);
  });

  test('Square is searched first: what it has ends the doubt, whatever was about to be decided', async () => {
    const attempt_id = await paidCard();
    const refund_id = await doubtful(attempt_id, 'drop_after_commit');
    await wait(5 * MINUTE_MS);
    listsAnswer();
    expect(await decision(refund_id, 'not_given')).toMatchObject({ state: 'completed' });
    const again = decision(refund_id, 'not_given');
    await expect(again).rejects.toMatchObject({ code: 'refund_not_in_doubt' });
    expect(atSquare(office)).toHaveLength(1);
  });
});

describe('a refund that never left', () => {
  test('is taken back, frees what it held, and is never sent', async () => {
    const attempt_id = await paidCard();
    await office.setNetwork('down');
    const { refund_id } = await giveBack(office, attempt_id, 6000);
    expect(stateOf(refund_id).state).toBe('requested');
    expect(await office.refundWayOut.takeBack(refund_id, office.person_id)).toMatchObject({
      ...{ state: 'refused', refusal: 'taken_back' },
    });
    expect(kept()).toBe(0);
    await office.setNetwork('up');
    await office.settle();
    await anHourLater(office);
    expect(atSquare(office)).toEqual([]);
    expect(office.refunds.offer(attempt_id, office.person_id).refundable).toEqual(dollars(6000));
  });

  test('is not taken back once it may have left, or was handed out', async () => {
    const attempt_id = await paidCard();
    const refund_id = await doubtful(attempt_id, 'drop_before_commit');
    const taken = office.refundWayOut.takeBack(refund_id, office.person_id);
    await expect(taken).rejects.toMatchObject({ code: 'refund_not_waiting' });
    listsAnswer();
    const cash = await office.take(cashOf(office, { amount: dollars(2000) }));
    const { refund_id: handed } = await giveBack(office, cash.attempt_id, 2000, { kind: 'cash' });
    await office.settle();
    const again = office.refundWayOut.takeBack(handed, office.person_id);
    await expect(again).rejects.toMatchObject({ code: 'refund_not_waiting' });
    expect(balance('drawer_cash')).toBe(0);
  });
});

test('after a restore nothing taken before it is handed out until somebody looked at the paper, and Square was asked', async () => {
  const { attempt_id } = await office.take(cashOf(office, { amount: dollars(2000) }));
  await office.settle();
  await office.sync.now();
  await wait(MINUTE_MS);
  beginRestoredIncarnation(office.ledger, {
    ...{ incarnation: 2, actor: office.person_id, now_ms: office.clock.now() },
    copy: { copy_id: 'copy', made_at_ms: office.clock.now() - MINUTE_MS, sha256: '' },
  });
  expect(office.refunds.offer(attempt_id, office.person_id).ask_before).toMatchObject({
    restored_at_ms: office.clock.now(),
  });
  const unasked = giveBack(office, attempt_id, 2000, { kind: 'cash' });
  await expect(unasked).rejects.toMatchObject({ code: 'refund_check_first' });
  await office.setNetwork('down');
  const offline = giveBack(office, attempt_id, 2000, { kind: 'cash', checked: true });
  await expect(offline).rejects.toMatchObject({ code: 'square_unreachable' });
  await office.setNetwork('up');
  expect(await giveBack(office, attempt_id, 2000, { kind: 'cash', checked: true })).toMatchObject({
    state: 'recorded',
  });
  const later = await office.take(cashOf(office, { amount: dollars(2100) }));
  expect(office.refunds.offer(later.attempt_id, office.person_id).ask_before).toBeNull();
});
