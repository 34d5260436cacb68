import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CollectState } from '../../../renderer/desk/features/collect/collect-state.svelte.ts';
import type { AttemptView } from '../../../common/contract/payments.ts';
import type { ErrorCode } from '../../../common/errors.ts';
import { money } from '../../../common/money.ts';
import { attempt } from '../../support/desk-preview/fake-data.ts';

type Answer = { ok: true; value: unknown } | { ok: false; error: { code: ErrorCode; details: object } };
type Asked = { name: string; input: Record<string, unknown> };

const refuse = (code: ErrorCode): Answer => ({ ok: false, error: { code, details: {} } });
const give = (value: unknown): Answer => ({ ok: true, value });
const sum = money(12000, 'USD');

/** A bridge whose answers a test sets by name; it remembers what was asked. */
let asked: Asked[];
let answers: Record<string, (input: Record<string, unknown>) => Answer | Promise<Answer>>;

beforeEach(() => {
  asked = [];
  let ids = 0;
  const ways = (['card', 'cash', 'check'] as const).map(tender => ({
    tender,
    key: tender[0],
    available: true,
    unavailable_because: null,
    cost: null,
    moves_money: true,
  }));
  answers = {
    'payments.new': () => give({ attempt_id: `attempt-${(ids += 1)}` }),
    'payments.ways': () => give(ways),
    'payments.get': () => refuse('attempt_not_found'),
  };
  const call = async (name: string, input: Record<string, unknown>): Promise<Answer> => {
    asked.push({ name, input });
    return (await answers[name]?.(input)) ?? give({});
  };
  vi.stubGlobal('window', { desk: { call, on: () => () => undefined } });
});
afterEach(() => vi.unstubAllGlobals());

function took(word: AttemptView['word'], attempt_id: unknown): AttemptView {
  return attempt('card', sum, { word, attempt_id: attempt_id as AttemptView['attempt_id'] });
}

async function readyCard(): Promise<CollectState> {
  const collect = new CollectState('USD');
  collect.setNobody();
  collect.typeAmount('120');
  await collect.refreshWays();
  collect.choose('card');
  const fields = {
    phase: 'live',
    complete: true,
    brand: 'Visa',
    focused: false,
    height_px: 100,
    failure: null,
  } as const;
  collect.fields.view = fields;
  return collect;
}

const takes = (): Asked[] => asked.filter(entry => entry.name === 'payments.take');

describe('the primary button waits for what is missing, in reading order', () => {
  test('who, amount, way, fields', async () => {
    const collect = new CollectState('USD');
    expect(collect.waits).toBe('customer');
    collect.setNobody();
    expect(collect.waits).toBe('amount');
    collect.typeAmount('120');
    expect(collect.waits).toBe('way');
    await collect.refreshWays();
    collect.choose('card');
    expect(collect.waits).toBe('fields');
    collect.fields.view = { ...collect.fields.view, phase: 'live' };
    // Not for a complete card: only the fields themselves know, and they say so when they are asked.
    expect(collect.waits).toBeNull();
  });

  test('by phone the read-back holds it, and holds it again when the amount changes', async () => {
    const collect = await readyCard();
    collect.setChannel('phone');
    expect(collect.waits).toBe('readBack');
    collect.readBack = true;
    expect(collect.waits).toBeNull();
    collect.typeAmount('125');
    expect(collect.waits).toBe('readBack');
  });

  test('cash waits for enough, and knows the change', async () => {
    const collect = await readyCard();
    collect.choose('cash');
    expect(collect.waits).toBe('tendered');
    collect.tendered = { mode: 'plain', text: '100' };
    expect(collect.waits).toBe('tooLittle');
    collect.tendered = { mode: 'plain', text: '150' };
    expect(collect.waits).toBeNull();
    expect(collect.change).toEqual(money(3000, 'USD'));
  });

  test('a check waits for its number and refuses a card number in it', async () => {
    const collect = await readyCard();
    collect.choose('check');
    expect(collect.waits).toBe('check');
    collect.checkNumber = '4242 4242 4242 4242';
    expect(collect.waits).toBe('check');
    collect.checkNumber = '1187';
    expect(collect.waits).toBeNull();
  });
});

