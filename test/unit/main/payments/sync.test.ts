import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { proofOf } from '../../../../main/payments/proof.ts';
import { OVERLAP_MS } from '../../../../main/payments/sync.ts';
import { balances, cardOf, cashOf, countFacts, dollars } from '../../../support/builders.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create();
});
afterEach(() => office.close());
const clock = (): FakeClock => office.clock as FakeClock;
const foreign = (amount_minor: number, source: 'CARD' | 'CASH' = 'CARD') =>
  office.simulator.control.createForeignPayment({ amount_minor, source });
const flagged = () => office.ledger.database.prepare('SELECT * FROM payment WHERE foreign_payment = 1').all();
const today = { from: '2026-01-15', to: '2026-01-15' };
const proof = () => proofOf(office.ledger.database, today, office.sync.last_synced_ms);

describe('fees', () => {
  test('arrive late and are posted once, however often the list is read', async () => {
    const view = await office.take(cardOf(office, { amount: dollars(10_000) }));
    await office.sync.now();
    expect(office.row(view.attempt_id).fee_minor).toBe(0);
    expect(balances(office.ledger.database)['square_fees']).toBeUndefined();
    office.simulator.control.advance(10_000);
    for (let round = 0; round < 5; round += 1) await office.sync.now();
    expect(office.row(view.attempt_id).fee_minor).toBe(320);
    expect(balances(office.ledger.database)).toEqual({
      square_clearing: 10_000 - 320,
      square_fees: 320,
      unallocated_receipts: -10_000,
    });
  });
});

describe('payments made elsewhere', () => {
  test('are flagged, posted once and never taken for ours', async () => {
    const own = await office.take(cardOf(office, { amount: dollars(5000) }));
    foreign(7000);
    for (let round = 0; round < 3; round += 1) await office.sync.now();
    expect(flagged()).toMatchObject([{ amount_minor: 7000, state: 'completed', number: 0, actor: 'square' }]);
    expect(office.row(own.attempt_id).foreign_payment).toBe(0);
    expect(balances(office.ledger.database)['unallocated_receipts']).toBe(-12_000);
    expect(proof()).toMatchObject([
      { created: { count: 1 }, confirmed: { count: 1 }, foreign: { count: 1, sum: dollars(7000) }, differences: [] },
    ]);
  });

  test('in cash lie in another drawer: they are shown and not posted', async () => {
    foreign(900, 'CASH');
    await office.sync.now();
    expect(flagged()).toMatchObject([{ tender: 'cash', amount_minor: 900 }]);
    expect(balances(office.ledger.database)).toEqual({});
  });
});

describe('reading the list again', () => {
  test('ten times over adds no fact', async () => {
    await office.take(cardOf(office));
    await office.take(cashOf(office));
    await office.settle();
    foreign(123);
    office.simulator.control.advance(10_000);
    await office.sync.now();
    const facts = countFacts(office.ledger.database);
    for (let round = 0; round < 10; round += 1) {
      office.ledger.database.prepare('DELETE FROM sync_cursor').run();
      await office.sync.now();
    }
    expect(countFacts(office.ledger.database)).toBe(facts);
    expect(await office.verify()).toMatchObject({ ok: true });
  });

  test('after ten days off catches up over many pages with no gap and no double', async () => {
    await office.sync.now();
    for (let index = 0; index < 230; index += 1) {
      foreign(1000 + index);
      if (index % 23 === 0) office.simulator.control.advance(86_400_000);
    }
    clock().jump(10 * 86_400_000);
    await office.sync.now();
    const amounts = office.ledger.database.prepare('SELECT amount_minor FROM payment ORDER BY 1').pluck().all();
    expect(amounts).toEqual(Array.from({ length: 230 }, (_, index) => 1000 + index));
    await office.sync.now();
    expect(countFacts(office.ledger.database, 'square.payment.observed')).toBeGreaterThanOrEqual(230);
    expect(flagged()).toHaveLength(230);
  });

  test('a line that drops in the middle of ten days costs one page, and nothing is read from the start again', async () => {
    await office.sync.now();
    for (let index = 0; index < 350; index += 1) {
      foreign(1000 + index);
      if (index % 35 === 0) office.simulator.control.advance(86_400_000);
    }
    clock().jump(11 * 86_400_000);
    let pages = 0;
    office.interrupt = (call, moment) => {
      if (call !== 'listPayments' || moment !== 'before' || (pages += 1) !== 3) return;
      office.simulator.control.addFault({ fault: 'status', status: 503, method: 'GET', path: '/v2/payments' });
    };
    await office.sync.now();
    const first = flagged().length;
    expect(first).toBe(200);
    await office.connection.check();
    await office.sync.now();
    expect(flagged()).toHaveLength(350);
    expect(countFacts(office.ledger.database, 'square.payment.observed')).toBe(350);
  });

  test('a list that lags is caught by the overlap', async () => {
    office.simulator.control.settings.list_lag_ms = 5000;
    foreign(4242);
    await office.sync.now();
    expect(flagged()).toEqual([]);
    foreign(1);
    await clock().advance(6000);
    await office.sync.now();
    expect(flagged()).toHaveLength(2);
    expect(OVERLAP_MS).toBeGreaterThan(60_000);
  });

  test('how far it was read is stored only when everything was', async () => {
    foreign(50);
    office.simulator.control.addFault({ fault: 'status', status: 500, method: 'GET', path: '/v2/payments' });
    await office.sync.now();
    expect(office.ledger.database.prepare('SELECT count(*) FROM sync_cursor').pluck().get()).toBe(0);
    expect(office.sync.last_synced_ms).toBeNull();
    await office.connection.check();
    await office.sync.now();
    expect(flagged()).toHaveLength(1);
  });
});

