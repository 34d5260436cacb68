import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { timelineOf } from '../../../../main/payments/timeline.ts';
import { balances, cardOf, cardToken, cashOf, dollars } from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create({ two_phase: false });
});
afterEach(() => office.close());
const clock = (): FakeClock => office.clock as FakeClock;
const story = (attempt_id: string): string[] => timelineOf(office.ledger.database, attempt_id).map(entry => entry.what);

describe('the same again?', () => {
  test('the same customer and amount within half an hour is asked about, by whatever tender, and a reason passes', async () => {
    const { customer_id } = office.addCustomer('Ines Duarte');
    const first = await office.take(cashOf(office, { customer_id }));
    for (const again of [cardOf, cashOf]) {
      await expect(office.take(again(office, { customer_id }))).rejects.toMatchObject({
        code: 'looks_like_duplicate',
        details: { reference: first.reference, receipt_number: first.receipt_number, same: 'customer' },
      });
    }
    expect(office.charges().filter(payment => payment['source_type'] === 'CARD')).toEqual([]);
    const second = await office.take(cashOf(office, { customer_id, again_because: 'Two children, two visits' }));
    expect(story(second.attempt_id)).toContain('duplicate.allowed');
    expect(story(first.attempt_id)).toContain('duplicate.allowed');
    clock().jump(30 * 60_000 + 1);
    expect((await office.take(cashOf(office, { customer_id }))).word).toBe('paid');
    expect((await office.take(cashOf(office, { customer_id, amount: dollars(1) }))).word).toBe('paid');
  });

  test('the same card and amount is asked about before it is charged, whoever is said to pay', async () => {
    const { customer_id } = office.addCustomer('Ines Duarte');
    await office.take(cardOf(office, { customer_id }));
    await expect(office.take(cardOf(office))).rejects.toMatchObject({
      code: 'looks_like_duplicate',
      details: { same: 'card' },
    });
    expect(office.charges()).toHaveLength(1);
  });

  test('a declined card may be tried again at once', async () => {
    const { customer_id } = office.addCustomer('Ines Duarte');
    office.fields.answers.push(cardToken('cnon:card-nonce-declined', office.clock.now()));
    expect((await office.take(cardOf(office, { customer_id }))).word).toBe('declined');
    expect((await office.take(cardOf(office, { customer_id }))).word).toBe('paid');
  });

  test('a card that waits in the queue stops a second payment, however long it waits', async () => {
    const { customer_id } = office.addCustomer('Ines Duarte');
    await office.simulator.control.setNetwork('down');
    const queued = await office.take(cardOf(office, { customer_id }));
    expect(queued.word).toBe('queued');
    clock().jump(3 * 3_600_000);
    await expect(office.take(cashOf(office, { customer_id }))).rejects.toMatchObject({
      code: 'looks_like_duplicate',
      details: { word: 'queued' },
    });
  });

  test('two presses with two attempt ids in the same instant take one payment', async () => {
    const { customer_id } = office.addCustomer('Ines Duarte');
    const both = await Promise.allSettled([
      office.take(cashOf(office, { customer_id })),
      office.take(cashOf(office, { customer_id })),
    ]);
    expect(both.map(one => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(balances(office.ledger.database)['drawer_cash']).toBe(1250);
  });

  test('a doubt is passed with a reason only by who may end doubts', async () => {
    const { customer_id } = office.addCustomer('Ines Duarte');
    office.simulator.control.addFault({ fault: 'drop_before_commit', method: 'POST', path: '/v2/payments' });
    await office.take(cardOf(office, { customer_id }));
    const again = (): ReturnType<typeof cashOf> =>
      cashOf(office, { customer_id, again_because: 'She insists on cash' });
    await expect(office.attempts.take(again(), office.person_id, false)).rejects.toMatchObject({
      code: 'earlier_attempt_in_doubt',
    });
    const passed = await office.attempts.take(again(), office.person_id, true);
    expect(passed.word).toBe('paid');
    expect(story(passed.attempt_id)).toContain('duplicate.allowed');
  });
});
