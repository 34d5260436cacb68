import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AttemptView } from '../../../../common/contract/payments.ts';
import { AppError } from '../../../../common/errors.ts';
import { TOKEN_LIFE_MS } from '../../../../main/payments/attempts.ts';
import { timelineOf } from '../../../../main/payments/timeline.ts';
import { balances, cardOf, cashOf, checkOf, dollars } from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create({ timeout_ms: 1000 });
});
afterEach(() => office.close());
const clock = (): FakeClock => office.clock as FakeClock;
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(resolve => setTimeout(resolve, 1));
};

describe('offline, then online', () => {
  test('twenty payments taken offline reach Square in order, each exactly once', async () => {
    const { customer_id } = office.addCustomer('Yusuf Demir');
    await office.setNetwork('down');
    const taken: AttemptView[] = [];
    for (let index = 1; index <= 20; index += 1) {
      const take = index % 3 === 0 ? checkOf : cashOf;
      taken.push(await office.take(take(office, { amount: dollars(index * 100), customer_id })));
      await clock().advance(1000);
    }
    await office.settle();
    expect(office.charges()).toEqual([]);
    await office.setNetwork('up');
    await office.passTimeUntil(() => taken.every(view => office.row(view.attempt_id).sync === 'confirmed'));
    expect(office.charges().map(payment => payment['reference_id'])).toEqual(taken.map(view => view.reference));
    expect(taken.map(view => view.receipt_number)).toEqual(
      taken.map((_, index) => `D1-${String(index + 1).padStart(6, '0')}`),
    );
    expect(balances(office.ledger.database)['unallocated_receipts']).toBe(-21_000);
    expect(office.ledger.database.prepare('SELECT count(*) FROM pending_request').pluck().get()).toBe(0);
  });

  test('payments of different customers go side by side and all arrive', async () => {
    await office.setNetwork('down');
    const taken: AttemptView[] = [];
    for (let index = 1; index <= 12; index += 1)
      taken.push(await office.take(cashOf(office, { amount: dollars(index) })));
    await office.setNetwork('up');
    await office.passTimeUntil(() => taken.every(view => office.row(view.attempt_id).sync === 'confirmed'));
    expect(
      office
        .charges()
        .map(payment => payment['reference_id'])
        .sort(),
    ).toEqual(taken.map(view => view.reference).sort());
  });

  test('an internet that comes and goes charges nothing twice', async () => {
    const taken: AttemptView[] = [];
    for (let index = 1; index <= 6; index += 1) {
      await office.setNetwork(index % 2 === 0 ? 'up' : 'down');
      taken.push(await office.take(cashOf(office, { amount: dollars(index * 11) })));
      await clock().advance(3000);
    }
    await office.setNetwork('up');
    await office.passTimeUntil(() => taken.every(view => office.row(view.attempt_id).sync === 'confirmed'));
    expect(office.charges()).toHaveLength(6);
  });
});

describe('Square refuses the desk', () => {
  test.each([
    ['a revoked token', 'unauthorized', { token_state: 'revoked' }, { token_state: 'valid' }],
    [
      'a missing right',
      'missing_scope',
      { scopes: ['PAYMENTS_READ', 'MERCHANT_PROFILE_READ'] },
      { scopes: ['PAYMENTS_READ', 'PAYMENTS_WRITE', 'MERCHANT_PROFILE_READ'] },
    ],
  ] as const)(
    '%s pauses the outbox; after it is connected again everything is sent once',
    async (_what, why, off, on) => {
      const { settings } = office.simulator.control;
      Object.assign(settings, structuredClone(off));
      const card = await office.take(cardOf(office));
      const cash = await office.take(cashOf(office));
      await office.settle();
      expect(office.outbox.paused).toBe(why);
      expect(card).toMatchObject({ state: 'ready', word: 'queued' });
      await clock().advance(600_000);
      await office.settle();
      expect(office.row(card.attempt_id).sends).toBe(1);
      Object.assign(settings, structuredClone(on));
      office.outbox.resume();
      await office.passTimeUntil(() => [card, cash].every(view => office.row(view.attempt_id).sync === 'confirmed'));
      expect(office.charges()).toHaveLength(2);
    },
  );
});

