/**
 * Finds known card numbers in bytes, in every form in which a program could have put them there: plain, spaced, dashed,
 * UTF-16 of both orders, hexadecimal, base64 at its three alignments, percent, reversed and JSON escapes. Any eight
 * neighbouring digits of a number count, where they are not too plain to be told from a counter or a length.
 */

/** Public test numbers: the first seven are Square's sandbox's, the others are the industry's. */
export const TEST_CARDS: readonly string[] = [
  ...['4111111111111111', '5105105105105100', '6011000000000004', '30000000000004', '3569990010095841'],
  ...['340000000000009', '6222988812340000', '4242424242424242', '5555555555554444', '378282246310005'],
  ...['6011111111111117', '3530111333300000'],
];

const WINDOW = 8;
const backwards = (text: string): string => [...text].reverse().join('');

type Needles = { readonly windows: ReadonlySet<string>; readonly whole: readonly string[]; readonly bins: RegExp };

function needlesOf(cards: readonly string[]): Needles {
  const both = cards.flatMap(card => [card, backwards(card)]);
  const windows = both.flatMap(digits =>
    Array.from({ length: digits.length - WINDOW + 1 }, (_, start) => digits.slice(start, start + WINDOW)),
  );
  return {
    windows: new Set(windows.filter(digits => new Set(digits).size >= 3)),
    whole: both,
    bins: new RegExp(`^(?:${[...new Set(cards.map(card => card.slice(0, 6)))].join('|')})`),
  };
}

/** `digits` are what is left of a run without its separators. */
function isCardIn({ windows, whole, bins }: Needles, digits: string): boolean {
  for (let start = 0; start + WINDOW <= digits.length; start += 1) {
    if (windows.has(digits.slice(start, start + WINDOW))) return true;
  }
  if (digits.length >= 13 && digits.length <= 19 && bins.test(digits) && passesLuhn(digits)) return true;
  return whole.some(card => digits.includes(card));
}

function passesLuhn(digits: string): boolean {
  const values = [...digits].reverse().map((digit, index) => Number(digit) * (index % 2 === 1 ? 2 : 1));
  return values.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10 === 0;
}

const fromHex = (text: string): string => Buffer.from(text.replace(/[^0-9a-f]/gi, ''), 'hex').toString('latin1');

type Form = { readonly name: string; readonly run: RegExp; readonly read: (found: string) => string };

/** Up to three separators between two digits; the zero byte is the other half of UTF-16. */
const FORMS: readonly Form[] = [
  { name: 'digits', run: /\d(?:[\0 ._/+\t-]{0,3}\d){7,}/g, read: found => found },
  { name: 'hexadecimal', run: /(?:3[0-9](?:00)?[ :]?){8,}/g, read: fromHex },
  { name: 'percent', run: /(?:%3[0-9]){8,}/gi, read: found => fromHex(found) },
  { name: 'JSON escapes', run: /(?:\\u003[0-9]){8,}/gi, read: found => found.replace(/\\u003/gi, '') },
  // What three digits become, whatever stands before them; the edges may hold one or two digits more.
  {
    name: 'base64',
    run: /[\w+/]{0,4}(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){2,}[\w+/]{0,4}/g,
    read: found => [0, 1, 2, 3].map(skip => Buffer.from(found.slice(skip), 'base64').toString('latin1')).join(' | '),
  },
];

/** A security code or an expiry by its own name, as a form or a JSON body would hold it. */
const NAMED_SECRET = /(?:cvv|cvc|security_code|expir\w{0,12})["'=: ]{1,4}(?:737|7373|1234|12\/?34)\b/i;

export type CardSearch = (bytes: Buffer) => string[];

/** Makes the search for these numbers. It answers the names of the forms in which it found one. */
export function searchFor(cards: readonly string[]): CardSearch {
  const needles = needlesOf(cards);
  return bytes => {
    const text = bytes.toString('latin1');
    const found = FORMS.filter(({ run, read }) => {
      for (const [match] of text.matchAll(run)) {
        const runs = read(match)
          .replace(/(?<=\d)[\0 ._/+\t-]{1,3}(?=\d)/g, '')
          .match(/\d{8,}/g);
        if (runs?.some(digits => isCardIn(needles, digits))) return true;
      }
      return false;
    }).map(({ name }) => name);
    return NAMED_SECRET.test(text) ? [...found, 'a named security code'] : found;
  };
}
