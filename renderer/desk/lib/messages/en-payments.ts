import { cardBrandName } from '../../../../common/card-brands.ts';
import type { AttemptWord, DeclineReason, RefusalReason, TenderId, Way } from '../../../../common/contract/payments.ts';

type Details = Readonly<Record<string, string | number | boolean>>;

/** The word for each state and the sentence that says what it means for the money. */
const words: Record<AttemptWord, { word: string; means: string }> = {
  working: { word: 'Working', means: 'Nothing is known yet. The payment is being sent.' },
  queued: { word: 'Queued', means: 'Nothing has been charged. It will be sent when this desk is online.' },
  in_doubt: { word: 'In doubt', means: 'We do not know yet whether Square took it. Do not charge again.' },
  held: { word: 'Held', means: 'Square holds the amount and has not taken it yet.' },
  paid: { word: 'Paid', means: 'The money is in.' },
  declined: { word: 'Declined', means: 'The bank said no. No money moved.' },
  refused: { word: 'Refused', means: 'Square refused the request before it reached a bank. No money moved.' },
  cancelled: { word: 'Cancelled', means: 'It was taken back before anything was charged.' },
  not_charged: { word: 'Not charged', means: 'Square was asked and does not have it. Nothing was charged.' },
  found_later: {
    word: 'Found later',
    means: 'Square charged this after all. It is on no sum until somebody keeps it or gives it back.',
  },
};

/** What happened, a sentence to say that embarrasses nobody, and what to do next. */
const declines: Record<DeclineReason, { what: string; say: string; next: string; retry: boolean }> = {
  generic: {
    what: 'The bank did not say why.',
    say: 'The bank did not approve this card. Would you like to use another one?',
    next: 'Offer another card, cash or a check. The customer can ask their bank why.',
    retry: false,
  },
  cvv: {
    what: 'The security code does not match.',
    say: 'Could we check the three or four digit code on the card together?',
    next: 'Ask for the security code again and type the card once more.',
    retry: true,
  },
  postal_code: {
    what: 'The ZIP or postal code does not match what the bank has.',
    say: 'Which postal code does your bank have for this card?',
    next: 'Ask for the billing postal code and type the card once more.',
    retry: true,
  },
  expiration: {
    what: 'The expiry date is wrong, or the card has expired.',
    say: 'Could we check the expiry date on the card together?',
    next: 'Check the date and type the card once more, or use another card.',
    retry: true,
  },
  card_number: {
    what: 'The bank does not know this card number.',
    say: 'Could we check the card number together, slowly?',
    next: 'Type the number once more. If it is right, use another card.',
    retry: true,
  },
  insufficient_funds: {
    what: 'The bank said there is not enough money on the card.',
    say: 'The bank did not approve this card. Would you like to use another one, or pay a part today?',
    next: 'Offer another card, cash, or a smaller amount now.',
    retry: false,
  },
  limit: {
    what: 'The amount is above a limit of the card.',
    say: 'The bank did not approve this amount. Would you like to use another card, or pay a part today?',
    next: 'Offer a smaller amount or another card. The customer can ask their bank to raise the limit.',
    retry: false,
  },
  card_not_supported: {
    what: 'This kind of card cannot be used here.',
    say: 'We cannot take this kind of card. Would you like to use another one?',
    next: 'Offer another card, cash or a check.',
    retry: false,
  },
  call_bank: {
    what: 'The bank wants to speak with the cardholder first.',
    say: 'Your bank asks you to call them, at the number on the back of the card. Then we can try again.',
    next: 'Let the customer call their bank, or use another card.',
    retry: false,
  },
  verification_required: {
    what: 'The bank wants the cardholder to confirm, which is not possible with a keyed card.',
    say: 'Your bank wants you to confirm this payment yourself. Would you like to use another card?',
    next: 'Offer another card, cash or a check.',
    retry: false,
  },
  token_used: {
    what: 'The typed card had been used up by an earlier try.',
    say: 'I need to type the card once more, please.',
    next: 'Type the card once more. Activity says what became of the earlier try.',
    retry: true,
  },
  token_expired: {
    what: 'The typed card waited too long and is no longer valid at Square.',
    say: 'I need to type the card once more, please.',
    next: 'Type the card once more.',
    retry: true,
  },
};

