import type { ErrorCode } from '../../../../common/errors.ts';
import { SHORTEST_PASSWORD } from '../../../../common/passwords.ts';

/** English texts before the desk is open: people and sign-in, set-up, and a ledger that cannot be opened. */

export type BrokenText = { title: string; what: string; steps: string[] };

const count = (number: number, one: string, many: string): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

const people = {
  title: 'Who is at the desk?',
  lockedTitle: 'The desk is locked',
  lockedWhat: 'The screen is closed, the ledger is not: waiting payments go on being settled.',
  tiles: 'People',
  proof: 'Prove it is you',
  passwordOf: (name: string) => `Password of ${name}`,
  open: 'Open the desk',
  unlock: 'Unlock',
  someoneElse: 'Someone else',
  wrongPassword: 'This is not the password. Nothing was opened. Check Caps Lock and type it again.',
  passwordEmpty: 'Type your password to open the desk.',
  wait: (seconds: number) => `Try again in ${count(seconds, 'second', 'seconds')}.`,
  waitWhy: 'Each wrong password makes the wait longer, so that nobody can guess their way in.',
  noPeople: 'Nobody can open this ledger yet. Restart Tillside; if this stays, restore the newest backup.',
  modes: { training: 'Training office', live: 'Live office' },
  switchTo: { training: 'Go to the training office', live: 'Go to the live office' },
  trainingHere: 'TRAINING, no real money',
  footSafe: 'Ledger locked and safe on this desk',
  footLocked: 'Ledger safe on this desk',
  footOffline: 'Offline, you can sign in',
  version: (version: string) => `Version ${version}`,
  keyChoose: 'Choose a person',
  mending: 'Putting the ledger in order. Nothing is lost.',
  mended: (done: number, of: number) => `${done.toLocaleString('en')} of ${count(of, 'record', 'records')}`,
};

const setup = {
  steps: ['Office and desk', 'You, the owner', 'How to start, recovery key'],
  stepsName: 'Setting up',
  side: 'You can go back at any step; what you typed stays. Nothing is written before the last step.',
  next: 'Continue',
  back: 'Back',
  office: {
    title: 'Your office and this desk',
    what: 'They are printed on every receipt and in every payment number.',
    name: 'Office name',
    nameHint: 'As customers know it',
    nameMissing: 'Type the name of the office.',
    desk: 'Desk code',
    deskHint: 'One letter, then up to three letters or digits. Every desk of the office has its own.',
    deskWrong: 'The desk code is one letter, then up to three letters or digits, such as D1.',
    zone: 'Time zone',
    zoneHint: 'Decides which day a payment belongs to',
    currency: 'Currency',
    currencyHint: 'Of the Square account; it cannot be changed later',
  },
  owner: {
    title: 'You, the owner',
    what: 'You may do everything at this desk. Your name stands beside everything you do.',
    name: 'Your name',
    nameMissing: 'Type your name.',
    password: 'Password',
    show: 'Show the password',
    hintEmpty: `At least ${SHORTEST_PASSWORD} characters. Four words in a row are easy to keep. Pasting is fine.`,
    hintShort: (missing: number) =>
      `${count(missing, 'more character', 'more characters')} needed, at least ${SHORTEST_PASSWORD}.`,
    hintSame: 'Long enough, but the same few characters again and again are easy to guess.',
    hintFair: 'Long enough. Each further word makes it much harder to guess.',
    hintGood: 'Long and hard to guess.',
    tooShort: `The password needs at least ${SHORTEST_PASSWORD} characters.`,
    tooLong: 'The password may have at most 128 characters.',
  },
  start: {
    title: 'How do you want to start?',
    what: 'Most offices practice for a day, then connect. Nothing from practice ever mixes with real money.',
    group: 'How to start',
    training: 'Training mode',
    trainingWhat: 'The same desk with invented customers, declines and outages.',
    trainingList: [
      'No Square login, no internet needed',
      'A violet frame, and TRAINING on every paper',
      'Its own ledger, which can never go live',
    ],
    live: 'Connect Square',
    liveWhat: 'Open the live office, then connect your Square account in Settings.',
    liveList: [
      'The access token stays on this computer, sealed',
      'Cash and checks work before Square is connected',
      'One click in Settings takes the access back',
    ],
    goTraining: 'Start in training mode',
    goLive: 'Open the live office',
    later: 'Training needs no key yet; you may do this later.',
    needed: 'The two groups are needed before the first real payment.',
    typeBoth: 'Type both groups',
  },
  key: {
    title: 'Your recovery key',
    what: 'If this computer is lost, this key and a backup are the only way to your books. We have no copy.',
    making: 'Making your keys',
    again: 'This is a new key. A key printed before does not fit any more.',
    groups: 'Recovery key, eight groups of four',
    print: 'Print',
    printed: 'Sent to the printer. Keep the paper away from this computer.',
    back: 'Type two groups back from the paper, so we know that it can be read.',
    group: (number: number) => `Group ${number}`,
    wrong: (number: number) => `This is not group ${number}. Look at the paper again.`,
  },
  progress: {
    title: 'Opening your desk',
    what: 'This takes a few seconds. Leave the window open.',
    steps: {
      keys: 'Sealing the keys',
      ledger: 'Creating the encrypted ledger',
      customers: 'Preparing the customers',
      square: 'Preparing the payment connection',
      ready: 'Ready',
    },
  },
};

