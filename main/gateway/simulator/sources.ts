/**
 * What a `source_id` stands for: a documented literal, a token made by the form, a card on file, cash, or a tender
 * recorded from elsewhere.
 */
import {
  BRANDS_WITHOUT_POSTAL_CODE,
  DISABLED_CARD_CODE,
  EXPIRED_CARD_CODE,
  GIFT_CARD_BALANCE_MINOR,
  LITERAL_POSTAL_CODE,
  POOR_GIFT_CARD_BALANCE_MINOR,
  TOKEN_LIFE_MS,
  UNKNOWN_SOURCE_CODE,
} from './assumptions.ts';
import { refuse } from './errors.ts';
import type { Behaviour, CardFace, Change, PaymentRecord, StoredCard, TokenRecord } from './records.ts';
import type { World } from './world.ts';

export type SourceKind = 'card' | 'gift_card' | 'cash' | 'external' | 'bank' | 'wallet' | 'pay_later';

export type Source = {
  kind: SourceKind;
  /** Decline code of a charge, or of the later bank debit; null approves. */
  charge: string | null;
  store: string | null;
  face: CardFace | null;
  behaviour: Behaviour;
  /** Whose wallet it is, when it is one. */
  wallet: string;
  entry_method: 'KEYED' | 'ON_FILE' | 'EMV' | 'CONTACTLESS' | 'SWIPED';
  /** The card was there: at a terminal. */
  present: boolean;
  /** The bank wants a verification that this source does not carry. */
  unverified: boolean;
  postal_code: string | null;
  edit: PaymentRecord['hidden']['edit'];
  /** Customer that a card on file belongs to; '' accepts any customer, null needs none. */
  owner: string | null;
  /** Gift card money at first sight. */
  balance_minor: number | null;
  /** Marks a one-time token as used; part of the commit that uses it. */
  use: Change[];
};

const APPROVES: Behaviour = { charge: null, store: null, verification: 'none' };

const PLAIN: Omit<Source, 'kind' | 'face'> = {
  charge: null,
  store: null,
  behaviour: APPROVES,
  wallet: 'CASH_APP',
  entry_method: 'KEYED',
  present: false,
  unverified: false,
  postal_code: null,
  edit: 'all',
  owner: null,
  balance_minor: null,
  use: [],
};

const CARD_LITERALS: { [literal: string]: { charge?: string; store?: string; edit?: Source['edit'] } } = {
  'cnon:card-nonce-ok': {},
  'cnon:card-nonce-declined': { charge: 'GENERIC_DECLINE', store: 'CARD_DECLINED' },
  'cnon:card-nonce-rejected-cvv': { charge: 'CVV_FAILURE', store: 'VERIFY_CVV_FAILURE' },
  'cnon:card-nonce-rejected-postalcode': { charge: 'ADDRESS_VERIFICATION_FAILURE', store: 'VERIFY_AVS_FAILURE' },
  'cnon:card-nonce-rejected-expiration': { charge: 'INVALID_EXPIRATION', store: 'INVALID_EXPIRATION' },
  'cnon:card-edit-not-allowed': { edit: 'none' },
  'cnon:card-edit-down-only': { edit: 'down' },
  'cnon:card-edit-tip-failure': { edit: 'tip_failure' },
  'cnon:card-edit-failure': { edit: 'failure' },
};

const STORED_LITERALS: { [literal: string]: { brand: string; charge?: string; verify?: boolean } } = {
  'ccof:customer-card-id-ok': { brand: 'VISA' },
  'ccof:customer-card-id-visa-ok': { brand: 'VISA' },
  'ccof:customer-card-id-mastercard-ok': { brand: 'MASTERCARD' },
  'ccof:customer-card-id-american-express-ok': { brand: 'AMERICAN_EXPRESS' },
  'ccof:customer-card-id-declined': { brand: 'VISA', charge: 'GENERIC_DECLINE' },
  'ccof:customer-card-id-rejected-postalcode': { brand: 'VISA', charge: 'ADDRESS_VERIFICATION_FAILURE' },
  'ccof:customer-card-id-rejected-expiration': { brand: 'VISA', charge: 'INVALID_EXPIRATION' },
  'ccof:customer-card-id-requires-verification': { brand: 'VISA', verify: true },
};