describe('the desk never runs hot', () => {
  /** How often the outbox reports the same trouble while the event loop turns and no time passes. */
  const troubles = async (): Promise<number> => {
    const before = office.bugs.length;
    await turns(20);
    return office.bugs.length - before;
  };

  test('when the disk is full, what is due rests, and is sent when there is room again', async () => {
    const { database } = office.ledger;
    await office.setNetwork('down');
    const view = await office.take(cashOf(office));
    database.exec(`CREATE TEMP TRIGGER full BEFORE INSERT ON main.journal BEGIN SELECT RAISE(ABORT, 'no room'); END`);
    await office.setNetwork('up');
    expect(await troubles()).toBeLessThan(5);
    database.exec('DROP TRIGGER full');
    await office.passTimeUntil(() => office.row(view.attempt_id).sync === 'confirmed');
    expect(office.charges()).toHaveLength(1);
  });

  test('when an answer cannot be stored, the attempt is in doubt as soon as there is room, and charged once', async () => {
    const { database } = office.ledger;
    const full = `CREATE TEMP TRIGGER full BEFORE INSERT ON main.journal BEGIN SELECT RAISE(ABORT, 'no room'); END`;
    office.interrupt = (call, moment) => {
      if (call === 'createPayment' && moment === 'after') database.exec(full);
    };
    const view = await office.take(cardOf(office));
    expect(view.state).toBe('sending');
    expect(await troubles()).toBeLessThan(5);
    office.interrupt = null;
    database.exec('DROP TRIGGER full');
    await office.passTimeUntil(() => office.row(view.attempt_id).state === 'completed');
    expect(office.charges().map(payment => payment.status)).toEqual(['COMPLETED']);
  });

  test('when a request has lost its bytes, the others go on', async () => {
    await office.setNetwork('down');
    const broken = await office.take(cashOf(office, { amount: dollars(1) }));
    const whole = await office.take(cashOf(office, { amount: dollars(2) }));
    office.ledger.database.prepare('DELETE FROM pending_request WHERE attempt_id = ?').run(broken.attempt_id);
    await office.setNetwork('up');
    await office.settle();
    expect(office.row(whole.attempt_id).sync).toBe('confirmed');
    expect(await troubles()).toBeLessThan(5);
  });

  test('when a doubt is older than its token, it is looked up and not sent again', async () => {
    office.simulator.control.addFault({ fault: 'drop_after_commit', method: 'POST', path: '/v2/payments' });
    const view = await office.take(cardOf(office));
    clock().jump(TOKEN_LIFE_MS + 1);
    await clock().advance(60_000);
    await turns(20);
    // The one send that was not answered, and after the look-up the capture.
    expect(office.row(view.attempt_id)).toMatchObject({ state: 'completed', sends: 2 });
    expect(office.charges()).toHaveLength(1);
    expect(office.bugs).toEqual([]);
  });
});

describe('time', () => {
  test('the waits grow to five minutes and no further', async () => {
    office.simulator.control.addFault({
      fault: 'status',
      status: 500,
      times: 30,
      method: 'POST',
      path: '/v2/payments',
    });
    const view = await office.take(cardOf(office));
    const waits: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      const { next_try_at_ms } = office.row(view.attempt_id);
      waits.push(next_try_at_ms! - clock().now());
      await clock().advance(next_try_at_ms! - clock().now() + 100);
      await office.settle();
    }
    expect(waits[0]).toBeLessThanOrEqual(1200);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(240_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(360_000);
  });

  test('a clock set back by a month does not make a queued payment wait a month', async () => {
    await office.setNetwork('down');
    const view = await office.take(cashOf(office));
    clock().jump(-30 * 86_400_000);
    await office.simulator.control.setNetwork('up');
    await clock().advance(120_000);
    await office.settle();
    expect(office.row(view.attempt_id).sync).toBe('confirmed');
  });

  test('a story is told in the order of the journal, also when the clock was set back in its middle', async () => {
    office.simulator.control.addFault({ fault: 'drop_after_commit', method: 'POST', path: '/v2/payments' });
    const view = await office.take(cardOf(office));
    clock().jump(-86_400_000);
    await office.passTimeUntil(() => office.row(view.attempt_id).state === 'completed');
    const story = timelineOf(office.ledger.database, view.attempt_id).map(entry => entry.what);
    expect(story.slice(0, 4)).toEqual(['attempt.started', 'attempt.ready', 'attempt.sending', 'attempt.unknown']);
    expect(story.indexOf('attempt.completed')).toBeGreaterThan(story.indexOf('attempt.approved'));
  });
});

test('an error inside the ledger while a payment is taken is not swallowed', async () => {
  office.room = () => {
    throw new AppError('disk_full');
  };
  await expect(office.take(cashOf(office))).rejects.toMatchObject({ code: 'disk_full' });
});
