import type { Channel, TenderId, Way } from '../../../../common/contract/payments.ts';
import type { Money } from '../../../../common/money.ts';

/** Why the primary button waits; `null` when it can be pressed. The words are in `messages.collect.act.reasons`. */
export type Waits = 'amount' | 'customer' | 'way' | 'fields' | 'readBack' | 'tendered' | 'tooLittle' | 'check' | 'busy';

/** A payment that is being typed, as far as it decides whether it can be taken. */
type Draft = {
  readonly busy: boolean;
  readonly payer: unknown;
  readonly amount: { readonly money: Money | null };
  readonly channel: Channel;
  readonly way: Way | null;
  readonly tender: TenderId | null;
  readonly fields: { readonly view: { readonly phase: string } };
  readonly readBack: boolean;
  readonly change: Money | null;
  readonly checkNumber: string;
  readonly checkTextWrong: boolean;
};

/** The first thing that a payment still needs before it can be taken. */
export function whatIsMissing(collect: Draft): Waits | null {
  if (collect.busy) return 'busy';
  if (collect.payer === 'unasked') return 'customer';
  if (collect.amount.money === null) return 'amount';
  if (collect.way === null || !isChoosable(collect.way)) return 'way';
  if (collect.tender === 'card') {
    if (collect.fields.view.phase !== 'live') return 'fields';
    // Whether the card is complete only Square's fields know for certain: they answer when they are asked.
    return collect.channel === 'phone' && !collect.readBack ? 'readBack' : null;
  }
  if (collect.tender === 'cash') {
    if (collect.change === null) return 'tendered';
    return collect.change.minor < 0 ? 'tooLittle' : null;
  }
  return collect.checkNumber.trim() === '' || collect.checkTextWrong ? 'check' : null;
}

/** The fields become ready only once they have a place, so "not ready" must not keep a person from choosing them. */
export function isChoosable(way: Way): boolean {
  return way.available || way.unavailable_because === 'fields_not_ready';
}
