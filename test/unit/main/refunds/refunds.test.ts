import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AttemptView } from '../../../../common/contract/payments.ts';
import { proofOf } from '../../../../main/payments/proof.ts';
import { openRefunds } from '../../../../main/payments/queries.ts';
import { timelineOf } from '../../../../main/payments/timeline.ts';
import { hasUnsentRefunds } from '../../../../main/refunds/queries.ts';
import { findReport } from '../../../../main/reports/index.ts';
import { balances, cardOf, cashOf, checkOf, countFacts, dollars } from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { outsidersProblem } from '../../../support/stand-alone-check.ts';
import { TempOffice } from '../../../support/temp-office.ts';
import { anHourLater, atSquare, giveBack, refundElsewhere, refundInput, prove } from './giving-back.ts';

const DAY_MS = 24 * 3_600_000;
let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create({ two_phase: false, timeout_ms: 1000 });
});
afterEach(async () => {
  expect(office.bugs).toEqual([]);
  expect(outsidersProblem(office)).toBeNull();
  await office.close();
});
const view = (attempt_id: string): AttemptView => office.attempts.view(attempt_id);
const story = (attempt_id: string): string[] => timelineOf(office.ledger.database, attempt_id).map(entry => entry.what);
const balance = (account: string): number => balances(office.ledger.database)[account] ?? 0;
const pending = (): unknown => office.ledger.database.prepare('SELECT count(*) FROM pending_request').pluck().get();
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

async function paidCard(minor = 6000): Promise<AttemptView> {
  const { customer_id } = office.addCustomer(`Customer ${office.newId()}`);
  const paid = await office.take(cardOf(office, { amount: dollars(minor), customer_id }));
  await office.sync.now();
  return paid;
}

