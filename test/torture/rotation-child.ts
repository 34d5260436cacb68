import { keepOneKey, openRecoveryKeys, readSlots } from '../../main/ledger/slots.ts';
import { rotateLedgerKey, settleRotation, type RotationStep } from '../../main/ledger/rotation.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { systemRandom } from '../../main/platform/ids.ts';
import { officePlace } from '../../main/staff/office-folder.ts';

/** A process that changes a ledger key, or settles what another one left, and dies on the way. */
export type RotationOrder = {
  readonly folder: string;
  readonly recoveryKey: string;
  readonly work: 'rotate' | 'settle';
  /** The step after which it kills itself; null when it goes to the end or is killed from outside. */
  readonly dies_after: RotationStep | null;
  /** Planted fault: the slots forget the present key before the file under the next one is in its place. */
  readonly dropsEarly: boolean;
};
export type RotationWord = { readonly kind: 'loaded' | 'begun' } | { readonly kind: 'done'; readonly failure: string };

const tell = (word: RotationWord): void => void process.send?.(word);

async function work(order: RotationOrder): Promise<void> {
  const { folder, dies_after, dropsEarly } = order;
  const recoveryKey = Buffer.from(order.recoveryKey, 'hex');
  const keys = openRecoveryKeys(readSlots(folder), recoveryKey);
  const onStep = (step: RotationStep): void => {
    if (dropsEarly && step === 'both_keys') {
      keepOneKey(folder, openRecoveryKeys(readSlots(folder), recoveryKey), 'next');
    }
    if (step === dies_after) process.kill(process.pid, 'SIGKILL');
  };
  const tools = { clock: systemClock, random: systemRandom, onStep };
  tell({ kind: 'begun' });
  const settled = settleRotation(officePlace(folder), keys, tools);
  if (order.work === 'settle') return tell({ kind: 'done', failure: '' });
  const { failure } = await rotateLedgerKey(officePlace(folder), settled, 'person-of-the-test', tools);
  tell({ kind: 'done', failure: failure === null ? '' : String(failure) });
}

process.on('message', (order: RotationOrder) => {
  void work(order).then(
    () => process.exit(),
    error => {
      tell({ kind: 'done', failure: error instanceof Error ? String(error.stack) : String(error) });
      process.exit();
    },
  );
});
tell({ kind: 'loaded' });
