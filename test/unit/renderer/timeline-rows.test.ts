import { describe, expect, test } from 'vitest';
import type { AttemptView, TimelineEntry } from '../../../common/contract/payments.ts';
import { money } from '../../../common/money.ts';
import { timelineRows } from '../../../renderer/desk/features/activity/timeline-rows.ts';
import { makeFormat } from '../../../renderer/desk/lib/format.ts';
import { attempt } from '../../support/desk-preview/fake-data.ts';

const format = makeFormat(() => ({ locale: 'en-US', time_zone: 'UTC' }));
const START_MS = Date.parse('2026-03-12T14:02:00Z');
const doubtful: AttemptView = attempt('card', money(1250, 'USD'), { word: 'in_doubt', state: 'unknown' });

type Given = [minute: number, what: string, details?: TimelineEntry['details'], by?: string];

function story(...given: Given[]): { text: string; hint: string | undefined; time: string }[] {
  const entries = given.map(([minute, what, details = {}, by = null]) => ({
    ...{ at_ms: START_MS + minute * 60_000, what, details, by },
  }));
  const plain = (text: string | undefined): string | undefined => text?.replaceAll('\u202f', ' ');
  return timelineRows(doubtful, entries, format).map(row => ({
    ...{ text: row.text, hint: plain(row.hint), time: plain(row.time)! },
  }));
}

const sent = (minute: number, again = true): Given => [minute, 'attempt.sending', { step: 'create', again }];
const silent = (minute: number): Given => [minute, 'attempt.unknown', { step: 'create', reason: 'timeout' }];
const searched = (minute: number, answer: string): Given => [minute, 'attempt.looked_up', { answer }];

describe('a long doubt', () => {
  test('tells three searches in one line, with their times', () => {
    const rows = story(searched(0, 'not_found'), searched(5, 'not_found'), searched(10, 'not_found'));
    expect(rows).toEqual([
      { text: 'Searched Square’s list 3 times: not found', hint: '2:02 PM to 2:12 PM', time: '2:02:00 PM' },
    ]);
  });

  test('tells hundreds of sends and searches by turns in one line each', () => {
    const probes: Given[] = [];
    for (let minute = 0; minute < 300; minute += 3) {
      probes.push(sent(minute), silent(minute + 1), searched(minute + 2, minute % 2 === 0 ? 'not_found' : 'no_answer'));
    }
    expect(story(sent(0, false), silent(0), ...probes).map(row => row.text)).toEqual([
      'Sent to Square',
      'Square has not answered, we are asking',
      'Sent to Square again 100 times: no answer',
      'Searched Square’s list 50 times: not found',
      'Searched Square’s list 50 times: no answer',
    ]);
  });

  test('names the days when the clock alone could mean two of them', () => {
    const rows = story(searched(0, 'no_answer'), searched(20 * 60, 'no_answer'));
    expect(rows[0]?.hint).toBe('Mar 12, 2:02 PM to Mar 13, 10:02 AM');
  });

  test('starts anew after what changed something, so that searches before and after stay apart', () => {
    const rows = story(
      ...[searched(0, 'not_found'), searched(5, 'not_found')],
      ...([[6, 'attempt.cancel_asked', { answer: 'asking' }]] as Given[]),
      ...[searched(11, 'not_found'), searched(16, 'not_found')],
    );
    expect(rows.map(row => row.text)).toEqual([
      'Searched Square’s list 2 times: not found',
      'Asked Square to cancel it, so it is never sent again',
      'Searched Square’s list 2 times: not found',
    ]);
  });
});

describe('what must not be folded away', () => {
  test('the send that Square answered is not counted among those without an answer', () => {
    const rows = story(sent(0), silent(1), sent(2), silent(3), sent(4), [4, 'attempt.completed']);
    expect(rows.map(row => row.text)).toEqual([
      'Sent to Square again 2 times: no answer',
      'Sent to Square again',
      'Square took the amount',
    ]);
  });

  test('a send that is under way is not said to have no answer', () => {
    expect(story(sent(0)).map(row => row.text)).toEqual(['Sent to Square again']);
  });

  test('that Square calls the card used up is told by itself', () => {
    const used: Given = [1, 'attempt.unknown', { step: 'create', reason: 'token_used_before' }];
    expect(story(sent(0), used).map(row => row.text)).toEqual([
      'Sent to Square again',
      'Square says the card was used up, maybe by this very payment',
    ]);
  });

  test('a find is told, not counted as a search', () => {
    const rows = story(searched(0, 'not_found'), searched(5, 'not_found'), searched(6, 'found'));
    expect(rows.at(-1)?.text).toBe('Found in Square’s list');
  });

  test('every fact is in the story: the counts of the lines add up to what happened', () => {
    const rows = story(sent(0), silent(1), searched(2, 'not_found'), sent(3), silent(4), searched(8, 'not_found'));
    expect(rows.map(row => row.text)).toEqual([
      'Sent to Square again 2 times: no answer',
      'Searched Square’s list 2 times: not found',
    ]);
  });
});

describe('decisions of people', () => {
  test('are told with the name, the reason and how long it is watched', () => {
    const closing = { because: 'person', reason: 'She has to leave', watched_until_ms: START_MS + 72 * 3_600_000 };
    const rows = story(
      [0, 'attempt.closed_not_charged', closing, 'Dana Whitfield'],
      [1, 'attempt.found_later', { status: 'COMPLETED' }],
      [2, 'attempt.found_settled', { choice: 'keep', reason: 'She was charged' }, 'Dana Whitfield'],
    );
    expect(rows.map(row => row.text)).toEqual([
      'Closed as not charged by Dana Whitfield: She has to leave',
      'Square charged this after all',
      'Kept as a payment by Dana Whitfield: She was charged',
    ]);
    expect(rows[0]?.hint).toBe('Watched until Mar 15, 2:02 PM');
  });

  test('a refund is told with its amount', () => {
    const refund = { status: 'COMPLETED', amount_minor: 500, currency: 'USD' };
    expect(story([0, 'square.refund.observed', refund])[0]?.text).toBe('Square refunded $5.00');
  });

  test('a refund of this desk is told with who asked, who agreed, why, and what became of it', () => {
    const asked = { kind: 'square', amount_minor: 500, currency: 'USD', reason: 'Wrong visit', approved_by: 'Bea Ray' };
    const rows = story(
      [0, 'refund.requested', asked, 'Lena Lead'],
      [1, 'refund.sending', { again: true }],
      [2, 'refund.unknown', { reason: 'timeout' }],
      [3, 'refund.completed'],
      [4, 'refund.refused', { how: 'failed' }],
    );
    expect(rows.map(row => row.text)).toEqual([
      'Refund through Square of $5.00 by Lena Lead, approved by Bea Ray: Wrong visit',
      'Refund sent to Square again',
      'Square has not answered about the refund, we are asking',
      'Square refunded it',
      'The refund failed, no money went back',
    ]);
  });
});
