import type { KeyStep } from '../../../../common/contract/people.ts';
import { SHORTEST_PASSWORD } from '../../../../common/passwords.ts';
import type { Role } from '../../../../common/permissions.ts';

/** English texts of people, passwords, the recovery key and the ledger key. */

const count = (number: number, one: string, many: string): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

const roleMay: Record<Role, string> = {
  owner: 'Everything, also the keys of the ledger',
  manager: 'Everything but owners and keys',
  lead: 'Takes payments, sees and exports reports',
  clerk: 'Takes payments, adds customers',
  accountant: 'Reads, exports, checks the ledger; takes nothing',
  auditor: 'Reads, exports, checks the ledger; takes nothing',
};

const keySteps: Record<KeyStep, string> = {
  copy: 'Making a copy first',
  slots: 'Preparing everybody’s slot',
  file: 'Writing the ledger under the new key',
  check: 'Checking every record',
  switch: 'Putting it in place',
  finish: 'Finishing',
};

export const staff = {
  people: {
    title: 'People',
    what: 'Who may open this desk, and what they may do. Everybody chooses their own password.',
    caption: 'The people of this office',
    columns: { name: 'Name', role: 'Role', state: 'Password', deeds: 'Change' },
    states: {
      ready: 'Own password',
      must_choose: 'First password, not used yet',
      needs_password: 'Needs a new password',
    },
    add: 'Add a person',
    role: 'Role',
    password: 'New password',
    remove: 'Remove',
    you: 'you',
    lastOwner: 'The last owner stays',
    mayNot: 'Only an owner may',
    ownInMenu: 'Yours is in the menu',
    roleMay,
    added: (name: string) => `${name} can sign in with the first password now.`,
    changed: (name: string, role: string) => `${name} is now: ${role}.`,
    passwordSet: (name: string) => `${name} can sign in with the new first password.`,
    removed: (name: string) => `${name} opens nothing any more. What they did stays under their name.`,
  },
  form: {
    addTitle: 'Add a person',
    roleTitle: (name: string) => `Change the role of ${name}`,
    passwordTitle: (name: string) => `New password for ${name}`,
    removeTitle: (name: string) => `Remove ${name}`,
    name: 'Name',
    nameHint: 'As it stands beside everything they do',
    nameMissing: 'Type the name.',
    firstPassword: 'First password',
    firstHint: `At least ${SHORTEST_PASSWORD} characters. Tell it to them; they choose their own when they sign in.`,
    removeWhat: 'From this moment their password opens nothing. Everything they did stays, under their name.',
    removeNext: 'The others sign in as before; each slot gets a new secret of this computer when they do.',
    proof: 'Your own password, to confirm',
    proofMissing: 'Type your own password.',
    add: 'Add this person',
    change: 'Change the role',
    set: 'Set the first password',
    remove: (name: string) => `Remove ${name}`,
    working: 'One moment',
  },
  lock: {
    title: 'Locking by itself',
    what: 'A desk that nobody touches closes its screen. Payments on their way go on being settled.',
    after: 'Lock after',
    minutes: (minutes: number) => count(minutes, 'minute', 'minutes'),
    saved: (minutes: number) => `The desk now locks after ${count(minutes, 'minute', 'minutes')}.`,
  },
  password: {
    title: 'Change my password',
    old: 'Your password now',
    oldMissing: 'Type the password you have now.',
    own: 'New password',
    show: 'Show the password',
    save: 'Change the password',
    saved: 'Your password is changed. The old one opens nothing any more.',
    chooseTitle: (name: string) => `${name}, choose your own password`,
    chooseWhat: 'Somebody else gave you the first one. From now on only you know yours.',
    choose: 'Choose it and open the desk',
    empty: `At least ${SHORTEST_PASSWORD} characters. Four words in a row are easy to keep. Pasting is fine.`,
    short: (missing: number) => `${count(missing, 'more character', 'more characters')} needed.`,
    common: 'Everybody who guesses tries this one first. Choose another.',
    long: 'The password may have at most 128 characters.',
    good: 'Good. Each further word makes it much harder to guess.',
    leave: 'Sign out',
  },
  recovery: {
    use: 'Use the recovery key',
    title: 'Open with the recovery key',
    what: 'The paper that was printed when this office was set up, or the newest one if it was renewed.',
    key: 'Recovery key',
    keyHint: 'Eight groups of four. Spaces, dashes and small letters do not matter; pasting is fine.',
    keyMissing: 'Type the eight groups.',
    open: 'Open',
    wait: (seconds: number) => `Try again in ${count(seconds, 'second', 'seconds')}.`,
    who: 'Which owner are you?',
    newPassword: (name: string) => `New password of ${name}`,
    kept: 'Everybody else goes on with the password they have.',
    lost: 'This computer gets a new secret. Everybody else needs a new password, which you set in Settings, People.',
    finish: 'Set the password and open the desk',
  },
  keys: {
    title: 'Keys of the ledger',
    recovery: 'Make a new recovery key',
    recoveryWhat: 'When the paper is lost, or somebody may have seen it. The old paper stops working.',
    ledger: 'Change the ledger key',
    ledgerWhat:
      'When somebody may have copied this computer’s memory or keys. Everybody keeps their password. ' +
      'A new recovery key comes with it.',
    oldCopies: 'Copies made before still open with the recovery key of their time. Keep that paper as long as them.',
    begin: 'Show the new key',
    shown: 'Print it or write it down. It counts once two groups were typed back; until then the old one does.',
    groups: 'New recovery key, eight groups of four',
    print: 'Print',
    printed: 'Sent to the printer. Keep the paper away from this computer.',
    group: (number: number) => `Group ${number}`,
    wrong: (number: number) => `This is not group ${number}. Look at the paper again.`,
    typeBoth: 'Type both groups',
    accept: 'Use this recovery key',
    acceptBoth: 'Use it and change the ledger key',
    steps: keySteps,
    stay: 'The desk is closed for this moment. Leave the window open; if the power goes, nothing is lost.',
    acceptedRecovery: 'The new recovery key counts. Destroy the old paper.',
    acceptedBoth:
      'The ledger has a new key, and every record was checked. Destroy the old paper when its copies are gone.',
  },
};