const OTHER_LITERALS: { [literal: string]: { kind: SourceKind; charge?: string; balance_minor?: number } } = {
  CASH: { kind: 'cash' },
  EXTERNAL: { kind: 'external' },
  'cnon:gift-card-nonce-ok': { kind: 'gift_card' },
  'cnon:gift-card-nonce-insufficient-funds': { kind: 'gift_card', balance_minor: POOR_GIFT_CARD_BALANCE_MINOR },
  'cnon:gift-card-nonce-insufficient-permission': { kind: 'gift_card', charge: 'INSUFFICIENT_PERMISSIONS' },
  'bnon:bank-nonce-ok': { kind: 'bank' },
  'bnon:bank-nonce-failure': { kind: 'bank', charge: 'GENERIC_DECLINE' },
  'bnon:bank-nonce-account-unusable': { kind: 'bank', charge: 'ACCOUNT_UNUSABLE' },
  'bnon:bank-nonce-insufficient-funds': { kind: 'bank', charge: 'INSUFFICIENT_FUNDS' },
  'bnon:bank-nonce-invalid-account': { kind: 'bank', charge: 'INVALID_ACCOUNT' },
  'bnon:bank-nonce-buyer-refused-payment': { kind: 'bank', charge: 'BUYER_REFUSED_PAYMENT' },
  'wnon:cash-app-ok': { kind: 'wallet' },
  'wnon:cash-app-declined': { kind: 'wallet', charge: 'GENERIC_DECLINE' },
  'wnon:afterpay-or-clearpay-ok': { kind: 'pay_later' },
  'wnon:afterpay-or-clearpay-declined': { kind: 'pay_later', charge: 'GENERIC_DECLINE' },
};

/**
 * Finds the source. Refuses unknown, used, expired and foreign ones; `purpose` chooses between the codes that
 * CreatePayment and CreateCard use for the same fault.
 */
export function findSource(world: World, sourceId: string, purpose: 'charge' | 'store'): Source {
  if (sourceId === 'cnon:card-nonce-already-used') throw tokenUsed(purpose);
  const literal = CARD_LITERALS[sourceId];
  if (literal) {
    const source: Source = { ...PLAIN, kind: 'card', face: literalFace(world, sourceId, 'VISA') };
    const charge = literal.charge ?? null;
    const store = literal.store ?? null;
    const behaviour = { ...APPROVES, charge, store };
    return { ...source, charge, store, behaviour, edit: literal.edit ?? 'all', postal_code: LITERAL_POSTAL_CODE };
  }
  const other = OTHER_LITERALS[sourceId];
  if (other) return otherLiteral(world, sourceId, other);
  if (sourceId.startsWith('ccof:')) return storedCard(world, sourceId);
  if (sourceId.startsWith('bact:')) return storedAccount(world, sourceId);
  const token = world.books.get('tokens', sourceId);
  if (!token || token.application_id !== world.meta.application_id) {
    throw refuse(UNKNOWN_SOURCE_CODE, 'The source is not known to this application and environment.', 'source_id');
  }
  return tokenSource(world, sourceId, token, purpose);
}

function otherLiteral(world: World, sourceId: string, literal: NonNullable<(typeof OTHER_LITERALS)[string]>): Source {
  const gift = literal.kind === 'gift_card';
  return {
    ...PLAIN,
    kind: literal.kind,
    charge: literal.charge ?? null,
    store: gift ? 'INVALID_CARD_DATA' : null,
    face: gift ? literalFace(world, sourceId, 'SQUARE_GIFT_CARD') : null,
    // The "ok" literal stands for a gift card that never runs dry.
    balance_minor: gift ? (literal.balance_minor ?? Number.MAX_SAFE_INTEGER) : null,
  };
}

function storedCard(world: World, sourceId: string): Source {
  const literal = STORED_LITERALS[sourceId];
  if (literal) {
    return {
      ...PLAIN,
      kind: 'card',
      charge: literal.charge ?? null,
      face: literalFace(world, sourceId, literal.brand),
      entry_method: 'ON_FILE',
      unverified: literal.verify === true,
      postal_code: LITERAL_POSTAL_CODE,
      owner: '',
    };
  }
  const record = world.books.get('cards', sourceId);
  if (!record) throw refuse('NOT_FOUND', `Card not found: ${sourceId}.`, 'source_id');
  const { card, hidden } = record;
  const { card_brand, last_4, exp_month, exp_year, fingerprint, card_type, prepaid_type } = card;
  return {
    ...PLAIN,
    kind: 'card',
    charge: refusedCard(world, card) ?? hidden.behaviour.charge,
    face: { card_brand, last_4, exp_month, exp_year, fingerprint, card_type, prepaid_type },
    behaviour: hidden.behaviour,
    entry_method: 'ON_FILE',
    unverified: hidden.behaviour.verification !== 'none',
    postal_code: hidden.postal_code,
    owner: card.customer_id,
  };
}

