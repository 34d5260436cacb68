// @ts-check
/** The error classes of the Web Payments SDK. Callers tell them apart by `name`. */

/**
 * @typedef {{ type: string, message: string, field?: string }} ApplicationError
 */

export class SqError extends Error {
  /**
   * @param {string} name
   * @param {string} message
   * @param {unknown[]} [errors]
   */
  constructor(name, message, errors = []) {
    super(message);
    this.name = name;
    this.errors = errors;
  }
}

export class BrowserNotSupportedError extends SqError {
  constructor() {
    super('BrowserNotSupportedError', 'The browser is not supported.');
  }
}

export class WebSdkEmbedError extends SqError {
  constructor() {
    super('WebSdkEmbedError', 'The Web Payments SDK can only be embedded on sites that use HTTPS or localhost.');
  }
}

export class InvalidApplicationIdError extends SqError {
  constructor() {
    super('InvalidApplicationIdError', "The Payment 'applicationId' option is not in the correct format.");
  }
}

export class ApplicationIdEnvironmentMismatchError extends SqError {
  constructor() {
    super(
      'ApplicationIdEnvironmentMismatchError',
      'Web Payments SDK was initialized with an application ID created for another environment.',
    );
  }
}

export class InvalidLocationIdError extends SqError {
  constructor() {
    super('InvalidLocationIdError', "The Payment 'locationId' option is not in the correct format.");
  }
}

export class ElementNotFoundError extends SqError {
  /** @param {unknown} element */
  constructor(element) {
    super('ElementNotFoundError', `The element ${String(element)} could not be found.`);
  }
}

export class InvalidElementTypeError extends SqError {
  /** @param {string} found */
  constructor(found) {
    super('InvalidElementTypeError', `The element is a ${found}; it must be a div or a span.`);
  }
}

export class InvalidOptionError extends SqError {
  /** @param {string} option */
  constructor(option) {
    super('InvalidOptionError', `The option ${option} is not valid.`);
  }
}

export class InvalidInputStyleSelectorError extends SqError {
  /** @param {string} selector */
  constructor(selector) {
    super('InvalidInputStyleSelectorError', `The style selector ${selector} is not allowed.`);
  }
}

export class InvalidInputStylePropertyError extends SqError {
  /** @param {string} property */
  constructor(property) {
    super('InvalidInputStylePropertyError', `The style property ${property} is not allowed.`);
  }
}

export class InvalidInputStyleValueError extends SqError {
  /**
   * @param {string} property
   * @param {string} value
   */
  constructor(property, value) {
    super('InvalidInputStyleValueError', `The value ${value} is not allowed for the style property ${property}.`);
  }
}

export class InvalidStylesError extends SqError {
  /** @param {SqError[]} errors */
  constructor(errors) {
    super('InvalidStylesError', errors.map(error => error.message).join(' '), errors);
  }
}

export class InvalidFieldNameError extends SqError {
  /** @param {unknown} field */
  constructor(field) {
    super('InvalidFieldNameError', `There is no field named ${String(field)}.`);
  }
}

export class InvalidEventListenerCallbackError extends SqError {
  /** @param {string} event */
  constructor(event) {
    super(
      'InvalidEventListenerCallbackError',
      `The listener for ${event} is not a function, or there is no such event.`,
    );
  }
}

export class PaymentMethodAlreadyAttachedError extends SqError {
  /** @param {string} method */
  constructor(method) {
    super('PaymentMethodAlreadyAttachedError', `${method} is already attached to an element.`);
  }
}

export class PaymentMethodNotAttachedError extends SqError {
  /** @param {string} method */
  constructor(method) {
    super('PaymentMethodNotAttachedError', `${method} is not attached to an element.`);
  }
}

export class PaymentMethodAlreadyDestroyedError extends SqError {
  /** @param {string} method */
  constructor(method) {
    super('PaymentMethodAlreadyDestroyedError', `${method} has already been destroyed.`);
  }
}

export class PaymentMethodUnsupportedError extends SqError {
  /** @param {string} method */
  constructor(method) {
    const message = `${method} is not supported by this stand-in.`;
    super('PaymentMethodUnsupportedError', message, [{ type: 'UNSUPPORTED', message }]);
  }
}

export class FeatureDisabledError extends SqError {
  /** @param {string} feature */
  constructor(feature) {
    super('FeatureDisabledError', `The feature ${feature} is not enabled.`);
  }
}

export class TokenizationError extends SqError {
  /** @param {ApplicationError[]} errors */
  constructor(errors) {
    super('TokenizationError', `Tokenization failed: ${errors.map(error => error.message).join(' ')}`, errors);
  }
}

export class VerifyBuyerError extends SqError {
  /** @param {{ type: string, message: string }} error */
  constructor(error) {
    super('VerifyBuyerError', error.message, [error]);
  }
}

export class UnexpectedError extends SqError {
  /** @param {string} action */
  constructor(action) {
    super('UnexpectedError', `An unexpected error occurred while ${action}.`);
  }
}

export class InvalidPaymentRequestError extends SqError {
  /** @param {string[]} missing */
  constructor(missing) {
    super('InvalidPaymentRequestError', `The payment request lacks ${missing.join(', ')}.`);
  }
}

export class InvalidPaymentRequestUpdateError extends SqError {
  constructor() {
    super('InvalidPaymentRequestUpdateError', 'The payment request update is not valid.');
  }
}

export class PlaidMissingNameError extends SqError {
  constructor() {
    super('PlaidMissingNameError', 'The name of the account holder is missing.');
  }
}

/** The twelve classes that `Square.errors` shows. */
export const PUBLIC_ERRORS = {
  BrowserNotSupportedError,
  ElementNotFoundError,
  InvalidOptionError,
  InvalidEventListenerCallbackError,
  InvalidPaymentRequestError,
  InvalidPaymentRequestUpdateError,
  PaymentMethodUnsupportedError,
  PlaidMissingNameError,
  TokenizationError,
  UnexpectedError,
  VerifyBuyerError,
  WebSdkEmbedError,
};
