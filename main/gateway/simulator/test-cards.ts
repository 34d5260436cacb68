/**
 * The sandbox's test cards, known by digest only: no card number, not even a public one, is in the program, so a
 * search of its files and memory for card numbers finds nothing.
 */
import { createHash } from 'node:crypto';
import type { Behaviour } from './records.ts';

export type TestCard = {
  name: string;
  brand: string;
  kind: 'card' | 'gift_card';
  cvv_length: number;
  card_type: string;
  behaviour: Behaviour;
};

const APPROVES: Behaviour = { charge: null, store: null, verification: 'none' };
const CHALLENGED: Behaviour = { charge: null, store: null, verification: 'challenge' };

function card(name: string, brand: string, behaviour: Behaviour = APPROVES, cvv_length = 3): TestCard {
  return { name, brand, kind: 'card', cvv_length, card_type: 'CREDIT', behaviour };
}

/** Keys are the first 128 bits of SHA-256('tillside test card ' + digits), in hexadecimal. */
const CARDS: { [digest: string]: TestCard } = {
  '37941be66e4e59c1972eb487310ad83b': card('Visa 1111', 'VISA'),
  '89ba0604c53ac13cd77059c1c1a04ed6': card('Mastercard 5100', 'MASTERCARD'),
  '86927deb3d2326a0ea5130bb5abaf8ce': card('Discover 0004', 'DISCOVER'),
  '20002d2f7c44eb1deedab2ef48f46e64': card('Diners 0004', 'DISCOVER_DINERS'),
  a68b7a3cc943c242d27365a6e5bb73b5: card('JCB 5841', 'JCB'),
  '89fcbf83e9f0ce65dff0ef6c7fb6c118': card('American Express 0009', 'AMERICAN_EXPRESS', APPROVES, 4),
  bc7a8c46a5981b1f5afa093f402baf71: card('UnionPay 0000', 'CHINA_UNIONPAY'),
  '36174c36678f0b03814a86e2dab7f117': card('Declined, Visa 0002', 'VISA', {
    charge: 'GENERIC_DECLINE',
    store: 'CARD_DECLINED',
    verification: 'none',
  }),
  '98a6dd9cf3423276b381a07aa02b32ba': card('Saves, later declines, Visa 0010', 'VISA', {
    charge: 'GENERIC_DECLINE',
    store: null,
    verification: 'none',
  }),
  b50939ac5aa38f0556c467ddfb938a5c: card('No challenge, Visa 0004', 'VISA'),
  abc76357c9e75f3dc3742e74677f3b0d: card('No challenge, Mastercard 0005', 'MASTERCARD'),
  '361c947856cf35c31503d955fd16465c': card('No challenge, Discover EU 1016', 'DISCOVER'),
  '9ac67174e27d076fbabdfe12e6dbb115': card('Challenge, Visa EU 1019', 'VISA', CHALLENGED),
  b022b82d18f1fc53a9c102806acab3bc: card('Challenge, Mastercard 0026', 'MASTERCARD', CHALLENGED),
  '2132565f1a839356d86f41617639d1ef': card('Challenge, Mastercard EU 1016', 'MASTERCARD', CHALLENGED),
  '85834ca6ac5e2d82b809bc092dd561f7': card('Challenge, American Express EU 1014', 'AMERICAN_EXPRESS', CHALLENGED, 4),
  e504e02e9b128feac071eea0643c585e: card('Verification fails, Visa 0008', 'VISA', {
    charge: null,
    store: null,
    verification: 'fail',
  }),
  e587355b6c3e27cd0cef427129b65dda: {
    name: 'Square gift card 0000',
    brand: 'SQUARE_GIFT_CARD',
    kind: 'gift_card',
    cvv_length: 0,
    card_type: 'UNKNOWN_CARD_TYPE',
    behaviour: APPROVES,
  },
};

/** The test card with these ASCII digits, or null for any other number: real cards are refused. */
export function findTestCard(digits: Uint8Array): TestCard | null {
  const digest = createHash('sha256').update('tillside test card ').update(digits).digest('hex').slice(0, 32);
  return CARDS[digest] ?? null;
}
