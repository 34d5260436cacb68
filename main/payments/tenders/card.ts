import { money, type Money } from '../../../common/money.ts';
import { defineTender } from './tender.ts';

/** Square's published US prices, in thousandths of the amount plus cents: typed by the customer, or keyed by the seller. */
const PRICES = { desk: { thousandths: 29, cents: 30 }, phone: { thousandths: 35, cents: 15 } } as const;

/** A card typed into Square's own fields, at the desk or read out on the phone. */
export const card = defineTender({
  id: 'card',
  key: 'K',
  kind: 'charged',
  cost(amount, channel): Money | null {
    if (amount.currency !== 'USD') return null;
    const { thousandths, cents } = PRICES[channel];
    return money(Math.floor((amount.minor * thousandths + 500) / 1000) + cents, 'USD');
  },
});