/** Why Square refused before any bank was asked, and what to do. */
const refusals: Record<RefusalReason, { what: string; next: string }> = {
  amount_too_high: { what: 'The amount is above what Square takes in one payment.', next: 'Take it in two parts.' },
  amount_too_low: {
    what: 'The amount is below what Square takes.',
    next: 'Take it in cash, or with the next payment.',
  },
  currency_mismatch: {
    what: 'The amount is not in the currency of this Square location.',
    next: 'Ask the owner to connect the right location in Settings.',
  },
  location_invalid: {
    what: 'Square does not know the location this desk uses.',
    next: 'Ask the owner to test the connection in Settings.',
  },
  cards_not_enabled: {
    what: 'Card payments are not switched on for this Square location.',
    next: 'Ask the owner to finish the set-up at Square. Cash and checks work.',
  },
  unauthorized: {
    what: 'Square no longer accepts this desk’s access token.',
    next: 'Ask the owner to connect Square again in Settings. Cash and checks work.',
  },
  missing_scope: {
    what: 'The access token lacks the right to take payments.',
    next: 'Ask the owner to connect Square with a token that may. Cash and checks work.',
  },
  token_too_old: {
    what: 'The typed card waited longer than a day and was not sent.',
    next: 'Ask the customer for the card again, in a new payment.',
  },
  software_fault: {
    what: 'The request was not well formed, which is a fault of this software.',
    next: 'Take another way to pay, and tell support the payment reference.',
  },
};

const tenders: Record<TenderId, string> = { card: 'Keyed card', cash: 'Cash', check: 'Check' };

/** Why a way to pay cannot be used now: at most five words, beside it. */
const unavailable: Record<NonNullable<Way['unavailable_because']>, string> = {
  offline: 'Waits for the internet',
  fields_not_ready: 'Square’s fields are not ready',
  not_connected: 'Square is not connected',
  needs_desk: 'Only at the desk',
};

/**
 * What happened to an attempt, by the journal's names. A name without a sentence of its own is shown with its words,
 * so that nothing is hidden by an older translation.
 */
const timeline: Record<string, (details: Details, by: string | null) => string> = {
  'attempt.started': (_details, by) => (by === null ? 'Started' : `Started by ${by}`),
  'attempt.ready': () => 'Card accepted by Square’s fields, request kept before sending',
  'attempt.sending': details => {
    const again = details['again'] === true ? ' again' : '';
    if (details['step'] === 'complete') return `Asked Square${again} to take what it holds`;
    if (details['step'] === 'record') return `Told Square${again} about it`;
    return `Sent to Square${again}`;
  },
  'attempt.not_sent': () => 'Did not leave this desk, will be tried again',
  'attempt.unknown': details => {
    if (details['reason'] === 'token_used_before')
      return 'Square says the card was used up, maybe by this very payment';
    return details['step'] === 'complete'
      ? 'No answer whether Square took it'
      : 'Square has not answered, we are asking';
  },
  'attempt.approved': () => 'Square holds the amount',
  'attempt.completed': () => 'Square took the amount',
  'attempt.declined': () => 'Declined, no money moved',
  'attempt.refused': () => 'Refused by Square, no money moved',
  'attempt.cancelled': details => CANCELLED[String(details['reason'])] ?? 'Cancelled, nothing was charged',
  'attempt.looked_up': details => LOOKED_UP[String(details['answer'])] ?? 'Searched Square’s list',
  'attempt.cancel_asked': details => CANCEL_ASKED[String(details['answer'])] ?? 'Asked Square to cancel it',
  'attempt.closed_not_charged': (details, by) =>
    details['because'] === 'person'
      ? `Closed as not charged${by === null ? '' : ` by ${by}`}: ${String(details['reason'])}`
      : 'Closed as not charged, because Square never had it',
  'attempt.handed_over': details => HANDED_OVER[String(details['reason'])] ?? 'People have to end this',
  'attempt.found_later': details =>
    details['status'] === 'APPROVED' ? 'Square holds this after all' : 'Square charged this after all',
  'attempt.found_settled': (details, by) => {
    const deed = details['choice'] === 'keep' ? 'Kept as a payment' : 'Given back';
    return `${deed}${by === null ? '' : ` by ${by}`}: ${String(details['reason'])}`;
  },
  'attempt.doubted': () => 'The desk was restored: this is not sent again, Square is asked',
  'payment.lost_in_restore': () => 'Made by this desk after the copy it was restored from',
  'duplicate.allowed': (details, by) =>
    `Two alike, allowed${by === null ? '' : ` by ${by}`}: ${String(details['reason'])}`,
  'square.refund.observed': details => {
    const sum = typeof details['sum'] === 'string' ? ` ${details['sum']}` : '';
    if (details['status'] === 'PENDING') return `Square is refunding${sum}`;
    return details['status'] === 'COMPLETED' ? `Square refunded${sum}` : `A refund of${sum} did not happen`;
  },
  'refund.requested': (details, by) => {
    const second = details['approved_by'] === undefined ? '' : `, approved by ${String(details['approved_by'])}`;
    const why = details['reason'] === undefined ? '' : `: ${String(details['reason'])}`;
    const deed = `${REFUND_WAYS[String(details['kind'])] ?? 'Refund'} of ${String(details['sum'])}`;
    return `${deed}${by === null ? '' : ` by ${by}`}${second}${why}`;
  },
  'refund.sending': details => `Refund sent to Square${details['again'] === true ? ' again' : ''}`,
  'refund.not_sent': () => 'The refund did not leave this desk, will be tried again',
  'refund.unknown': () => 'Square has not answered about the refund, we are asking',
  'refund.pending': () => 'Square is refunding it',
  'refund.completed': () => 'Square refunded it',
  'refund.refused': details =>
    details['how'] === 'not_made' ? 'Square did not make the refund' : 'The refund failed, no money went back',
  'refund.taken_back': (_details, by) => `The refund was taken back before it left${by === null ? '' : `, by ${by}`}`,
  'refund.closed': (details, by) =>
    `Refund closed as ${details['as'] === 'given' ? '' : 'not '}given${by === null ? '' : ` by ${by}`}: ` +
    String(details['reason']),
  'refund.closing_replaced': () => 'Square shows the refund after all: its word replaces the decision',
  'tender.recorded': (_details, by) => (by === null ? 'Recorded at the desk' : `Recorded by ${by}`),
  'record.confirmed': () => 'Square has it too',
  'record.refused': () => 'Square did not accept the record; the money at the desk is not touched',
  'square.payment.observed': details => {
    if (details['foreign'] === true) return 'Found at Square, made elsewhere';
    return details['status'] === 'COMPLETED' ? 'Confirmed in Square’s own list' : 'Seen in Square’s own list';
  },
};

