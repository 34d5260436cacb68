import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AttemptView } from '../../../../common/contract/payments.ts';
import { balances, cardOf, cashOf, countFacts, dollars, type Interrupt } from '../../../support/builders.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create({ timeout_ms: 1000 });
});
afterEach(() => office.close());
const never = new Promise<void>(() => {});
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(resolve => setTimeout(resolve, 1));
};

describe('a desk that dies and is started again', () => {
  const MOMENTS: readonly (readonly [string, Parameters<Interrupt>, string])[] = [
    ['before the request leaves', ['createPayment', 'before'], 'sending'],
    ['after Square acted, before its answer is stored', ['createPayment', 'after'], 'sending'],
    ['before the capture leaves', ['completePayment', 'before'], 'capturing'],
    ['after the capture, before its answer is stored', ['completePayment', 'after'], 'capturing'],
  ];
  test.each(MOMENTS)('%s: the payment is taken once', async (_when, [call, moment], state) => {
    office.interrupt = (what, when) => (what === call && when === moment ? never : undefined);
    const input = cardOf(office);
    void office.take(input);
    await turns(1);
    await expect.poll(() => office.row(input.attempt_id).state).toBe(state);
    await turns(20);
    office.restart();
    expect(['unknown', 'capture_unknown', 'sending', 'capturing']).toContain(office.row(input.attempt_id).state);
    await office.settle();
    await office.passTimeUntil(() => office.row(input.attempt_id).state === 'completed');
    expect(office.charges().map(payment => payment.status)).toEqual(['COMPLETED']);
    expect(countFacts(office.ledger.database, 'attempt.completed')).toBe(1);
    expect(await office.verify()).toMatchObject({ ok: true });
  });

  test('with a card written down and not yet sent, sends it once', async () => {
    await office.simulator.control.setNetwork('down');
    const view = await office.take(cardOf(office));
    office.restart();
    await office.setNetwork('up');
    await office.settle();
    await office.passTimeUntil(() => office.row(view.attempt_id).state === 'completed');
    expect(office.charges()).toHaveLength(1);
  });

  test('with an approval and no capture, captures it', async () => {
    const input = cardOf(office);
    office.interrupt = call => (call === 'completePayment' ? never : undefined);
    void office.take(input);
    await expect.poll(() => office.row(input.attempt_id).state).toBe('capturing');
    office.restart();
    await office.passTimeUntil(() => office.row(input.attempt_id).state === 'completed');
    expect(office.charges().map(payment => payment.status)).toEqual(['COMPLETED']);
  });

  test('with an approval whose capture never left, captures it when the internet is back', async () => {
    office.interrupt = async (call, moment) => {
      if (call === 'completePayment' && moment === 'before') await office.simulator.control.setNetwork('down');
    };
    const { attempt_id, word } = await office.take(cardOf(office));
    expect([office.row(attempt_id).state, word]).toEqual(['approved', 'held']);
    office.restart();
    expect(office.row(attempt_id).state).toMatch(/^(approved|capturing)$/);
    await office.setNetwork('up');
    await office.passTimeUntil(() => office.row(attempt_id).state === 'completed');
    expect(office.charges().map(payment => payment.status)).toEqual(['COMPLETED']);
    expect(countFacts(office.ledger.database, 'attempt.completed')).toBe(1);
  });

  test.each([{ fault: 'drop_after_commit' }, { fault: 'drop_before_commit' }] as const)(
    'with a capture in doubt (%j), asks Square and is sure',
    async fault => {
      office.simulator.control.addFault({ ...fault, method: 'POST', path: '/v2/payments/*/complete' });
      const { attempt_id, word } = await office.take(cardOf(office));
      expect([office.row(attempt_id).state, word]).toEqual(['capture_unknown', 'held']);
      office.restart();
      await office.passTimeUntil(() => office.row(attempt_id).state === 'completed');
      expect(office.charges().map(payment => payment.status)).toEqual(['COMPLETED']);
      expect(balances(office.ledger.database)['square_clearing']).toBe(12_50);
    },
  );

  test('with an approval whose hold ended meanwhile, says cancelled and takes nothing', async () => {
    const input = cardOf(office);
    office.interrupt = call => (call === 'completePayment' ? never : undefined);
    void office.take(input);
    await expect.poll(() => office.row(input.attempt_id).state).toBe('capturing');
    office.simulator.control.advance(40 * 3_600_000);
    office.restart();
    await office.passTimeUntil(() => office.row(input.attempt_id).state === 'cancelled');
    expect(office.charges().map(payment => payment.status)).toEqual(['CANCELED']);
    expect(balances(office.ledger.database)).toEqual({});
  });

  test('with cash that Square was being told of, tells it once more and no twice', async () => {
    office.interrupt = (call, moment) => (call === 'createPayment' && moment === 'after' ? never : undefined);
    const views: AttemptView[] = [];
    for (let index = 1; index <= 9; index += 1)
      views.push(await office.take(cashOf(office, { amount: dollars(index) })));
    await turns(30);
    office.restart();
    await office.passTimeUntil(
      () => views.every(view => office.row(view.attempt_id).sync === 'confirmed'),
      1000,
      120_000,
    );
    expect(office.charges()).toHaveLength(9);
  });

  test('in doubt, is in doubt after the start as well, and then sure', async () => {
    office.simulator.control.addFault({ fault: 'drop_after_commit', method: 'POST', path: '/v2/payments' });
    const view = await office.take(cardOf(office));
    office.restart();
    await office.passTimeUntil(() => office.row(view.attempt_id).state === 'completed');
    expect(office.charges()).toHaveLength(1);
  });

  test('over and over, comes to the same books', async () => {
    const views: AttemptView[] = [];
    for (let round = 0; round < 4; round += 1) {
      views.push(await office.take(cardOf(office, { amount: dollars(1000 + round) })));
      views.push(await office.take(cashOf(office, { amount: dollars(2000 + round) })));
      office.restart();
    }
    await office.passTimeUntil(() => views.every(view => office.row(view.attempt_id).sync === 'confirmed'));
    expect(office.charges()).toHaveLength(8);
    expect(await office.verify()).toMatchObject({ ok: true });
  });
});
