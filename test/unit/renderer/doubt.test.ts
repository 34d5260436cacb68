import { describe, expect, test } from 'vitest';
import type { AttemptView } from '../../../common/contract/payments.ts';
import { AppError } from '../../../common/errors.ts';
import { money } from '../../../common/money.ts';
import { DecisionState } from '../../../renderer/desk/features/doubt/decision-state.svelte.ts';
import { doubtFacts, doubtNote, isClosable, isDoubtful } from '../../../renderer/desk/features/doubt/doubt-text.ts';
import { repeatSentence, whereSentence } from '../../../renderer/desk/features/collect/repeat-text.ts';
import { makeFormat } from '../../../renderer/desk/lib/format.ts';
import { messages } from '../../../renderer/desk/lib/messages/messages.ts';
import { attempt } from '../../support/desk-preview/fake-data.ts';

const format = makeFormat(() => ({ locale: 'en-US', time_zone: 'UTC' }));
const NOW_MS = Date.parse('2026-03-12T14:05:00Z');
const MINUTE_MS = 60_000;

function card(part: Partial<AttemptView>): AttemptView {
  return attempt('card', money(1250, 'USD'), { word: 'in_doubt', state: 'unknown', happened_at_ms: NOW_MS, ...part });
}
const facts = (part: Partial<AttemptView>): Record<string, string> =>
  Object.fromEntries(doubtFacts(card(part), NOW_MS, format).map(({ label, value }) => [label, value]));

describe('what is known about a doubt', () => {
  test('since when, the next check counting down, and what was tried', () => {
    const told = facts({
      ...{ doubt_since_ms: NOW_MS - 3 * MINUTE_MS, next_check_at_ms: NOW_MS + 40_000 },
      ...{ sends: 4, not_found: 2 },
    });
    expect(told['In doubt']?.replaceAll('\u202f', ' ')).toBe('Since 2:02 PM, for 3 min');
    expect(told['Next check']).toBe('In 40 s');
    expect(told['Tried']).toBe('Sent 4 times, searched Square’s list twice, not there');
  });

  test('a check that is due is "now", and one that is not planned is not promised', () => {
    expect(facts({ next_check_at_ms: NOW_MS - 1 })['Next check']).toBe('Now');
    expect(facts({ next_check_at_ms: null })).not.toHaveProperty('Next check');
  });

  test('after closing: told until when it is watched, and afterwards that the watch is over', () => {
    const closed = card({ word: 'not_charged', state: 'closed_not_charged', watched_until_ms: NOW_MS + MINUTE_MS });
    expect(doubtFacts(closed, NOW_MS, format)).toHaveLength(1);
    expect(doubtNote(closed, NOW_MS)).toBe(messages.doubt.known.watchedWhat);
    expect(doubtNote(closed, NOW_MS + 2 * MINUTE_MS)).toBe(messages.doubt.known.watchOver);
  });

  test('what cannot be closed offers no closing', () => {
    expect(isClosable(card({}))).toBe(true);
    expect(isClosable(card({ state: 'manual' }))).toBe(true);
    expect(isClosable(card({ state: 'sending' }))).toBe(false);
    expect(isClosable(card({ word: 'found_later', state: 'orphan' }))).toBe(false);
    expect(isDoubtful(card({ word: 'paid', state: 'completed' }))).toBe(false);
    expect(isDoubtful(card({ word: 'not_charged', state: 'closed_not_charged' }))).toBe(false);
  });
});

describe('a decision', () => {
  const done = card({ word: 'not_charged', state: 'closed_not_charged' });
  function filled(): DecisionState {
    const decision = new DecisionState();
    decision.reason = '  She has to leave ';
    decision.password = 'secret';
    return decision;
  }

  test('is not asked of anybody without a reason and a password', async () => {
    const decision = new DecisionState();
    let asked = 0;
    const work = async (): Promise<AttemptView> => {
      asked += 1;
      return done;
    };
    expect(await decision.run(work, NOW_MS)).toBeNull();
    decision.reason = 'ok';
    decision.password = 'secret';
    expect(await decision.run(work, NOW_MS)).toBeNull();
    decision.reason = '4111 1111 1111 1111';
    expect(await decision.run(work, NOW_MS)).toBeNull();
    expect(asked).toBe(0);
  });

  test('pressed twice is one decision', async () => {
    const decision = filled();
    let asked = 0;
    const work = async (): Promise<AttemptView> => {
      asked += 1;
      await new Promise(resolve => setTimeout(resolve, 5));
      return done;
    };
    const answers = await Promise.all([decision.run(work, NOW_MS), decision.run(work, NOW_MS)]);
    expect(answers).toEqual([done, null]);
    expect(asked).toBe(1);
  });

  test('a wrong password is emptied, everything else typed is kept', async () => {
    const decision = filled();
    await decision.run(() => Promise.reject(new AppError('wrong_password')), NOW_MS);
    expect([decision.refusal?.code, decision.password, decision.reason.trim()]).toEqual([
      ...['wrong_password', '', 'She has to leave'],
    ]);
  });

  test('a refusal that passes by itself holds the button until then', async () => {
    const decision = filled();
    await decision.run(() => Promise.reject(new AppError('doubt_too_young', { wait_ms: 5000 })), NOW_MS);
    expect(await decision.run(async () => done, NOW_MS + 4000)).toBeNull();
    expect(await decision.run(async () => done, NOW_MS + 5000)).toBe(done);
    expect(decision.refusal).toBeNull();
  });
});

describe('the same again', () => {
  const details = {
    ...{ reference: 'D1-000003-aabbccdd', receipt_number: 'D1-000041', at_ms: NOW_MS - 4 * MINUTE_MS },
    ...{ tender: 'cash', word: 'paid', last4: '', taken_by: 'Jo', same: 'customer' },
  };
  const sentence = (part: object, payer: string | null = 'Ines Duarte'): string =>
    repeatSentence({ ...details, ...part }, payer, '$12.50', NOW_MS);

  test('says who paid what, how and when, and where to find it', () => {
    expect(sentence({})).toBe('Ines Duarte paid $12.50 in cash, 4 min ago.');
    expect(whereSentence(details)).toBe('Receipt D1-000041, taken by Jo.');
    expect(sentence({ tender: 'card', last4: '1111' })).toContain('with the card ending in 1111');
  });

  test('by the card, when the card is what is the same, whoever is said to pay', () => {
    const same = { same: 'card', tender: 'card', last4: '1111' };
    expect(sentence(same)).toBe('The card ending in 1111 paid $12.50, 4 min ago.');
    expect(sentence(same, null)).toBe('The card ending in 1111 paid $12.50, 4 min ago.');
  });

  test('what waits is not said to be paid', () => {
    expect(sentence({ word: 'queued', tender: 'card', last4: '1111' })).not.toContain('paid');
    expect(whereSentence({ ...details, receipt_number: '' })).toBe('D1-000003-aabbccdd, taken by Jo.');
  });
});