const REFUND_WAYS: Readonly<Record<string, string>> = {
  square: 'Refund through Square',
  cash: 'Refund in cash',
  check: 'Refund by check',
  other: 'Refund from the bank',
};

const CANCELLED: Readonly<Record<string, string>> = {
  restart: 'Cancelled, because the desk was closed before it was sent',
  card_fields: 'Cancelled, because Square’s fields gave no card',
  person: 'Cancelled by a person before it was sent',
  hold_ended: 'The hold ended, nothing was charged',
  given_back: 'The hold was given back, nothing is charged',
};

const LOOKED_UP: Readonly<Record<string, string>> = {
  found: 'Found in Square’s list',
  not_found: 'Searched Square’s list: not found',
  no_answer: 'Searched Square’s list: no answer',
};

const CANCEL_ASKED: Readonly<Record<string, string>> = {
  asking: 'Asked Square to cancel it, so it is never sent again',
  done: 'Square says that it is cancelled',
  no_answer: 'No answer about the cancelling',
};

const HANDED_OVER: Readonly<Record<string, string>> = {
  too_long: 'A day without an answer: people have to end this',
  answer_mismatch: 'Square’s answer does not fit what was sent: people have to end this',
  amount_differs: 'Square has another amount under this reference: people have to end this',
};

/** Probes of a long doubt, told together. */
const folded = {
  not_found: (times: number) => `Searched Square’s list ${times} times: not found`,
  search_unanswered: (times: number) => `Searched Square’s list ${times} times: no answer`,
  unsent: (times: number) => `Tried to send ${times} times: did not leave this desk`,
  create: (times: number) => `Sent to Square again ${times} times: no answer`,
  complete: (times: number) => `Asked Square ${times} times whether it took what it holds: no answer`,
  record: (times: number) => `Told Square again ${times} times about it: no answer`,
  between: (from: string, to: string) => `${from} to ${to}`,
  watched: (until: string) => `Watched until ${until}`,
};

export const payments = {
  words,
  declines,
  refusals,
  tenders,
  unavailable,
  channels: { desk: 'At the desk', phone: 'By phone' },
  happened: (what: string, details: Details, by: string | null): string =>
    timeline[what]?.(details, by) ?? what.replaceAll(/[._]/g, ' '),
  card: (brand: string, last4: string) => `${cardBrandName(brand)} ending in ${last4}`,
  cardShort: (brand: string, last4: string) => `${cardBrandName(brand)} ${last4}`,
  fee: (amount: string) => `Fee ${amount}`,
  folded,
  readBack: 'Read back to the caller, who agreed',
  anyCard: 'card',
  checkNumber: (number: string) => `Check ${number}`,
  noCustomer: 'No customer',
};
