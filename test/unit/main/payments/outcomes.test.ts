import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeclineReason } from '../../../../common/contract/payments.ts';
import type { Fault } from '../../../../main/gateway/simulator/faults.ts';
import { balances, cardOf, cardToken, cashOf, checkOf, countFacts, dollars } from '../../../support/builders.ts';
import { timelineOf } from '../../../../main/payments/timeline.ts';
import { TempOffice } from '../../../support/temp-office.ts';

/** Every literal of Square's sandbox that a card form can give, and what the desk makes of it. */
const DECLINED: readonly (readonly [literal: string, reason: DeclineReason])[] = [
  ['cnon:card-nonce-declined', 'generic'],
  ['cnon:card-nonce-rejected-cvv', 'cvv'],
  ['cnon:card-nonce-rejected-postalcode', 'postal_code'],
  ['cnon:card-nonce-rejected-expiration', 'expiration'],
  ['cnon:card-nonce-already-used', 'token_used'],
  ['cnon:gift-card-nonce-insufficient-funds', 'insufficient_funds'],
  ['cnon:gift-card-nonce-insufficient-permission', 'card_not_supported'],
  ['cnon:a-token-nobody-made', 'card_number'],
];
/** Cards on file belong to a customer of Square's; this desk keeps none, so Square refuses the request itself. */
const REFUSED = [
  'ccof:customer-card-id-ok',
  'ccof:customer-card-id-declined',
  'ccof:customer-card-id-rejected-postalcode',
  'ccof:customer-card-id-rejected-expiration',
  'ccof:customer-card-id-requires-verification',
];
const APPROVED = [
  'cnon:card-nonce-ok',
  'cnon:gift-card-nonce-ok',
  'cnon:card-edit-not-allowed',
  'cnon:card-edit-down-only',
];

