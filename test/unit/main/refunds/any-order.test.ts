import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GatewayRefund } from '../../../../main/gateway/gateway.ts';
import { rebuild } from '../../../../main/ledger/verify.ts';
import { findRefund } from '../../../../main/refunds/queries.ts';
import { balances, openNothing, projectionsOf } from '../../../support/builders.ts';
import { OneDesk, PAID } from './one-desk.ts';

type Step = (desk: OneDesk) => void;
const index = fc.nat(9);
const part = fc.integer({ min: 1, max: 100 });
const replies = fc.constantFrom('heard', 'lost', 'never left', 'lost on the way') as fc.Arbitrary<'heard'>;
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  part.map(
    (much): Step =>
      desk =>
        desk.ask('square', much),
  ),
  part.map(
    (much): Step =>
      desk =>
        desk.ask('check', much),
  ),
  fc.tuple(index, replies).map(
    ([at, reply]): Step =>
      desk =>
        desk.send(at, reply),
  ),
  fc.tuple(index, replies).map(
    ([at, reply]): Step =>
      desk =>
        desk.send(at, reply),
  ),
  fc.tuple(index, fc.constantFrom('given', 'not_given')).map(
    ([at, as]): Step =>
      desk =>
        desk.close(at, as as 'given'),
  ),
  index.map(
    (at): Step =>
      desk =>
        desk.takeBack(at),
  ),
  index.map(
    (at): Step =>
      desk =>
        desk.arriveLate(at),
  ),
  fc.tuple(fc.integer({ min: 1, max: PAID }), fc.uuid()).map(([minor, key]): Step => desk => {
    desk.square.create(key, minor, 'asked for elsewhere');
  }),
  fc.tuple(index, fc.constantFrom('COMPLETED', 'COMPLETED', 'REJECTED', 'FAILED')).map(
    ([at, status]): Step =>
      desk =>
        desk.square.move(at, status as GatewayRefund['status']),
  ),
  fc.constant<Step>(desk => desk.square.forgetKeys()),
  fc.constant<Step>(desk => desk.seePayment()),
  fc.tuple(index, fc.boolean()).map(
    ([at, followed]): Step =>
      desk =>
        desk.seeRefund(at, followed),
  ),
  fc.tuple(index, fc.boolean()).map(
    ([at, followed]): Step =>
      desk =>
        desk.seeRefund(at, followed),
  ),
);

/** Everything is heard and sent until nothing changes any more. */
function settle(desk: OneDesk): void {
  for (let round = 0; round < 4; round += 1) {
    desk.keys.forEach((_, at) => desk.send(at, 'heard'));
    desk.square.refunds.forEach((_, at) => desk.seeRefund(at, true));
    desk.seePayment();
  }
}

describe('whatever is asked for, refunded elsewhere, lost and heard of late', () => {
  test('never gives back more than was paid, and books each refund once', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 5, maxLength: 40 }), steps => {
        const desk = new OneDesk();
        for (const step of steps) {
          step(desk);
          expect(desk.given).toBeLessThanOrEqual(PAID);
        }
        settle(desk);
        expect(desk.given).toBeLessThanOrEqual(PAID);
        const done = desk.square.refunds.filter(({ status }) => status === 'COMPLETED');
        const doneMinor = done.reduce((sum, one) => sum + one.amount.minor, 0);
        const byHand = desk.given - desk.square.refunded;
        const books = balances(desk.database);
        const wordMinor = desk.onAWord.reduce((sum, one) => sum + one.amount_minor, 0);
        expect(books['square_clearing'] ?? 0).toBe(PAID - doneMinor - wordMinor);
        expect(books['bank'] ?? 0).toBe(0 - byHand);
        expect(books['unallocated_receipts'] ?? 0).toBe(doneMinor + wordMinor + byHand - PAID);
        for (const refund_id of desk.keys) {
          const row = findRefund(desk.database, refund_id)!;
          if (row.kind !== 'square') continue;
          const held = desk.square.refunds.filter(one => one.reason === row.reference);
          expect(held.length).toBeLessThanOrEqual(1);
          const wanted = held[0]
            ? { PENDING: 'pending', COMPLETED: 'completed' }[held[0].status as 'PENDING']
            : undefined;
          const word = row.state === 'completed' && row.square_refund_id === null ? 'completed' : 'refused';
          expect(row.state).toBe(wanted ?? (held[0] ? 'refused' : word));
        }
        const before = projectionsOf(desk.database);
        rebuild(desk.database, openNothing);
        expect(projectionsOf(desk.database)).toEqual(before);
      }),
      { numRuns: 150 },
    );
  });

  test('control: a desk that does not count what is left gives back too much', () => {
    const careless = fc.property(fc.array(anyStep, { minLength: 5, maxLength: 40 }), steps => {
      const desk = new OneDesk(true);
      for (const step of steps) step(desk);
      settle(desk);
      return desk.given <= PAID;
    });
    expect(fc.check(careless, { numRuns: 150 }).failed).toBe(true);
  });
});
