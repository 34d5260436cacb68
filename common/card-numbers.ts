/**
 * Finds what looks like a card number in free text: 13 to 19 digits that pass the Luhn check or begin as UnionPay's do, also
 * when they are spaced, dashed or dotted. Free-text fields refuse such text before anything is stored.
 */
export function hasCardNumber(text: string): boolean {
  for (const run of plainDigits(text).matchAll(/\d(?:[\s\p{Pd}._/|,:;*]{0,3}\d){12,}/gu)) {
    if (holdsCard(run[0].split(/\D+/))) return true;
  }
  return false;
}

/**
 * Looks at every stretch of neighbouring groups, because a security code, a date or a telephone number may stand beside
 * the card number. A single group that is longer than any card is searched digit by digit.
 */
function holdsCard(groups: readonly string[]): boolean {
  for (const [start, first] of groups.entries()) {
    if (first.length > 19 && anyWindowIsCard(first)) return true;
    for (let end = start + 1, digits = first; digits.length <= 19; end += 1) {
      if (digits.length >= 13 && isCardLike(digits)) return true;
      if (end === groups.length) break;
      digits += groups[end]!;
    }
  }
  return false;
}

/** Full-width and other scripts' digits become plain ones and invisible characters go: a pasted number could hide there. */
function plainDigits(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Mn}]/gu, '')
    .replace(/[^\P{Nd}0-9]/gu, digit => String(digitValue(digit.codePointAt(0)!)));
}

/** Unicode keeps each script's ten digits together, zero first; the value is the distance from the block's zero. */
function digitValue(point: number): number {
  let zero = point;
  while (point - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return point - zero;
}

function anyWindowIsCard(digits: string): boolean {
  for (let start = 0; start + 13 <= digits.length; start += 1) {
    for (let length = 13; length <= 19 && start + length <= digits.length; length += 1) {
      if (isCardLike(digits.slice(start, start + length))) return true;
    }
  }
  return false;
}

/** UnionPay's numbers begin with 62, and not all of them carry the check digit that every other network's has. */
const isCardLike = (digits: string): boolean => passesLuhn(digits) || /^62\d{14,17}$/.test(digits);

export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const value = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? value * 2 : value;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0 && !/^0+$/.test(digits);
}
