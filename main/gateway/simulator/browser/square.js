// @ts-check
/** `window.Square`: a stand-in for Square's Web Payments SDK that speaks to the simulator instead. */
import { CONFIGURATION } from './square-configuration.js';
import {
  ApplicationIdEnvironmentMismatchError,
  InvalidApplicationIdError,
  InvalidLocationIdError,
  InvalidPaymentRequestError,
  InvalidPaymentRequestUpdateError,
  PaymentMethodUnsupportedError,
  PUBLIC_ERRORS,
  UnexpectedError,
  VerifyBuyerError,
  WebSdkEmbedError,
} from './square-errors.js';
import { openChallenge } from './square-frames.js';
import { FieldMethod } from './square-method.js';
import { isRecord } from './square-options.js';

const LOCALES = ['en-US', 'en-AU', 'en-CA', 'en-GB', 'en-IE', 'es-US', 'es-ES', 'fr-CA', 'fr-FR'];

/** @param {string} wanted @returns {string | undefined} */
function supportedLocale(wanted) {
  const language = wanted.split('-')[0];
  return LOCALES.find(locale => locale === wanted) ?? LOCALES.find(locale => locale.split('-')[0] === language);
}

/**
 * @param {string} applicationId
 * @param {string} [locationId]
 */
function payments(applicationId, locationId) {
  const sandbox = typeof applicationId === 'string' && applicationId.startsWith('sandbox-sq0idb-');
  const production = typeof applicationId === 'string' && applicationId.startsWith('sq0idp-');
  if (!sandbox && !production) throw new InvalidApplicationIdError();
  if (sandbox !== (CONFIGURATION.environment === 'sandbox')) throw new ApplicationIdEnvironmentMismatchError();
  if (applicationId !== CONFIGURATION.applicationId) throw new InvalidApplicationIdError();
  if (locationId !== undefined && locationId !== CONFIGURATION.locationId) throw new InvalidLocationIdError();
  const session = { applicationId, locale: supportedLocale(navigator.language) ?? 'en-US' };

  /** @param {string} name */
  const unsupported = name => async () => {
    throw new PaymentMethodUnsupportedError(name);
  };
  /** @param {'card' | 'gift_card'} kind */
  const method = kind => async (/** @type {Record<string, any> | undefined} */ options) => {
    if (!window.isSecureContext) throw new WebSdkEmbedError();
    return new FieldMethod(kind, session, options);
  };
  return {
    card: method('card'),
    giftCard: method('gift_card'),
    ach: unsupported('ACH'),
    applePay: unsupported('Apple Pay'),
    googlePay: unsupported('Google Pay'),
    afterpayClearpay: unsupported('Afterpay'),
    cashAppPay: unsupported('Cash App Pay'),
    paymentRequest,
    verifyBuyer,
    /** @param {string} locale */
    async setLocale(locale) {
      const previousLocale = session.locale;
      const found = typeof locale === 'string' ? supportedLocale(locale) : undefined;
      if (found === undefined) {
        const message = `${locale} is not supported; the locale stays ${previousLocale}.`;
        return { previousLocale, newLocale: previousLocale, message };
      }
      session.locale = found;
      const message = found === locale ? `The locale is ${found}.` : `${locale} is not supported; ${found} is used.`;
      return { previousLocale, newLocale: found, message };
    },
  };
}

/**
 * Deprecated by Square in favour of the details of tokenize, and still offered.
 * @param {string} source
 * @param {Record<string, any>} details
 */
async function verifyBuyer(source, details) {
  if (typeof source !== 'string' || source === '') {
    throw new VerifyBuyerError({ type: 'INVALID_SOURCE', message: 'verifyBuyer needs a token or a card on file.' });
  }
  const intents = ['CHARGE', 'CHARGE_AND_STORE', 'STORE'];
  if (!isRecord(details) || !intents.includes(details.intent) || !isRecord(details.billingContact)) {
    throw new VerifyBuyerError({
      type: 'INVALID_DETAILS',
      message: 'verifyBuyer needs an intent and a billingContact.',
    });
  }
  let answer;
  try {
    answer = await openChallenge({ source });
  } catch {
    throw new UnexpectedError('verifying the buyer');
  }
  if (answer === null)
    throw new VerifyBuyerError({ type: 'CANCELED', message: 'The buyer dismissed the verification.' });
  if (answer.status !== 'OK') throw new VerifyBuyerError(answer.errors[0]);
  return { token: answer.token, userChallenged: answer.userChallenged === true };
}

/** @param {Record<string, any>} options */
function paymentRequest(options) {
  const required = ['countryCode', 'currencyCode', 'total'];
  const missing = isRecord(options) ? required.filter(name => options[name] === undefined) : required;
  if (missing.length > 0) throw new InvalidPaymentRequestError(missing);
  const current = { ...options };
  /** @type {Map<string, Set<Function>>} */
  const listeners = new Map();
  return {
    /** @param {Record<string, any>} change */
    update(change) {
      if (!isRecord(change)) throw new InvalidPaymentRequestUpdateError();
      Object.assign(current, change);
      return true;
    },
    /** @param {string} type @param {Function} callback */
    addEventListener(type, callback) {
      listeners.set(type, (listeners.get(type) ?? new Set()).add(callback));
    },
    /** @param {string} type @param {Function} callback */
    removeEventListener(type, callback) {
      listeners.get(type)?.delete(callback);
    },
  };
}

/** @type {any} */ (window).Square = Object.freeze({ payments, errors: Object.freeze({ ...PUBLIC_ERRORS }) });
