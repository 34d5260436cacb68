import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WATCH_MS } from '../../../../main/ledger/events/attempt-doubt.ts';
import { evidenceOf } from '../../../../main/payments/evidence.ts';
import { timelineOf } from '../../../../main/payments/timeline.ts';
import { balances, cardOf, cashOf, countFacts, dollars } from '../../../support/builders.ts';
import { chargedUnheard, neverArrived } from '../../../support/doubts.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { OWNER_PASSWORD, TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create({ two_phase: false });
});
afterEach(() => office.close());
const clock = (): FakeClock => office.clock as FakeClock;
const story = (attempt_id: string): string[] => timelineOf(office.ledger.database, attempt_id).map(entry => entry.what);

describe('the ladder', () => {
  test('an attempt that Square never saw is closed as not charged, after five searches and a cancelled key', async () => {
    const { attempt_id } = await neverArrived(office);
    const began_ms = clock().now();
    await office.passTimeUntil(() => office.row(attempt_id).state !== 'unknown', 30_000, 3 * 3_600_000);
    expect(office.row(attempt_id)).toMatchObject({ state: 'closed_not_charged', word: 'not_charged' });
    const told = story(attempt_id);
    expect(told.filter(what => what === 'attempt.cancel_asked')).toHaveLength(2);
    const cancelled = told.indexOf('attempt.cancel_asked');
    expect(told.slice(cancelled)).not.toContain('attempt.sending');
    expect(office.row(attempt_id)).toMatchObject({ not_found: 5, not_found_since_cancel: 2 });
    // Ten minutes of sending, ten of searching, five after the cancelled key: less would be no proof.
    expect(clock().now() - began_ms).toBeGreaterThan(25 * 60_000);
    expect(office.charges()).toEqual([]);
    expect(office.ledger.database.prepare('SELECT count(*) FROM pending_request').pluck().get()).toBe(0);
    expect((await office.take(cashOf(office))).word).toBe('paid');
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });

  test('a charge whose answer was lost is found in the list, though every repetition fails', async () => {
    const { attempt_id } = await chargedUnheard(office);
    await office.outbox.drive(attempt_id);
    // Sync reads the list every few seconds; the attempt is looked up as soon as its payment shows there.
    await office.passTimeUntil(() => office.row(attempt_id).state !== 'unknown');
    expect(office.row(attempt_id)).toMatchObject({ state: 'completed', word: 'paid', not_found: 0 });
    expect(office.row(attempt_id).receipt_number).toBe('D1-000001');
    expect(office.charges()).toHaveLength(1);
    expect(balances(office.ledger.database)['unallocated_receipts']).toBe(-1250);
  });

  test('a charge that turns up after the attempt was closed stands out, and is posted only when a person keeps it', async () => {
    const view = await neverArrived(office);
    await office.passTimeUntil(() => office.row(view.attempt_id).state !== 'unknown', 60_000, 3 * 3_600_000);
    const late = office.simulator.control.createForeignPayment({ amount_minor: 1250, source: 'CARD' });
    Object.assign(late, { reference_id: view.reference });
    await office.sync.now();
    expect(office.row(view.attempt_id)).toMatchObject({ state: 'orphan', word: 'found_later' });
    expect(balances(office.ledger.database)['unallocated_receipts']).toBeUndefined();
    await expect(office.take(cashOf(office))).rejects.toMatchObject({ code: 'earlier_attempt_in_doubt' });
    office.simulator.control.clearFaults();
    const kept = await office.wayOut.settleFound(
      { attempt_id: view.attempt_id, choice: 'keep', reason: 'She was charged', password: OWNER_PASSWORD },
      office.person_id,
    );
    expect(kept).toMatchObject({ word: 'paid', receipt_number: 'D1-000001' });
    expect(balances(office.ledger.database)['unallocated_receipts']).toBe(-1250);
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });

  test('a hold that was found late and goes while somebody decides about it is not decided a second time', async () => {
    const view = await neverArrived(office);
    await office.passTimeUntil(() => office.row(view.attempt_id).state !== 'unknown', 60_000, 3 * 3_600_000);
    office.simulator.control.clearFaults();
    const late = office.simulator.control.createForeignPayment({ amount_minor: 1250, source: 'CARD' });
    Object.assign(late, { reference_id: view.reference, status: 'APPROVED' });
    await office.sync.now();
    expect(office.row(view.attempt_id).state).toBe('orphan');
    office.interrupt = async (call, moment) => {
      if (call !== 'getPayment' || moment === 'before') return;
      office.interrupt = null;
      Object.assign(late, { status: 'CANCELED', updated_at: new Date(clock().now() + 1000).toISOString() });
      await office.sync.now();
    };
    const decision = { attempt_id: view.attempt_id, reason: 'She was charged', password: OWNER_PASSWORD } as const;
    await expect(office.wayOut.settleFound({ ...decision, choice: 'keep' }, office.person_id)).rejects.toMatchObject({
      code: 'attempt_not_in_doubt',
    });
    expect(office.row(view.attempt_id)).toMatchObject({ state: 'cancelled' });
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });

  test('a captured payment that was found later cannot be given back without a refund', async () => {
    const view = await neverArrived(office);
    await office.passTimeUntil(() => office.row(view.attempt_id).state !== 'unknown', 60_000, 3 * 3_600_000);
    const late = office.simulator.control.createForeignPayment({ amount_minor: 1250, source: 'CARD' });
    Object.assign(late, { reference_id: view.reference });
    await office.sync.now();
    const decision = { attempt_id: view.attempt_id, reason: 'By mistake', password: OWNER_PASSWORD } as const;
    await expect(
      office.wayOut.settleFound({ ...decision, choice: 'give_back' }, office.person_id),
    ).rejects.toMatchObject({ code: 'refund_at_square' });
    expect(office.row(view.attempt_id).state).toBe('orphan');
  });

  test('a doubt that is a day old is handed over to people, with its evidence, and still ends by itself when found', async () => {
    const { attempt_id } = await neverArrived(office);
    office.simulator.control.addFault({
      fault: 'status',
      status: 500,
      times: 5000,
      method: 'GET',
      path: '/v2/payments',
    });
    clock().jump(24 * 3_600_000 + 1);
    await office.passTimeUntil(() => office.row(attempt_id).state !== 'unknown', 60_000);
    expect(office.row(attempt_id)).toMatchObject({ state: 'manual', word: 'in_doubt' });
    expect(story(attempt_id)).toContain('attempt.handed_over');
    office.simulator.control.clearFaults();
    const late = office.simulator.control.createForeignPayment({ amount_minor: 1250, source: 'CARD' });
    Object.assign(late, { reference_id: office.row(attempt_id).reference });
    await office.passTimeUntil(() => office.row(attempt_id).state !== 'manual', 60_000);
    expect(office.row(attempt_id).state).toBe('completed');
  });

  test('after a weekend without power the old doubt is searched for before anything is sent or handed over', async () => {
    const { attempt_id } = await chargedUnheard(office);
    office.simulator.control.clearFaults();
    clock().jump(60 * 3_600_000);
    office.restart();
    await office.passTimeUntil(() => office.row(attempt_id).state !== 'unknown');
    expect(office.row(attempt_id)).toMatchObject({ state: 'completed', sends: 1 });
    expect(office.charges()).toHaveLength(1);
  });

  test('a payment under our reference with another amount is handed over at once', async () => {
    const { attempt_id, reference } = await neverArrived(office);
    const other = office.simulator.control.createForeignPayment({ amount_minor: 9900, source: 'CARD' });
    Object.assign(other, { reference_id: reference });
    await office.passTimeUntil(() => office.row(attempt_id).state !== 'unknown', 30_000, 3 * 3_600_000);
    expect(office.row(attempt_id)).toMatchObject({ state: 'manual', doubt_reason: 'amount_differs' });
  });

  test('a hold that ended while its answer was lost is a cancelled attempt, not a bug', async () => {
    const held = await TempOffice.create();
    held.simulator.control.addFault({ fault: 'drop_after_commit', method: 'POST', path: '/v2/payments' });
    const { attempt_id } = await held.take(cardOf(held));
    await held.setNetwork('down');
    held.simulator.control.advance(40 * 3_600_000);
    await held.setNetwork('up');
    await held.passTimeUntil(() => held.row(attempt_id).finished_at_ms !== null);
    expect(held.row(attempt_id).state).toBe('cancelled');
    expect(held.bugs).toEqual([]);
    await held.close();
  });

  test('a search during which the computer slept proves nothing, for a card and for a record of cash', async () => {
    const { attempt_id } = await neverArrived(office);
    const cash = await office.take(cashOf(office, { amount: dollars(4000) }));
    await office.settle();
    expect(office.row(cash.attempt_id).sync).toBe('queued');
    clock().jump(21 * 3_600_000);
    const sends = office.row(cash.attempt_id).sends;
    office.interrupt = (call, moment) => {
      if (call === 'listPayments' && moment === 'after') clock().jump(3_600_000);
    };
    await Promise.all([office.outbox.drive(attempt_id), office.outbox.drive(cash.attempt_id)]);
    expect(office.row(attempt_id)).toMatchObject({ state: 'unknown', not_found: 0 });
    expect(office.row(cash.attempt_id).sends).toBe(sends);
  });

  test('searches right after each other count as one', async () => {
    const { attempt_id } = await neverArrived(office);
    clock().jump(11 * 60_000);
    for (let press = 0; press < 8; press += 1) await office.outbox.drive(attempt_id);
    expect(office.row(attempt_id).not_found).toBeLessThanOrEqual(1);
    expect(office.row(attempt_id).state).toBe('unknown');
  });
});

