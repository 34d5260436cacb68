import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AttemptView } from '../../../common/contract/payments.ts';
import { REFUND_KINDS, REFUND_REFUSALS, REFUND_STATES } from '../../../common/contract/refund-shapes.ts';
import {
  REFUND_OBSTACLES,
  type RefundInput,
  type RefundObstacle,
  type RefundOffer,
  type RefundView,
} from '../../../common/contract/refunds.ts';
import type { ErrorCode, ErrorDetails } from '../../../common/errors.ts';
import type { RefundId } from '../../../common/ids.ts';
import { money } from '../../../common/money.ts';
import { rowNote } from '../../../renderer/desk/features/activity/refund-note.ts';
import { GiveBackState } from '../../../renderer/desk/features/refunds/give-back-state.svelte.ts';
import {
  alternative,
  closedWays,
  firstWay,
  nextCheckOf,
  nothingBecause,
  truthOfRefund,
} from '../../../renderer/desk/features/refunds/refund-text.ts';
import { makeFormat } from '../../../renderer/desk/lib/format.ts';
import { messages } from '../../../renderer/desk/lib/messages/messages.ts';
import { attempt } from '../../support/desk-preview/fake-data.ts';

const format = makeFormat(() => ({ locale: 'en-US', time_zone: 'UTC' }));
const usd = (minor: number) => money(minor, 'USD');
const card = (part: Partial<AttemptView> = {}): AttemptView => attempt('card', usd(6000), part);
const NOW_MS = Date.parse('2026-03-12T14:05:00Z');

type Why = Partial<Record<(typeof REFUND_KINDS)[number], RefundObstacle>>;

/** An offer of 60.00 in which every way is open that has no reason against it. */
function offer(why: Why, part: Partial<RefundOffer> = {}): RefundOffer {
  return {
    ...{ attempt_id: card().attempt_id, paid: usd(6000), given_back: usd(0), refundable: usd(6000) },
    ...{ fee_kept: null, ask_before: null, sent_later: false },
    ways: REFUND_KINDS.map(kind => ({
      ...{ kind, available: why[kind] === undefined, unavailable_because: why[kind] ?? null, cost: usd(0) },
      largest: usd(why[kind] === undefined ? 6000 : 0),
    })),
    needs_approval: { always: false, above: usd(10_000), people: [{ person_id: 'second', name: 'Dana Whitfield' }] },
    ...part,
  };
}
const BY_HAND: Why = { cash: 'square_can', check: 'square_can', other: 'square_can' };

function view(part: Partial<RefundView>): RefundView {
  return {
    ...{ refund_id: 'refund' as RefundId, attempt_id: card().attempt_id, reference: 'D1-R000001-a1b2c3d4' },
    ...{ kind: 'square', amount: usd(2000), state: 'pending', day: '2026-03-12', happened_at_ms: NOW_MS },
    ...{ asked_by: 'Lucía Herrera', approved_by: null, sync: 'queued', sends: 1, next_check_at_ms: null },
    ...{ doubt_since_ms: null, refusal: null, square_code: null, square_refund_id: null },
    ...part,
  };
}

type Answer = (name: string, input: unknown) => unknown;
class Refusal {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    this.code = code;
    this.details = details;
  }
}

/** A desk whose main process answers what the test says. */
function answering(answer: Answer): { asked: [string, unknown][] } {
  const asked: [string, unknown][] = [];
  vi.stubGlobal('window', {
    desk: {
      async call(name: string, input: unknown) {
        asked.push([name, input]);
        if (name === 'refunds.new') return { ok: true, value: { refund_id: 'refund' } };
        const value = await answer(name, input);
        return value instanceof Refusal ? { ok: false, error: { ...value } } : { ok: true, value };
      },
      on: () => () => undefined,
    },
  });
  return { asked };
}
afterEach(() => vi.unstubAllGlobals());

async function ready(answer: Answer, payment = card()): Promise<GiveBackState> {
  answering(answer);
  const giving = new GiveBackState(payment);
  await giving.load();
  return giving;
}