// A card is good to the end of the month that it names.
function refusedCard(world: World, card: StoredCard): string | null {
  if (!card.enabled) return DISABLED_CARD_CODE;
  return world.now() >= Date.UTC(card.exp_year, card.exp_month) ? EXPIRED_CARD_CODE : null;
}

function storedAccount(world: World, sourceId: string): Source {
  const record = world.books.get('bank_accounts', sourceId);
  if (!record) throw refuse('NOT_FOUND', `Bank account not found: ${sourceId}.`, 'source_id');
  if (record.account.status === 'DISABLED') throw refuse('BAD_REQUEST', 'The bank account is disabled.', 'source_id');
  const owner = record.account['customer_id'];
  return {
    ...PLAIN,
    kind: 'bank',
    face: null,
    charge: record.hidden.failure,
    owner: typeof owner === 'string' ? owner : null,
  };
}

function tokenSource(world: World, id: string, token: TokenRecord, purpose: 'charge' | 'store'): Source {
  if (token.used) throw tokenUsed(purpose);
  if (world.now() - token.created_at_ms >= TOKEN_LIFE_MS) {
    const code = purpose === 'charge' ? 'CARD_TOKEN_EXPIRED' : 'SOURCE_EXPIRED';
    throw refuse(code, 'The card token has expired; collect the card again.', 'source_id');
  }
  const use: Change[] = [{ table: 'tokens', id, value: { ...token, used: true } }];
  if (token.kind === 'stored_card') {
    return { ...storedCard(world, token.card_id ?? ''), unverified: !token.verified, use };
  }
  return {
    ...PLAIN,
    kind: token.kind,
    charge: token.behaviour.charge,
    store: token.kind === 'gift_card' ? 'INVALID_CARD_DATA' : token.behaviour.store,
    face: token.face,
    behaviour: token.behaviour,
    unverified: token.behaviour.verification !== 'none' && !token.verified,
    postal_code: BRANDS_WITHOUT_POSTAL_CODE.includes(token.face.card_brand) ? null : token.postal_code,
    balance_minor: token.kind === 'gift_card' ? GIFT_CARD_BALANCE_MINOR : null,
    use,
  };
}

/** What somebody held against a terminal, or typed on it. Its card is a stranger: nothing of it can be typed elsewhere. */
export function presentSource(
  world: World,
  tapped: { kind: SourceKind; brand: string; entry_method: Source['entry_method']; decline: string | null },
): Source {
  const hasFace = tapped.kind === 'card' || tapped.kind === 'gift_card';
  return {
    ...PLAIN,
    kind: tapped.kind,
    wallet: tapped.brand,
    charge: tapped.decline,
    face: hasFace ? literalFace(world, `terminal ${tapped.brand}`, tapped.brand) : null,
    entry_method: tapped.entry_method,
    present: tapped.entry_method !== 'KEYED',
    postal_code: LITERAL_POSTAL_CODE,
    balance_minor: tapped.kind === 'gift_card' ? Number.MAX_SAFE_INTEGER : null,
  };
}

/** The gift card behind a source; refuses every other source. */
export function tokenOfGiftCard(source: Source): { fingerprint: string; balance_minor: number } {
  if (source.kind !== 'gift_card' || !source.face) {
    throw refuse(UNKNOWN_SOURCE_CODE, 'The token is not one of a gift card.', 'nonce');
  }
  return { fingerprint: source.face.fingerprint, balance_minor: source.balance_minor ?? 0 };
}

function tokenUsed(purpose: 'charge' | 'store') {
  const code = purpose === 'charge' ? 'CARD_TOKEN_USED' : 'SOURCE_USED';
  return refuse(code, 'Card nonce already used; please request new nonce.', 'source_id');
}

/** The card that a literal shows. Its expiry lies in the future of simulated time. */
export function literalFace(world: World, literal: string, brand: string): CardFace {
  const endings: { [brand: string]: string } = { VISA: '5858', MASTERCARD: '9029', AMERICAN_EXPRESS: '5904' };
  return {
    card_brand: brand,
    last_4: endings[brand] ?? '0000',
    exp_month: 12,
    exp_year: new Date(world.now()).getUTCFullYear() + 3,
    fingerprint: world.fingerprint(literal),
    card_type: brand === 'SQUARE_GIFT_CARD' ? 'UNKNOWN_CARD_TYPE' : 'CREDIT',
    prepaid_type: brand === 'SQUARE_GIFT_CARD' ? 'UNKNOWN_PREPAID_TYPE' : 'NOT_PREPAID',
  };
}
