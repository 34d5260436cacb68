import { z } from 'zod';
import { defineEvent } from './event.ts';

/** What was done with the keys. Who did it is the fact's actor; the keys themselves are never in a fact. */
const rotatedVersion1 = z.strictObject({
  /** Names the ledger key that is in use from here on; see `keyName`. */
  key: z.string(),
});
const recoveryRenewedVersion1 = z.strictObject({});
const recoveryUsedVersion1 = z.strictObject({
  /** `kept`: only a password was forgotten. `made_anew`: the computer's keyring was lost, or it is another computer. */
  device_secret: z.enum(['kept', 'made_anew']),
});

export const keyRotated = defineEvent({
  type: 'key.rotated',
  versions: [rotatedVersion1],
  subjects: () => [],
  project() {},
});

export const keyRecoveryRenewed = defineEvent({
  type: 'key.recovery_renewed',
  versions: [recoveryRenewedVersion1],
  subjects: () => [],
  project() {},
});

export const keyRecoveryUsed = defineEvent({
  type: 'key.recovery_used',
  versions: [recoveryUsedVersion1],
  subjects: () => [],
  project() {},
});