describe('every word of the contract has its sentence', () => {
  test.each(REFUND_OBSTACLES)('%s says why not', why => expect(messages.refunds.obstacles[why]).toMatch(/\.$/));
  test.each(REFUND_REFUSALS)('refusal %s says what happened and what to do', why => {
    const { what, next } = messages.refunds.result.refusals[why];
    for (const sentence of [what, next]) expect(sentence).toMatch(/\.$/);
  });
  test.each(REFUND_STATES)('%s says what is true about the money', state => {
    const told = truthOfRefund(view({ state, kind: state === 'recorded' ? 'cash' : 'square' }), format);
    expect(told).toMatch(/\.$/);
    expect(told).not.toMatch(/undefined|null| {2}/);
  });
  test('in doubt forbids a second one before anything else, and nothing unfinished claims to be done', () => {
    expect(truthOfRefund(view({ state: 'unknown' }), format)).toMatch(/^Do not give it back again\./);
    const claims = REFUND_STATES.filter(state => /Square gave \$/.test(truthOfRefund(view({ state }), format)));
    expect(claims).toEqual(expect.arrayContaining(['completed']));
    expect(truthOfRefund(view({ state: 'pending' }), format)).toContain('can still fail');
  });
});

describe('the offer', () => {
  test('through Square comes first wherever it is open', () => {
    expect(firstWay(offer(BY_HAND), 'card')).toBe('square');
    expect(alternative(offer(BY_HAND))).toBeNull();
    expect(closedWays(offer(BY_HAND))).toEqual([
      'Not in cash, by check or by bank transfer. It goes back through Square, to where it came from.',
    ]);
  });
  test('a payment of 13 months says why Square cannot, and names the lawful ways', () => {
    const old = offer({ square: 'too_old' });
    expect(alternative(old)).toBe(
      'Square cannot send it back: the payment is more than a year old. ' +
        'Give it back in cash, by check or by bank transfer instead.',
    );
    expect(firstWay(old, 'card')).toBe('check');
    expect(closedWays(old)).toEqual([]);
  });
  test('cash goes back in cash, and Square is not blamed for it', () => {
    const cash = offer({ square: 'not_with_square' });
    expect(firstWay(cash, 'cash')).toBe('cash');
    expect(alternative(cash)).toBeNull();
  });
  test('where nothing can go back, one sentence says why', () => {
    const all = (why: RefundObstacle): Why => Object.fromEntries(REFUND_KINDS.map(kind => [kind, why]));
    expect(nothingBecause(offer(all('nothing_left')))).toBe(messages.refunds.obstacles.nothing_left);
    expect(firstWay(offer(all('disputed')), 'card')).toBeNull();
    expect(nothingBecause(offer(BY_HAND))).toBeNull();
  });
});

