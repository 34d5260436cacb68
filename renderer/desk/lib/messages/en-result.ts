import type { AttemptWord } from '../../../../common/contract/payments.ts';

/** What happened to the money in one sentence; `first` is set in bold. */
export type Truth = { readonly first: string; readonly rest: string };

/** Values of the sentences, already written out for the reader. */
export type Told = {
  readonly tender: 'card' | 'cash' | 'check';
  readonly sum: string;
  /** `Visa ending in 4242`, `cash`, `check 1187`. */
  readonly from: string;
  readonly time: string;
  /** Null when nothing is to be given back. */
  readonly change: string | null;
  /** True for a doubt that people have to end. */
  readonly handedOver: boolean;
};

const truth: Record<AttemptWord, (told: Told) => Truth> = {
  working: told => ({ first: '', rest: `Sending ${told.sum} to Square. Nothing is known yet.` }),
  queued: told => ({
    first: 'Nothing has been charged.',
    rest: `We will take ${told.sum} from ${told.from} when this desk is online.`,
  }),
  in_doubt: told => ({
    first: 'Do not charge again.',
    rest: told.handedOver
      ? `We do not know whether Square took ${told.sum}, and a person has to end this.`
      : `We do not know yet whether Square took ${told.sum}.`,
  }),
  held: told => ({
    first: `Square holds ${told.sum}`,
    rest: `on ${told.from} and has not taken it yet. We are asking Square to take it.`,
  }),
  paid: told => {
    if (told.tender === 'card')
      return { first: '', rest: `Square took ${told.sum} from ${told.from} at ${told.time}.` };
    if (told.tender === 'check')
      return { first: '', rest: `${told.sum} by ${told.from} was recorded at ${told.time}.` };
    const change = told.change === null ? '' : ` Give ${told.change} change.`;
    return { first: '', rest: `${told.sum} cash was recorded at ${told.time}.${change}` };
  },
  declined: told => ({ first: 'No money moved.', rest: `The bank declined ${told.sum} on ${told.from}.` }),
  refused: told => ({ first: 'No money moved.', rest: `Square refused ${told.sum} before any bank was asked.` }),
  cancelled: told => ({ first: 'Nothing was charged.', rest: `The payment of ${told.sum} was cancelled.` }),
  not_charged: told => ({
    first: 'Nothing was charged.',
    rest: `Square was asked for ${told.sum} and does not have it. You may take it again.`,
  }),
  found_later: told => ({
    first: 'Square charged this after all.',
    rest: `Square has ${told.sum} from ${told.from}. This desk had closed it as not charged.`,
  }),
};

/** What to say to the customer; null when there is nothing to say. */
const say: Record<AttemptWord, string | null> = {
  working: null,
  queued: 'Your card has not been charged yet. You will get the receipt when it has.',
  in_doubt: 'The bank is slow to answer. You will not pay twice. I will tell you as soon as I know.',
  held: 'Your bank has agreed. I will tell you when it is done.',
  paid: 'Thank you, it went through. Here is your receipt.',
  declined: 'The bank did not approve this card. Would you like to use another one?',
  refused: 'That did not work on our side. Nothing was charged. May I try another way?',
  cancelled: 'It was cancelled. Nothing was charged.',
  not_charged: 'It did not go through. Nothing was charged. Shall we try again?',
  found_later: 'Your card was charged after all. We sort it out now, and you will not pay twice.',
};

export const result = {
  truth,
  say,
  sayLabel: 'Say to the customer',
  anyCard: 'the card',
  cash: 'cash',
  check: (number: string) => `check ${number}`,
  facts: {
    receipt: 'Receipt',
    reference: 'Reference',
    customer: 'Customer',
    from: 'From',
    given: 'Given',
    change: 'Change',
    takenBy: 'Taken by',
    next: 'Next check',
    until: 'Until then',
    asksUntil: 'Asks until',
    why: 'Why',
    whatNext: 'What next',
    square: 'At Square',
  },
  noCustomer: 'None, unallocated',
  nextIn: (duration: string) => `In ${duration}`,
  nextNow: 'Now',
  nextOnline: 'When this desk is online',
  sent: (times: number) => (times === 1 ? 'sent once so far' : `sent ${times} times so far`),
  untilThen: (sum: string) => `A second ${sum} for this customer is stopped`,
  recordedAtSquare: {
    none: '',
    queued: 'Will be told when online',
    confirmed: 'Has it too',
    refused: 'Did not accept it',
  },
  askNow: 'Ask Square now',
  asking: 'Asking Square',
  asked: 'Square was asked.',
  cancelQueued: 'Take it out of the queue',
  cancelled: 'Taken out of the queue. Nothing was charged.',
  next: 'Next customer',
  again: 'Try again',
  noReceipt: 'No receipt before Square has answered.',
  noReceiptFound: 'No receipt before it is kept.',
  noReceiptEver: 'No receipt, nothing was paid.',
  show: 'Show receipt',
  slip: 'Show slip “not yet charged”',
  pdf: 'Save PDF',
  print: 'Print',
  saved: (path: string) => `Saved as ${path}`,
  printed: 'Sent to the printer.',
  receiptTitle: 'Receipt',
  headings: {
    paid: 'Receipt',
    queued: 'NOT YET CHARGED',
    pending: 'PENDING, no answer yet',
    refund: 'Refund',
    refund_pending: 'Refund on its way: not given back yet',
  },
  copy: 'COPY',
  training: 'TRAINING, no real money',
  receiptCustomer: 'Customer',
  receiptTotal: 'Total',
  lookedUp: 'The answer was lost on the way, so this was read from the ledger.',
};