const brokenLedger = {
  kept: 'Tillside has changed and deleted nothing.',
  keptPaid: 'Every payment that this desk has shown as paid is written down.',
  stepsTitle: 'What to do',
  detailsTitle: 'Details for support',
  retry: 'Try again',
  restart: 'Start again',
  code: 'Code',
  otherMode: { training: 'Open the training office', live: 'Open the live office' },
};

const other: BrokenText = {
  title: 'The ledger cannot be opened',
  what: 'Tillside stopped before touching it, so no payment can be taken at this desk now.',
  steps: ['Close Tillside and start it again.', 'If this page comes back, tell support the code below.'],
};

/** The disk, and not the file on it: another try may be all that is needed. */
const failing: BrokenText = {
  title: 'The disk did not keep what was written',
  what: 'The disk of this computer reported an error, and Tillside stopped at once. No payment can be taken here now.',
  steps: [
    'Do not charge anybody a second time: what was being taken just now is looked up after the start.',
    'Start again: the desk opens as it was when the disk failed.',
    'If this page comes back, have the disk checked and give support the code below. Your copies are not touched.',
  ],
};

const brokenCodes: Partial<Record<ErrorCode, BrokenText>> = {
  ledger_newer: {
    title: 'This ledger belongs to a newer Tillside',
    what: 'A newer version wrote it. This version does not open it, because it could misread your books.',
    steps: ['Install the newest version of Tillside.', 'Start it again: the ledger opens as you left it.'],
  },
  ledger_damaged: {
    title: 'The ledger is damaged',
    what: 'A part of the file does not read back as it was written. Often this is a failing disk.',
    steps: [
      'Do not delete or move any file. Leave this computer on.',
      'The newest backup and your recovery key bring the books back; Square still has every card payment.',
      'Have the disk checked before you take payments here again.',
    ],
  },
  ledger_behind_anchor: {
    title: 'This ledger is older than it should be',
    what: 'The desk remembers later records than the file holds. An older copy has probably taken its place.',
    steps: [
      'If somebody restored or copied the ledger, put the newest file back.',
      'Otherwise the newest backup and your recovery key bring the books back.',
      'Take no payments on another copy of this desk meanwhile.',
    ],
  },
  ledger_in_use: {
    title: 'Another Tillside has this ledger open',
    what: 'Only one window may write to a ledger. This one has changed nothing.',
    steps: ['Look for the other Tillside window and use it or close it.', 'Then try again here.'],
  },
  ledger_missing: {
    title: 'The ledger is not where it was',
    what: 'The keys of this desk are here, the ledger file is not. No empty ledger was put in its place.',
    steps: [
      'If the data folder was moved or its drive is unplugged, put it back and try again.',
      'Otherwise the newest backup and your recovery key bring the books back.',
    ],
  },
  keys_damaged: {
    title: 'The key file of this desk is damaged',
    what: 'Both copies of the key file fail their check. The ledger itself was not touched.',
    steps: ['Restore the key file from a backup.', 'Or open the ledger with your recovery key.'],
  },
  keyring_lost: {
    title: 'This computer has lost the desk’s secret',
    what:
      'The system keyring no longer holds it, as after a new system account. Passwords alone do ' +
      'not open the ledger.',
    steps: [
      'Sign in to the computer account that Tillside was set up with.',
      'Or open the ledger with your recovery key.',
    ],
  },
  keyring_unavailable: {
    title: 'The system keyring is not available',
    what: 'Tillside keeps the desk’s secret only there, never in a plain file, so it cannot open the ledger now.',
    steps: [
      'Unlock the keyring of this computer (on Linux: GNOME Keyring or KWallet).',
      'Then try again. Nothing else has to be done.',
    ],
  },
  disk_full: {
    title: 'The disk is full',
    what: 'A payment must be written down before it counts, and there is no room. None was half recorded.',
    steps: ['Free at least 200 MB on the disk of the data folder.', 'Then try again: everything is as you left it.'],
  },
};

export const enDoor = { people, setup, brokenLedger: { ...brokenLedger, other, failing, codes: brokenCodes } };
