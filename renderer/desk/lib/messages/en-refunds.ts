import type { RefundKind, RefundRefusal, RefundState } from '../../../../common/contract/refund-shapes.ts';
import type { RefundObstacle } from '../../../../common/contract/refunds.ts';

/** English texts of money that is given back. */

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

const ways: Record<RefundKind, string> = {
  square: 'Through Square, to where it came from',
  cash: 'In cash, from the drawer',
  check: 'By check of the office',
  other: 'By transfer from the bank',
};

/** After "give it back": the lawful ways that are left. */
const instead: Record<RefundKind, string> = {
  square: 'through Square',
  cash: 'in cash',
  check: 'by check',
  other: 'by bank transfer',
};

/** Why money cannot go back in this way: a sentence beside the way. */
const obstacles: Record<RefundObstacle, string> = {
  not_paid: 'The payment is not complete yet.',
  nothing_left: 'All of it was given back, or is on its way back.',
  too_old: 'Square cannot send it back: the payment is more than a year old.',
  too_many: 'Square cannot send it back: it takes at most twenty refunds of one payment.',
  disputed: 'The payment is disputed: the bank may take the money back by itself. Answer the dispute instead.',
  failed_before: 'Square tried, and could not send it back.',
  not_with_square: 'Square does not hold this money.',
  not_connected: 'This desk is not connected to Square.',
  offline: 'Only online: Square is asked first what was given back already.',
  square_can: 'It goes back through Square, to where it came from.',
  not_in_drawer: 'It lies in another drawer: give it back where it was taken.',
};

const words: Record<RefundState, string> = {
  requested: 'Waits to be sent',
  sending: 'Being sent',
  unknown: 'In doubt',
  pending: 'On its way',
  completed: 'Given back',
  recorded: 'Given back',
  refused: 'Not given back',
};

const truths: Record<Exclude<RefundState, 'recorded' | 'refused'>, (sum: string) => string> = {
  requested: sum => `${sum} has not left this desk yet. It is sent by itself when Square can be reached.`,
  sending: sum => `Square is being asked to give ${sum} back. Do not give it back again.`,
  unknown: sum => `Do not give it back again. We do not know yet whether Square gave ${sum} back, and are asking.`,
  pending: sum =>
    `Square is giving ${sum} back. It may take some days until the customer sees it, and can still fail until then.`,
  completed: sum => `Square gave ${sum} back. The bank may take some days to show it.`,
};

const handedOut: Record<Exclude<RefundKind, 'square'>, (sum: string) => string> = {
  cash: sum => `Hand out ${sum} from the drawer. It is on the books.`,
  check: sum => `Write a check over ${sum}. It is on the books.`,
  other: sum => `Transfer ${sum} from the bank. It is on the books.`,
};

const another = 'Give it back in another way.';
const refusals: Record<RefundRefusal, { what: string; next: string }> = {
  amount_invalid: { what: 'Square has less of this payment left.', next: 'See what is left, and give that back.' },
  not_refundable: { what: 'Square does not give this payment back.', next: another },
  disputed: {
    what: 'The payment is disputed: the bank may take the money back by itself.',
    next: 'Answer the dispute at Square. Giving it back as well would pay twice.',
  },
  already_pending: { what: 'Another refund of this payment is on its way.', next: 'Wait until that one is done.' },
  not_completed: { what: 'Square has not finished the payment yet.', next: 'Try again in some minutes.' },
  not_permitted: { what: 'Square does not allow this refund.', next: another },
  declined: { what: 'The customer’s bank did not take the money back.', next: another },
  payment_unknown: { what: 'Square does not know this payment.', next: another },
  software_fault: {
    what: 'The request was not well formed, which is a fault of this software.',
    next: 'Tell support the reference, and give it back in another way.',
  },
  rejected: { what: 'Square began the refund and rejected it. No money went back.', next: another },
  failed: { what: 'The refund failed at the bank, days after it was sent. No money went back.', next: another },
  restored: {
    what: 'It was open when this desk was restored, and Square does not have it.',
    next: 'Ask for it again if the customer still waits for it.',
  },
  taken_back: { what: 'It was taken back before it left this desk.', next: 'No money went back.' },
  closed: {
    what: 'A manager closed it as not given, after Square was searched for it.',
    next: 'It may be given back anew. If Square shows it after all, you are told here.',
  },
};

const form = {
  title: 'Give back',
  loading: 'Reading what can be given back',
  paid: 'Paid',
  givenBack: 'Given back',
  left: 'Left',
  none: 'Nothing can be given back now',
  amount: 'Amount',
  amountMost: (sum: string) => `At most ${sum} in this way.`,
  tooMuch: (sum: string) => `More than the ${sum} that can go back in this way.`,
  way: 'How it goes back',
  /** Ways that are not open for the same reason, in one line. */
  not: (kinds: readonly RefundKind[], why: string) => `Not ${joined(kinds.map(kind => instead[kind]))}. ${why}`,
  instead: (kinds: readonly RefundKind[]) => `Give it back ${joined(kinds.map(kind => instead[kind]))} instead.`,
  feeKept: (sum: string) => `Square keeps its fee of ${sum}, whatever is given back.`,
  sentLater: 'There is no internet now. The refund is written down, and sent when the desk is online.',
  reason: 'Reason',
  reasonHint: 'Kept in the ledger with your name. The customer’s paper does not show it.',
  reasonShort: 'Type at least three letters.',
  restored: (copy: string, restored: string) =>
    `This desk was restored from a copy of ${copy}. What was handed out between then and ${restored} is in no book.`,
  restoredCheck: 'I looked at the paper of that time: this was not given back then.',
  restoredMissing: 'Tick this after you looked.',
  second: 'Who agrees to it',
  secondAlways: 'You took this payment, so somebody else has to agree.',
  secondAbove: (sum: string) =>
    `This is above the ${sum} that you can still give back alone today, so somebody else has to agree.`,
  secondNobody: 'Nobody else at this office can agree. Ask the owner to add a manager in Settings.',
  password: (name: string) => `Password of ${name}`,
  passwordMissing: 'The one who agrees types the password here.',
  yes: (sum: string) => `Give ${sum} back`,
  yesNothing: 'Give back',
  waits: 'Waits for an amount that can go back',
  busy: 'Giving it back',
  busySays: 'Giving it back. Square is asked, which may take some seconds.',
  tryIn: (duration: string) => `You can try again in ${duration}.`,
  refusedSince: 'What can be given back has changed. It is shown anew.',
  cancel: 'Cancel',
};

