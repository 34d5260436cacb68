/** A sentence in parts, so that what must be spoken exactly can be set in bold. */
export type Spoken = readonly { readonly text: string; readonly strong?: boolean }[];

const amountProblems = {
  empty: 'Type the amount.',
  letters: 'Only digits, one point and commas between thousands, as in 1,234.50.',
  decimals: (digits: number) =>
    digits === 0 ? 'This currency has no cents.' : `At most ${digits} digits after the point.`,
  zero: 'The amount must be more than zero.',
  negative: 'A payment cannot be negative.',
  large: (limit: string) => `Square takes at most ${limit} in one payment.`,
};

const who = {
  label: 'Customer',
  change: 'Change',
  find: 'Who pays',
  placeholder: 'Name, code, phone or e-mail',
  none: 'No customer',
  noneHint: 'The money stays unallocated until someone attaches it.',
  takeWithout: 'No customer',
  addTitle: 'New customer',
  add: 'Add the customer',
  addNamed: (text: string) => `Add “${text}”`,
  name: 'Name',
  phone: 'Phone',
  email: 'E-mail',
  optional: 'Optional',
  nameMissing: 'Type the name.',
  cardNumber: 'This looks like a card number. It belongs only into Square’s fields.',
  nothing: (text: string) => `Nobody found for “${text}”.`,
  teach: 'Type a part of the name, the code or the phone number. Enter takes the first one.',
  more: 'More are found. Type more of the name.',
  found: (count: number) => (count === 1 ? '1 found' : `${count} found`),
  figures: { unallocated: 'Unallocated', year: 'Paid this year', last: 'Last paid', never: 'Not yet' },
  lastPaid: (amount: string, day: string) => `${amount} on ${day}`,
};

const earlier = {
  title: 'Earlier payments',
  newest: 'Newest first',
  none: 'No payment of this customer yet.',
  noCustomer: 'Without a customer there is nothing to compare with. Ask whether it has been paid already.',
  noOther: 'No other payment in the last 30 minutes at this desk.',
  other: (amount: string, way: string, ago: string) => `${amount} by ${way}, ${ago} ago. Is this a second one?`,
  inDoubt: (amount: string) => `${amount} is in doubt. Do not take it again before Square has answered.`,
  after: 'After this payment',
  unallocatedAfter: 'Unallocated after this',
  unallocatedNow: 'Unallocated',
  todayTotal: 'This payment',
};

const amount = {
  label: (currency: string) => `Amount to take, ${currency}`,
  channel: 'Where the customer is',
  desk: 'At the desk',
  phone: 'By phone',
  entry: 'How digits are read',
  plain: 'As written',
  keypad: 'Keypad',
  plainHint: 'Whole digits are whole units: 120 is 120.00.',
  keypadHint: 'Digits fill in from the right: 4250 is 42.50. Type a point to write it out.',
  wholeHint: 'This currency has no cents.',
  unallocated: (sum: string) => `${sum} will be unallocated until someone attaches it to what it pays.`,
  offers: 'Amounts to start from',
};

const ways = {
  title: 'Way to pay',
  costs: 'Costs us',
  card: { name: 'Keyed card', what: 'Typed into Square’s fields' },
  cash: { name: 'Cash', what: 'Into the drawer' },
  check: { name: 'Check', what: 'Number and bank' },
  choose: 'Choose a way to pay.',
  chooseHint: 'The fields for it appear here.',
};

const card = {
  desk: 'Card in hand',
  phone: 'Card by phone',
  fields: 'Square secure fields',
  complete: 'Complete',
  open: 'Enter the card',
  loading: 'Loading Square’s fields',
  loadingSlow: 'Square’s fields are still loading.',
  failedScript: 'Square’s fields could not be loaded. Check the internet connection.',
  failedFields: 'Square’s fields did not start.',
  retry: 'Load them again',
  resting: 'Hidden while something lies over them. What you typed is kept.',
  outOfView: 'Scroll until the fields can be seen whole. What you typed is kept.',
  safe: 'Square’s own fields: the card number never reaches Tillside.',
  clear: 'Empty the fields',
  pauseFirst: 'Pause the recording',
  pauseWhy: 'A card number must never be on a recording.',
  paused: (time: string) => `Recording paused, ${time}`,
  pause: 'Paused',
  resume: 'Resume',
  readBack: 'I read back the amount, the date and the last four, and the caller agreed.',
  readBackHint: 'Kept as evidence with your name and the time.',
};