describe('giving back', () => {
  test('the whole is proposed and follows the way, until somebody types a part', async () => {
    const giving = await ready(() => offer({}));
    expect(giving).toMatchObject({ kind: 'square', amount: '60.00' });
    giving.offer = { ...giving.offer!, ways: giving.offer!.ways.map(way => ({ ...way, largest: usd(4000) })) };
    giving.choose('check');
    expect(giving.amount).toBe('40.00');
    giving.amount = '5';
    giving.choose('cash');
    expect(giving.amount).toBe('5');
  });

  test('nothing leaves without a reason, above what is left, or without the second person', async () => {
    const strict = offer({}, { needs_approval: { ...offer({}).needs_approval, above: usd(1000) } });
    const giving = await ready(name => (name === 'refunds.offer' ? strict : view({})));
    expect(giving).toMatchObject({ second: 'above', second_id: 'second', ready: false });
    expect(await giving.press(NOW_MS)).toBeNull();
    giving.reason = '4111 1111 1111 1111';
    giving.password = 'secret';
    expect(giving.ready).toBe(false);
    giving.reason = 'Wrong visit';
    giving.amount = '60.01';
    expect(giving).toMatchObject({ tooMuch: true, ready: false });
    giving.amount = '10.00';
    expect(giving.second).toBeNull();
    giving.amount = '60';
    expect(giving.ready).toBe(true);
    expect(await giving.press(NOW_MS)).toMatchObject({ refund_id: 'refund' });
  });

  test('pressed twice is one refund', async () => {
    let answer: (value: RefundView) => void = () => undefined;
    const { asked } = answering(name =>
      name === 'refunds.offer' ? offer(BY_HAND) : new Promise<RefundView>(resolve => (answer = resolve)),
    );
    const giving = new GiveBackState(card());
    await giving.load();
    giving.reason = 'Wrong visit';
    const first = giving.press(NOW_MS);
    expect(await giving.press(NOW_MS)).toBeNull();
    answer(view({}));
    expect(await first).toMatchObject({ state: 'pending' });
    expect(asked.filter(([name]) => name === 'refunds.make')).toHaveLength(1);
  });

  test('after a lost answer the same id is sent again, and what the ledger holds is shown when it differs', async () => {
    const answers: unknown[] = [new Refusal('internal'), new Refusal('refund_conflict')];
    const sent: RefundInput[] = [];
    const giving = await ready((name, input) => {
      if (name === 'refunds.offer') return offer(BY_HAND);
      if (name === 'refunds.get') return view({ amount: usd(6000) });
      sent.push(input as RefundInput);
      return answers.shift();
    });
    giving.reason = 'Wrong visit';
    expect(await giving.press(NOW_MS)).toBeNull();
    expect(giving.refusal?.code).toBe('internal');
    giving.amount = '20';
    expect(await giving.press(NOW_MS)).toMatchObject({ amount: usd(6000) });
    expect(new Set(sent.map(({ refund_id }) => refund_id)).size).toBe(1);
  });

  test('a wrong password of the second person is asked for anew, and a wait is kept', async () => {
    const strict = offer({}, { needs_approval: { ...offer({}).needs_approval, always: true } });
    const refusals = [new Refusal('wrong_password'), new Refusal('too_many_tries', { wait_ms: 30_000 })];
    const giving = await ready(name => (name === 'refunds.offer' ? strict : refusals.shift()));
    giving.reason = 'Wrong visit';
    giving.password = 'not this one';
    await giving.press(NOW_MS);
    expect(giving).toMatchObject({ password: '', pressed: false });
    giving.password = 'nor this one';
    await giving.press(NOW_MS);
    expect(giving.refused_until_ms).toBe(NOW_MS + 30_000);
    expect(await giving.press(NOW_MS + 1000)).toBeNull();
  });

  test('when less is left than was shown, the offer is read anew', async () => {
    const offers = [offer(BY_HAND), offer({ ...BY_HAND, square: 'nothing_left' })];
    const giving = await ready(name =>
      name === 'refunds.offer' ? offers.shift() : new Refusal('refund_too_much', { left_minor: 0 }),
    );
    giving.reason = 'Wrong visit';
    await giving.press(NOW_MS);
    expect(giving.refusal?.code).toBe('refund_too_much');
    expect(giving.way).toBeNull();
  });
});

describe('a refund that is looked at', () => {
  test('tells its next check, or that it waits for the internet, and nothing once it is over', () => {
    const open = view({ state: 'unknown', next_check_at_ms: NOW_MS + 40_000 });
    expect(nextCheckOf(open, NOW_MS, true)).toBe('In 40 s');
    expect(nextCheckOf(open, NOW_MS + 50_000, true)).toBe('Now');
    expect(nextCheckOf(open, NOW_MS, false)).toBe('When online');
    expect(nextCheckOf(view({ state: 'completed', next_check_at_ms: NOW_MS }), NOW_MS, true)).toBeNull();
  });

  test('in the list the one that most needs a look stands under the amount', () => {
    const line = (state: RefundView['state'], refund_id: string | null = 'id') => ({
      ...{ refund_id, reference: null, kind: 'square', state, amount: usd(1000), happened_at_ms: NOW_MS },
    });
    const row = (...lines: ReturnType<typeof line>[]) =>
      rowNote(card({ refunded: usd(3000), refunds: lines as AttemptView['refunds'] }), format)?.text;
    expect(row(line('completed'), line('pending'), line('unknown'))).toBe('10.00 in doubt');
    expect(row(line('completed', null), line('requested'))).toBe('10.00 pending');
    expect(row(line('completed', null), line('completed'))).toBe('10.00 elsewhere');
    expect(row(line('completed'), line('refused'))).toBe('30.00 back');
    expect(rowNote(card(), format)).toBeNull();
  });
});
