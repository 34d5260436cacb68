import { existsSync } from 'node:fs';
import { deriveKeys } from '../../main/ledger/keys.ts';
import { openDatabase } from '../../main/ledger/open.ts';
import { settleRotation } from '../../main/ledger/rotation.ts';
import { openPersonSlot, openRecoveryKeys, readSlots } from '../../main/ledger/slots.ts';
import { addCustomer } from '../../main/customers/customers.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import type { Clock } from '../../main/platform/clock.ts';
import { makeIds, systemRandom } from '../../main/platform/ids.ts';
import type { DeviceSecret } from '../../main/platform/secrets-electron.ts';
import { createFolder, officePlace, openFolder, type FolderTools } from '../../main/staff/office-folder.ts';
import type { Dice } from './dice.ts';
import { contentsOf, folderTools, stillClock, verifyLedger } from './opening.ts';
import { PERSON, type OfficeKeys } from './practice-desk.ts';

/** An office whose ledger key is changed, and what must be found in it whatever happens meanwhile. */
const CUSTOMERS = 60;
const PASSWORD = 'correct horse battery';

export type Expected = {
  readonly keys: OfficeKeys;
  readonly contents: Record<string, string>;
  readonly records: number;
  /** Null where the keyring of the process that made the office is gone with it. */
  readonly devices: readonly DeviceSecret[] | null;
};

/** Makes the office with its customers and a sealed secret, and closes it. */
export async function makeRotatedOffice(
  folder: string,
  keys: OfficeKeys,
  dice: Dice,
  tools: FolderTools & { clock: Clock },
): Promise<Omit<Expected, 'devices'>> {
  const newId = makeIds(tools.clock, dice.bytes);
  const { ledger, release } = await createFolder(
    folder,
    {
      ...{
        mode: 'live',
        office_name: 'Lakeshore',
        desk_code: 'D1',
        time_zone: 'UTC',
        currency: 'USD',
        locale: 'en-US',
      },
      owner: { person_id: PERSON, name: 'Marisol Ortiz', password: PASSWORD },
      ledger_id: newId(),
      ledgerKey: Buffer.from(keys.ledgerKey, 'hex'),
      recoveryKey: Buffer.from(keys.recoveryKey, 'hex'),
      cost: { memory_kib: 8192, passes: 1, lanes: 1 },
    },
    tools,
  );
  fill(ledger, newId);
  const expected = { keys, contents: contentsOf(ledger.database), records: ledger.head.seq };
  ledger.close();
  release();
  return expected;
}

function fill(ledger: Ledger, newId: () => string): void {
  for (let number = 1; number <= CUSTOMERS; number += 1) {
    addCustomer(ledger, newId, { name: `Customer ${number}`, phone: '', email: '', note: '' }, PERSON);
  }
  ledger.database.prepare('INSERT INTO secret (name, sealed) VALUES (?, ?)').run('t', ledger.sealSecret('t', 'EAAA'));
}

export type Inspected = { readonly problems: readonly string[]; readonly end: string; readonly settled_ms: number };

/** The next start: one key opens, and everything is there. */
export async function inspectRotated(
  expected: Expected,
  folder: string,
  found: readonly string[] = [],
): Promise<Inspected> {
  const problems = [...found];
  const place = officePlace(folder);
  const began_ms = performance.now();
  const keys = openRecoveryKeys(readSlots(folder), Buffer.from(expected.keys.recoveryKey, 'hex'));
  const opening = [keys.current, keys.next].filter(key => key !== null && opens(place.file, key));
  if (opening.length !== 1) problems.push(`${opening.length} of the keys in the slots open the file`);
  const ledgerKey = settleRotation(place, keys, { clock: stillClock, random: systemRandom });
  const settled_ms = performance.now() - began_ms;
  const old = Buffer.from(expected.keys.ledgerKey, 'hex');
  const rotated = !ledgerKey.equals(old);
  if (rotated === opens(place.file, old)) problems.push('the old key and the new one both open the file, or neither');
  if (expected.devices) {
    const slot = await openPersonSlot(readSlots(folder), PERSON, PASSWORD, expected.devices);
    if (!slot?.current.equals(ledgerKey) || slot.next !== null) problems.push('the password opens another key');
  }
  if (existsSync(`${place.file}.next-key`)) problems.push('an unfinished file is left');
  const { ledger, release } = openFolder(folder, ledgerKey, folderTools(stillClock));
  try {
    problems.push(...(await verifyLedger(ledger)).problems);
    const facts = ledger.head.seq - expected.records;
    if (facts !== (rotated ? 1 : 0)) problems.push(`${facts} records more than before`);
    // What is sealed with the ledger key looks different under another one; the journal has one record more.
    const sealed = rotated ? ['journal', 'journal_subject', 'subject_key', 'secret', 'pending_request'] : [];
    for (const [table, sum] of Object.entries(contentsOf(ledger.database))) {
      if (!sealed.includes(table) && sum !== expected.contents[table]) problems.push(`table ${table} is another one`);
    }
    const subjects = ledger.database.prepare('SELECT count(*) FROM subject_key').pluck().get();
    if (subjects !== CUSTOMERS + 1) problems.push(`${String(subjects)} subject keys`);
    const token = ledger.database.prepare('SELECT sealed FROM secret').pluck().get() as Buffer;
    if (ledger.openSecret('t', token) !== 'EAAA') problems.push('the sealed secret is another one');
  } finally {
    ledger.close();
    release();
  }
  return { problems, end: rotated ? 'finished' : 'undone', settled_ms };
}

function opens(file: string, ledgerKey: Buffer): boolean {
  try {
    openDatabase({ file, key: deriveKeys(ledgerKey).page }).close();
    return true;
  } catch {
    return false;
  }
}
