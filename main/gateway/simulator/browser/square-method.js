// @ts-check
/** Card and gift card: one class, because they differ only in their fields and in what tokenize takes. */
import {
  ElementNotFoundError,
  InvalidElementTypeError,
  InvalidEventListenerCallbackError,
  InvalidFieldNameError,
  PaymentMethodAlreadyAttachedError,
  PaymentMethodAlreadyDestroyedError,
  PaymentMethodNotAttachedError,
  TokenizationError,
} from './square-errors.js';
import { openChallenge, openFrame } from './square-frames.js';
import { checkOptions, checkStyle, checkVerification } from './square-options.js';

const EVENTS = [
  'focusClassAdded',
  'focusClassRemoved',
  'errorClassAdded',
  'errorClassRemoved',
  'cardBrandChanged',
  'escape',
  'submit',
];

const KINDS = {
  card: {
    name: 'Card',
    title: 'Card details',
    fields: ['cardNumber', 'expirationDate', 'cvv', 'postalCode'],
    options: ['includeInputLabels', 'postalCode', 'style'],
    events: [...EVENTS, 'postalCodeChanged'],
  },
  gift_card: {
    name: 'Gift Card',
    title: 'Gift card details',
    fields: ['giftCardNumber'],
    options: ['includeInputLabels', 'style'],
    events: EVENTS,
  },
};

export class FieldMethod {
  #kind;
  #session;
  /** @type {Record<string, any>} */
  #options;
  /** @type {import('./square-frames.js').Frame | null} */
  #frame = null;
  /** @type {HTMLElement | null} */
  #wrapper = null;
  #attaching = false;
  #destroyed = false;
  /** @type {Map<string, Set<(event: any) => void>>} */
  #listeners = new Map();

  /**
   * @param {'card' | 'gift_card'} kind
   * @param {{ applicationId: string, locale: string }} session
   * @param {Record<string, any>} [options]
   */
  constructor(kind, session, options) {
    this.#kind = kind;
    this.#session = session;
    checkOptions(options, KINDS[kind].options);
    this.#options = { ...options };
  }

  get #rules() {
    return KINDS[this.#kind];
  }

  #alive() {
    if (this.#destroyed) throw new PaymentMethodAlreadyDestroyedError(this.#rules.name);
  }

  #attached() {
    this.#alive();
    if (!this.#frame) throw new PaymentMethodNotAttachedError(this.#rules.name);
    return this.#frame;
  }

  /** @param {string | HTMLElement} selectorOrElement */
  async attach(selectorOrElement) {
    this.#alive();
    if (this.#frame || this.#attaching) throw new PaymentMethodAlreadyAttachedError(this.#rules.name);
    const target = findElement(selectorOrElement);
    checkStyle(this.#options.style);
    this.#attaching = true;
    const wrapper = document.createElement('div');
    wrapper.className = this.#kind === 'card' ? 'sq-card-wrapper' : 'sq-gift-card-wrapper';
    target.replaceChildren(wrapper);
    this.#wrapper = wrapper;
    try {
      const query = { kind: this.#kind };
      const frame = await openFrame(wrapper, 'fields.html', query, this.#rules.title, (event, detail) =>
        this.#onEvent(event, detail),
      );
      if (this.#destroyed) {
        frame.close();
        throw new PaymentMethodAlreadyDestroyedError(this.#rules.name);
      }
      this.#frame = frame;
      await frame.call('configure', { ...this.#options, locale: this.#session.locale });
    } catch (error) {
      this.#remove();
      throw error;
    } finally {
      this.#attaching = false;
    }
  }

  /** @param {Record<string, any>} options */
  async configure(options) {
    const frame = this.#attached();
    checkOptions(options, this.#rules.options);
    checkStyle(options?.style);
    this.#options = { ...this.#options, ...options };
    await frame.call('configure', { ...options, locale: this.#session.locale });
  }

  async detach() {
    this.#alive();
    if (!this.#frame) return false;
    this.#remove();
    return true;
  }

  async destroy() {
    this.#alive();
    this.#remove();
    this.#listeners.clear();
    this.#destroyed = true;
    return true;
  }

  #remove() {
    this.#frame?.close();
    this.#wrapper?.remove();
    this.#frame = null;
    this.#wrapper = null;
  }

  async clear() {
    return this.#attached().call('clear');
  }

  /** @param {string} field */
  async focus(field) {
    const frame = this.#attached();
    this.#checkField(field);
    frame.element.focus();
    return frame.call('focus', field);
  }

  /** @param {string} field */
  async setError(field) {
    const frame = this.#attached();
    this.#checkField(field);
    return frame.call('setError', field);
  }

  /** @param {string} field */
  #checkField(field) {
    if (!this.#rules.fields.includes(field)) throw new InvalidFieldNameError(field);
  }

  recalculateSize() {
    void this.#attached().call('measure');
  }

  /**
   * @param {string} type
   * @param {(event: { type: string, detail: any }) => void} callback
   */
  addEventListener(type, callback) {
    this.#alive();
    if (!this.#rules.events.includes(type) || typeof callback !== 'function') {
      throw new InvalidEventListenerCallbackError(type);
    }
    const known = this.#listeners.get(type) ?? new Set();
    known.add(callback);
    this.#listeners.set(type, known);
  }

  /**
   * @param {string} type
   * @param {(event: { type: string, detail: any }) => void} callback
   */
  removeEventListener(type, callback) {
    this.#alive();
    this.#listeners.get(type)?.delete(callback);
  }

  /**
   * @param {string} type
   * @param {any} detail
   */
  #onEvent(type, detail) {
    if (type === 'height') {
      const element = this.#wrapper?.querySelector('iframe');
      if (element) element.style.height = `${detail}px`;
      return;
    }
    for (const listener of this.#listeners.get(type) ?? []) listener({ type, detail });
  }

  /**
   * @param {Record<string, any>} [details]
   * @param {string} [cardOnFile]
   */
  async tokenize(details, cardOnFile) {
    const frame = this.#attached();
    const isCard = this.#kind === 'card';
    if (isCard) checkVerification(details);
    let answer;
    try {
      answer = await frame.call('tokenize', {
        application_id: this.#session.applicationId,
        verification: isCard ? (details ?? null) : null,
        card_id: isCard ? (cardOnFile ?? null) : null,
      });
      if (answer.status === 'CHALLENGE') answer = await openChallenge(answer);
    } catch {
      throw new TokenizationError([{ type: 'NETWORK_ERROR', message: 'The payment service could not be reached.' }]);
    }
    if (answer === null) return { status: 'Cancel' };
    if (answer.status !== 'OK') return { status: answer.status, errors: answer.errors };
    return { status: 'OK', token: answer.token, details: answer.details };
  }
}

/** @param {string | HTMLElement} selectorOrElement */
function findElement(selectorOrElement) {
  let element = null;
  try {
    element = typeof selectorOrElement === 'string' ? document.querySelector(selectorOrElement) : selectorOrElement;
  } catch {
    // A malformed selector finds nothing.
  }
  if (!(element instanceof HTMLElement)) throw new ElementNotFoundError(selectorOrElement);
  if (!['DIV', 'SPAN'].includes(element.tagName)) throw new InvalidElementTypeError(element.tagName.toLowerCase());
  return element;
}
