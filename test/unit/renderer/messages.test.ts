import { describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../../common/errors.ts';
import {
  ATTEMPT_WORDS,
  DECLINE_REASONS,
  REFUSAL_REASONS,
  type AttemptView,
} from '../../../common/contract/payments.ts';
import { money } from '../../../common/money.ts';
import { makeFormat } from '../../../renderer/desk/lib/format.ts';
import { messages } from '../../../renderer/desk/lib/messages/messages.ts';
import { spokenTruth, truthOf } from '../../../renderer/desk/features/collect/result-text.ts';
import { attempt } from '../../support/desk-preview/fake-data.ts';

const format = makeFormat(() => ({ locale: 'en-US', time_zone: 'America/Los_Angeles' }));
const TEN_42_AM_MS = Date.parse('2026-03-12T17:42:00Z');

function card(part: Partial<AttemptView>): AttemptView {
  const shared = { card: { brand: 'VISA', last4: '4242' }, happened_at_ms: TEN_42_AM_MS };
  return attempt('card', money(12000, 'USD'), { ...shared, ...part });
}

describe('every word of the contract has its sentence', () => {
  test.each(ERROR_CODES)('refusal %s says what happened and what to do', code => {
    const { title, help } = messages.errors[code];
    expect(title).toMatch(/[.]$/);
    expect(help).toMatch(/[.]$/);
    expect(`${title}${help}`).not.toMatch(/!|please|sorry|oops/i);
  });

  test.each(DECLINE_REASONS)('decline %s has a sentence to say that names no money trouble', reason => {
    const { what, say, next } = messages.payments.declines[reason];
    for (const sentence of [what, say, next]) expect(sentence.length).toBeGreaterThan(10);
    expect(say).not.toMatch(/insufficient|enough|funds|stolen|lost|fraud/i);
  });

  test.each(REFUSAL_REASONS)('refusal %s has a next step', reason => {
    expect(messages.payments.refusals[reason].next).toMatch(/[.]$/);
  });

  test.each(ATTEMPT_WORDS)('%s has a word and a truth', word => {
    const spoken = spokenTruth(card({ word, card: null }), format);
    expect(spoken).toContain('$120.00');
    expect(spoken).not.toMatch(/undefined|null| {2}/);
  });
});

describe('the truth about the money', () => {
  test('only paid claims that Square took it', () => {
    const claims = ATTEMPT_WORDS.filter(word => /(?<!whether )Square took/.test(spokenTruth(card({ word }), format)));
    expect(claims).toEqual(['paid']);
  });

  test('in doubt forbids a second charge before anything else', () => {
    expect(truthOf(card({ word: 'in_doubt' }), format).first).toBe('Do not charge again.');
  });

  test('in doubt claims nothing, and says so when people have to end it', () => {
    const spoken = (state: AttemptView['state']): string => spokenTruth(card({ word: 'in_doubt', state }), format);
    expect(spoken('unknown')).toContain('We do not know yet whether Square took $120.00.');
    expect(spoken('manual')).toContain('a person has to end this');
  });

  test('found later says that Square has the money, and what this desk had said before', () => {
    const { first, rest } = truthOf(card({ word: 'found_later' }), format);
    expect(first).toBe('Square charged this after all.');
    expect(rest).toContain('had closed it as not charged');
  });

  test('queued says that nothing has been charged', () => {
    expect(truthOf(card({ word: 'queued' }), format).first).toBe('Nothing has been charged.');
  });

  test('paid by card names the card and the office’s own time', () => {
    // Intl puts a narrow no-break space before AM.
    const spoken = spokenTruth(card({}), format).replaceAll('\u202f', ' ');
    expect(spoken).toBe('Paid. Square took $120.00 from Visa ending in 4242 at 10:42 AM.');
  });

  test('cash says what to give back, and nothing when nothing is due', () => {
    const cash = (change: number): string =>
      spokenTruth(attempt('cash', money(7340, 'USD'), { change: money(change, 'USD') }), format);
    expect(cash(2660)).toContain('Give $26.60 change.');
    expect(cash(0)).not.toContain('change');
  });
});

describe('the story of an attempt', () => {
  test('names the person and the repeat', () => {
    expect(messages.payments.happened('attempt.started', {}, 'Jordan Okafor')).toBe('Started by Jordan Okafor');
    expect(messages.payments.happened('attempt.sending', { again: true, step: 'create' }, null)).toContain('again');
  });

  test('shows a fact without a sentence by its own words instead of hiding it', () => {
    expect(messages.payments.happened('dispute.won_later', {}, null)).toBe('dispute won later');
  });
});