describe('a refund to a card', () => {
  test('is pending first, is booked once when Square says that it is done, and leaves nothing behind', async () => {
    const { attempt_id } = await paidCard();
    const before = balance('square_clearing');
    const refund = await giveBack(office, attempt_id, 2000);
    expect(refund).toMatchObject({ state: 'pending', kind: 'square', sends: 1, sync: 'confirmed' });
    expect(refund.reference).toMatch(/^D1-R000001-[0-9a-f]{8}$/);
    expect(atSquare(office)).toMatchObject([{ reason: refund.reference, amount_money: { amount: 2000 } }]);
    expect(balance('square_clearing')).toBe(before);
    await anHourLater(office);
    await anHourLater(office);
    expect(office.refunds.view(refund.refund_id)).toMatchObject({ state: 'completed' });
    expect(balance('unallocated_receipts')).toBe(-4000);
    expect(view(attempt_id)).toMatchObject({
      word: 'paid',
      refunded: dollars(2000),
      refunds: [{ refund_id: refund.refund_id, kind: 'square', state: 'completed', amount: dollars(2000) }],
    });
    expect(pending()).toBe(0);
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });

  test('is posted for the customer who paid', async () => {
    const { attempt_id, customer } = await paidCard();
    await giveBack(office, attempt_id, 2000);
    await anHourLater(office);
    const rows = office.ledger.database
      .prepare("SELECT customer_id, amount_minor FROM posting WHERE debit_account = 'unallocated_receipts'")
      .all();
    expect(rows).toEqual([{ customer_id: customer!.customer_id, amount_minor: 2000 }]);
  });

  test('that fails days after it was done is posted back, and its part goes back in another way', async () => {
    const { attempt_id } = await paidCard();
    const refund = await giveBack(office, attempt_id, 2000);
    await anHourLater(office);
    const held = office.simulator.control.refunds()[0]!;
    Object.assign(held, { status: 'FAILED', updated_at: new Date(office.clock.now() + 9e6).toISOString() });
    Object.assign(office.simulator.control.payments()[0]!, {
      refunded_money: { amount: 0, currency: 'USD' },
      updated_at: new Date(office.clock.now() + 9e6).toISOString(),
    });
    await anHourLater(office);
    expect(office.refunds.view(refund.refund_id)).toMatchObject({ state: 'refused', refusal: 'failed' });
    expect(balance('unallocated_receipts')).toBe(-6000);
    const offer = office.refunds.offer(attempt_id, office.person_id);
    expect(offer.refundable).toEqual(dollars(6000));
    expect(offer.ways).toMatchObject([
      { kind: 'square', largest: dollars(4000) },
      { kind: 'cash', available: true, largest: dollars(2000) },
      { kind: 'check', available: true, largest: dollars(2000) },
      { kind: 'other', available: true, largest: dollars(2000) },
    ]);
    expect(view(attempt_id).refunded).toBeNull();
    const perCustomer = office.ledger.database
      .prepare(
        `SELECT coalesce(sum(CASE debit_account WHEN 'unallocated_receipts' THEN amount_minor ELSE -amount_minor END), 0)
         FROM posting WHERE customer_id IS NULL AND 'unallocated_receipts' IN (debit_account, credit_account)`,
      )
      .pluck()
      .get();
    expect(perCustomer).toBe(0);
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });

  test('pressed twice at once is one refund, and another input under its id is a conflict', async () => {
    const { attempt_id } = await paidCard();
    const input = refundInput(office, attempt_id, 2000);
    const make = () => office.refunds.make(input, office.person_id, prove);
    const [one, two] = await Promise.all([make(), make()]);
    expect(two).toEqual(one);
    expect(await make()).toMatchObject({ refund_id: input.refund_id });
    expect(atSquare(office)).toHaveLength(1);
    const other = office.refunds.make({ ...input, amount: dollars(2100) }, office.person_id, prove);
    expect(await codeOf(other)).toBe('refund_conflict');
    expect(countFacts(office.ledger.database, 'refund.requested')).toBe(1);
  });

  test('is never more than what is left, also when two people press at the same time', async () => {
    const { attempt_id } = await paidCard();
    const codes = await Promise.all([4000, 4000].map(minor => codeOf(giveBack(office, attempt_id, minor))));
    expect(codes.sort()).toEqual(['done', 'refund_too_much']);
    expect(await codeOf(giveBack(office, attempt_id, 2001))).toBe('refund_too_much');
    expect(await codeOf(giveBack(office, attempt_id, 2000))).toBe('done');
    expect(await codeOf(giveBack(office, attempt_id, 1))).toBe('refund_not_possible');
  });

  test('counts what was refunded elsewhere', async () => {
    const { attempt_id } = await paidCard();
    await refundElsewhere(office, view(attempt_id).square_payment_id!, 5000);
    office.simulator.control.advance(10_000);
    await office.sync.now();
    expect(office.refunds.offer(attempt_id, office.person_id)).toMatchObject({ refundable: dollars(1000) });
    expect(await codeOf(giveBack(office, attempt_id, 1001))).toBe('refund_too_much');
    expect(view(attempt_id)).toMatchObject({ refunded: dollars(5000), refunds: [{ refund_id: null }] });
  });

  test('that Square refuses is told with its reason, and what is owed can go back by hand', async () => {
    const { attempt_id } = await paidCard();
    // For Square the payment is older than for the desk.
    office.simulator.control.advance(366 * DAY_MS);
    const refund = await giveBack(office, attempt_id, 2000);
    expect(refund).toMatchObject({
      state: 'refused',
      refusal: 'not_refundable',
      square_code: 'PAYMENT_NOT_REFUNDABLE',
    });
    expect(balance('unallocated_receipts')).toBe(-6000);
    expect(await codeOf(giveBack(office, attempt_id, 2000, { kind: 'check' }))).toBe('done');
    expect(balance('bank')).toBe(-2000);
    expect(view(attempt_id).refunded).toEqual(dollars(2000));
    expect(pending()).toBe(0);
  });

  test('of a disputed payment goes back in no way, until a day has passed', async () => {
    const { attempt_id } = await paidCard(8805);
    office.simulator.control.advance(60_000);
    expect(await giveBack(office, attempt_id, 2000)).toMatchObject({ state: 'refused', refusal: 'disputed' });
    for (const kind of ['square', 'cash', 'check', 'other'] as const) {
      expect(await codeOf(giveBack(office, attempt_id, 2000, { kind }))).toBe('refund_not_possible');
    }
    (office.clock as FakeClock).jump(25 * 3_600_000);
    expect(office.refunds.offer(attempt_id, office.person_id).ways[0]).toMatchObject({ available: true });
  });
});

describe('money handed out at the desk', () => {
  test('leaves the drawer at once and is told to Square as a record', async () => {
    const { attempt_id } = await office.take(cashOf(office, { amount: dollars(5000) }));
    await office.settle();
    const refund = await giveBack(office, attempt_id, 1500, { kind: 'cash' });
    expect(refund).toMatchObject({ state: 'recorded', kind: 'cash' });
    expect(balance('drawer_cash')).toBe(3500);
    await office.settle();
    expect(office.refunds.view(refund.refund_id)).toMatchObject({ state: 'recorded', sync: 'confirmed' });
    expect(atSquare(office)).toMatchObject([{ reason: refund.reference, destination_type: 'CASH' }]);
    await anHourLater(office);
    expect(balance('drawer_cash')).toBe(3500);
    expect(view(attempt_id).refunded).toEqual(dollars(1500));
    expect(pending()).toBe(0);
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });

  test('offline it leaves the drawer, and Square is told of the payment first and of the refund then', async () => {
    await office.setNetwork('down');
    const { attempt_id } = await office.take(cashOf(office, { amount: dollars(5000) }));
    const refund = await giveBack(office, attempt_id, 1500, { kind: 'cash' });
    await office.settle();
    expect(balance('drawer_cash')).toBe(3500);
    await office.setNetwork('up');
    await office.passTimeUntil(() => office.refunds.view(refund.refund_id).sync === 'confirmed');
    expect(atSquare(office)).toHaveLength(1);
  });

  test('of a payment whose record Square refused is told to nobody', async () => {
    await office.setNetwork('down');
    const { attempt_id } = await office.take(cashOf(office, { amount: dollars(5000) }));
    const refund = await giveBack(office, attempt_id, 1500, { kind: 'cash' });
    await office.settle();
    office.ledger.write('desk', write => write.fact('record.refused', { attempt_id, square_code: 'BAD_REQUEST' }));
    await office.setNetwork('up');
    await office.passTimeUntil(() => office.refunds.view(refund.refund_id).sync === 'refused');
    expect(office.refunds.view(refund.refund_id).state).toBe('recorded');
    expect(balance('drawer_cash')).toBe(3500);
    expect(await giveBack(office, attempt_id, 500, { kind: 'cash' })).toMatchObject({ sync: 'none' });
    expect(atSquare(office)).toEqual([]);
  });

  test('for a check leaves the bank', async () => {
    const { attempt_id } = await office.take(checkOf(office, { amount: dollars(5000) }));
    await office.settle();
    await giveBack(office, attempt_id, 5000, { kind: 'check' });
    await office.settle();
    expect(balance('bank')).toBe(-5000);
    expect(balance('unallocated_receipts')).toBe(0);
    expect(atSquare(office)).toMatchObject([{ destination_type: 'EXTERNAL' }]);
  });
});

