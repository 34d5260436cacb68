/**
 * Finds what looks like a card number in free text: 13 to 19 digits that pass the Luhn check, also when they are
 * spaced, dashed or dotted. Free-text fields refuse such text before anything is stored.
 */
export function hasCardNumber(text: string): boolean {
  // Full-width and other Unicode digits are folded first, or a pasted number could hide in them.
  const folded = text.normalize('NFKC');
  for (const run of folded.matchAll(/\d(?:[\s\p{Pd}._/|,:;*]{0,3}\d){12,}/gu)) {
    const digits = run[0].replace(/\D/g, '');
    // A run of a card's own length is judged whole; a longer one may hold a card beside a telephone number.
    if (digits.length <= 19 ? passesLuhn(digits) : anyWindowPasses(digits)) return true;
  }
  return false;
}

function anyWindowPasses(digits: string): boolean {
  for (let start = 0; start + 13 <= digits.length; start += 1) {
    for (let length = 13; length <= 19 && start + length <= digits.length; length += 1) {
      if (passesLuhn(digits.slice(start, start + length))) return true;
    }
  }
  return false;
}

export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const value = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? value * 2 : value;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0 && !/^0+$/.test(digits);
}
