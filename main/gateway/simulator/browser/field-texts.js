// @ts-check
/** What the fields say, by language. */

const ENGLISH = {
  cardNumber: 'Card number',
  expirationDate: 'Expires',
  cvv: 'CVV',
  postalCode: 'Postal code',
  zip: 'ZIP',
  giftCardNumber: 'Gift card number',
  month: 'MM/YY',
  wrong: {
    cardNumber: 'Check the card number.',
    expirationDate: 'Check the expiration date.',
    cvv: 'Check the CVV.',
    postalCode: 'Check the postal code.',
    giftCardNumber: 'Check the gift card number.',
  },
};

/** @typedef {typeof ENGLISH} Texts */

/** @type {Texts} */
const SPANISH = {
  cardNumber: 'Número de tarjeta',
  expirationDate: 'Vence',
  cvv: 'CVV',
  postalCode: 'Código postal',
  zip: 'C. P.',
  giftCardNumber: 'Número de tarjeta regalo',
  month: 'MM/AA',
  wrong: {
    cardNumber: 'Revise el número de tarjeta.',
    expirationDate: 'Revise la fecha de vencimiento.',
    cvv: 'Revise el CVV.',
    postalCode: 'Revise el código postal.',
    giftCardNumber: 'Revise el número de la tarjeta regalo.',
  },
};

/** @type {Texts} */
const FRENCH = {
  cardNumber: 'Numéro de carte',
  expirationDate: 'Expire',
  cvv: 'CVV',
  postalCode: 'Code postal',
  zip: 'Code postal',
  giftCardNumber: 'Numéro de carte-cadeau',
  month: 'MM/AA',
  wrong: {
    cardNumber: 'Vérifiez le numéro de carte.',
    expirationDate: "Vérifiez la date d'expiration.",
    cvv: 'Vérifiez le CVV.',
    postalCode: 'Vérifiez le code postal.',
    giftCardNumber: 'Vérifiez le numéro de la carte-cadeau.',
  },
};

/** @param {string} locale @returns {Texts} */
export function textsFor(locale) {
  const texts = locale.startsWith('es') ? SPANISH : locale.startsWith('fr') ? FRENCH : ENGLISH;
  return locale.endsWith('-US') ? { ...texts, postalCode: texts.zip } : texts;
}
