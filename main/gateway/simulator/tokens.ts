/**
 * What the field frames talk to: tokens, bank challenges and buyer verifications.
 *
 * A card number arrives as ASCII digits ahead of the JSON (`digits LF cvv LF json`), is compared and fingerprinted as
 * bytes, and is wiped before the answer is written: it never becomes a string, so no copy is left for the garbage
 * collector to keep. What stays is brand, last four, expiry, a keyed fingerprint and the behaviour it triggers.
 */
import { BRANDS_WITHOUT_POSTAL_CODE, CHALLENGE_CODE, CHALLENGE_LIFE_MS, CHALLENGE_TRIES } from './assumptions.ts';
import { isObject, part, text, type JsonObject } from './checks.ts';
import { ApiError } from './errors.ts';
import { giftCardOf } from './gift-card-money.ts';
import type { Behaviour, CardFace, TokenRecord } from './records.ts';
import { findSource, type Source } from './sources.ts';
import { findTestCard, type TestCard } from './test-cards.ts';
import type { World } from './world.ts';

export type TokenFault = { type: string; message: string; field?: string };
export type TokenAnswer =
  | { status: 'OK'; token: string; userChallenged: boolean; details?: JsonObject }
  | { status: 'CHALLENGE'; challenge: string; card: { brand: string; last4: string } }
  | { status: 'WRONG_CODE'; left: number }
  | { status: 'Invalid' | 'Error'; errors: TokenFault[] };

type Challenge = { token: string; record: TokenRecord; details: JsonObject | null; tries: number; until_ms: number };

export type Tokens = {
  /** Makes a token or starts a challenge. Wipes `bytes`. */
  tokenize(bytes: Buffer): TokenAnswer;
  /** Answers a challenge with a code. */
  answerChallenge(id: string, body: JsonObject): TokenAnswer;
  /** The deprecated verifyBuyer: a `verf:` token for a source. */
  verifyBuyer(body: JsonObject): TokenAnswer;
};

const LINE_FEED = 10;
const ZERO = 48;

export function makeTokens(world: World): Tokens {
  const desk = makeIssuingDesk(world);
  return {
    tokenize(bytes) {
      try {
        const first = bytes.indexOf(LINE_FEED);
        const second = bytes.indexOf(LINE_FEED, first + 1);
        const body = first < 0 || second < 0 ? null : parse(bytes.toString('utf8', second + 1));
        if (!body) return wrong('Error', 'BAD_REQUEST', 'The form sent a request that is not well formed.');
        if (text(body, 'application_id') !== world.meta.application_id) {
          return wrong('Error', 'UNAUTHORIZED', 'The application id is not known in this environment.');
        }
        const verification = part(body, 'verification');
        if (body['kind'] === 'stored_card') return tokenizeStored(world, desk, body, verification);
        const read = readCard(world, bytes.subarray(0, first), bytes.subarray(first + 1, second), body);
        return 'status' in read ? read : desk.issue(read, cardDetails(read, verification), verification);
      } finally {
        bytes.fill(0);
      }
    },
    answerChallenge: (id, body) => desk.answer(id, text(body, 'code')),
    verifyBuyer(body) {
      const sourceId = text(body, 'source_id') ?? '';
      try {
        const source = findSource(world, sourceId, 'charge');
        if (!source.face) return wrong('Error', 'VERIFICATION_ERROR', 'Only cards can be verified.');
        const record = storedRecord(world, source.face, behaviourOf(source), sourceId);
        return desk.issue(record, null, { customerInitiated: true }, 'verf:');
      } catch (error) {
        return refused(error);
      }
    },
  };
}

type IssuingDesk = {
  /** Makes the token, or starts the challenge that must come before it. */
  issue(
    record: TokenRecord,
    details: JsonObject | null,
    verification: JsonObject | undefined,
    prefix?: string,
  ): TokenAnswer;
  answer(challenge: string, code: string | undefined): TokenAnswer;
};

