// @ts-check
/** The bank's dialog: asks for a code, or verifies a source and asks only when its bank wants it. */
import { openPort, post } from './frame-port.js';

/** @template {HTMLElement} T @param {string} id @returns {T} */
const element = id => /** @type {T} */ (document.getElementById(id));
const dialog = /** @type {HTMLFormElement} */ (element('dialog'));
const code = /** @type {HTMLInputElement} */ (element('code'));
const fault = element('fault');
const confirmButton = /** @type {HTMLButtonElement} */ (element('confirm'));
let challenge = '';

document.documentElement.classList.toggle('dark', new URLSearchParams(location.search).get('theme') === 'dark');
const tell = openPort({ start, focus: () => code.focus() });

/** @param {{ challenge?: string, source?: string, card?: { brand: string, last4: string } }} subject */
async function start(subject) {
  let asked = subject;
  if (subject.source !== undefined) {
    const answer = await post('verifications', JSON.stringify({ source_id: subject.source }));
    if (answer.status !== 'CHALLENGE') return tell('done', answer);
    asked = answer;
  }
  challenge = asked.challenge ?? '';
  if (asked.card) {
    const name = asked.card.brand
      .toLowerCase()
      .replace(/_/g, ' ')
      .replace(/\b\w/g, letter => letter.toUpperCase());
    element('subject').textContent = `Type the code that the bank of ${name} ${asked.card.last4} sent you.`;
  }
  // A hidden frame cannot take the focus, so the page shows it first and asks for the focus then.
  tell('show');
}

code.addEventListener('input', () => {
  code.value = code.value.replace(/\D/g, '');
  say('');
});

dialog.addEventListener('submit', async event => {
  event.preventDefault();
  if (code.value.length !== 6) return say('The code has six digits.');
  confirmButton.disabled = true;
  try {
    const answer = await post(`challenges/${challenge}`, JSON.stringify({ code: code.value }));
    if (answer.status !== 'WRONG_CODE') return tell('done', answer);
    code.value = '';
    say(answer.left === 1 ? 'That code is wrong. One more try.' : `That code is wrong. ${answer.left} more tries.`);
  } catch {
    say('The bank could not be reached. Try again.');
  } finally {
    confirmButton.disabled = false;
  }
});

element('cancel').addEventListener('click', () => tell('cancel'));
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') tell('cancel');
  if (event.key === 'Tab') keepInside(event);
});

/** @param {string} text */
function say(text) {
  fault.textContent = text;
  code.setAttribute('aria-invalid', String(text !== ''));
  if (text !== '') code.focus();
}

/** @param {KeyboardEvent} event */
function keepInside(event) {
  const stops = [code, element('cancel'), confirmButton];
  const at = stops.indexOf(/** @type {any} */ (document.activeElement));
  const to = stops[(at + (event.shiftKey ? stops.length - 1 : 1)) % stops.length];
  event.preventDefault();
  to?.focus();
}
