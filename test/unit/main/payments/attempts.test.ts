import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { takeInput } from '../../../../common/contract/payments.ts';
import { AppError } from '../../../../common/errors.ts';
import { money } from '../../../../common/money.ts';
import { addDays } from '../../../../common/time.ts';
import { TOKEN_LIFE_MS } from '../../../../main/payments/attempts.ts';
import {
  balances,
  cardOf,
  cardToken,
  cashOf,
  checkOf,
  countFacts,
  dollars,
  textsInFiles,
} from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
beforeEach(async () => {
  office = await TempOffice.create();
});
afterEach(() => office.close());
const code = (refusal: string) => expect.objectContaining({ code: refusal }) as Error;

describe('taking twice', () => {
  test('the same attempt asked for five times at once is one charge with one answer', async () => {
    const input = cardOf(office);
    const views = await Promise.all([1, 2, 3, 4, 5].map(() => office.take(input)));
    expect(new Set(views.map(view => JSON.stringify(view))).size).toBe(1);
    expect(office.charges()).toHaveLength(1);
    expect(await office.take(input)).toEqual(views[0]);
    expect(office.fields.asked).toHaveLength(1);
    expect(countFacts(office.ledger.database, 'attempt.completed')).toBe(1);
  });

  test('cash asked for twice is in the drawer once', async () => {
    const input = cashOf(office, { amount: dollars(4000) });
    const [first, second] = await Promise.all([office.take(input), office.take(input)]);
    expect(first).toEqual(second);
    expect(balances(office.ledger.database)['drawer_cash']).toBe(4000);
  });

  test.each([
    ['another amount', { amount: dollars(99) }],
    ['another way', { details: { tender: 'cash', tendered: dollars(12_50) } }],
    ['another channel', { channel: 'phone' }],
  ] as const)('the same attempt with %s is refused, before and after the first is done', async (_what, change) => {
    const input = cardOf(office);
    const first = office.take(input);
    await expect(office.take({ ...input, ...change })).rejects.toEqual(code('attempt_conflict'));
    expect((await first).word).toBe('paid');
    await expect(office.take({ ...input, ...change })).rejects.toEqual(code('attempt_conflict'));
    expect(office.charges()).toHaveLength(1);
  });

  test('an attempt that was refused before anything was written can be asked for again', async () => {
    const input = cardOf(office);
    office.fields.answers.push({ kind: 'cancelled' });
    await expect(office.take(input)).rejects.toEqual(code('card_cancelled'));
    expect((await office.take(input)).word).toBe('paid');
  });
});

test('what may be left out may also cross the bridge as undefined, and is the same input', async () => {
  const { pays: _pays, payer_name: _payer, ...least } = cashOf(office);
  const whole = takeInput.parse({ ...least, pays: undefined, payer_name: undefined });
  expect(whole).toEqual(takeInput.parse(least));
  expect((await office.take(whole)).word).toBe('paid');
  expect((await office.take(takeInput.parse(least))).attempt_id).toBe(least.attempt_id);
});