describe('taking a payment', () => {
  test('pressing twice sends once', async () => {
    answers['payments.take'] = async input => {
      await new Promise(done => setTimeout(done, 10));
      return give(took('paid', input['attempt_id']));
    };
    const collect = await readyCard();
    await Promise.all([collect.take(), collect.take()]);
    await collect.take();
    expect(takes()).toHaveLength(1);
    expect(collect.outcome?.word).toBe('paid');
  });

  test('a refusal keeps the attempt, so pressing again cannot be a second one', async () => {
    answers['payments.take'] = () => refuse('card_fields_not_ready');
    const collect = await readyCard();
    await collect.take();
    expect(collect.refusal?.code).toBe('card_fields_not_ready');
    await collect.take();
    expect(takes().map(entry => entry.input['attempt_id'])).toEqual(['attempt-1', 'attempt-1']);
  });

  test('a lost answer is looked up in the ledger before anything is said', async () => {
    answers['payments.take'] = () => refuse('internal');
    answers['payments.get'] = input => give({ attempt: took('in_doubt', input['attempt_id']), timeline: [] });
    const collect = await readyCard();
    await collect.take();
    expect(collect.outcome?.word).toBe('in_doubt');
    expect(collect.refusal).toBeNull();
  });

  test('after a cancelled try the next one is another attempt', async () => {
    answers['payments.take'] = () => refuse('card_fields_failed');
    answers['payments.get'] = input => give({ attempt: took('cancelled', input['attempt_id']), timeline: [] });
    const collect = await readyCard();
    await collect.take();
    expect(collect.refusal?.code).toBe('card_fields_failed');
    await collect.take();
    expect(takes().map(entry => entry.input['attempt_id'])).toEqual(['attempt-1', 'attempt-2']);
  });

  test('a decline leaves the draft where it was and the next try is another attempt', async () => {
    answers['payments.take'] = input => give(took('declined', input['attempt_id']));
    const collect = await readyCard();
    await collect.take();
    expect(collect.drafting).toBe(true);
    expect(collect.amount.money).toEqual(sum);
    collect.tryAgain();
    await collect.take();
    expect(takes().map(entry => entry.input['attempt_id'])).toEqual(['attempt-1', 'attempt-2']);
  });

  test('news about another payment does not touch the one on screen', async () => {
    answers['payments.take'] = input => give(took('in_doubt', input['attempt_id']));
    const collect = await readyCard();
    await collect.take();
    const before = collect.outcome;
    await collect.refreshOutcome('somebody-else');
    expect(collect.outcome).toBe(before);
    answers['payments.get'] = input => give({ attempt: took('paid', input['attempt_id']), timeline: [] });
    await collect.refreshOutcome('attempt-1');
    expect(collect.outcome?.word).toBe('paid');
  });

  test('the next customer starts with nothing of this one', async () => {
    answers['payments.take'] = input => give(took('paid', input['attempt_id']));
    const collect = await readyCard();
    await collect.take();
    collect.startOver();
    expect([collect.payer, collect.entry.text, collect.tender, collect.outcome]).toEqual(['unasked', '', null, null]);
    expect(asked.at(-1)?.name).toBe('card_fields.clear');
  });

  test('what crosses the bridge is plain data', async () => {
    answers['payments.take'] = input => give(took('paid', input['attempt_id']));
    const collect = await readyCard();
    await collect.take();
    expect(structuredClone(takes()[0]?.input)).toEqual({
      attempt_id: 'attempt-1',
      channel: 'desk',
      amount: sum,
      customer_id: null,
      again_because: null,
      pays: [],
      payer_name: null,
      details: { tender: 'card', read_back: false },
    });
  });
});