const cash = {
  title: 'Cash',
  tendered: 'Customer gives',
  quick: 'Usual notes',
  exact: 'Exact',
  change: 'Change to give',
  noChange: 'No change',
  tooLittle: (missing: string) => `${missing} is missing.`,
};

const check = {
  title: 'Check',
  number: 'Check number',
  bank: 'Bank',
  numberMissing: 'Type the number of the check.',
  payee: 'Recorded now, in the bank later. The money counts as received when it is deposited.',
};

const call = {
  name: 'Call script',
  steps: ['Amount agreed', 'Recording paused', 'Card typed', 'Read back'],
  say: 'Say',
  askAmount: [{ text: 'How much would you like to pay today?' }] as Spoken,
  pause: (sum: string): Spoken => [
    { text: 'I will take ' },
    { text: sum, strong: true },
    { text: ' today. I am pausing the recording, then please read me the card.' },
  ],
  askCard: [{ text: 'Please read me the card number, then the expiry date, the code and the ZIP code.' }] as Spoken,
  readBack: (name: string | null, sum: string, day: string, brand: string): Spoken => [
    { text: name === null ? 'I will charge ' : `${name}, I will charge ` },
    { text: sum, strong: true },
    { text: ' today, ' },
    { text: day, strong: true },
    { text: `, to your ${brand} ending in ` },
    { text: 'the last four digits', strong: true },
    { text: '. Do you agree?' },
  ],
  thanks: [{ text: 'Thank you. I am charging it now and stay on the line.' }] as Spoken,
};

const act = {
  name: 'Finish',
  receipt: 'Receipt',
  receiptAfter: 'To read, save or print when it is done',
  receiptNone: 'None, nothing was paid',
  receiptKept: 'The decline is kept in Activity.',
  chargeDesk: (sum: string, brand: string) => `Charge ${sum} to ${brand} in hand`,
  chargePhone: (sum: string, brand: string) => `Charge ${sum} to ${brand} by phone`,
  cash: (sum: string) => `Record ${sum} cash`,
  check: (sum: string, number: string) => `Record check ${number} over ${sum}`,
  checkPlain: (sum: string) => `Record ${sum} check`,
  another: (sum: string) => `Type another card for ${sum}`,
  nothing: 'Take a payment',
  charging: (sum: string) => `Charging ${sum}`,
  recording: (sum: string) => `Recording ${sum}`,
  reasons: {
    amount: 'Waits for the amount.',
    customer: 'Waits for who pays, or “No customer”.',
    way: 'Waits for a way to pay.',
    fields: 'Waits for Square’s fields.',
    readBack: 'Waits for the read-back tick.',
    tendered: 'Waits for what the customer gives.',
    tooLittle: 'The cash given is too little.',
    check: 'Waits for the check number.',
    busy: 'This is being done.',
  },
};

const decline = {
  head: 'Declined. No money moved.',
  say: 'Say',
  ways: 'Other good ways',
  sameCard: 'The same card, once more',
  cash: 'Cash instead',
  check: 'A check instead',
  part: 'A smaller amount',
  noRetry: 'Do not try the same card again today: card networks count tries.',
  oneRetry: 'Card networks count tries. Check the card before the next one.',
  of: (card: string, what: string) => `${card}: ${what}`,
};

const keys = {
  primary: 'Charge',
  record: 'Record',
  find: 'Find customer',
  cash: 'Cash',
  phone: 'By phone',
  desk: 'At the desk',
  recording: 'Recording',
  card: 'Keyed card',
  check: 'Check',
  quick: 'Quick charge',
  search: 'Search',
  next: 'Next customer',
  back: 'Back one step',
  receipt: 'Receipt',
  print: 'Print',
};

export const collect = { amountProblems, who, earlier, amount, ways, card, cash, check, call, act, decline, keys };
