// @ts-check
/** The page behind a payment link: shows what is due, and pays it with the card fields or with a bank account. */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const element = id => /** @type {T} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ (element('form'));
const email = /** @type {HTMLInputElement} */ (element('email'));
const tip = /** @type {HTMLInputElement} */ (element('tip'));
const method = /** @type {HTMLSelectElement} */ (element('method'));
const button = /** @type {HTMLButtonElement} */ (element('pay'));

/** @type {any} */
let card = null;
/** @type {any} */
let shown = null;

/** @param {string} text */
function say(text) {
  element('status').textContent = text;
}

/** How many minor units make one of the currency. @param {string} currency */
function minorUnits(currency) {
  const options = new Intl.NumberFormat('en-US', { style: 'currency', currency }).resolvedOptions();
  return 10 ** (options.maximumFractionDigits ?? 2);
}

/** @param {number} minor @param {string} currency */
function amountText(minor, currency) {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(minor / minorUnits(currency));
}

async function show() {
  const response = await fetch(`${location.pathname}/state`);
  shown = await response.json();
  element('seller').textContent = shown.seller;
  document.title = `Pay ${shown.seller}`;
  form.hidden = shown.state !== 'open';
  if (shown.state === 'gone') return say('This link is not valid any more.');
  const { currency, amount } = shown.amount_money;
  element('description').textContent = shown.description ?? '';
  element('lines').replaceChildren(
    ...shown.lines.map((/** @type {any} */ line) => {
      const item = document.createElement('li');
      item.textContent = `${line.quantity} × ${line.name}, ${amountText(line.amount_minor, currency)}`;
      return item;
    }),
  );
  if (shown.state === 'paid') return say('This has been paid. Thank you.');
  if (shown.state === 'pending') return say('The bank has been asked to pay this.');
  element('amount').textContent = amountText(amount, currency);
  email.value = shown.buyer_email ?? '';
  element('tip-part').hidden = !shown.tipping;
  const { Square } = /** @type {any} */ (window);
  card = await Square.payments(shown.application_id, shown.location_id).card();
  await card.attach('#card');
}

/** The token of what the payer chose, or null after saying why there is none. */
async function source() {
  if (method.value !== 'card') return method.value;
  const { amount, currency } = shown.amount_money;
  const result = await card.tokenize({
    intent: 'CHARGE',
    amount: (amount / minorUnits(currency)).toFixed(Math.log10(minorUnits(currency))),
    currencyCode: currency,
    billingContact: {},
    customerInitiated: true,
    sellerKeyedIn: false,
  });
  if (result.status === 'OK') return result.token;
  say('Check the card and try again.');
  return null;
}

async function pay() {
  const source_id = await source();
  if (source_id === null) return;
  const tip_minor = Math.round(Number(tip.value || '0') * minorUnits(shown.amount_money.currency));
  const body = JSON.stringify({ source_id, tip_minor, email: email.value });
  const response = await fetch(`${location.pathname}/payments`, { method: 'POST', body });
  const answer = await response.json();
  if (answer.result === 'declined') return say('The card was declined. Try another one.');
  if (answer.result === 'refused') return say(answer.errors[0].detail);
  form.hidden = true;
  say(answer.result === 'paid' ? 'Paid. Thank you.' : 'The bank has been asked to pay this.');
}

method.addEventListener('change', () => {
  element('card').hidden = method.value !== 'card';
});

form.addEventListener('submit', async event => {
  event.preventDefault();
  button.disabled = true;
  say('');
  try {
    await pay();
  } catch {
    say('That did not work. Look at this page again before you pay once more.');
  } finally {
    button.disabled = false;
  }
});

show().catch(() => say('This page could not be loaded.'));
