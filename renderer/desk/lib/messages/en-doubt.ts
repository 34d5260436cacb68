/** English texts of money that is in doubt, that turned up late, or that would be taken a second time. */

const times = (number: number): string => (number === 1 ? 'once' : number === 2 ? 'twice' : `${number} times`);

const known = {
  name: 'What we know',
  since: 'In doubt',
  sinceAt: (time: string, lasted: string) => `Since ${time}, for ${lasted}`,
  next: 'Next check',
  nextIn: (duration: string) => `In ${duration}`,
  nextNow: 'Now',
  tried: 'Tried',
  sent: (number: number) => `Sent ${times(number)}`,
  searched: (number: number) => `searched Square’s list ${times(number)}, not there`,
  notSearched: 'not searched yet',
  ends: 'Ends as',
  endsAs: '“Paid” with a receipt, or “Not charged” and you may take it again',
  watched: 'Watched',
  watchedUntil: (moment: string) => `Until ${moment}`,
  watchedWhat: 'If Square charges it after all, you are told here.',
  watchOver: 'The watch is over. What Square shows later is still told here.',
  handedOver: 'A person has to end this. The desk goes on searching, and tells you here when it finds it.',
  found: 'No sum of this desk counts it yet. Keep it, or give it back.',
};

const doing = {
  close: 'Close as not charged',
  decide: 'Keep or give back',
  evidence: 'Save the evidence',
  saving: 'Writing the evidence',
  saved: (path: string) => `Saved as ${path}`,
  dropped: 'No file was written.',
  askManager: (reference: string) => `Ask a manager to end it. Tell them ${reference}.`,
  askDecide: (reference: string) => `Ask a manager to decide. Tell them ${reference}.`,
};

const dialog = {
  reason: 'Reason',
  reasonHint: 'Kept in the ledger with your name.',
  reasonShort: 'Type at least three letters.',
  password: 'Your password',
  passwordMissing: 'Type your password.',
  cancel: 'Cancel',
  busy: 'Asking Square',
  busySays: 'Asking Square. This takes some seconds.',
  waitFor: (duration: string) => `You can close it in ${duration}.`,
  tryIn: (duration: string) => `You can try again in ${duration}.`,
};

const close = {
  title: 'Close as not charged',
  what: (sum: string, reference: string) =>
    `For ${sum}, ${reference}. Do this when the customer cannot wait for Square.`,
  steps: [
    'Square is asked now. If it has the payment, this becomes “Paid” and nothing is closed.',
    'Square is told to cancel it, so that it is never sent again.',
    'Square is asked once more. Only then is it closed.',
    'For 72 hours it is watched. If Square charges it after all, you are told here.',
  ],
  stepsName: 'What happens',
  yes: (sum: string) => `Close ${sum} as not charged`,
  closed: (sum: string) => `${sum} is closed as not charged. It is watched for 72 hours.`,
  paid: (sum: string) => `Square had ${sum} after all. It is paid.`,
  other: 'Square has answered. Read above what became of it.',
};

const found = {
  title: 'Square charged this after all',
  what: (sum: string, reference: string) =>
    `Square has ${sum} under ${reference}. This desk had closed it as not charged, so no sum counts it yet.`,
  choice: 'What becomes of it',
  keep: 'Keep it as a payment',
  keepWhat: 'It gets a receipt and counts from today. Do this when the customer has not paid another way.',
  giveBack: 'Give it back',
  giveBackWhat: 'The hold is released. If Square has taken the money already, refund it at Square first.',
  yesKeep: (sum: string) => `Keep ${sum}`,
  yesGiveBack: (sum: string) => `Give ${sum} back`,
  kept: (sum: string) => `${sum} is kept as a payment.`,
  givenBack: (sum: string) => `${sum} is given back.`,
};

const banner = {
  name: 'Needs a decision',
  found: (number: number) =>
    number === 1 ? 'Square charged a payment after all.' : `Square charged ${number} payments after all.`,
  foundWhat: 'This desk had closed it as not charged. Somebody has to keep it or give it back.',
  manual: (number: number) =>
    number === 1 ? 'A payment in doubt waits for a person.' : `${number} payments in doubt wait for a person.`,
  manualWhat: 'The desk could not find out by itself whether Square took it. Do not charge it again.',
  show: 'Show it',
  showFirst: 'Show the first',
};

const who = { card: 'This card', cardOf: (last4: string) => `The card ending in ${last4}` };

const repeat = {
  name: 'The same again?',
  head: 'The same again? Nothing was charged.',
  paid: (payer: string, sum: string, ago: string, way: string) =>
    `${payer} paid ${sum}${way === '' ? '' : ` ${way}`}, ${ago} ago.`,
  waiting: (payer: string, sum: string, ago: string, way: string) =>
    `${payer} gave ${sum}${way === '' ? '' : ` ${way}`}, ${ago} ago. It still waits and will be taken.`,
  ways: { card: 'by card', cash: 'in cash', check: 'by check' },
  cardWith: (last4: string) => `with the card ending in ${last4}`,
  where: (receipt: string, name: string) => `Receipt ${receipt}, taken by ${name}.`,
  whereNoReceipt: (reference: string, name: string) => `${reference}, taken by ${name}.`,
  who,
  reason: 'Why it is another one',
  reasonHint: 'Two visits, two people, two bills',
  take: (sum: string) => `Take another ${sum}`,
  waits: 'Waits for the reason.',
  show: 'Show that payment',
  leave: 'Leave it',
  doubtHead: 'An earlier one is in doubt. Nothing was charged now.',
  doubt: (payer: string, sum: string) => `We do not know yet whether Square took ${sum} from ${payer}.`,
  doubtLate: (sum: string) => `Square has ${sum} from an earlier payment that this desk had closed as not charged.`,
  doubtNext: (duration: string) => `Next check in ${duration}.`,
  doubtNow: 'Square is being asked now.',
  doubtEnded: (word: string) => `It has ended: ${word}. You can go on.`,
  anyone: 'this customer',
  askNow: 'Ask Square now',
  asking: 'Asking Square',
  locked: 'Do not charge again before Square has answered, or ask a manager.',
  keys: { take: 'Take another', leave: 'Leave it' },
};

export const doubt = { known, doing, dialog, close, found, banner, repeat };
