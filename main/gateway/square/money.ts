import type { Square } from 'square';
import { isCurrency, money, type Money } from '../../../common/money.ts';

/** The only place where money is a bigint: Square's SDK wants one. */
export function toSquareMoney(amount: Money): { amount: bigint; currency: Square.Currency } {
  return { amount: BigInt(amount.minor), currency: amount.currency as Square.Currency };
}

/** Undefined when Square sent no amount, a currency we do not know, or more than can be counted exactly. */
export function fromSquareMoney(given: Square.Money | undefined): Money | undefined {
  if (given?.amount == null || !isCurrency(given.currency)) return undefined;
  const minor = Number(given.amount);
  return Number.isSafeInteger(minor) ? money(minor, given.currency) : undefined;
}
