import { CURRENCY_EXPONENT, money, parseAmount, type Currency, type Money } from '../../../../common/money.ts';

export type TypedAmount =
  | { readonly money: Money; readonly problem: null }
  | { readonly money: null; readonly problem: 'letters' | 'decimals' };

/**
 * Reads an amount of a line: nothing typed is zero, and a sign before it makes it a discount. Exact, as `parseAmount`,
 * but without its ceiling for one payment: an invoice may be larger than what Square takes at once.
 */
export function lineAmount(text: string, currency: Currency): TypedAmount {
  const typed = text.trim();
  if (typed === '') return { money: money(0, currency), problem: null };
  const match = /^([-−–]?)\s*(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d*))?$/.exec(typed);
  const whole = (match?.[2] ?? '').replaceAll(',', '');
  const decimals = match?.[3] ?? '';
  if (!match || whole + decimals === '') return { money: null, problem: 'letters' };
  const exponent = CURRENCY_EXPONENT[currency];
  if (decimals.length > exponent) return { money: null, problem: 'decimals' };
  const digits = (whole + decimals.padEnd(exponent, '0')).replace(/^0+(?=\d)/, '');
  if (digits.length > 13) return { money: null, problem: 'letters' };
  return { money: money(Number(digits) * (match[1] === '' ? 1 : -1), currency), problem: null };
}

/** Reads a part of a payment: nothing typed and zero are zero, and it is never below. */
export function partAmount(text: string, currency: Currency): TypedAmount {
  const parsed = parseAmount(text, currency);
  if ('money' in parsed) return { money: parsed.money, problem: null };
  if (parsed.problem === 'empty' || parsed.problem === 'zero') return { money: money(0, currency), problem: null };
  return { money: null, problem: parsed.problem === 'decimals' ? 'decimals' : 'letters' };
}
