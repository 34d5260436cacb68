// @ts-check
/** One field: its box, its input, its message, and the classes and states that the page is told about. */

/**
 * @typedef {object} FieldRules
 * @property {string} name
 * @property {boolean} digits whether anything but digits is dropped
 * @property {boolean} [secret] whether what is typed is shown as dots
 * @property {(value: string) => string} format
 * @property {(value: string) => { complete: boolean, possible: boolean }} judge
 * @property {(field: Field, eventType: string, previousState: unknown) => void} report
 */

/**
 * @param {string} tag
 * @param {string} className
 */
export function makeElement(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

let made = 0;

export class Field {
  #rules;
  #error = false;
  #focus = false;
  #labelElement = /** @type {HTMLLabelElement} */ (document.createElement('label'));
  #text = makeElement('span', 'message-text');
  lastReported = '';

  /** @param {FieldRules} rules */
  constructor(rules) {
    made += 1;
    this.#rules = rules;
    this.name = rules.name;
    this.box = makeElement('div', 'input-container');
    this.line = makeElement('div', 'line');
    this.input = document.createElement('input');
    this.message = makeElement('p', 'message');
    // Ids without meaning: nothing here invites a browser to fill in a stored card.
    this.input.id = `f${made}`;
    this.message.id = `m${made}`;
    this.#labelElement.htmlFor = this.input.id;
    const attributes = {
      type: 'text',
      autocomplete: 'off',
      autocorrect: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      inputmode: rules.digits ? 'numeric' : 'text',
      'data-lpignore': 'true',
      'data-1p-ignore': 'true',
      'data-form-type': 'other',
      'aria-describedby': this.message.id,
      'aria-required': 'true',
      'aria-invalid': 'false',
      // The page's tests and style options know fields by this name; browsers do not.
      'data-field': rules.name,
    };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    if (rules.secret) this.input.classList.add('secret');
    this.line.append(this.input);
    this.box.append(this.#labelElement, this.line);
    this.message.append(icon(), this.#text);
    this.message.hidden = true;
    this.lastState = this.state();
    this.input.addEventListener('focus', () => this.#setFocus(true));
    this.input.addEventListener('blur', () => this.#setFocus(false));
    this.box.addEventListener('mousedown', event => {
      if (event.target === this.input) return;
      event.preventDefault();
      this.input.focus();
    });
  }

  get value() {
    return this.input.value;
  }

  digits() {
    return this.input.value.replace(/\D/g, '');
  }

  #judged() {
    return this.#rules.judge(this.#rules.digits ? this.digits() : this.input.value);
  }

  state() {
    const { complete, possible } = this.#judged();
    return {
      hasErrorClass: this.#error,
      hasFocusClass: this.#focus,
      isCompletelyValid: complete,
      isEmpty: this.input.value === '',
      isPotentiallyValid: possible,
    };
  }

  /** Formats what is typed and keeps the caret behind the same character. */
  reformat() {
    const { input } = this;
    const plain = (/** @type {string} */ value) => (this.#rules.digits ? value.replace(/\D/g, '') : value);
    const caret = plain(input.value.slice(0, input.selectionStart ?? input.value.length)).length;
    const before = plain(input.value);
    // A lone slash cannot be deleted; deleting it takes the digit before it.
    const deleted = this.lastText.endsWith('/') && input.value === this.lastText.slice(0, -1);
    const formatted = this.#rules.format(deleted ? before.slice(0, -1) : before);
    const added = plain(formatted).length - before.length;
    if (formatted !== input.value) {
      input.value = formatted;
      if (document.activeElement === input) {
        const at = position(formatted, caret + Math.max(0, added), this.#rules.digits);
        input.setSelectionRange(at, at);
      }
    }
    this.lastText = input.value;
  }

  lastText = '';

  /** After typing: an impossible value is an error at once, a possible one ends an error. */
  settle() {
    const { possible } = this.#judged();
    this.setError(this.input.value !== '' && !possible);
    this.lastState = this.state();
  }

  /** @param {string} value */
  set(value) {
    this.input.value = value;
    this.reformat();
    this.lastReported = this.input.value;
    this.setError(false);
    this.lastState = this.state();
  }

  /** @param {boolean} error */
  setError(error) {
    if (error === this.#error) return true;
    const before = this.state();
    this.#error = error;
    for (const element of [this.box, this.input, this.#text, this.message.firstElementChild]) {
      element?.classList.toggle('is-error', error);
    }
    this.input.setAttribute('aria-invalid', String(error));
    this.message.hidden = !error;
    this.#rules.report(this, error ? 'errorClassAdded' : 'errorClassRemoved', before);
    this.lastState = this.state();
    return true;
  }

  /** @param {boolean} focus */
  #setFocus(focus) {
    const before = this.state();
    this.#focus = focus;
    this.box.classList.toggle('is-focus', focus);
    this.input.classList.toggle('is-focus', focus);
    this.#rules.report(this, focus ? 'focusClassAdded' : 'focusClassRemoved', before);
    // Leaving an unfinished field is the moment to say so; an untouched one is left in peace.
    if (!focus && this.input.value !== '') this.setError(!this.state().isCompletelyValid);
    this.lastState = this.state();
  }

  /**
   * @param {string} name
   * @param {string} placeholder
   * @param {string} wrong
   */
  label(name, placeholder, wrong) {
    this.#labelElement.textContent = name;
    this.input.placeholder = placeholder;
    this.#text.textContent = wrong;
  }
}

/**
 * Where the caret goes so that `count` characters that matter are before it.
 * @param {string} formatted
 * @param {number} count
 * @param {boolean} digits
 */
function position(formatted, count, digits) {
  if (!digits) return Math.min(count, formatted.length);
  let seen = 0;
  let at = 0;
  while (at < formatted.length && seen < count) {
    if (/\d/.test(formatted[at] ?? '')) seen += 1;
    at += 1;
  }
  // Past a slash or a space that was put in for the typist.
  while (at < formatted.length && !/\d/.test(formatted[at] ?? '')) at += 1;
  return at;
}

function icon() {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  const path = document.createElementNS(namespace, 'path');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'message-icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('fill', 'none');
  svg.setAttribute('stroke', 'currentColor');
  svg.setAttribute('stroke-width', '1.5');
  svg.setAttribute('stroke-linecap', 'round');
  path.setAttribute('d', 'M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5M8 5v3.5M8 11v.01');
  svg.append(path);
  return svg;
}
