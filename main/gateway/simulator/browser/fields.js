// @ts-check
/** The card form: fields, what they tell the page, and the token call. Card data leaves for this origin only. */
import { Field, makeElement } from './field.js';
import { brandOf, expiryText, GIFT_CARD, grouped, judgeExpiry, judgeNumber, judgePostal } from './field-format.js';
import { applyStyle } from './field-style.js';
import { textsFor } from './field-texts.js';
import { openPort, post } from './frame-port.js';

const kind = new URLSearchParams(location.search).get('kind') === 'gift_card' ? 'gift_card' : 'card';
const isCard = kind === 'card';
const numberName = isCard ? 'cardNumber' : 'giftCardNumber';
const place = /** @type {HTMLElement} */ (document.getElementById('fields'));
const messages = /** @type {HTMLElement} */ (document.getElementById('messages'));
// Simulated time, which the server writes into the page: a card expires there, not by this machine's clock.
const today = new Date(document.documentElement.dataset['now'] ?? '');
let texts = textsFor('en-US');
let cardBrand = isCard ? brandOf('') : GIFT_CARD;

const tell = openPort({
  configure,
  clear,
  focus: name => focusField(name),
  setError: name => field(name).setError(true),
  measure,
  tokenize,
});

/** @param {import('./field.js').Field} target @param {string} eventType @param {unknown} previousState */
function report(target, eventType, previousState) {
  const postal = fields.find(candidate => candidate.name === 'postalCode');
  tell(eventType, {
    cardBrand: cardBrand.code,
    field: target.name,
    eventType,
    ...(postal ? { postalCodeValue: postal.value } : {}),
    currentState: target.state(),
    previousState,
  });
}

/** @type {Field[]} */
const fields = [
  new Field({
    name: numberName,
    digits: true,
    format: digits => grouped(digits.slice(0, Math.max(...cardBrand.lengths)), cardBrand.groups),
    judge: digits => judgeNumber(digits, cardBrand),
    report,
  }),
];
if (isCard) {
  fields.push(
    new Field({
      name: 'expirationDate',
      digits: true,
      format: digits => expiryText(digits.slice(0, 4)),
      judge: digits => judgeExpiry(digits, today),
      report,
    }),
    new Field({
      name: 'cvv',
      digits: true,
      secret: true,
      format: digits => digits.slice(0, cardBrand.cvv),
      judge: digits => ({ complete: digits.length === cardBrand.cvv, possible: digits.length <= cardBrand.cvv }),
      report,
    }),
    new Field({ name: 'postalCode', digits: false, format: value => value.slice(0, 12), judge: judgePostal, report }),
  );
}

const brandLabel = makeElement('span', 'brand');
brandLabel.setAttribute('aria-hidden', 'true');
for (const [index, entry] of fields.entries()) {
  place.append(entry.box);
  messages.append(entry.message);
  entry.input.addEventListener('input', () => onInput(entry, index));
  entry.input.addEventListener('keydown', event => onKey(event, entry, index));
}
fields[0]?.line.append(brandLabel);
place.classList.toggle('one', fields.length === 1);
new ResizeObserver(measure).observe(document.documentElement);
new ResizeObserver(measure).observe(place);
new ResizeObserver(measure).observe(messages);
label();

/** @param {string} name */
function field(name) {
  const found = fields.find(candidate => candidate.name === name);
  if (!found) throw new Error(`There is no field named ${name}.`);
  return found;
}

/** @param {string} name */
function focusField(name) {
  window.focus();
  field(name).input.focus();
  return true;
}

function shown() {
  return fields.filter(entry => !entry.box.hidden);
}

/** @param {Field} entry @param {number} index */
function onInput(entry, index) {
  const before = entry.lastState;
  if (entry.name === numberName && isCard) {
    const found = brandOf(entry.digits());
    const changed = found.code !== cardBrand.code;
    cardBrand = found;
    entry.reformat();
    if (changed) onBrand(entry, before);
  } else entry.reformat();
  entry.settle();
  if (entry.name === 'postalCode' && entry.value !== entry.lastReported) report(entry, 'postalCodeChanged', before);
  entry.lastReported = entry.value;
  const atEnd = entry.input.selectionStart === entry.input.value.length;
  // Longer numbers of the same brand may follow a short one, so only the common length moves on.
  const full = entry.name !== 'cardNumber' || entry.digits().length >= Math.min(16, Math.max(...cardBrand.lengths));
  if (entry.state().isCompletelyValid && atEnd && full && entry.name !== 'postalCode') next(index)?.focus();
}

