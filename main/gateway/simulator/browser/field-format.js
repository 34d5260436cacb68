// @ts-check
/** What digits mean: brands, grouping, Luhn, expiry. Everything here works on plain digit strings. */

/**
 * @typedef {object} Brand
 * @property {string} code
 * @property {string} name
 * @property {RegExp} starts
 * @property {number[]} lengths
 * @property {number[]} groups
 * @property {number} cvv
 * @property {boolean} luhn
 * @property {boolean} postal whether the issuer's country asks for a postal code
 */

/** @type {Brand} */
const OTHER = {
  code: 'OTHER_BRAND',
  name: '',
  starts: /^/,
  lengths: [13, 14, 15, 16, 17, 18, 19],
  groups: [4, 4, 4, 4, 3],
  cvv: 3,
  luhn: true,
  postal: true,
};

/**
 * @param {string} code
 * @param {string} name
 * @param {RegExp} starts
 * @param {Partial<Brand>} [rest]
 * @returns {Brand}
 */
const brand = (code, name, starts, rest) => ({
  ...OTHER,
  code,
  name,
  starts,
  lengths: [16],
  groups: [4, 4, 4, 4],
  ...rest,
});

const BRANDS = [
  brand('AMERICAN_EXPRESS', 'Amex', /^3[47]/, { lengths: [15], groups: [4, 6, 5], cvv: 4 }),
  brand('DISCOVER_DINERS', 'Diners', /^3(0[0-5]|[689])/, { lengths: [14], groups: [4, 6, 4] }),
  brand('JCB', 'JCB', /^35(2[89]|[3-8])/, { postal: false }),
  brand('VISA', 'Visa', /^4/, { lengths: [13, 16, 19], groups: [4, 4, 4, 4, 3] }),
  brand('MASTERCARD', 'Mastercard', /^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/),
  brand('DISCOVER', 'Discover', /^(6011|64[4-9]|65)/),
  // UnionPay issues numbers without a check digit.
  brand('CHINA_UNIONPAY', 'UnionPay', /^62/, { lengths: [16, 17, 18, 19], groups: [4, 4, 4, 4, 3], luhn: false }),
];

/** @type {Brand} */
export const GIFT_CARD = { ...OTHER, code: 'Unknown', lengths: [16], groups: [4, 4, 4, 4] };

/** @param {string} digits */
export function brandOf(digits) {
  return BRANDS.find(candidate => candidate.starts.test(digits)) ?? OTHER;
}

/**
 * @param {string} digits
 * @param {number[]} groups
 */
export function grouped(digits, groups) {
  const parts = [];
  let at = 0;
  for (const length of groups) {
    if (at >= digits.length) break;
    parts.push(digits.slice(at, at + length));
    at += length;
  }
  return parts.join(' ');
}

/** @param {string} digits */
export function passesLuhn(digits) {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/**
 * @param {string} digits
 * @param {Brand} kind
 * @returns {{ complete: boolean, possible: boolean }}
 */
export function judgeNumber(digits, kind) {
  const longest = Math.max(...kind.lengths);
  const valid = kind.lengths.includes(digits.length) && (!kind.luhn || passesLuhn(digits));
  return { complete: valid, possible: valid || digits.length < longest };
}

/** `MM/YY` out of digits; a first digit above 1 can only be a single-digit month. @param {string} digits */
export function expiryText(digits) {
  if (digits.length === 1 && Number(digits) > 1) return `0${digits}/`;
  if (digits.length < 2) return digits;
  return `${digits.slice(0, 2)}/${digits.slice(2, 4)}`;
}

/**
 * @param {string} digits MMYY
 * @param {Date} today
 * @returns {{ complete: boolean, possible: boolean, month: number, year: number }}
 */
export function judgeExpiry(digits, today) {
  const month = Number(digits.slice(0, 2));
  const year = 2000 + Number(digits.slice(2, 4));
  const monthPossible = digits.length < 2 || (month >= 1 && month <= 12);
  const future = year * 12 + month >= today.getUTCFullYear() * 12 + today.getUTCMonth() + 1;
  const complete = digits.length === 4 && monthPossible && future;
  return { complete, possible: complete || (digits.length < 4 && monthPossible), month, year };
}

/** @param {string} value */
export function judgePostal(value) {
  const complete = /^[A-Za-z0-9][A-Za-z0-9 -]{2,10}[A-Za-z0-9]$/.test(value.trim());
  return { complete, possible: complete || (value.trim().length < 5 && /^[A-Za-z0-9 -]*$/.test(value)) };
}
