// @ts-check
/** Checks of what a page hands in: options, styles, and the details of a tokenization. */
import {
  InvalidInputStylePropertyError,
  InvalidInputStyleSelectorError,
  InvalidInputStyleValueError,
  InvalidOptionError,
  InvalidStylesError,
  TokenizationError,
} from './square-errors.js';

const INPUT = ['backgroundColor', 'color', 'fontFamily', 'fontSize', 'fontWeight'];
const CONTAINER = ['borderColor', 'borderRadius', 'borderWidth'];
const CONTAINER_STATE = ['borderColor', 'borderWidth'];
const COLOR = ['color'];

/** @type {Record<string, string[]>} */
const SELECTORS = {
  input: INPUT,
  'input.is-focus': INPUT,
  'input.is-error': COLOR,
  'input::placeholder': COLOR,
  'input.is-focus::placeholder': COLOR,
  'input.is-error::placeholder': COLOR,
  '.input-container': CONTAINER,
  '.input-container.is-focus': CONTAINER_STATE,
  '.input-container.is-error': CONTAINER_STATE,
  '.message-text': COLOR,
  '.message-icon': COLOR,
  '.message-text.is-error': COLOR,
  '.message-icon.is-error': COLOR,
};

/** @param {unknown} value @returns {value is Record<string, any>} */
export function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Refuses unknown options and options of the wrong type. Styles are judged by `checkStyle`, when they are attached.
 * @param {unknown} options
 * @param {string[]} allowed
 */
export function checkOptions(options, allowed) {
  if (options === undefined || options === null) return;
  if (!isRecord(options)) throw new InvalidOptionError('options');
  for (const [name, value] of Object.entries(options)) {
    if (!allowed.includes(name)) throw new InvalidOptionError(name);
    if (value === undefined) continue;
    if (name === 'includeInputLabels' && typeof value !== 'boolean') throw new InvalidOptionError(name);
    if (name === 'postalCode' && typeof value !== 'string') throw new InvalidOptionError(name);
    if (name === 'style' && !isRecord(value)) throw new InvalidOptionError(name);
  }
}

/**
 * Throws one style error, or an InvalidStylesError that holds several.
 * @param {unknown} style
 */
export function checkStyle(style) {
  if (style === undefined) return;
  const errors = styleErrors(/** @type {Record<string, unknown>} */ (style), true);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new InvalidStylesError(errors);
}

/**
 * @param {Record<string, unknown>} style
 * @param {boolean} media whether media blocks are allowed at this level
 * @returns {import('./square-errors.js').SqError[]}
 */
function styleErrors(style, media) {
  const errors = [];
  for (const [selector, properties] of Object.entries(style)) {
    if (properties === undefined) continue;
    if (media && /^@media [\w\s():,./<>=-]+$/.test(selector) && isRecord(properties)) {
      errors.push(...styleErrors(properties, false));
      continue;
    }
    const allowed = SELECTORS[selector];
    if (!allowed || !isRecord(properties)) {
      errors.push(new InvalidInputStyleSelectorError(selector));
      continue;
    }
    for (const [property, value] of Object.entries(properties)) {
      if (!allowed.includes(property)) errors.push(new InvalidInputStylePropertyError(property));
      else if (!goodValue(property, value)) errors.push(new InvalidInputStyleValueError(property, String(value)));
    }
  }
  return errors;
}

/**
 * @param {string} property
 * @param {unknown} value
 */
function goodValue(property, value) {
  // Braces, semicolons and addresses could leave the rule or the origin.
  if (typeof value !== 'string' || /[{};@<>\\]|url\(/i.test(value)) return false;
  if (property === 'fontSize') {
    const size = /^(\d+(?:\.\d+)?)(px|rem|em)$/.exec(value.trim());
    return size !== null && Number(size[1]) <= (size[2] === 'px' ? 16 : 1);
  }
  if (property === 'borderWidth') return /^((\d+(\.\d+)?(px|em)|0)(\s+|$)){1,4}$/.test(value.trim());
  return CSS.supports(
    property.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`),
    value,
  );
}

/**
 * Refuses incomplete verification details with a TokenizationError that names every fault.
 * @param {unknown} details
 */
export function checkVerification(details) {
  if (details === undefined || details === null) return;
  const given = isRecord(details) ? details : {};
  /** @type {import('./square-errors.js').ApplicationError[]} */
  const errors = [];
  const fault = (/** @type {string} */ field, /** @type {string} */ rule) =>
    errors.push({
      type: 'VALIDATION_ERROR',
      message: `verificationDetails.${field} ${rule}.`,
      field: `verificationDetails.${field}`,
    });
  if (!['CHARGE', 'CHARGE_AND_STORE', 'STORE'].includes(given.intent)) {
    fault('intent', 'is required and must be CHARGE, CHARGE_AND_STORE or STORE');
  }
  if (!isRecord(given.billingContact)) fault('billingContact', 'is required and must be an object');
  for (const flag of ['customerInitiated', 'sellerKeyedIn']) {
    if (typeof given[flag] !== 'boolean') fault(flag, 'is required and must be a boolean');
  }
  if (given.intent !== 'STORE') {
    if (typeof given.amount !== 'string' || !/^\d+(\.\d+)?$/.test(given.amount)) {
      fault('amount', 'is required and must be a decimal string such as 1.00');
    }
    if (typeof given.currencyCode !== 'string' || !/^[A-Z]{3}$/.test(given.currencyCode)) {
      fault('currencyCode', 'is required and must be an ISO 4217 code');
    }
  }
  if (errors.length > 0) throw new TokenizationError(errors);
}