describe('a refusal leaves no trace', () => {
  const before = (): [number, number] => [office.ledger.head.seq, office.charges().length];

  test.each([
    ['card_fields_incomplete', { kind: 'invalid', fields: ['cvv'], message_codes: [] }],
    ['card_cancelled', { kind: 'cancelled' }],
    ['card_fields_failed', { kind: 'failed', reason: 'script' }],
  ] as const)('card fields: %s', async (refusal, answer) => {
    const was = before();
    office.fields.answers.push(answer as never);
    await expect(office.take(cardOf(office))).rejects.toEqual(code(refusal));
    expect(before()).toEqual(was);
  });

  test('fields that are not live are not asked', async () => {
    for (const phase of ['off', 'loading', 'failed'] as const) {
      office.fields.phase = phase;
      await expect(office.take(cardOf(office))).rejects.toEqual(code('card_fields_not_ready'));
    }
    expect(office.fields.asked).toEqual([]);
  });

  test('a phone order needs its read-back; the flags that Square gets oppose each other', async () => {
    const phone = cardOf(office, { channel: 'phone', details: { tender: 'card', read_back: false } });
    await expect(office.take(phone)).rejects.toEqual(code('read_back_missing'));
    await office.take(cardOf(office, { channel: 'phone' }));
    await office.take(cardOf(office, { amount: dollars(777) }));
    expect(office.fields.asked).toMatchObject([
      { customerInitiated: false, sellerKeyedIn: true, amount: '12.50', currencyCode: 'USD', intent: 'CHARGE' },
      { customerInitiated: true, sellerKeyedIn: false, amount: '7.77' },
    ]);
  });

  test('another currency, too much, an unknown customer and too little cash are refused', async () => {
    const was = before();
    const refused: [ReturnType<typeof cardOf>, string][] = [
      [cardOf(office, { amount: money(100, 'EUR') }), 'invalid_input'],
      [cardOf(office, { amount: dollars(5_000_001) }), 'invalid_input'],
      [cardOf(office, { customer_id: office.newId() }), 'customer_not_found'],
      [
        cashOf(office, { amount: dollars(500), details: { tender: 'cash', tendered: dollars(499) } }),
        'tendered_too_little',
      ],
      [
        cashOf(office, { amount: dollars(500), details: { tender: 'cash', tendered: money(500, 'EUR') } }),
        'tendered_too_little',
      ],
    ];
    for (const [input, refusal] of refused) await expect(office.take(input)).rejects.toEqual(code(refusal));
    expect(before()).toEqual(was);
  });

  test('no room on the disk: nothing is charged and the card fields are not even asked', async () => {
    office.room = () => {
      throw new AppError('disk_full');
    };
    const was = before();
    for (const take of [cardOf, cashOf, checkOf])
      await expect(office.take(take(office))).rejects.toEqual(code('disk_full'));
    expect(before()).toEqual(was);
    expect(office.fields.asked).toEqual([]);
    office.room = () => {};
    expect((await office.take(cardOf(office))).word).toBe('paid');
  });

  test('without the internet no card is read, and cash and checks go on', async () => {
    await office.setNetwork('down');
    await expect(office.take(cardOf(office))).rejects.toEqual(code('card_needs_internet'));
    expect(office.fields.asked).toEqual([]);
    expect((await office.take(cashOf(office))).word).toBe('paid');
    expect((await office.take(checkOf(office))).word).toBe('paid');
  });
});

describe('what is on the books', () => {
  test('cash, a check and a card lie in their own accounts, for the customer', async () => {
    const { customer_id } = office.addCustomer('Beatriz Achebe');
    await office.take(
      cashOf(office, { customer_id, amount: dollars(100), details: { tender: 'cash', tendered: dollars(500) } }),
    );
    await office.take(checkOf(office, { customer_id, amount: dollars(200) }));
    await office.take(cardOf(office, { customer_id, amount: dollars(400) }));
    expect(balances(office.ledger.database)).toEqual({
      drawer_cash: 100,
      undeposited_checks: 200,
      square_clearing: 400,
      unallocated_receipts: -700,
    });
    const days = office.ledger.database.prepare('SELECT DISTINCT day, customer_id FROM posting').all();
    expect(days).toEqual([{ day: '2026-01-15', customer_id }]);
  });

  test('the reference carries desk, number and the head that the journal had, and Square holds it', async () => {
    const head = office.ledger.head.hash.toString('hex').slice(0, 8);
    const view = await office.take(cardOf(office));
    expect(view.reference).toBe(`D1-000001-${head}`);
    expect(office.charges(view.reference)).toHaveLength(1);
    expect(view.reference.length).toBeLessThanOrEqual(40);
  });

  test('a payment after midnight at the office counts for the new day', async () => {
    const clock = office.clock as FakeClock;
    clock.jump(15 * 3_600_000 - 1);
    expect((await office.take(cashOf(office))).day).toBe('2026-01-15');
    clock.jump(1);
    expect((await office.take(cashOf(office))).day).toBe(addDays('2026-01-15', 1));
  });

  test('a clock that was set back disturbs neither order nor numbers nor balance', async () => {
    const clock = office.clock as FakeClock;
    const first = await office.take(cardOf(office, { amount: dollars(100) }));
    clock.jump(-3 * 86_400_000);
    const second = await office.take(cardOf(office, { amount: dollars(100), again_because: 'two visits' }));
    await office.sync.now();
    expect([first.receipt_number, second.receipt_number]).toEqual(['D1-000001', 'D1-000002']);
    expect(await office.verify()).toMatchObject({ ok: true });
    expect(balances(office.ledger.database)['square_clearing']).toBe(200);
  });

  test('the token is gone from the ledger and from its files once the attempt has ended', async () => {
    const canary = 'cnon:canary-7f3a91c2-token';
    office.fields.answers.push(cardToken(canary, office.clock.now()));
    expect((await office.take(cardOf(office))).word).toBe('declined');
    expect(office.ledger.database.prepare('SELECT count(*) FROM pending_request').pluck().get()).toBe(0);
    expect(textsInFiles(office.folder, [canary, 'canary-7f3a91c2'])).toEqual([]);
    const told = JSON.stringify([office.announced, office.logged]);
    expect(told).not.toContain('canary');
  });
});