describe("the manager's way out", () => {
  const decision = { reason: 'The customer has to leave', password: OWNER_PASSWORD };

  test('closes a doubt after asking Square, with the reason, the name and the evidence', async () => {
    const { attempt_id } = await neverArrived(office);
    clock().jump(61_000);
    const closed = await office.wayOut.closeDoubt({ attempt_id, ...decision }, office.person_id);
    expect(closed).toMatchObject({ word: 'not_charged', watched_until_ms: clock().now() + WATCH_MS });
    const fact = office.ledger.database
      .prepare("SELECT actor, body FROM journal WHERE type = 'attempt.closed_not_charged'")
      .get() as { actor: string; body: string };
    expect(fact.actor).toBe(office.person_id);
    expect(JSON.parse(fact.body)).toMatchObject({
      because: 'person',
      approved_by: office.person_id,
      evidence_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    // The typed words are sealed: the story can tell them, the evidence on paper does not.
    const open = (subject: string, sealed: string): unknown => office.ledger.openPersonal(subject, sealed);
    expect(timelineOf(office.ledger.database, attempt_id, open).at(-1)!.details).toMatchObject({
      reason: decision.reason,
    });
    expect(JSON.stringify(evidenceOf(office.ledger.database, attempt_id))).not.toContain(decision.reason);
    expect((await office.take(cashOf(office))).word).toBe('paid');
  });

  test('ends with "Paid" when Square has the payment after all', async () => {
    const { attempt_id } = await chargedUnheard(office);
    clock().jump(61_000);
    const closed = await office.wayOut.closeDoubt({ attempt_id, ...decision }, office.person_id);
    expect(closed.word).toBe('paid');
    expect(countFacts(office.ledger.database, 'attempt.closed_not_charged')).toBe(0);
  });

  test('is refused when Square cannot be asked, too early, with a wrong password, and for what is not in doubt', async () => {
    const { attempt_id } = await neverArrived(office);
    const close = (password = OWNER_PASSWORD): Promise<unknown> =>
      office.wayOut.closeDoubt({ attempt_id, ...decision, password }, office.person_id);
    await expect(close('wrong')).rejects.toMatchObject({ code: 'wrong_password' });
    await expect(close()).rejects.toMatchObject({ code: 'doubt_too_young' });
    clock().jump(61_000);
    await office.simulator.control.setNetwork('down');
    await expect(close()).rejects.toMatchObject({ code: 'square_unreachable' });
    expect(office.row(attempt_id).state).toBe('unknown');
    const paid = await office.take(cashOf(office, { amount: dollars(77) }));
    await expect(
      office.wayOut.closeDoubt({ attempt_id: paid.attempt_id, ...decision }, office.person_id),
    ).rejects.toMatchObject({ code: 'attempt_not_in_doubt' });
  });
});
