import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallParsed } from '../../../../common/contract/index.ts';
import { addDays } from '../../../../common/time.ts';
import { promiseHandlers } from '../../../../main/promises/handlers.ts';
import { cardOf, cashOf, countFacts, dollars } from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { TempOffice } from '../../../support/temp-office.ts';
import { giveBack } from '../refunds/giving-back.ts';

const DAY_MS = 86_400_000;
/** The fake clock begins on this day of the office. */
const TODAY = '2026-01-15';

let office: TempOffice;
let customer: string;
let told: string[];
beforeEach(async () => {
  office = await TempOffice.create({ connected: false });
  customer = office.addCustomer('Marisol Ortiz').customer_id;
  told = [];
});
afterEach(async () => {
  expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
  await office.close();
});

const handlers = () =>
  promiseHandlers({
    ...{ ledger: () => office.ledger, newId: office.newId, clock: office.clock },
    announce: (name, payload) => told.push(`${name} ${JSON.stringify(payload)}`),
  });
const who = () => ({ person_id: office.person_id, permissions: [] });
const promise = (minor: number, days: number, wish: Partial<CallParsed<'promises.make'>> = {}) =>
  handlers()['promises.make'](
    {
      promise_id: office.newId() as never,
      ...{ customer_id: customer as never, amount: dollars(minor), due_on: addDays(TODAY, days), ...wish },
    },
    who(),
  );
const all = () => handlers()['promises.of']({ customer_id: customer as never });
const states = () => all().promises.map(({ state }) => state);
const pay = (minor: number) =>
  office.take(cashOf(office, { customer_id: customer, amount: dollars(minor), again_because: 'a test' }));
const passDays = (days: number): void => (office.clock as FakeClock).jump(days * DAY_MS);
const refused = (code: string) => expect.objectContaining({ code }) as Error;

describe('a promise to pay', () => {
  test('is open until its day has gone by, and broken after it', async () => {
    expect(promise(85_00, 2)).toMatchObject({ state: 'open', amount: dollars(85_00), made_on: TODAY });
    passDays(2);
    expect(states()).toEqual(['open']);
    passDays(1);
    expect(all()).toMatchObject({ kept: 0, broken: 1, promises: [{ state: 'broken' }] });
  });

  test('is kept by what comes in after it, in parts and in any way, and not by what came before', async () => {
    await pay(500_00);
    passDays(0.01);
    promise(85_00, 2);
    await pay(40_00);
    expect(all().promises).toMatchObject([{ state: 'open', received: dollars(40_00) }]);
    await pay(45_00);
    expect(all()).toMatchObject({ kept: 1, broken: 0, promises: [{ state: 'kept' }] });
    passDays(30);
    expect(states()).toEqual(['kept']);
  });

  test('money that comes after its day does not mend it', async () => {
    promise(85_00, 1);
    passDays(2);
    await pay(85_00);
    expect(states()).toEqual(['broken']);
  });

  test('a declined card does not keep it, and what is given back is no longer received', async () => {
    promise(85_00, 5);
    const { attempt_id } = await pay(85_00);
    expect(states()).toEqual(['kept']);
    await giveBack(office, attempt_id, 10_00, { kind: 'cash' });
    expect(all().promises).toMatchObject([{ state: 'open', received: dollars(75_00) }]);
    await office.take(cardOf(office, { customer_id: customer, amount: dollars(20_00) })).catch(() => undefined);
    expect(states()).toEqual(['open']);
  });

  test('a new one takes the place of the open one, and leaves what is decided alone', async () => {
    promise(10_00, 1);
    await pay(10_00);
    passDays(0.01);
    promise(60_00, 3);
    promise(85_00, 5);
    expect(states()).toEqual(['open', 'replaced', 'kept']);
    expect(all()).toMatchObject({ kept: 1, broken: 0 });
  });

  test('the same id with the same content is one promise, and with other content a conflict', () => {
    const promise_id = office.newId() as never;
    promise(85_00, 2, { promise_id });
    promise(85_00, 2, { promise_id });
    expect(countFacts(office.ledger.database, 'promise.made')).toBe(1);
    expect(() => promise(86_00, 2, { promise_id })).toThrow(refused('promise_conflict'));
  });

  test('is refused for a day that is over or far away, another currency and nobody, and nothing is written', () => {
    const before = office.ledger.head.seq;
    expect(() => promise(85_00, -1)).toThrow(refused('promise_day_wrong'));
    expect(() => promise(85_00, 400)).toThrow(refused('promise_day_wrong'));
    expect(() => promise(1, 1, { amount: { minor: 1, currency: 'EUR' } })).toThrow(refused('invalid_input'));
    expect(() => promise(1, 1, { customer_id: office.newId() as never })).toThrow(refused('customer_not_found'));
    expect(office.ledger.head.seq).toBe(before);
    expect(told).toEqual([]);
  });

  test('is taken back while it is open, once, and never after it is decided', async () => {
    const { promise_id } = promise(85_00, 2);
    handlers()['promises.withdraw']({ promise_id }, who());
    handlers()['promises.withdraw']({ promise_id }, who());
    expect(states()).toEqual(['withdrawn']);
    const kept = promise(10_00, 2);
    await pay(10_00);
    expect(() => handlers()['promises.withdraw']({ promise_id: kept.promise_id }, who())).toThrow(
      refused('promise_decided'),
    );
    expect(told.length).toBeGreaterThan(0);
  });

  test('whatever is promised, paid and waited for: at most one is open, and what is decided stays decided', async () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('promise' as const), minor: fc.integer({ min: 1, max: 9000 }), days: fc.nat(4) }),
      fc.record({ what: fc.constant('pay' as const), minor: fc.integer({ min: 1, max: 9000 }), days: fc.constant(0) }),
      fc.record({ what: fc.constant('wait' as const), minor: fc.constant(0), days: fc.integer({ min: 1, max: 3 }) }),
    );
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async steps => {
        for (const { what, minor, days } of steps) {
          const before = new Map(all().promises.map(({ promise_id, state }) => [promise_id, state]));
          if (what === 'promise') promise(minor, passed + days);
          else if (what === 'pay') await pay(minor);
          else {
            passDays(days);
            passed += days;
          }
          const { promises } = all();
          expect(promises.filter(({ state }) => state === 'open').length).toBeLessThanOrEqual(1);
          for (const { promise_id, state } of promises) {
            const was = before.get(promise_id);
            if (was !== undefined && was !== 'open') expect(state).toBe(was);
          }
        }
      }),
      { numRuns: 8 },
    );
  });
});