describe('the same again', () => {
  test('the keyboard comes back from the card fields, or the reason would be typed into the card', async () => {
    const collect = await readyCard();
    const { fields } = collect;
    fields.place({ x: 1, y: 2, width: 300, height: 100 });
    const places = (): unknown[] => asked.filter(one => one.name === 'card_fields.place').map(one => one.input);
    fields.giveBack();
    expect(places()).toHaveLength(1);
    fields.view = { ...fields.view, focused: true };
    fields.giveBack();
    fields.place({ x: 1, y: 2, width: 300, height: 100 });
    expect(places().slice(1)).toEqual([{ rectangle: null }, { rectangle: { x: 1, y: 2, width: 300, height: 100 } }]);
  });

  test('the question is not asked before it can be answered', async () => {
    answers['payments.take'] = () => refuse('looks_like_duplicate');
    let look = (): void => undefined;
    answers['payments.get'] = () =>
      new Promise(done => {
        look = () => done(refuse('attempt_not_found'));
      });
    const collect = await readyCard();
    const taking = collect.take();
    await vi.waitFor(() => expect(asked.at(-1)?.name).toBe('payments.get'));
    expect([collect.repeats, collect.waits]).toEqual([false, 'busy']);
    look();
    await taking;
    expect([collect.repeats, collect.waits]).toEqual([true, null]);
  });

  test('a reason goes with the same attempt, only after it was asked for, and is forgotten with what it was about', async () => {
    answers['payments.take'] = () => refuse('looks_like_duplicate');
    const collect = await readyCard();
    await collect.take();
    expect(collect.repeats).toBe(true);
    collect.againReason = 'Two visits';
    answers['payments.take'] = input => give(took('paid', input['attempt_id']));
    await collect.take(collect.againReason);
    expect(takes().map(({ input }) => [input['attempt_id'], input['again_because']])).toEqual([
      ['attempt-1', null],
      ['attempt-1', 'Two visits'],
    ]);
    collect.startOver();
    expect(collect.againReason).toBe('');
  });

  test.each([
    ['another amount', (collect: CollectState) => collect.typeAmount('121')],
    ['another customer', (collect: CollectState) => collect.changeCustomer()],
    ['nobody', (collect: CollectState) => collect.setNobody()],
    ['a customer from the palette', (collect: CollectState) => collect.setCustomer('somebody' as never)],
  ])('%s takes the question and its reason away', async (_what, change) => {
    answers['payments.take'] = () => refuse('earlier_attempt_in_doubt');
    const collect = await readyCard();
    await collect.take();
    collect.againReason = 'Two visits';
    await change(collect);
    expect([collect.repeats, collect.againReason]).toEqual([false, '']);
  });
});

test('a late answer about the last customer never becomes the customer of the next payment', async () => {
  const collect = new CollectState('USD');
  const card = (customer_id: string) => ({ customer: { customer_id }, recent: [] });
  let answerLate: (() => void) | undefined;
  answers['customers.get'] = ({ customer_id }) => give(card(String(customer_id)));
  await collect.setCustomer('first' as never);
  answers['customers.get'] = ({ customer_id }) =>
    new Promise(resolve => (answerLate = () => resolve(give(card(String(customer_id))))));
  const late = collect.refreshCustomer();
  collect.startOver();
  answerLate?.();
  await late;
  expect(collect.payer).toBe('unasked');
});

test('of two customers chosen one after the other the later choice stands, whichever answer is first', async () => {
  const collect = new CollectState('USD');
  const waiting = new Map<string, () => void>();
  answers['customers.get'] = ({ customer_id }) =>
    new Promise(resolve =>
      waiting.set(String(customer_id), () => resolve(give({ customer: { customer_id }, recent: [] }))),
    );
  const first = collect.setCustomer('first' as never);
  const second = collect.setCustomer('second' as never);
  waiting.get('second')?.();
  await second;
  waiting.get('first')?.();
  await first;
  expect(collect.customer?.customer.customer_id).toBe('second');
});
