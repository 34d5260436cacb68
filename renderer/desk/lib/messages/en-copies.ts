import { SHORTEST_PASSWORD } from '../../../../common/passwords.ts';
/** English texts of copies: making them, testing one, and bringing an office back from one. */

const count = (number: number, one: string, many: string): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
const payments = (number: number): string => count(number, 'payment', 'payments');

export const copies = {
  what:
    'A copy and your recovery key bring the books back when this computer is lost. Copies are encrypted with the key of ' +
    'the ledger, and checked from beginning to end before they count.',
  when: 'Made by itself after every 25 payments and when a day ends.',
  folders: { first: 'First folder', second: 'Second folder' },
  folderHints: {
    first: 'Best on another drive or in a folder that is kept elsewhere',
    second: 'Not needed, but two places rarely fail together',
  },
  none: 'Not chosen',
  choose: { first: 'Choose the first folder', second: 'Choose the second folder' },
  change: { first: 'Change the first folder', second: 'Change the second folder' },
  forget: { first: 'Stop using the first folder', second: 'Stop using the second folder' },
  chooseShort: 'Choose',
  changeShort: 'Change',
  forgetShort: 'Stop using',
  noneYet: 'No copy here yet',
  last: (when: string, number: number) => `${when}, ${payments(number)}, checked`,
  trouble: (since: string, next: string) => `No copy since ${since}. Next try ${next}.`,
  upTo: (when: string) => `up to the payment of ${when}`,
  notCopied: (number: number) =>
    number === 0 ? 'Every payment is in a copy.' : `${payments(number)} since the last copy.`,
  notProtected: 'If this computer were lost now, the books would be lost with it. Choose a folder.',
  make: 'Make a copy now',
  making: 'Making a copy',
  made: 'The copy was made and checked.',
  cancel: 'Cancel',
  busy: 'One moment, still working',
  chooseFirst: 'Choose a folder first',
  steps: { copying: 'Copying', checking: 'Checking every record', keeping: 'Putting it in its place' },
  checked: (done: number, of: number) => `${done.toLocaleString('en')} of ${count(of, 'record', 'records')} checked`,
  listTitle: 'Copies that are there',
  listNone: 'No copy yet. The first one is made when a folder is chosen.',
  listWhere: { first: 'First folder', second: 'Second folder' },
  listColumns: { when: 'Made', payments: 'Payments', upTo: 'Up to', where: 'Where', size: 'Size' },
  notWhole: 'Not whole',
  size: (megabytes: string) => `${megabytes} MB`,
  testTitle: 'Test my backup',
  testWhat:
    'Type the recovery key from the paper. The newest copy is brought back aside, checked and compared with this ' +
    'ledger, then deleted again. The desk can be used meanwhile.',
  testKey: 'Recovery key',
  testKeyHint: 'Eight groups of four; spaces and dashes do not matter',
  testKeyMissing: 'Type the eight groups from the paper.',
  testGo: 'Test the newest copy',
  testing: 'Testing',
  tested: (number: number, when: string, missing: number) =>
    `The paper and the copy bring back ${payments(number)}, up to ${when}. ` +
    (missing === 0 ? 'Nothing would be missing.' : `${payments(missing)} made since then would be missing.`),
  testedNone: 'The paper and the copy bring the books back. No payment is in them yet.',
  testedLast: (when: string, name: string) => `Last tested ${when} by ${name}.`,
  testDue: 'No copy has been tested for a year. A copy nobody has tried is only a hope.',
  testNever: 'No copy has been tested yet. A copy nobody has tried is only a hope.',
  restored: (when: string, copy: string) => `This desk was restored on ${when} from the copy of ${copy}.`,
  restoredWaits:
    'No money is taken until Square has told what was taken since that copy. Stay online; it is usually done in a minute.',
  restoredFound: (number: number, sum: string) =>
    number === 0
      ? 'Square knew of nothing that the copy did not have.'
      : `${payments(number)} made by this desk after it came back from Square, ${sum} in all. They have no customer yet.`,
  restoredPaper: 'Cash and checks that never reached Square are only on paper: compare with the receipts of that time.',
  withoutSquare: 'This office has no Square',
  withoutSquareHint: 'Only if it was never connected: then there is nobody to ask.',
  restore: {
    have: 'I have a copy',
    haveHint: 'From another computer or an earlier desk',
    fromBroken: 'Restore a copy',
    title: 'Bring an office back',
    steps: ['Choose a copy', 'Recovery key', 'You'],
    stepsName: 'Bringing back',
    side: 'The copy is only read. What is on this computer is put aside, never deleted.',
    find: 'Choose the folder with copies',
    findWhat: 'The folder on the drive that copies were made in, or the one named “Tillside” in it.',
    findAgain: 'Choose another folder',
    foundNone: 'No copy in this folder. Choose the folder that copies were made in.',
    found: (number: number) => `${count(number, 'copy', 'copies')} found, the newest first`,
    row: (office: string, desk: string) => `${office}, desk ${desk}`,
    made: (when: string, number: number) => `Made ${when}, ${payments(number)}`,
    newest: (when: string) => `last payment ${when}`,
    modes: { training: 'Training', live: 'Live' },
    keyTitle: 'The recovery key from the paper',
    keyWhat: 'It opens this copy on any computer. Passwords of the old computer do not.',
    open: 'Open and check the copy',
    opening: 'Checking the copy',
    whoTitle: 'Who are you?',
    whoWhat: (number: number, when: string) => `The copy is whole: ${payments(number)}, made ${when}.`,
    who: 'Person',
    password: 'New password',
    passwordHint: `At least ${SHORTEST_PASSWORD} characters. It replaces the old one on this computer; others get a new one from the owner.`,
    passwordShort: `The password needs at least ${SHORTEST_PASSWORD} characters.`,
    after:
      'Then the desk asks Square what was taken since the copy. Until it knows, it takes no money. Numbers go on under ' +
      'a new name, so none is given twice.',
    go: 'Bring the office back',
    going: 'Putting it in its place',
    back: 'Back',
    cancel: 'Not now',
  },
};