describe.each([
  ['authorised first', true],
  ['taken at once', false],
] as const)('a card that is %s', (_how, two_phase) => {
  let office: TempOffice;
  beforeAll(async () => {
    office = await TempOffice.create({ two_phase, timeout_ms: 1000 });
  });
  afterAll(() => office.close());
  beforeEach(() => office.simulator.control.clearFaults());
  let minor = 1000;
  /** An amount that no other test of this office uses, so that no doubt of one stands in the way of another. */
  const unique = () => dollars((minor += 37));
  const next = (literal: string): void => {
    office.fields.answers.push(cardToken(literal, office.clock.now()));
  };
  const pendingBytes = (): unknown =>
    office.ledger.database.prepare('SELECT count(*) FROM pending_request').pluck().get();

  test.each(DECLINED)(
    '%s is declined for the reason %s, charges nothing and leaves no posting',
    async (literal, reason) => {
      const before = balances(office.ledger.database);
      next(literal);
      const view = await office.take(cardOf(office, { amount: unique() }));
      expect(view).toMatchObject({
        state: 'declined',
        word: 'declined',
        decline: reason,
        receipt_number: null,
        sends: 1,
      });
      expect(office.charges(view.reference).filter(payment => payment.status !== 'FAILED')).toEqual([]);
      expect(balances(office.ledger.database)).toEqual(before);
      expect(pendingBytes()).toBe(0);
    },
  );

  test.each(APPROVED)('%s is paid, once, in full, with a receipt', async literal => {
    next(literal);
    const amount = unique();
    const before = balances(office.ledger.database)['square_clearing'] ?? 0;
    const view = await office.take(cardOf(office, { amount }));
    expect(view).toMatchObject({ state: 'completed', word: 'paid', sync: 'confirmed', decline: null });
    expect(view.receipt_number).toMatch(/^D1-\d{6}$/);
    const [charge, ...others] = office.charges(view.reference);
    expect(others).toEqual([]);
    expect(charge).toMatchObject({ status: 'COMPLETED', amount_money: { amount: amount.minor, currency: 'USD' } });
    expect(charge!.id).toBe(view.square_payment_id);
    expect(balances(office.ledger.database)['square_clearing']).toBe(before + amount.minor);
    expect(countFacts(office.ledger.database, 'attempt.approved') > 0).toBe(two_phase);
    expect(pendingBytes()).toBe(0);
  });

  test.each(REFUSED)('%s is refused before any bank is asked, and charges nothing', async literal => {
    next(literal);
    const view = await office.take(cardOf(office, { amount: unique() }));
    expect(view).toMatchObject({ state: 'invalid', word: 'refused', refusal: 'software_fault', receipt_number: null });
    expect(office.charges(view.reference)).toEqual([]);
    expect(pendingBytes()).toBe(0);
  });

  const STRIKES: readonly (readonly [string, Omit<Fault, 'method' | 'path'>])[] = [
    ['the request is lost before Square acts', { fault: 'drop_before_commit' }],
    ['the answer is lost after Square acted', { fault: 'drop_after_commit' }],
    ['Square answers 500', { fault: 'status', status: 500 }],
    ['Square answers 503 and acted all the same', { fault: 'status', status: 503, commit: true }],
    ['Square answers 408', { fault: 'status', status: 408 }],
    ['something answers HTML with 502', { fault: 'html_502' }],
    ['Square answers 200 with half a sentence', { fault: 'garbage_200' }],
    ['the answer breaks off', { fault: 'truncated' }],
  ];

  test.each(STRIKES)('when %s, the desk is in doubt, then sure, and charges once', async (_what, fault) => {
    const amount = unique();
    office.simulator.control.addFault({ ...fault, method: 'POST', path: '/v2/payments' });
    const view = await office.take(cardOf(office, { amount }));
    expect(view).toMatchObject({ state: 'unknown', word: 'in_doubt', receipt_number: null, decline: null });
    await expect(office.take(cardOf(office, { amount }))).rejects.toMatchObject({ code: 'earlier_attempt_in_doubt' });
    await office.passTimeUntil(() => office.row(view.attempt_id).state === 'completed');
    expect(office.charges(view.reference).map(payment => payment.status)).toEqual(['COMPLETED']);
    const told = timelineOf(office.ledger.database, view.attempt_id).filter(entry => PROBES.has(entry.what));
    expect(told.length).toBeGreaterThan(1);
    expect(pendingBytes()).toBe(0);
  });

  test('when no answer comes in time although Square acted, the desk is in doubt, then sure, and charges once', async () => {
    office.simulator.control.addFault({ fault: 'delay', delay_ms: 60_000, method: 'POST', path: '/v2/payments' });
    const view = await office.take(cardOf(office, { amount: unique() }));
    expect(view).toMatchObject({ state: 'unknown', word: 'in_doubt' });
    await office.passTimeUntil(() => office.row(view.attempt_id).state === 'completed');
    expect(office.charges(view.reference).map(payment => payment.status)).toEqual(['COMPLETED']);
  });

  test('when the original arrives late, after it was sent again, it is still one charge', async () => {
    const late = { fault: 'delay', delay_ms: 8000, commit: false, method: 'POST', path: '/v2/payments' } as const;
    office.simulator.control.addFault(late);
    const view = await office.take(cardOf(office, { amount: unique() }));
    expect(view.state).toBe('unknown');
    await office.passTimeUntil(() => office.row(view.attempt_id).state === 'completed');
    await office.passTimeUntil(() => true);
    expect(office.charges(view.reference).map(payment => payment.status)).toEqual(['COMPLETED']);
  });

  test('a 429 is obeyed: nothing leaves before its Retry-After', async () => {
    office.simulator.control.addFault({
      fault: 'status',
      status: 429,
      retry_after_s: 90,
      method: 'POST',
      path: '/v2/payments',
    });
    const began_ms = office.clock.now();
    const view = await office.take(cardOf(office, { amount: unique() }));
    expect(view.state).toBe('unknown');
    expect(view.next_check_at_ms).toBeGreaterThanOrEqual(began_ms + 90_000);
    await office.passTimeUntil(() => office.row(view.attempt_id).state === 'completed');
    expect(office.clock.now() - began_ms).toBeGreaterThanOrEqual(90_000);
    expect(office.row(view.attempt_id).sends).toBe(two_phase ? 3 : 2);
  });

  test('after a lost answer, "this token was used" is not taken for a decline', async () => {
    const lost = await TempOffice.create({ two_phase });
    lost.simulator.control.addFault({ fault: 'drop_before_commit', method: 'POST', path: '/v2/payments' });
    lost.fields.answers.push(cardToken('cnon:card-nonce-already-used', lost.clock.now()));
    const { attempt_id } = await lost.take(cardOf(lost));
    await lost.passTimeUntil(() => lost.row(attempt_id).state !== 'unknown', 60_000);
    const story = timelineOf(lost.ledger.database, attempt_id).map(entry => entry.what);
    expect(story).not.toContain('attempt.declined');
    // It is searched for instead: three times, then after its key was cancelled twice more.
    expect(story.filter(what => what === 'attempt.looked_up')).toHaveLength(5);
    expect(lost.row(attempt_id)).toMatchObject({ state: 'closed_not_charged', sends: 2 });
    expect(lost.charges()).toEqual([]);
    await lost.close();
  });

  test('a doubt stops the same amount for the same customer, and nothing else', async () => {
    const one = office.addCustomer('Hannah Lindqvist').customer_id;
    const other = office.addCustomer('Noah Lindqvist').customer_id;
    const amount = unique();
    office.simulator.control.addFault({ fault: 'drop_after_commit', method: 'POST', path: '/v2/payments' });
    const doubtful = await office.take(cardOf(office, { amount, customer_id: one }));
    for (const again of [cardOf, cashOf, checkOf]) {
      await expect(office.take(again(office, { amount, customer_id: one }))).rejects.toMatchObject({
        code: 'earlier_attempt_in_doubt',
        details: { reference: doubtful.reference },
      });
    }
    const again_because = 'two brothers, one card';
    expect((await office.take(cardOf(office, { amount, customer_id: other, again_because }))).word).toBe('paid');
    expect((await office.take(cardOf(office, { amount: unique(), customer_id: one }))).word).toBe('paid');
    expect((await office.take(cashOf(office, { amount }))).word).toBe('paid');
    await office.passTimeUntil(() => office.row(doubtful.attempt_id).state === 'completed');
    expect((await office.take(cardOf(office, { amount, customer_id: one, again_because }))).word).toBe('paid');
  });

  test('whatever happens on the wire, each attempt ends as Square has it, and the books balance', async () => {
    const struck = fc.constantFrom(...STRIKES.map(([, fault]) => fault));
    // "Used already" after a lost answer may mean "by that very send", so the desk does not believe it: a test of its own.
    const believed = DECLINED.map(([literal]) => literal).filter(literal => !literal.endsWith('already-used'));
    const wish = fc.record({
      literal: fc.constantFrom(...APPROVED, ...believed),
      faults: fc.array(struck, { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(wish, async ({ literal, faults }) => {
        for (const fault of faults)
          office.simulator.control.addFault({ ...fault, method: 'POST', path: '/v2/payments*' });
        next(literal);
        const { attempt_id, reference } = await office.take(cardOf(office, { amount: unique() }));
        await office.passTimeUntil(() => ['completed', 'declined', 'cancelled'].includes(office.row(attempt_id).state));
        office.simulator.control.clearFaults();
        const taken = office.charges(reference).filter(payment => payment.status === 'COMPLETED');
        expect(taken).toHaveLength(office.row(attempt_id).state === 'completed' ? 1 : 0);
        expect(Object.values(balances(office.ledger.database)).reduce((sum, minor) => sum + minor, 0)).toBe(0);
      }),
      { numRuns: 10 },
    );
  }, 60_000);

  test('receipt numbers have no gap and no double, whoever failed in between', () => {
    const numbers = office.ledger.database
      .prepare('SELECT receipt_number FROM payment WHERE receipt_number IS NOT NULL ORDER BY receipt_number')
      .pluck()
      .all() as string[];
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers).toEqual(numbers.map((_, index) => `D1-${String(index + 1).padStart(6, '0')}`));
    const attempts = office.ledger.database
      .prepare('SELECT number FROM payment WHERE foreign_payment = 0 ORDER BY number')
      .pluck()
      .all() as number[];
    expect(attempts).toEqual(attempts.map((_, index) => index + 1));
  });

  test('the whole history verifies, and nothing in it was a bug', async () => {
    expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
    expect(office.bugs).toEqual([]);
  });
});

/** Ways to find out what became of an attempt: the same bytes again, or Square's list. */
const PROBES = new Set(['attempt.sending', 'attempt.looked_up']);

describe('sources that a card form cannot give, taken at once', () => {
  let office: TempOffice;
  beforeAll(async () => {
    office = await TempOffice.create({ two_phase: false });
  });
  afterAll(() => office.close());

  test.each(['wnon:cash-app-declined', 'wnon:afterpay-or-clearpay-declined'])('%s is declined', async literal => {
    office.fields.answers.push(cardToken(literal, office.clock.now()));
    expect(await office.take(cardOf(office))).toMatchObject({ state: 'declined', decline: 'generic' });
  });

  test.each(['ok', 'failure', 'account-unusable', 'insufficient-funds', 'invalid-account', 'buyer-refused-payment'])(
    'a bank debit (%s) that is only pending is in doubt, never received',
    async name => {
      office.fields.answers.push(cardToken(`bnon:bank-nonce-${name}`, office.clock.now()));
      const view = await office.take(cardOf(office, { amount: dollars(100 + name.length) }));
      expect(view).toMatchObject({ state: 'unknown', word: 'in_doubt', receipt_number: null });
      expect(balances(office.ledger.database)).toEqual({});
    },
  );
});