/** @param {number} index */
function next(index) {
  return fields.slice(index + 1).find(entry => !entry.box.hidden)?.input;
}

/** @param {Field} entry @param {unknown} before */
function onBrand(entry, before) {
  brandLabel.textContent = cardBrand.name;
  const postal = fields.find(candidate => candidate.name === 'postalCode');
  if (postal) {
    postal.box.hidden = !cardBrand.postal;
    place.classList.toggle('no-postal', !cardBrand.postal);
    if (!cardBrand.postal) postal.setError(false);
  }
  const cvv = fields.find(candidate => candidate.name === 'cvv');
  cvv?.reformat();
  label();
  report(entry, 'cardBrandChanged', before);
}

/** @param {KeyboardEvent} event @param {Field} entry @param {number} index */
function onKey(event, entry, index) {
  if (event.key === 'Escape') report(entry, 'escape', entry.lastState);
  if (event.key === 'Enter') report(entry, 'submit', entry.lastState);
  if (event.key === 'Backspace' && entry.value === '' && index > 0) {
    event.preventDefault();
    shown()
      .at(shown().indexOf(entry) - 1)
      ?.input.focus();
  }
}

function label() {
  const hints = {
    cardNumber: texts.cardNumber,
    expirationDate: texts.month,
    cvv: texts.cvv,
    postalCode: texts.postalCode,
  };
  const labelled = document.body.classList.contains('with-labels');
  for (const entry of fields) {
    const name = /** @type {keyof typeof texts.wrong} */ (entry.name);
    const dots = cardBrand.cvv === 4 ? '••••' : '•••';
    const examples = { cardNumber: '•••• •••• •••• ••••', expirationDate: texts.month, cvv: dots, postalCode: '•••••' };
    const hint = {
      ...(labelled ? examples : hints),
      giftCardNumber: labelled ? examples.cardNumber : texts.giftCardNumber,
    };
    entry.label(texts[name], hint[name], texts.wrong[name]);
  }
}

/** @param {{ style?: any, includeInputLabels?: boolean, postalCode?: string, locale?: string }} options */
function configure(options) {
  if (options.locale) {
    texts = textsFor(options.locale);
    document.documentElement.lang = options.locale;
  }
  if (options.includeInputLabels !== undefined) {
    document.body.classList.toggle('with-labels', options.includeInputLabels);
  }
  if (options.style) applyStyle(options.style);
  if (options.postalCode !== undefined && isCard) field('postalCode').set(options.postalCode);
  label();
  document.body.classList.add('ready');
  measure();
}

function clear() {
  for (const entry of fields) entry.set('');
  if (isCard && cardBrand.code !== 'OTHER_BRAND') {
    cardBrand = brandOf('');
    const [number] = fields;
    if (number) onBrand(number, number.lastState);
  }
  return true;
}

function measure() {
  const bottom = messages.getBoundingClientRect().bottom;
  tell('height', Math.ceil(bottom) + 2);
}

/** @param {{ application_id: string, verification: unknown, card_id: string | null }} request */
async function tokenize(request) {
  const body = { application_id: request.application_id, verification: request.verification };
  if (request.card_id !== null) {
    return post('tokens', `\n\n${JSON.stringify({ ...body, kind: 'stored_card', card_id: request.card_id })}`);
  }
  const wrong = shown().filter(entry => !entry.state().isCompletelyValid);
  for (const entry of shown()) entry.setError(wrong.includes(entry));
  if (wrong.length > 0) return { status: 'Invalid', errors: wrong.map(invalid) };
  const expiry = isCard ? judgeExpiry(field('expirationDate').digits(), today) : { month: 0, year: 0 };
  const postal = isCard && !field('postalCode').box.hidden ? field('postalCode').value : '';
  const rest = { ...body, kind, month: expiry.month, year: expiry.year, postal_code: postal };
  const cvv = isCard ? field('cvv').digits() : '';
  const answer = await post('tokens', `${field(numberName).digits()}\n${cvv}\n${JSON.stringify(rest)}`);
  for (const error of answer.errors ?? []) fields.find(entry => entry.name === error.field)?.setError(true);
  return answer;
}

/** @param {Field} entry */
function invalid(entry) {
  /** @type {Record<string, string>} */
  const names = {
    cardNumber: 'Credit card number',
    expirationDate: 'Expiration date',
    cvv: 'CVV',
    postalCode: 'Postal code',
    giftCardNumber: 'Gift card number',
  };
  return { type: 'VALIDATION_ERROR', message: `${names[entry.name]} is not valid`, field: entry.name };
}
