import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cardOf, cashOf, dollars } from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { TempOffice } from '../../../support/temp-office.ts';
import { atSquare, employ, giveBack, prove, refundElsewhere, refundInput } from './giving-back.ts';

const DAY_MS = 24 * 3_600_000;
let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create({ two_phase: false, timeout_ms: 1000 });
});
afterEach(() => office.close());
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code: string; details: object }) => ({ code: error.code, ...error.details }),
  );
const card = async (minor: number): Promise<string> => {
  const { attempt_id } = await office.take(cardOf(office, { amount: dollars(minor) }));
  await office.sync.now();
  return attempt_id;
};

describe('a second person', () => {
  test('has to agree above the limit, and to everything for who took the payment', async () => {
    const lead = employ(office, 'Lena Lead', 'lead');
    const attempt_id = await card(50_000);
    expect(await codeOf(giveBack(office, attempt_id, 10_001, { by: lead }))).toEqual({ code: 'refund_needs_approval' });
    employ(office, 'Bea Manager', 'manager');
    expect(office.refunds.offer(attempt_id, office.person_id).needs_approval.always).toBe(true);
    expect(await codeOf(giveBack(office, attempt_id, 1))).toEqual({ code: 'refund_needs_approval' });
    expect(await codeOf(giveBack(office, attempt_id, 10_000, { by: lead }))).toBe('done');
    expect(await giveBack(office, attempt_id, 20_000, { by: lead, second: office.person_id })).toMatchObject({
      asked_by: 'Lena Lead',
      approved_by: 'Marisol Ortiz',
    });
  });

  test('cannot be the one who asks, nor a lead, nor somebody who left, and needs the right password', async () => {
    const lead = employ(office, 'Lena Lead', 'lead');
    const manager = employ(office, 'Bea Manager', 'manager');
    const gone = employ(office, 'Gus Gone', 'manager');
    office.ledger.write(office.person_id, write => write.fact('staff.removed', { person_id: gone }));
    const attempt_id = await card(50_000);
    for (const [by, second] of [
      [manager, manager],
      [manager, lead],
      [manager, gone],
      [lead, lead],
      [lead, 'nobody'],
    ] as const) {
      const made = giveBack(office, attempt_id, 20_000, { by, second });
      expect(await codeOf(made), `${by} ${second}`).toEqual({ code: 'refund_not_approved' });
    }
    const wrong = giveBack(office, attempt_id, 20_000, { by: lead, second: manager, password: 'not hers' });
    expect(await codeOf(wrong)).toEqual({ code: 'wrong_password' });
    expect(atSquare(office)).toEqual([]);
    expect(office.refunds.offer(attempt_id, lead)).toMatchObject({ refundable: dollars(50_000) });
  });

  test('is not gone around by many small refunds, but the next day begins anew', async () => {
    const lead = employ(office, 'Lena Lead', 'lead');
    const [first, second] = [await card(9000), await card(9100)];
    expect(await codeOf(giveBack(office, first, 9000, { by: lead }))).toBe('done');
    expect(office.refunds.offer(second, lead).needs_approval).toMatchObject({ always: false, above: dollars(1000) });
    expect(await codeOf(giveBack(office, second, 1001, { by: lead }))).toEqual({ code: 'refund_needs_approval' });
    expect(await codeOf(giveBack(office, second, 1000, { by: lead }))).toBe('done');
    (office.clock as FakeClock).jump(DAY_MS);
    expect(await codeOf(giveBack(office, second, 8000, { by: lead }))).toBe('done');
  });

  test('is asked for from the first cent where the limit is zero', async () => {
    const lead = employ(office, 'Lena Lead', 'lead');
    office.ledger.write(office.person_id, write =>
      write.fact('setting.changed', { name: 'refund_limit_minor', value: '0' }),
    );
    const attempt_id = await card(5000);
    expect(await codeOf(giveBack(office, attempt_id, 1, { by: lead }))).toEqual({ code: 'refund_needs_approval' });
  });

  test('does not exist where an owner is alone, who may give back without one', async () => {
    const attempt_id = await card(50_000);
    expect(office.refunds.offer(attempt_id, office.person_id).needs_approval).toMatchObject({
      always: false,
      people: [],
    });
    expect(await codeOf(giveBack(office, attempt_id, 50_000))).toBe('done');
  });

  test('who agreed to one refund has not agreed to the next', async () => {
    const lead = employ(office, 'Lena Lead', 'lead');
    const manager = employ(office, 'Bea Manager', 'manager');
    const attempt_id = await card(50_000);
    const input = refundInput(office, attempt_id, 20_000, { second: manager });
    await office.refunds.make(input, lead, prove);
    const again = { ...input, refund_id: office.newId() as never, approval: null };
    expect(await codeOf(office.refunds.make(again, lead, prove))).toEqual({ code: 'refund_needs_approval' });
    expect(atSquare(office)).toHaveLength(1);
  });
});