function makeIssuingDesk(world: World): IssuingDesk {
  const challenges = new Map<string, Challenge>();

  function keep(token: string, record: TokenRecord, details: JsonObject | null, userChallenged: boolean): TokenAnswer {
    world.books.commit(world.now(), [{ table: 'tokens', id: token, value: record }]);
    return { status: 'OK', token, userChallenged, ...(details ? { details } : {}) };
  }

  return {
    issue(record, details, verification, prefix = 'cnon:') {
      const token = world.id(prefix, 24);
      // Only payments that the customer starts are subject to verification; phone orders are outside it.
      const asks = verification?.['customerInitiated'] === true && verification['sellerKeyedIn'] !== true;
      if (asks && record.behaviour.verification === 'fail') {
        return wrong('Error', 'VERIFICATION_ERROR', 'The bank could not verify the cardholder.');
      }
      if (!asks || record.behaviour.verification === 'none') {
        return keep(token, { ...record, verified: asks }, details, false);
      }
      const challenge = world.id('chal_', 24);
      challenges.set(challenge, { token, record, details, tries: 0, until_ms: world.now() + CHALLENGE_LIFE_MS });
      const card = { brand: record.face.card_brand, last4: record.face.last_4 };
      return { status: 'CHALLENGE', challenge, card };
    },
    answer(id, code) {
      const challenge = challenges.get(id);
      if (!challenge || world.now() >= challenge.until_ms) {
        challenges.delete(id);
        return wrong('Error', 'VERIFICATION_ERROR', 'The verification has expired. Start again.');
      }
      if (code === CHALLENGE_CODE) {
        challenges.delete(id);
        return keep(challenge.token, { ...challenge.record, verified: true }, challenge.details, true);
      }
      challenge.tries += 1;
      if (challenge.tries < CHALLENGE_TRIES) return { status: 'WRONG_CODE', left: CHALLENGE_TRIES - challenge.tries };
      challenges.delete(id);
      return wrong('Error', 'VERIFICATION_ERROR', 'The code was wrong too many times.');
    },
  };
}