describe('a wrong clock', () => {
  test.each([
    ['set back by two days', -2 * 86_400_000],
    ['two days fast', 2 * 86_400_000],
    ['one hour slow', -3_600_000],
  ])('%s: nothing is missed, before or after', async (_what, jump_ms) => {
    const square_clock = createFakeClock();
    const desk_clock = createFakeClock();
    const wrong = await TempOffice.create({ clock: desk_clock, square_clock });
    const take = async (amount_minor: number): Promise<void> => {
      await square_clock.advance(60_000);
      wrong.simulator.control.createForeignPayment({ amount_minor, source: 'CARD' });
      await wrong.sync.now();
    };
    await take(1);
    desk_clock.jump(jump_ms);
    await take(2);
    desk_clock.jump(-jump_ms);
    await take(3);
    expect(wrong.ledger.database.prepare('SELECT amount_minor FROM payment ORDER BY 1').pluck().all()).toEqual([
      1, 2, 3,
    ]);
    await wrong.close();
  });
});

describe('the proof of a day', () => {
  test('waits for what is on its way, and has no difference when all has arrived', async () => {
    await office.setNetwork('down');
    await office.take(cashOf(office, { amount: dollars(100) }));
    expect(proof()).toMatchObject([
      { created: { count: 1 }, waiting: { count: 1 }, confirmed: { count: 0 }, differences: [] },
    ]);
    await office.setNetwork('up');
    await office.settle();
    await office.sync.now();
    expect(proof()).toMatchObject([
      { created: { count: 1 }, waiting: { count: 0 }, confirmed: { count: 1 }, differences: [] },
    ]);
  });

  test('names a payment that Square does not list, after some patience', async () => {
    const view = await office.take(cardOf(office));
    office.simulator.control.settings.list_lag_ms = 86_400_000;
    await office.sync.now();
    expect(proof()[0]!.differences).toEqual([]);
    await clock().advance(6 * 60_000);
    await office.sync.now();
    expect(proof()[0]!.differences).toEqual([
      { attempt_id: view.attempt_id, reference: view.reference, why: 'not_at_square' },
    ]);
  });

  test('created here is always confirmed, waiting or a named difference', async () => {
    for (let index = 0; index < 5; index += 1) await office.take(cardOf(office, { amount: dollars(100 + index) }));
    await office.setNetwork('down');
    for (let index = 0; index < 3; index += 1) await office.take(cashOf(office, { amount: dollars(7 + index) }));
    const [day] = proof();
    expect(day!.created.count).toBe(day!.confirmed.count + day!.waiting.count + day!.differences.length);
    expect(day!.created.count).toBe(8);
  });
});
