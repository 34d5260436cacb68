import {
  CURRENCY_EXPONENT,
  money,
  parseAmount,
  type AmountProblem,
  type Currency,
  type Money,
} from '../../../../common/money.ts';

/**
 * How the amount field reads what is typed. `plain` takes it as written: 120 is 120.00. `keypad` is for the hand that
 * comes from a card terminal: digits fill in from the right, 4250 is 42.50, and the field shows that while typing, so
 * nobody has to guess. A decimal point in keypad mode means "I write it out" and the digits stay as they were typed.
 */
export type EntryMode = 'plain' | 'keypad';

export type Entry = { readonly mode: EntryMode; readonly text: string };

/** The longest run of digits that an amount below the limit of one payment can have, with room to see it is wrong. */
const LONGEST_DIGITS = 9;

/** What the field holds after `typed` replaced its text. */
export function typeAmount(before: Entry, typed: string, currency: Currency): Entry {
  if (before.mode === 'plain') return { mode: 'plain', text: typed };
  const exponent = CURRENCY_EXPONENT[currency];
  // More than one new character is a paste, and a pasted point means that it is written out.
  if (typed.length > before.text.length + 1 && typed.includes('.')) return { mode: 'plain', text: typed };
  const shownPoints = exponent > 0 && before.text !== '' ? 1 : 0;
  const points = typed.split('.').length - 1;
  if (points > shownPoints) return { mode: 'plain', text: `${keypadDigits(before.text) || '0'}.` };
  // A letter is kept, so that the sentence under the field can name it instead of it silently vanishing.
  if (/[^\d.,\s]/.test(typed)) return { mode: 'keypad', text: typed };
  return { mode: 'keypad', text: keypadText(keypadDigits(typed), exponent) };
}

/** The significant digits of a keypad amount, without the zeros that only fill it up. */
function keypadDigits(text: string): string {
  return text.replace(/\D/g, '').replace(/^0+/, '').slice(0, LONGEST_DIGITS);
}

function keypadText(digits: string, exponent: number): string {
  if (digits === '') return '';
  if (exponent === 0) return digits;
  const padded = digits.padStart(exponent + 1, '0');
  return `${padded.slice(0, -exponent)}.${padded.slice(-exponent)}`;
}

export type ReadAmount = { readonly money: Money | null; readonly problem: AmountProblem | null };

/** The amount, or the one reason why the text is none. Both modes hold an ordinary written amount. */
export function readAmount(entry: Entry, currency: Currency): ReadAmount {
  const parsed = parseAmount(entry.text, currency);
  return 'money' in parsed ? { money: parsed.money, problem: null } : { money: null, problem: parsed.problem };
}

/**
 * What people usually hand over for an amount: the next full 1, 5, 10, 20, 50 and 100 units above it, nearest
 * first, without repeats and without the exact amount. Single units only matter below the smallest usual note.
 */
export function usualNotes(amount: Money, howMany: number): Money[] {
  const unit = 10 ** CURRENCY_EXPONENT[amount.currency];
  const notes = amount.minor < 5 * unit ? [1, 5, 10, 20] : [5, 10, 20, 50, 100];
  const rounded = notes.map(note => Math.ceil(amount.minor / (note * unit)) * note * unit);
  const above = [...new Set(rounded)].filter(minor => minor > amount.minor).sort((left, right) => left - right);
  return above.slice(0, howMany).map(minor => money(minor, amount.currency));
}