describe('a card that waits in the queue', () => {
  /** The internet goes while the card is being read: a token, and nothing sent. */
  async function queued() {
    await office.simulator.control.setNetwork('down');
    const view = await office.take(cardOf(office));
    expect(view).toMatchObject({ state: 'ready', word: 'queued', sends: 1, sync: 'none' });
    return view;
  }

  test('is sent when the internet is back, once', async () => {
    const view = await queued();
    expect(view.gives_up_at_ms).toBe(office.clock.now() + TOKEN_LIFE_MS);
    await office.setNetwork('up');
    await office.settle();
    expect(office.attempts.view(view.attempt_id)).toMatchObject({
      state: 'completed',
      word: 'paid',
      gives_up_at_ms: null,
    });
    expect(office.charges()).toHaveLength(1);
  });

  test('is refused as too old after twenty hours, and nothing is charged', async () => {
    const view = await queued();
    (office.clock as FakeClock).jump(TOKEN_LIFE_MS + 1);
    await office.setNetwork('up');
    await office.settle();
    expect(office.attempts.view(view.attempt_id)).toMatchObject({
      state: 'invalid',
      word: 'refused',
      refusal: 'token_too_old',
    });
    expect(office.charges()).toEqual([]);
    expect(office.ledger.database.prepare('SELECT count(*) FROM pending_request').pluck().get()).toBe(0);
  });

  test('can be taken out of the queue, and is then never sent', async () => {
    const view = await queued();
    expect(office.attempts.cancelQueued(view.attempt_id, office.person_id)).toMatchObject({ state: 'cancelled' });
    await office.setNetwork('up');
    await office.settle();
    expect(office.charges()).toEqual([]);
    expect(() => office.attempts.cancelQueued(view.attempt_id, office.person_id)).toThrow(
      code('attempt_not_cancellable'),
    );
  });

  test('cannot be taken out once anything may have left the desk', async () => {
    office.simulator.control.addFault({ fault: 'drop_before_commit', method: 'POST', path: '/v2/payments' });
    const doubtful = await office.take(cardOf(office));
    const paid = await office.take(cashOf(office, { amount: dollars(5) }));
    for (const { attempt_id } of [doubtful, paid]) {
      expect(() => office.attempts.cancelQueued(attempt_id, office.person_id)).toThrow(code('attempt_not_cancellable'));
    }
    await office.simulator.control.setNetwork('down');
    await (office.clock as FakeClock).advance(10_000);
    await office.settle();
    expect(() => office.attempts.cancelQueued(doubtful.attempt_id, office.person_id)).toThrow(
      code('attempt_not_cancellable'),
    );
    expect(() => office.attempts.cancelQueued(office.newId(), office.person_id)).toThrow(code('attempt_not_found'));
    expect(office.row(doubtful.attempt_id).state).toBe('unknown');
  });
});

describe('a desk that was never connected to Square', () => {
  test('takes cash, refuses cards, and tells Square of the cash after it was connected', async () => {
    const bare = await TempOffice.create({ connected: false });
    const cash = await bare.take(cashOf(bare));
    await expect(bare.take(cardOf(bare))).rejects.toEqual(code('square_not_connected'));
    await bare.settle();
    expect(bare.row(cash.attempt_id).sync).toBe('queued');
    bare.connected = true;
    bare.outbox.resume();
    await bare.settle();
    expect(bare.row(cash.attempt_id).sync).toBe('confirmed');
    expect(bare.charges(cash.reference)).toHaveLength(1);
    await bare.close();
  });
});