function parse(json: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function wrong(status: 'Invalid' | 'Error', type: string, message: string, field?: string): TokenAnswer {
  return { status, errors: [{ type, message, ...(field ? { field } : {}) }] };
}

function refused(error: unknown): TokenAnswer {
  if (!(error instanceof ApiError)) throw error;
  return wrong('Error', error.errors[0]?.code ?? 'BAD_REQUEST', error.errors[0]?.detail ?? 'The source was refused.');
}

function storedRecord(world: World, face: CardFace, behaviour: Behaviour, card_id: string): TokenRecord {
  return {
    application_id: world.meta.application_id,
    kind: 'stored_card',
    created_at_ms: world.now(),
    used: false,
    verified: false,
    face,
    behaviour,
    postal_code: null,
    card_id,
  };
}

// The literal that requires a verification has no behaviour of its own that asks for one.
function behaviourOf(source: Source): Behaviour {
  const asks = source.unverified && source.behaviour.verification === 'none';
  return asks ? { ...source.behaviour, verification: 'challenge' } : source.behaviour;
}

function tokenizeStored(
  world: World,
  desk: IssuingDesk,
  body: JsonObject,
  verification: JsonObject | undefined,
): TokenAnswer {
  const cardId = text(body, 'card_id') ?? '';
  try {
    const source = findSource(world, cardId, 'charge');
    if (!source.face || source.entry_method !== 'ON_FILE') {
      return wrong('Error', 'VALIDATION_ERROR', 'This is not a card on file.', 'cardOnFileId');
    }
    const record = storedRecord(world, source.face, behaviourOf(source), cardId);
    return desk.issue(record, cardDetails(record, verification), verification);
  } catch (error) {
    return refused(error);
  }
}

/** Judges what was typed; the digits are only compared, hashed, and read for their last four. */
function readCard(world: World, digits: Buffer, cvv: Buffer, body: JsonObject): TokenRecord | TokenAnswer {
  const gift = body['kind'] === 'gift_card';
  const field = gift ? 'giftCardNumber' : 'cardNumber';
  const name = gift ? 'Gift card' : 'Credit card';
  if (digits.length < 12 || digits.length > 19 || !allDigits(digits)) {
    return wrong('Invalid', 'VALIDATION_ERROR', `${name} number is not valid`, field);
  }
  const card = findTestCard(digits) ?? (gift ? madeGiftCard(world, digits) : null);
  if (!card || (card.kind === 'gift_card') !== gift) {
    return wrong('Error', 'INVALID_CARD_DATA', `${name} is not a test card; real cards are refused here`, field);
  }
  const month = Number(body['month'] ?? 0);
  const year = Number(body['year'] ?? 0);
  const postal = (text(body, 'postal_code') ?? '').trim().toUpperCase();
  if (!gift) {
    const now = new Date(world.now());
    const past = year * 12 + month < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1;
    if (!(month >= 1 && month <= 12) || past) {
      return wrong('Invalid', 'VALIDATION_ERROR', 'Expiration date is not valid', 'expirationDate');
    }
    if (cvv.length !== card.cvv_length || !allDigits(cvv)) {
      return wrong('Invalid', 'VALIDATION_ERROR', 'CVV is not valid', 'cvv');
    }
    if (postal === '' && !BRANDS_WITHOUT_POSTAL_CODE.includes(card.brand)) {
      return wrong('Invalid', 'VALIDATION_ERROR', 'Postal code is not valid', 'postalCode');
    }
  }
  return {
    application_id: world.meta.application_id,
    kind: card.kind,
    created_at_ms: world.now(),
    used: false,
    verified: false,
    face: {
      card_brand: card.brand,
      last_4: digits.toString('latin1', digits.length - 4),
      exp_month: gift ? 12 : month,
      exp_year: gift ? 2050 : year,
      fingerprint: world.fingerprint(digits),
      card_type: card.card_type,
      prepaid_type: gift ? 'UNKNOWN_PREPAID_TYPE' : 'NOT_PREPAID',
    },
    behaviour: triggered(card.behaviour, cvv, postal, month, year),
    postal_code: postal === '' ? null : postal,
    card_id: null,
  };
}

/** A gift card that was made here: its number is typed like the public test card's. */
function madeGiftCard(world: World, digits: Buffer): TestCard | null {
  const known = giftCardOf(world, world.fingerprint(digits));
  if (!known) return null;
  const behaviour = { charge: null, store: null, verification: 'none' } as const;
  const brand = 'SQUARE_GIFT_CARD';
  return { name: 'Gift card', brand, kind: 'gift_card', cvv_length: 0, card_type: 'UNKNOWN_CARD_TYPE', behaviour };
}

function allDigits(bytes: Buffer): boolean {
  return bytes.every(byte => byte >= ZERO && byte <= ZERO + 9);
}

/** The documented trigger values; the token is made, and the payment meets the refusal. */
function triggered(behaviour: Behaviour, cvv: Buffer, postal: string, month: number, year: number): Behaviour {
  if (cvv.toString('latin1') === '911') return { ...behaviour, charge: 'CVV_FAILURE', store: 'VERIFY_CVV_FAILURE' };
  if (postal === '99999') return { ...behaviour, charge: 'ADDRESS_VERIFICATION_FAILURE', store: 'VERIFY_AVS_FAILURE' };
  if (month === 1 && year === 2040) return { ...behaviour, charge: 'INVALID_EXPIRATION', store: 'INVALID_EXPIRATION' };
  return behaviour;
}

function cardDetails(record: TokenRecord, verification: JsonObject | undefined): JsonObject {
  const { face } = record;
  if (record.kind === 'gift_card') return { method: 'Gift Card', giftCard: { type: 'Gift' } };
  const contact = part(verification ?? {}, 'billingContact') ?? {};
  return {
    method: 'Card',
    card: {
      brand: face.card_brand,
      last4: face.last_4,
      expMonth: face.exp_month,
      expYear: face.exp_year,
      cardType: face.card_type,
      prepaidType: face.prepaid_type,
    },
    billing: { ...contact, ...(record.postal_code === null ? {} : { postalCode: record.postal_code }) },
  };
}
