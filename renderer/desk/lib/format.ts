import { createContext } from 'svelte';
import { CURRENCY_EXPONENT, formatMoney, type Currency, type Money } from '../../../common/money.ts';
import type { Day } from '../../../common/time.ts';

/** Where the office is: every date, time and amount on the screen is written for this place. */
export type Place = { readonly locale: string; readonly time_zone: string };

/** Dates, times and amounts for people. Instants are UTC milliseconds, days are `YYYY-MM-DD` of the office. */
export type Format = {
  /** 1,234.50 in tables, $1,234.50 in sentences. */
  money(amount: Money, style?: 'bare' | 'sign'): string;
  /** Mar 12, or Mar 12, 2025 when it is not the year of `today`. */
  day(day: Day, today?: Day): string;
  /** Thu, Mar 12 */
  weekday(day: Day): string;
  /** March 12, to be spoken. */
  spokenDay(day: Day): string;
  /** 10:42 AM */
  time(instant_ms: number): string;
  /** 10:42:31 AM */
  exactTime(instant_ms: number): string;
  /** Mar 12, 10:42 AM */
  moment(instant_ms: number): string;
  /** 1,234 */
  count(value: number): string;
  /** One, two and three */
  list(parts: readonly string[]): string;
  /** $ */
  currencySign(currency: Currency): string;
  /** US dollars */
  currencyName(currency: Currency): string;
};

/** One set of Intl formatters is kept per place, because making one costs more than using it a thousand times. */
export function makeFormat(place: () => Place): Format {
  const kept = new Map<string, Intl.DateTimeFormat>();
  function dates(
    name: string,
    options: Intl.DateTimeFormatOptions,
    time_zone = place().time_zone,
  ): Intl.DateTimeFormat {
    const key = `${name} ${place().locale} ${time_zone}`;
    const found = kept.get(key);
    if (found) return found;
    const made = new Intl.DateTimeFormat(place().locale, { ...options, timeZone: time_zone });
    kept.set(key, made);
    return made;
  }
  // A day has no zone any more: it is read and written as UTC so that it cannot slip to its neighbour.
  const written = (name: string, day: Day, options: Intl.DateTimeFormatOptions): string =>
    dates(name, options, 'UTC').format(Date.parse(`${day}T00:00:00Z`));
  return {
    money: (amount, style = 'sign') => formatMoney(amount, place().locale, style),
    day: (day, today) =>
      today !== undefined && today.slice(0, 4) !== day.slice(0, 4)
        ? written('day-year', day, { month: 'short', day: 'numeric', year: 'numeric' })
        : written('day', day, { month: 'short', day: 'numeric' }),
    weekday: day => written('weekday', day, { weekday: 'short', month: 'short', day: 'numeric' }),
    spokenDay: day => written('spoken', day, { month: 'long', day: 'numeric' }),
    time: instant_ms => dates('time', { hour: 'numeric', minute: '2-digit' }).format(instant_ms),
    exactTime: instant_ms =>
      dates('exact', { hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(instant_ms),
    moment: instant_ms =>
      dates('moment', { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }).format(instant_ms),
    count: value => new Intl.NumberFormat(place().locale).format(value),
    list: parts => new Intl.ListFormat(place().locale, { type: 'conjunction' }).format(parts),
    currencySign: currency => currencyPart(place().locale, currency, 'narrowSymbol'),
    currencyName: currency => currencyPart(place().locale, currency, 'name'),
  };
}

function currencyPart(locale: string, currency: Currency, currencyDisplay: 'narrowSymbol' | 'name'): string {
  const parts = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay }).formatToParts(2);
  return parts.find(part => part.type === 'currency')?.value ?? currency;
}

/** How many digits an amount field has after its point. */
export function decimalsOf(currency: Currency): number {
  return CURRENCY_EXPONENT[currency];
}

/** 42 s, 12 min, 3 h 5 min: how long something has lasted or will take, from milliseconds. */
export function duration(length_ms: number): string {
  const seconds = Math.max(0, Math.round(length_ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** The desk's format, for any component: `const format = getFormat();`. */
export const [getFormat, setFormat] = createContext<Format>();
