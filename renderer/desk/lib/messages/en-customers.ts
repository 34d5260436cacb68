import { cardBrandName } from '../../../../common/card-brands.ts';
import type { CustomerSummary } from '../../../../common/contract/customers.ts';

const BECAUSE: Record<NonNullable<CustomerSummary['because']>['what'], (told: string) => string> = {
  invoice: number => `Invoice ${number}`,
  open_amount: number => `Owes this on ${number}`,
  payment_amount: receipt => `Paid this, receipt ${receipt}`,
  card: card => `Paid with ${cardWords(card)}`,
};

/** `VISA 4242`, as the ledger keeps it, is `Visa 4242` to people. */
function cardWords(card: string): string {
  const at = card.lastIndexOf(' ');
  return `${cardBrandName(card.slice(0, at))} ${card.slice(at + 1)}`;
}

const list = {
  title: 'Customers',
  show: 'What is shown',
  everybody: 'Everybody',
  find: 'Find a customer',
  findHint: 'Name, phone, invoice, amount, last four',
  archived: 'Also those put away',
  add: 'New customer',
  addNamed: (name: string) => `Add “${name}”`,
  caption: (count: number) => (count === 1 ? '1 customer' : `${count} customers`),
  lastAdded: 'Added last',
  found: (count: number, more: boolean) => (more ? `The first ${count} of more` : `${count} found`),
  more: 'More are found. Type more of it.',
  columns: { who: 'Customer', phone: 'Phone', email: 'E-mail', because: 'Found by' },
  because: (because: NonNullable<CustomerSummary['because']>) => BECAUSE[because.what](because.text),
  away: 'Put away',
  noneYet: 'No customer yet',
  noneYetHint: 'Add the first one here, or while you take a payment. It works without the internet.',
  nothing: (text: string) => `Nobody found for “${text}”`,
  nothingHint: 'Look for a part of the name, phone, e-mail, an invoice number, an amount or the last four of a card.',
  clear: 'Empty the search',
  choose: 'choose',
  open: 'open',
};

const form = {
  addTitle: 'New customer',
  changeTitle: (name: string) => `Change ${name}`,
  name: 'Name',
  phone: 'Phone',
  email: 'E-mail',
  note: 'Note for the desk',
  noteHint: 'Everybody at the desk can read it. Never a card number.',
  optional: 'Optional',
  nameMissing: 'Type the name.',
  phoneWrong: 'A phone number has digits, spaces and + ( ) - only.',
  emailWrong: 'An e-mail address looks like name@example.com.',
  cardNumber: 'This looks like a card number. It belongs only into Square’s fields.',
  add: 'Add the customer',
  save: 'Save the changes',
  busy: 'This is being saved.',
  added: (name: string) => `${name} was added.`,
  saved: (name: string) => `${name} was saved.`,
};

const view = {
  back: 'Customers',
  change: 'Change',
  putAway: 'Put away',
  takeBack: 'Take back',
  collect: 'Take a payment',
  isAway: 'Put away: not found when a payment is taken. Everything that happened stays.',
  wasPutAway: (name: string) => `${name} was put away.`,
  wasTakenBack: (name: string) => `${name} is back.`,
  undo: 'Undo',
  noContact: 'No phone and no e-mail',
  note: 'Note',
  noNote: 'Nothing is noted.',
  figures: {
    name: 'Figures',
    owes: 'Owes',
    overdue: 'Overdue',
    credit: 'Credit',
    unallocated: 'Of it unallocated',
    year: 'Paid this year',
    last: 'Last paid',
    never: 'Not yet',
  },
  lastPaid: (amount: string, day: string) => `${amount} on ${day}`,
  open: 'Open the customer',
};

const keys = {
  find: 'Find',
  choose: 'Choose a row',
  add: 'New customer',
  tray: 'Unallocated money',
  back: 'Back',
  change: 'Change the customer',
  collect: 'Take a payment',
  bill: 'New invoice',
};

export const customers = { list, form, view, keys };