describe('a payment that was made elsewhere', () => {
  test('goes back through Square, and not out of this drawer', async () => {
    const made = office.simulator.control.createForeignPayment({ amount_minor: 3000, source: 'CARD' });
    await office.sync.now();
    const find = office.ledger.database.prepare('SELECT attempt_id FROM payment WHERE square_payment_id = ?').pluck();
    const refund = await giveBack(office, find.get(made.id) as string, 1000);
    await anHourLater(office);
    expect(office.refunds.view(refund.refund_id)).toMatchObject({ state: 'completed' });
    expect(balance('unallocated_receipts')).toBe(-2000);
    const cash = office.simulator.control.createForeignPayment({ amount_minor: 3000, source: 'CASH' });
    office.simulator.control.advance(30_000);
    await office.sync.now();
    const { ways } = office.refunds.offer(find.get(cash.id) as string, office.person_id);
    expect(ways.map(({ unavailable_because }) => unavailable_because)).toEqual([
      'not_with_square',
      ...['not_in_drawer', 'not_in_drawer', 'not_in_drawer'],
    ]);
  });
});

describe('where refunds are seen', () => {
  test('a refund that failed late, or was made twice, needs a look until something was given back instead', async () => {
    const { attempt_id, day } = await paidCard();
    office.simulator.control.settings.refund_outcome = 'FAILED';
    const lost = await giveBack(office, attempt_id, 2000);
    await anHourLater(office);
    const differences = (): unknown[] =>
      proofOf(office.ledger.database, { from: day, to: day }, office.sync.last_synced_ms)[0]!.differences;
    expect(differences()).toEqual([{ attempt_id, reference: lost.reference, why: 'refund_failed' }]);
    office.simulator.control.settings.refund_outcome = 'COMPLETED';
    const kept = await giveBack(office, attempt_id, 1000);
    expect(differences()).toEqual([]);
    await refundElsewhere(office, view(attempt_id).square_payment_id!, 1000, kept.reference);
    await anHourLater(office);
    expect(differences()).toEqual([{ attempt_id, reference: kept.reference, why: 'refunded_twice' }]);
    expect(view(attempt_id).refunded).toEqual(dollars(2000));
  });

  test('Square is not let go of while one waits to be sent', async () => {
    const { attempt_id } = await paidCard();
    await office.setNetwork('down');
    await giveBack(office, attempt_id, 2000);
    expect(hasUnsentRefunds(office.ledger.database)).toBe(true);
    expect(openRefunds(office.ledger.database)).toEqual({ waiting: 1, in_doubt: 0 });
    await office.setNetwork('up');
    await office.settle();
    await office.passTimeUntil(() => !hasUnsentRefunds(office.ledger.database));
    expect(atSquare(office)).toHaveLength(1);
  });

  test('the proof, the report and the story know who made them', async () => {
    const { attempt_id, day } = await paidCard();
    const refund = await giveBack(office, attempt_id, 2000);
    await refundElsewhere(office, view(attempt_id).square_payment_id!, 500);
    await anHourLater(office);
    const [proof] = proofOf(office.ledger.database, { from: day, to: day }, office.sync.last_synced_ms);
    expect(proof).toMatchObject({
      refunded: { count: 2, sum: dollars(2500) },
      refunded_elsewhere: { count: 1, sum: dollars(500) },
      differences: [],
    });
    const table = findReport('refunds')!.run(office.ledger.database, { from: day, to: day });
    expect(table.totals).toMatchObject({ amount: dollars(2500) });
    expect(table.rows.map(row => row['refund'])).toEqual([refund.reference, 'Made elsewhere']);
    // Square's own news of a refund made here are told once, by the refund.
    expect(
      story(attempt_id)
        .filter(what => what.includes('refund'))
        .sort(),
    ).toEqual([
      ...['refund.completed', 'refund.pending', 'refund.requested', 'refund.sending', 'square.refund.observed'],
    ]);
  });
});