const result = {
  title: 'Refund',
  words,
  truths,
  handedOut,
  refusals,
  toldSquare: 'Square is told of it when the desk is online.',
  notTold: 'Square did not accept the record. The money is given back all the same.',
  facts: {
    reference: 'Reference',
    way: 'Way',
    by: 'Given back by',
    approved: 'Agreed by',
    when: 'When',
    next: 'Next check',
    tried: 'Tried',
    since: 'In doubt',
    square: 'At Square',
  },
  nextIn: (duration: string) => `In ${duration}`,
  nextNow: 'Now',
  nextOnline: 'When online',
  sent: (number: number) => `Sent ${count(number, 'time', 'times')}`,
  sinceAt: (time: string) => `Since ${time}`,
  askNow: 'Ask Square now',
  asking: 'Asking Square',
  close: 'Close',
};

const paper = {
  show: 'Paper',
  title: 'Paper of the refund',
  pdf: 'Save PDF',
  print: 'Print',
  saved: (path: string) => `Saved as ${path}`,
  printed: 'Sent to the printer.',
  number: 'Refund',
  by: 'Handled by',
  who: 'Customer',
};

const closing = {
  button: 'Close the doubt',
  title: 'Close a refund in doubt',
  what: (sum: string, reference: string) => `${sum}, ${reference}. Do this when the customer cannot wait for Square.`,
  first: 'Square is searched first. If it has the refund, the doubt ends with that and nothing is closed.',
  choice: 'What you know',
  as: {
    not_given: { name: 'It was not given back', what: 'It is never sent again, and may be given back anew.' },
    given: {
      name: 'It was given back',
      what: 'It counts as given back on your word. What Square shows later takes its place.',
    },
  },
  reason: 'How you know it',
  reasonHint: 'What the bank or Square said. Kept in the ledger with your name.',
  password: 'Your password',
  passwordMissing: 'Type your password.',
  yes: { given: (sum: string) => `Close ${sum} as given`, not_given: (sum: string) => `Close ${sum} as not given` },
  busy: 'Asking Square',
  back: 'Back',
  askManager: (reference: string) => `A manager may end the doubt. Tell them ${reference}.`,
  takeBack: 'Take it back',
  wait: (duration: string) => `Square’s list is some seconds behind. You can close it in ${duration}.`,
};

const sync = {
  figure: 'Refunds on their way',
  figureSome: (number: number) => count(number, 'refund', 'refunds'),
  doubtSome: (number: number) => `${number} in doubt`,
  title: 'Refunds on their way',
  what: 'Each is followed until Square has done it. Do not give back again what is in doubt.',
  elsewhereTitle: 'Refunded elsewhere',
  elsewhere: (number: number, sum: string) => `${count(number, 'refund', 'refunds')}, ${sum}.`,
  elsewhereWhat: 'Nobody asked for them at this desk. Each is marked on its payment, and counts as given back.',
  elsewhereSome: (number: number) => `${number} made elsewhere`,
};

const lines = {
  title: 'Refunds',
  elsewhere: 'Made elsewhere',
  elsewhereWhat: 'Nobody asked for it at this desk. It counts as given back all the same.',
  open: (sum: string, word: string) => `${sum}, ${word}, show it`,
  /** Under the amount in a row of Activity. */
  row: {
    doubt: (sum: string) => `${sum} in doubt`,
    waiting: (sum: string) => `${sum} pending`,
    elsewhere: (sum: string) => `${sum} elsewhere`,
    back: (sum: string) => `${sum} back`,
  },
};

const limit = {
  title: 'Giving back',
  what: 'Up to this sum a day, one person may give money back alone. Above it, and always for a payment that the same person took, a second person agrees with a password.',
  amount: 'A day, for one person alone',
  save: 'Save',
  saved: (sum: string) => `Saved: above ${sum} a day, a second person agrees.`,
  savedZero: 'Saved: a second person agrees every time.',
  wrong: 'Type an amount, or 0 to ask for a second person every time.',
};

const keys = { giveBack: 'Give back' };

/** `by check, in cash or by bank transfer` */
function joined(texts: readonly string[]): string {
  const [last = '', ...before] = [...texts].reverse();
  return before.length === 0 ? last : `${before.reverse().join(', ')} or ${last}`;
}

export const refunds = {
  button: 'Give back',
  nothingLeft: 'All of it was given back',
  ways,
  obstacles,
  form,
  result,
  closing,
  paper,
  lines,
  sync,
  limit,
  keys,
};
