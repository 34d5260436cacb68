import { z } from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { ROLES } from '../permissions.ts';
import { mode, sessionState } from './office.ts';
import { amount, done, instant_ms, newPassword, nothing } from './shapes.ts';

/** Copies of the ledger, the proof that one of them would bring the books back, and bringing them back. */

const which = z.enum(['first', 'second']);
export type Which = z.infer<typeof which>;

/** A copy that was made and proven: when, up to which payment, and how much is in it. */
const madeCopy = z.strictObject({
  copy_id: z.string(),
  made_at_ms: instant_ms,
  payments: z.int(),
  newest_payment_ms: instant_ms.nullable(),
});
const copyFolder = z.strictObject({
  path: z.string(),
  last: madeCopy.nullable(),
  /** Why the newest try did not give a copy, and since when; null when all is well. */
  trouble: z.strictObject({ code: z.enum(ERROR_CODES), since_ms: instant_ms, next_try_ms: instant_ms }).nullable(),
});

export const copiesView = z.strictObject({
  first: copyFolder.nullable(),
  second: copyFolder.nullable(),
  working: z.enum(['copy', 'test']).nullable(),
  /** Payments that are in the ledger and in no copy yet. */
  not_copied: z.int(),
  tested: z.strictObject({ at_ms: instant_ms, by: z.string(), payments: z.int(), missing: z.int() }).nullable(),
  /** True when nobody has tested a copy for a year, or ever. */
  test_due: z.boolean(),
  /** The newest restore of this ledger, and what it brought back from Square. */
  restored: z
    .strictObject({
      at_ms: instant_ms,
      copy_made_at_ms: instant_ms.nullable(),
      caught_up: z.boolean(),
      found: z.strictObject({ count: z.int(), sum: amount }),
    })
    .nullable(),
});
export type CopiesView = z.infer<typeof copiesView>;

const listedCopy = z.strictObject({ ...madeCopy.shape, which, bytes: z.int(), whole: z.boolean() });
export type ListedCopy = z.infer<typeof listedCopy>;

const foundCopy = z.strictObject({
  /** Names it in `copies.restore_begin`, until copies are looked for again. */
  index: z.int().nonnegative(),
  mode,
  office_name: z.string(),
  desk: z.string(),
  made_at_ms: instant_ms,
  payments: z.int(),
  newest_payment_ms: instant_ms.nullable(),
  bytes: z.int(),
  whole: z.boolean(),
});
export type FoundCopyView = z.infer<typeof foundCopy>;

/** What a proven copy would bring back, and who could open it. */
export const restorePlan = z.strictObject({
  mode,
  office_name: z.string(),
  desk: z.string(),
  made_at_ms: instant_ms,
  payments: z.int(),
  records: z.int(),
  newest_payment_ms: instant_ms.nullable(),
  /** The owners: the key on the paper is theirs. */
  people: z.array(z.strictObject({ person_id: z.string(), name: z.string(), role: z.enum(ROLES) })),
});
export type RestorePlan = z.infer<typeof restorePlan>;

const recovery_key = z.string().max(120);

export const copyCalls = {
  'copies.state': { may: 'copies.manage', input: nothing, output: copiesView },
  'copies.list': { may: 'copies.manage', input: nothing, output: z.strictObject({ copies: z.array(listedCopy) }) },
  /** Asks for a folder and makes the first copy there. Without a choice nothing changes. */
  'copies.choose_folder': { may: 'copies.manage', input: z.strictObject({ which }), output: copiesView },
  'copies.forget_folder': { may: 'copies.manage', input: z.strictObject({ which }), output: copiesView },
  'copies.make': { may: 'copies.manage', input: nothing, output: copiesView },
  /** Brings the newest copy back aside, with the key from the paper, compares it with the ledger, and deletes it again. */
  'copies.test': { may: 'copies.manage', input: z.strictObject({ recovery_key }), output: copiesView },
  'copies.cancel': { may: 'copies.manage', input: nothing, output: done },
  /** After a restore: this office never was connected to Square, so there is nobody to ask what is missing. */
  'copies.without_square': { may: 'copies.manage', input: nothing, output: copiesView },
  /** Before anybody can sign in: on the set-up page, and where a ledger cannot be opened. The recovery key is the right. */
  'copies.find': {
    may: 'not_locked',
    input: nothing,
    output: z.strictObject({ folder: z.string().nullable(), copies: z.array(foundCopy) }),
  },
  'copies.restore_begin': {
    may: 'not_locked',
    input: z.strictObject({ index: z.int().nonnegative(), recovery_key }),
    output: restorePlan,
  },
  'copies.restore_finish': {
    may: 'not_locked',
    input: z.strictObject({ person_id: z.string().max(64), password: newPassword }),
    output: sessionState,
  },
  'copies.restore_cancel': { may: 'not_locked', input: nothing, output: done },
} as const;

export const copyEvents = {
  'copies.changed': nothing,
  'copies.progress': z.strictObject({
    work: z.enum(['copy', 'test', 'restore']),
    step: z.enum(['copying', 'checking', 'keeping']),
    done: z.int(),
    of: z.int(),
  }),
} as const;
