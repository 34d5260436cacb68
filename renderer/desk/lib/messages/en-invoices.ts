import type { TenderId } from '../../../../common/contract/payments.ts';
import { payments } from './en-payments.ts';

/** A way to pay in words; one that this version has no word for is shown by its own name. */
const tender = (name: string): string => payments.tenders[name as TenderId] ?? name.replaceAll('_', ' ');

const list = {
  open: 'Open invoices',
  all: 'All invoices',
  showAll: 'All invoices',
  showOpen: 'Only open ones',
  add: 'New invoice',
  columns: { number: 'Invoice', about: 'For', due: 'Due', billed: 'Billed', open: 'Open' },
  total: 'Total open',
  noneOpen: 'Nothing is owed.',
  none: 'No invoice yet.',
  late: (days: number) => (days === 1 ? '1 day late' : `${days} days late`),
  noDue: 'No date',
  voided: 'Voided',
  paid: 'Paid',
};

const view = {
  title: (number: string) => `Invoice ${number}`,
  issued: 'Issued',
  due: 'Due',
  total: 'Billed',
  open: 'Open',
  state: 'State',
  states: { open: 'Open', part: 'Paid in part', paid: 'Paid', voided: 'Voided, owed no more' },
  note: 'Note',
  lines: 'Lines',
  lineColumns: { description: 'For', net: 'Net', tax: 'Tax', sum: 'Sum' },
  paidBy: 'What pays it',
  paidColumns: { payment: 'Payment', day: 'Attached', state: 'State', amount: 'Amount' },
  notPaid: 'No payment has been attached yet.',
  stands: 'Counts',
  takenBack: 'Taken back',
  receipt: (name: string, receipt: string) => `${name}, receipt ${receipt}`,
  tender,
  change: 'Change',
  void: 'Void',
  useCredit: 'Use credit',
  close: 'Close',
};

const form = {
  addTitle: (name: string) => `New invoice for ${name}`,
  changeTitle: (number: string) => `Change invoice ${number}`,
  number: 'Number',
  numberHint: 'Empty: the desk gives its next one',
  numberKept: 'Empty: it keeps its number',
  issued: 'Issued on',
  due: 'Due on',
  dueHint: 'Empty: no date',
  lines: 'Lines',
  description: 'For',
  net: 'Net',
  tax: 'Tax',
  sum: 'Sum',
  descriptionOf: (line: number) => `Line ${line}, for`,
  netOf: (line: number) => `Line ${line}, net`,
  taxOf: (line: number) => `Line ${line}, tax`,
  removeLine: (line: number) => `Remove line ${line}`,
  addLine: 'Another line',
  discountHint: 'A discount is a line below zero, as in -20.00.',
  total: 'Total',
  note: 'Note',
  dayWrong: 'Type the day.',
  dueWrong: 'It cannot be due before it is issued.',
  descriptionMissing: 'Say what it is for.',
  amountWrong: 'Digits and one point, as in 1,234.50.',
  decimalsWrong: (digits: number) =>
    digits === 0 ? 'This currency has no cents.' : `At most ${digits} digits after the point.`,
  totalWrong: 'The total must be above zero.',
  cardNumber: 'This looks like a card number. It belongs only into Square’s fields.',
  paidMore: (paid: string) => `${paid} of it is already paid. Move that to another invoice first, or bill at least it.`,
  add: (amount: string) => `Add the invoice over ${amount}`,
  save: (amount: string) => `Save it as ${amount}`,
  busy: 'This is being saved.',
  added: (number: string, amount: string) => `Invoice ${number} over ${amount} was added.`,
  saved: (number: string) => `Invoice ${number} was saved.`,
};

const voiding = {
  title: (number: string) => `Void invoice ${number}`,
  what: (open: string) =>
    `${open} is then owed no more. The invoice stays in sight as voided, and your reason is kept.`,
  paid: (paid: string) => `${paid} that was paid of it becomes unallocated and waits to be attached elsewhere.`,
  reason: 'Reason',
  reasonHint: 'At least three letters. It is kept with the invoice.',
  reasonMissing: 'Say why, in at least three letters.',
  keep: 'Keep the invoice',
  yes: (number: string) => `Void ${number}`,
  done: (number: string) => `Invoice ${number} was voided.`,
};

const credit = {
  title: (number: string) => `Pay ${number} from credit`,
  available: 'Credit',
  open: 'Open on this invoice',
  amount: 'Amount to use',
  rest: 'Credit that is left',
  what: 'The oldest money is used first. No card is charged.',
  tooMuch: (most: string) => `At most ${most}.`,
  yes: (amount: string) => `Use ${amount} of the credit`,
  amountMissing: 'Type the amount.',
  done: (amount: string, number: string) => `${amount} of the credit now pays ${number}.`,
};

const payment = {
  title: 'Payments',
  none: 'No payment of this customer yet.',
  last: (count: number) => `The last ${count}. Activity has all of them.`,
  pays: (number: string, amount: string) => `${number} ${amount}`,
  credit: (amount: string) => `Credit ${amount}`,
  unallocated: (amount: string) => `Unallocated ${amount}`,
  columns: { payment: 'Payment', pays: 'Pays', amount: 'Amount' },
  move: 'Move',
  moveName: (what: string) => `Move ${what}`,
  foreign: 'Taken elsewhere',
};

const move = {
  title: (amount: string) => `What ${amount} pays`,
  from: (way: string, day: string) => `${way}, ${day}`,
  customer: 'Customer',
  whose: 'Whose money is it?',
  change: 'Another customer',
  invoices: 'Invoices of this customer',
  columns: { number: 'Invoice', due: 'Due', available: 'Open', pays: 'Pays' },
  paysOf: (number: string) => `Pays of ${number}`,
  oldestFirst: 'Oldest first',
  noInvoices: 'This customer owes nothing. Keep it as credit, or leave it unallocated.',
  credit: 'Keep as credit',
  restToCredit: 'The rest as credit',
  rest: 'Stays unallocated',
  whole: 'The payment',
  sum: 'Attached',
  over: (amount: string) => `${amount} more than the payment. Take it off a line.`,
  tooMuch: (most: string) => `At most ${most}`,
  amountWrong: 'As in 1,234.50',
  reason: 'Reason',
  reasonHint: 'At least three letters. It is kept with the payment.',
  reasonMissing: 'Say why, in at least three letters.',
  same: 'Nothing is different yet.',
  busy: 'This is being saved.',
  yes: (amount: string) => `Attach ${amount}`,
  yesNone: 'Attach nothing',
  done: (amount: string) => `${amount} is attached.`,
  loading: 'Reading what it pays.',
};

const tray = {
  title: 'Unallocated',
  what: 'Money that is in and pays nothing yet.',
  caption: (count: number) => (count === 1 ? '1 payment' : `${count} payments`),
  columns: { day: 'Day', who: 'From', way: 'Way', amount: 'Payment', unallocated: 'Unallocated' },
  nobody: 'Nobody yet',
  foreign: 'Taken elsewhere',
  total: 'Total unallocated',
  shown: (shown: number, count: number) => `The oldest ${shown} of ${count}`,
  none: 'Nothing waits here',
  noneHint: 'Money that pays no invoice, and money without a customer, would be listed here.',
  count: (count: number) => (count === 1 ? '1 payment' : `${count} payments`),
};

export const invoices = { list, view, form, voiding, credit, payment, move, tray };
