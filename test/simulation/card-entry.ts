import type { CardToken } from '../../main/payments/attempts.ts';
import type { Life } from './desk.ts';
import type { TokenFate } from './square-shapes.ts';
import type { Dice } from '../torture/dice.ts';
import type { Fault, Mood } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { SquareBooks } from './square-books.ts';

/** What of the world somebody touches who types a card. */
type Around = {
  readonly dice: Dice;
  readonly scheduler: Scheduler;
  readonly books: SquareBooks;
  readonly mood: Mood;
  readonly calm: boolean;
  hit(fault: Fault, states: readonly string[]): void;
  outage(duration_ms: number): void;
};

/** Somebody types a card: after a while there is a token, or why there is none. */
export function typeCard(world: Around, life: Life): Promise<CardToken> {
  const { dice } = world;
  const delay_ms = 300 + dice.below(20_000);
  return new Promise(resolve => {
    world.scheduler.plan(delay_ms, life, 'card typed', () => resolve(tokenOf(world, life)));
  });
}

function tokenOf(world: Around, life: Life): CardToken {
  const { dice } = world;
  if (!world.calm && dice.chance(0.06 * world.mood.weight('fields_fail'))) {
    world.hit('fields_fail', ['none']);
    return dice.pick<CardToken>([
      { kind: 'invalid', fields: ['cvv'], message_codes: [] },
      { kind: 'cancelled' },
      { kind: 'failed', reason: 'the view is gone' },
    ]);
  }
  const fate = fateOf(world);
  const token = world.books.mintToken(fate);
  if (!world.calm && dice.chance(0.05 * world.mood.weight('line_after_token'))) {
    world.hit('line_after_token', ['none']);
    world.outage(60_000);
  }
  const last4 = dice.pick(['5858', '4242', '1111', '0005', '8431', '9903']);
  return { kind: 'token', token, brand: 'VISA', last4, minted_at_ms: life.clock.now() };
}

function fateOf(world: Around): TokenFate {
  const { dice } = world;
  if (!world.calm && dice.chance(0.08 * world.mood.weight('declined'))) {
    world.hit('declined', ['sending']);
    return { kind: 'declined', reason: dice.pick(['generic', 'cvv', 'insufficient_funds']) };
  }
  if (!world.calm && dice.chance(0.04 * world.mood.weight('refused'))) {
    world.hit('refused', ['sending']);
    return { kind: 'refused', reason: dice.pick(['amount_too_high', 'location_invalid', 'software_fault']) };
  }
  return { kind: 'good' };
}
