/**
 * Every choice that Square does not document, in one place, so that one run against the real sandbox can correct it.
 * Values that a test may want to change while the simulator runs are also in `settings.ts`, which starts from here.
 */

/** HTTP status of a declined payment. 400 is attested by tests against the real sandbox; 402 only by old mocks. */
export const DECLINE_STATUS: 400 | 402 = 400;

/** HTTP status of IDEMPOTENCY_KEY_REUSED. Mostly 400 in evidence; one third-party note says 422. */
export const KEY_REUSED_STATUS = 400;

/** HTTP status of VERSION_MISMATCH: Square publishes neither 400 nor 409. */
export const VERSION_MISMATCH_STATUS = 400;

/** How long idempotency keys are remembered; null is for ever. Square publishes no figure. */
export const KEY_RETENTION_MS: number | null = null;

/** A repeat with the same key and the same body after a decline replays that decline; only another body is "reused". */
export const DECLINE_IS_REPLAYED: boolean = true;

/** Requests refused before they reach a card network (validation, used tokens) leave their key free. */
export const REFUSAL_KEEPS_KEY_FREE: boolean = true;

/**
 * CancelPaymentByIdempotencyKey answers success for an unknown key, and does not reserve that key: an original that
 * arrives late still charges. The pessimistic reading, because a client must survive it.
 */
export const CANCEL_BLOCKS_LATE_ORIGINAL: boolean = false;

/** Code for cancelling by key a payment that is already captured ("must be refunded instead"). */
export const CANCEL_CAPTURED_CODE = 'DELAYED_TRANSACTION_CAPTURED';

/** Seconds between capture and the appearance of `processing_fee`. Square says only "after completion". */
export const FEE_DELAY_MS = 5_000;

/** Lists are "eventually consistent, several seconds". Code starts with 0; 3 seconds is the realistic choice. */
export const LIST_LAG_MS = 0;
export const DOCUMENTED_LIST_LAG_MS = 3_000;

/** The customer search index lags "normally under 30 seconds". */
export const CUSTOMER_INDEX_LAG_MS = 0;

/** A linked card refund is PENDING this long; CASH and EXTERNAL refunds complete at once. */
export const REFUND_DELAY_MS = 5_000;

/** A bank debit leaves PENDING after about one minute in the sandbox. */
export const BANK_DELAY_MS = 60_000;

/** A dispute opened by a trigger amount appears this long after capture. */
export const DISPUTE_DELAY_MS = 10_000;

/** How long the seller has to answer a dispute, and how long the bank then thinks. */
export const DISPUTE_ANSWER_MS = 14 * 24 * 3_600_000;
export const DISPUTE_DECISION_MS = 60_000;

/** Largest file of evidence. */
export const LARGEST_EVIDENCE_BYTES = 5_000_000;

/** List cursors live five minutes (documented); cursors never survive a restart (assumed). */
export const CURSOR_LIFE_MS = 5 * 60_000;

/** Card tokens live 24 hours (staff answers). A declined charge also uses its token up (assumed). */
export const TOKEN_LIFE_MS = 24 * 3_600_000;

/** Unfinished bank challenges are forgotten after ten minutes, and three wrong codes end one. */
export const CHALLENGE_LIFE_MS = 10 * 60_000;
export const CHALLENGE_TRIES = 3;
export const CHALLENGE_CODE = '123456';

/** Highest single payment, in minor units of a two-decimal currency: 50,000.00. */
export const HIGHEST_PAYMENT_MINOR = 5_000_000;

/** The list's `end_time` filters include the named instant, as `begin_time` is documented to do. */
export const END_TIME_IS_INCLUSIVE: boolean = true;

/** Code for a source that is no known token, and for a token of another application. */
export const UNKNOWN_SOURCE_CODE = 'INVALID_CARD_DATA';

/** Code for charging a card on file that was disabled. */
export const DISABLED_CARD_CODE = 'INVALID_CARD';

/** Code for charging a card on file after its last month. */
export const EXPIRED_CARD_CODE = 'CARD_EXPIRED';

/** `customer_initiated: true` contradicts `seller_keyed_in: true`; field reports show generic declines. */
export const CONTRADICTORY_FLAGS_DECLINE: boolean = true;

/** What a gift card holds when the simulator first sees it, and what the "insufficient funds" literal holds. */
export const GIFT_CARD_BALANCE_MINOR = 100_00;
export const POOR_GIFT_CARD_BALANCE_MINOR = 1_00;

/** The most that a gift card may hold, and the decline of one that is not active. */
export const HIGHEST_GIFT_CARD_MINOR = 2_000_00;
export const GIFT_CARD_NOT_ACTIVE_CODE = 'INVALID_CARD';

/** Card on file literals belong to this postal code; CreateCard with `cnon:card-nonce-ok` needs it (documented). */
export const LITERAL_POSTAL_CODE = '94103';

/** JCB cards stand for Japanese ones here: no postal code is asked (the real form follows the issuer's country). */
export const BRANDS_WITHOUT_POSTAL_CODE = ['JCB'];

/** Fees in parts per ten thousand plus minor units: online, keyed by the seller, and at a terminal. */
export const FEES = {
  online: { rate: 290, fixed: 30 },
  keyed: { rate: 350, fixed: 15 },
  present: { rate: 260, fixed: 15 },
};

/** Whether the total of an order counts the tips that its payments carry. */
export const ORDER_TOTAL_HOLDS_TIPS: boolean = true;

/** Whether the payment of a link carries the reference of its order. Its `order_id` and note are what Square promises. */
export const LINK_PAYMENT_CARRIES_REFERENCE: boolean = true;

/** A device code is good for five minutes, and has six letters. */
export const DEVICE_CODE_LIFE_MS = 5 * 60_000;

/** A terminal fetches a checkout after this time, and its payer needs this long. Only the order of the states is known. */
export const TERMINAL_FETCH_MS = 1_000;
export const TERMINAL_PAYER_MS = 4_000;

/** How long a terminal that shows a checkout takes to obey a cancel; until then a payment still wins. */
export const TERMINAL_CANCEL_MS = 2_000;

/** Documented for PENDING only: a checkout that is IN_PROGRESS at its deadline ends too. */
export const DEADLINE_ENDS_IN_PROGRESS: boolean = true;

/** Card success "fails above 25.00", say documents; a user saw success far above. Null takes every amount. */
export const TERMINAL_DECLINES_OVER_MINOR: number | null = null;

/** Whether `payment_ids` of a checkout names the FAILED payments of cards that were declined before. */
export const TERMINAL_NAMES_FAILED_PAYMENTS: boolean = false;

/** Code for a device that was never paired, one of the codes that the endpoint lists. */
export const UNKNOWN_DEVICE_CODE = 'BAD_REQUEST';

/** How many refunds one payment takes, and how long it stays refundable (documented). */
export const REFUNDS_PER_PAYMENT = 20;
export const REFUNDABLE_MS = 365 * 24 * 3_600_000;

/** Largest request body, and largest one with a file. */
export const BODY_LIMIT_BYTES = 1_000_000;
export const FORM_LIMIT_BYTES = 6_000_000;
