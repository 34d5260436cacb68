/**
 * Money is a count of a currency's smallest unit. It is made only by `money()`, so a value of this type is always a
 * safe integer with a known exponent, and no amount ever passes through a floating point number.
 */

/** Digits after the point, by ISO 4217 code. A currency that is not listed here is not accepted anywhere. */
export const CURRENCY_EXPONENT = {
  AUD: 2,
  CAD: 2,
  EUR: 2,
  GBP: 2,
  JPY: 0,
  KWD: 3,
  USD: 2,
} as const;

export type Currency = keyof typeof CURRENCY_EXPONENT;
export const CURRENCIES = Object.keys(CURRENCY_EXPONENT) as [Currency, ...Currency[]];

export type Money = { readonly minor: number; readonly currency: Currency };

/** The largest single payment that Square takes, in whole units of the currency. */
export const LARGEST_PAYMENT_UNITS = 50_000;

export function isCurrency(value: unknown): value is Currency {
  return typeof value === 'string' && Object.hasOwn(CURRENCY_EXPONENT, value);
}

/** The only maker of Money. A fraction, an unsafe integer or an unknown currency is a bug and throws. */
export function money(minor: number, currency: Currency): Money {
  if (!Number.isSafeInteger(minor)) throw new RangeError('money needs a safe integer of minor units');
  if (!isCurrency(currency)) throw new RangeError('money needs a known currency');
  return { minor: minor === 0 ? 0 : minor, currency };
}

export function add(left: Money, right: Money): Money {
  if (left.currency !== right.currency) throw new RangeError(`cannot add ${right.currency} to ${left.currency}`);
  return money(left.minor + right.minor, left.currency);
}

export function subtract(left: Money, right: Money): Money {
  if (left.currency !== right.currency) throw new RangeError(`cannot take ${right.currency} from ${left.currency}`);
  return money(left.minor - right.minor, left.currency);
}

/** The largest amount of one payment, in minor units of the currency. */
export function largestPayment(currency: Currency): Money {
  return money(LARGEST_PAYMENT_UNITS * 10 ** CURRENCY_EXPONENT[currency], currency);
}

/** Shares an amount over `parts` so that nothing is lost: 10.00 over 3 is 3.34, 3.33, 3.33. */
export function split(amount: Money, parts: number): Money[] {
  if (!Number.isSafeInteger(parts) || parts < 1) throw new RangeError('an amount is shared over at least one part');
  const base = Math.trunc(amount.minor / parts);
  const rest = Math.abs(amount.minor % parts);
  const step = Math.sign(amount.minor);
  return Array.from({ length: parts }, (_, index) => money(base + (index < rest ? step : 0), amount.currency));
}

export type AmountProblem = 'empty' | 'letters' | 'decimals' | 'zero' | 'negative' | 'large';
export type ParsedAmount = { money: Money } | { problem: AmountProblem };

/**
 * Reads what a person typed. Digits only, an optional group separator between thousands and one decimal point; the
 * currency's own exponent decides how many decimals are allowed. Never goes through a float.
 */
export function parseAmount(text: string, currency: Currency): ParsedAmount {
  const typed = text.trim();
  if (typed === '') return { problem: 'empty' };
  if (/^[-−–]/.test(typed)) return { problem: 'negative' };
  const match = /^(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d*))?$/.exec(typed);
  if (!match || typed === '.') return { problem: 'letters' };
  const exponent = CURRENCY_EXPONENT[currency];
  const whole = (match[1] ?? '').replaceAll(',', '');
  const decimals = match[2] ?? '';
  if (decimals.length > exponent) return { problem: 'decimals' };
  const digits = (whole + decimals.padEnd(exponent, '0')).replace(/^0+(?=\d)/, '');
  if (digits.length > 15) return { problem: 'large' };
  const minor = Number(digits === '' ? '0' : digits);
  if (minor === 0) return { problem: 'zero' };
  if (minor > largestPayment(currency).minor) return { problem: 'large' };
  return { money: money(minor, currency) };
}

/** Plain digits with the currency's decimals and no separators: 1234.50. For files and for Square's fields. */
export function plainAmount(amount: Money): string {
  const exponent = CURRENCY_EXPONENT[amount.currency];
  const digits = String(Math.abs(amount.minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const decimals = digits.slice(digits.length - exponent);
  return `${amount.minor < 0 ? '-' : ''}${whole}${exponent > 0 ? `.${decimals}` : ''}`;
}

/** For reading: `bare` as in tables (1,234.50), otherwise with the currency's sign ($1,234.50). */
export function formatMoney(amount: Money, locale: string, style: 'bare' | 'sign' = 'sign'): string {
  const exponent = CURRENCY_EXPONENT[amount.currency];
  const options: Intl.NumberFormatOptions =
    style === 'sign'
      ? { style: 'currency', currency: amount.currency, currencyDisplay: 'narrowSymbol' }
      : { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
  // Intl accepts a decimal string exactly; a number divided by 100 would be a float.
  return new Intl.NumberFormat(locale, options).format(plainAmount(amount) as Intl.StringNumericLiteral);
}