describe('what is told before anybody presses', () => {
  const waysOf = (attempt_id: string) =>
    office.refunds
      .offer(attempt_id, office.person_id)
      .ways.map(({ kind, unavailable_because }) => [kind, unavailable_because]);

  test('a card payment goes back to the card, cash out of the drawer', async () => {
    expect(waysOf(await card(5000))).toEqual([
      ['square', null],
      ['cash', 'square_can'],
      ['check', 'square_can'],
      ['other', 'square_can'],
    ]);
    const { attempt_id } = await office.take(cashOf(office));
    expect(waysOf(attempt_id)).toEqual([
      ['square', 'not_with_square'],
      ['cash', null],
      ['check', null],
      ['other', null],
    ]);
  });

  test('of a card payment of thirteen months ago nothing goes back to the card, and a check is offered', async () => {
    const attempt_id = await card(5000);
    (office.clock as FakeClock).jump(395 * DAY_MS);
    expect(waysOf(attempt_id)).toEqual([
      ['square', 'too_old'],
      ['cash', null],
      ['check', null],
      ['other', null],
    ]);
    await office.setNetwork('down');
    expect(waysOf(attempt_id)[2]).toEqual(['check', 'offline']);
    await office.setNetwork('up');
    expect(await giveBack(office, attempt_id, 5000, { kind: 'check' })).toMatchObject({
      state: 'recorded',
      sync: 'none',
    });
    expect(waysOf(attempt_id)[0]).toEqual(['square', 'nothing_left']);
  });

  test('what was refunded elsewhere a moment ago is heard of before a check is written', async () => {
    const attempt_id = await card(5000);
    const { square_payment_id } = office.row(attempt_id);
    await refundElsewhere(office, square_payment_id!, 4000);
    (office.clock as FakeClock).jump(395 * DAY_MS);
    const check = giveBack(office, attempt_id, 5000, { kind: 'check' });
    expect(await codeOf(check)).toMatchObject({ code: 'refund_too_much', left_minor: 1000 });
  });

  test('a payment takes twenty refunds, and not one more through Square', async () => {
    const attempt_id = await card(5000);
    const { square_payment_id } = office.row(attempt_id);
    for (let count = 1; count <= 19; count += 1) await refundElsewhere(office, square_payment_id!, 10);
    await office.sync.now();
    expect(await codeOf(giveBack(office, attempt_id, 10))).toBe('done');
    expect(waysOf(attempt_id)[0]).toEqual(['square', 'too_many']);
    expect(waysOf(attempt_id)[1]).toEqual(['cash', null]);
  });

  test('nothing goes back of what was never paid', async () => {
    office.fields.answers.push({
      ...{ kind: 'token', token: 'cnon:card-nonce-declined', brand: 'VISA', last4: '0002' },
      minted_at_ms: office.clock.now(),
    });
    const { attempt_id } = await office.take(cardOf(office));
    expect(waysOf(attempt_id).map(([, why]) => why)).toEqual(['not_paid', 'not_paid', 'not_paid', 'not_paid']);
    expect(await codeOf(giveBack(office, attempt_id, 1))).toMatchObject({
      code: 'refund_not_possible',
      because: 'not_paid',
    });
    expect(await codeOf(giveBack(office, office.newId(), 1))).toEqual({ code: 'attempt_not_found' });
  });

  test('a desk that was never connected can give cash back and nothing to a card', async () => {
    const attempt_id = await card(5000);
    office.connected = false;
    expect(waysOf(attempt_id)[0]).toEqual(['square', 'not_connected']);
    expect(waysOf(attempt_id)[1]).toEqual(['cash', 'square_can']);
  });
});
