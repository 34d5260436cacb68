import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../main/platform/clock.ts';
import { openFolder, type OpenedFolder } from '../../main/staff/office-folder.ts';
import { asRefusal, folderTools, verifyLedger } from './opening.ts';
import { brokenPromises, PERSON, type Ack, type OfficeKeys } from './practice-desk.ts';

/** A process that wants to own a ledger: it opens, writes and closes when it is told to, again and again. */
export type OwnerCommand =
  | {
      readonly kind: 'open';
      readonly folder: string;
      readonly keys: OfficeKeys;
      /** Planted fault: an innocent read of the lock file, which makes POSIX drop the lock. */
      readonly readsLock: boolean;
      /** Planted fault: the epoch is put back, as if no opening had counted it up. */
      readonly epochPutBack: boolean;
    }
  | { readonly kind: 'work' | 'rest' | 'close' }
  | { readonly kind: 'check'; readonly acks: readonly Ack[] };

export type OwnerWord =
  | { readonly kind: 'loaded' | 'opened' | 'resting' | 'closed' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'ack'; readonly ack: Ack }
  /** A write was refused; the process says why and stops writing. */
  | { readonly kind: 'fenced'; readonly why: string }
  | { readonly kind: 'checked'; readonly problems: readonly string[] };

let owned: OpenedFolder | undefined;
let working = false;
const tell = (word: OwnerWord): void => void process.send?.(word);

function open(command: Extract<OwnerCommand, { kind: 'open' }>): void {
  const { folder, keys, readsLock, epochPutBack } = command;
  try {
    owned = openFolder(folder, Buffer.from(keys.ledgerKey, 'hex'), folderTools(systemClock));
  } catch (error) {
    const refusal = asRefusal(error);
    return tell({ kind: 'refused', code: refusal.kind === 'refused' ? refusal.code : refusal.what });
  }
  if (readsLock) readFileSync(join(folder, 'owner.lock'));
  if (epochPutBack) owned.ledger.database.exec('UPDATE ledger_identity SET owner_epoch = owner_epoch - 1');
  tell({ kind: 'opened' });
}

function work(): void {
  if (!working || !owned) return;
  const { ledger } = owned;
  try {
    ledger.write(PERSON, write =>
      write.fact('setting.changed', { name: 'office_name', value: `Office ${process.pid}` }),
    );
  } catch (error) {
    working = false;
    return tell({ kind: 'fenced', why: String(error) });
  }
  const { seq, hash } = ledger.head;
  tell({ kind: 'ack', ack: { attempt_id: '', word: 'paid', receipt_number: null, seq, hash: hash.toString('hex') } });
  setTimeout(work, 1);
}

async function check(acks: readonly Ack[]): Promise<void> {
  if (!owned) return tell({ kind: 'checked', problems: ['there is nothing open to check'] });
  const verdict = await verifyLedger(owned.ledger);
  tell({ kind: 'checked', problems: [...brokenPromises(owned.ledger, acks), ...verdict.problems] });
}

process.on('message', (command: OwnerCommand) => {
  if (command.kind === 'open') open(command);
  if (command.kind === 'check') void check(command.acks);
  if (command.kind === 'work') {
    working = true;
    work();
  }
  if (command.kind === 'rest') {
    working = false;
    tell({ kind: 'resting' });
  }
  if (command.kind === 'close') {
    working = false;
    owned?.ledger.database.close();
    owned?.release();
    owned = undefined;
    tell({ kind: 'closed' });
  }
});
tell({ kind: 'loaded' });
