import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { proofOf } from '../../../../main/payments/proof.ts';
import { timelineOf } from '../../../../main/payments/timeline.ts';
import { findReport } from '../../../../main/reports/index.ts';
import { balances, cardOf, dollars } from '../../../support/builders.ts';
import { neverArrived } from '../../../support/doubts.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { OWNER_PASSWORD, TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create({ two_phase: false });
});
afterEach(() => office.close());
const clock = (): FakeClock => office.clock as FakeClock;
const story = (attempt_id: string): string[] => timelineOf(office.ledger.database, attempt_id).map(entry => entry.what);

describe('what Square changes later', () => {
  const ledgerFee = (): number => balances(office.ledger.database)['square_fees'] ?? 0;

  test('a fee that comes days later, without a new time of change, is booked once', async () => {
    const view = await office.take(cardOf(office));
    await office.sync.now();
    const payment = office.simulator.control.payments()[0]!;
    const { updated_at } = payment;
    Object.assign(payment, { processing_fee: [] });
    await office.sync.now();
    clock().jump(2 * 86_400_000);
    Object.assign(payment, {
      processing_fee: [{ type: 'INITIAL', amount_money: { amount: 66, currency: 'USD' } }],
      updated_at,
    });
    await office.sync.now();
    await office.sync.now();
    expect(ledgerFee()).toBe(66);
    expect(office.row(view.attempt_id).fee_minor).toBe(66);
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });

  test('a second charge under our reference is not hidden behind the first', async () => {
    const view = await office.take(cardOf(office));
    await office.sync.now();
    const second = office.simulator.control.createForeignPayment({ amount_minor: 1250, source: 'CARD' });
    Object.assign(second, { reference_id: view.reference });
    office.simulator.control.advance(20_000);
    await office.sync.now();
    const { day } = office.row(view.attempt_id);
    const [proof] = proofOf(office.ledger.database, { from: day, to: day }, office.sync.last_synced_ms);
    expect(proof).toMatchObject({ foreign: { count: 1 }, differences: [{ why: 'charged_twice' }] });
  });
});

describe('refunds made elsewhere', () => {
  test('a charge that turns up late and was given back already still comes onto the books, with its refund', async () => {
    const view = await neverArrived(office);
    await office.passTimeUntil(() => office.row(view.attempt_id).state !== 'unknown', 60_000, 3 * 3_600_000);
    office.simulator.control.clearFaults();
    const late = office.simulator.control.createForeignPayment({ amount_minor: 1250, source: 'CARD' });
    Object.assign(late, { reference_id: view.reference });
    await refund(late.id, 1250);
    office.simulator.control.advance(3_600_000);
    for (let round = 0; round < 3; round += 1) await office.sync.now();
    expect(office.row(view.attempt_id).state).toBe('orphan');
    expect(balances(office.ledger.database)['unallocated_receipts'] ?? 0).toBe(0);
    const decision = { attempt_id: view.attempt_id, reason: 'Refunded at Square', password: OWNER_PASSWORD };
    const settled = await office.wayOut.settleFound({ ...decision, choice: 'give_back' }, office.person_id);
    expect(settled.word).toBe('paid');
    await office.sync.now();
    const after = balances(office.ledger.database);
    expect(after['unallocated_receipts']).toBe(0);
    expect(after['square_clearing']).toBe(-(after['square_fees'] ?? 0));
    expect(after['square_fees']).toBeGreaterThan(0);
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });

  async function refund(payment_id: string, minor: number): Promise<void> {
    const answer = await fetch(`${office.simulator.baseUrl}/v2/refunds`, {
      method: 'POST',
      headers: { authorization: `Bearer ${office.simulator.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        idempotency_key: office.newId(),
        payment_id,
        amount_money: { amount: minor, currency: 'USD' },
      }),
    });
    expect(answer.status).toBe(200);
  }

  test('are posted once when they are done, told in the story, counted in the proof and in the report', async () => {
    const view = await office.take(cardOf(office));
    await office.sync.now();
    await refund(office.row(view.attempt_id).square_payment_id!, 500);
    for (let round = 0; round < 5; round += 1) {
      office.simulator.control.advance(3_600_000);
      await office.sync.now();
    }
    expect(balances(office.ledger.database)['unallocated_receipts']).toBe(-750);
    expect(story(view.attempt_id)).toContain('square.refund.observed');
    const { day } = office.row(view.attempt_id);
    const [proof] = proofOf(office.ledger.database, { from: day, to: day }, office.sync.last_synced_ms);
    expect(proof).toMatchObject({ refunded: { count: 1, sum: dollars(500) }, differences: [] });
    const table = findReport('refunds')!.run(office.ledger.database, { from: day, to: day });
    expect(table.totals).toMatchObject({ amount: dollars(500) });
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  });
});
