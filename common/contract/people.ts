import { z } from 'zod';
import { IDLE_MINUTES } from '../idle-lock.ts';
import { ROLES } from '../permissions.ts';
import { sessionState } from './office.ts';
import { done, freeText, newPassword, nothing } from './shapes.ts';

/** People, their passwords, the recovery key, the ledger key. Whoever changes them proves it with their own password. */
const person_id = z.string().min(1).max(64);
/** One's own password, to prove who is at the desk. Never a rule about it: it may be older than the rules. */
const proof = z.string().max(256);

export const peopleView = z.strictObject({
  people: z.array(
    z.strictObject({
      person_id,
      name: z.string(),
      role: z.enum(ROLES),
      /** `must_choose`: the password is a first one. `needs_password`: no password opens the ledger here yet. */
      state: z.enum(['ready', 'must_choose', 'needs_password']),
      /** What the person at the desk may do with this one. */
      may_change: z.boolean(),
      may_remove: z.boolean(),
    }),
  ),
  /** The roles that the person at the desk may give. */
  roles: z.array(z.enum(ROLES)),
  idle_minutes: z.int(),
});
export type PeopleView = z.infer<typeof peopleView>;

const groups = z.array(z.string()).length(8);

export const peopleCalls = {
  'people.list': { may: 'people.manage', input: nothing, output: peopleView },
  /** The first password is replaced by the person at the first sign-in. */
  'people.add': {
    may: 'people.manage',
    input: z.strictObject({ name: freeText(100, 1), role: z.enum(ROLES), first_password: newPassword, proof }),
    output: peopleView,
  },
  'people.change_role': {
    may: 'people.manage',
    input: z.strictObject({ person_id, role: z.enum(ROLES), proof }),
    output: peopleView,
  },
  /** For who forgot theirs, or has none that works on this computer. Replaced by the person at the next sign-in. */
  'people.set_password': {
    may: 'people.manage',
    input: z.strictObject({ person_id, first_password: newPassword, proof }),
    output: peopleView,
  },
  'people.remove': { may: 'people.manage', input: z.strictObject({ person_id, proof }), output: peopleView },
  'people.set_idle_lock': {
    may: 'people.manage',
    input: z.strictObject({ minutes: z.int().min(IDLE_MINUTES.shortest).max(IDLE_MINUTES.longest) }),
    output: peopleView,
  },
  'people.change_own_password': {
    may: 'desk_open',
    input: z.strictObject({ old_password: proof, new_password: newPassword }),
    output: done,
  },
  /** After signing in with a first password; until then nothing else answers. */
  'people.choose_password': {
    may: 'signed_in',
    input: z.strictObject({ new_password: newPassword }),
    output: sessionState,
  },
  /** Opens the recovery slot. Wrong keys are counted like wrong passwords. */
  'recovery.open': {
    may: 'anyone',
    input: z.strictObject({ key: z.string().max(200) }),
    output: z.strictObject({
      owners: z.array(z.strictObject({ person_id, name: z.string() })),
      /** `lost`: this computer gets a new secret, and everybody else needs a new password. */
      device_secret: z.enum(['kept', 'lost']),
    }),
  },
  'recovery.finish': {
    may: 'anyone',
    input: z.strictObject({ person_id, new_password: newPassword }),
    output: sessionState,
  },
  /** A new recovery key, shown once. The old one counts until two groups of the new one were typed back. */
  'keys.new_recovery': {
    may: 'keys.manage',
    input: z.strictObject({ proof }),
    output: z.strictObject({ recovery_groups: groups, ask_groups: z.array(z.int()).length(2) }),
  },
  'keys.print_recovery': { may: 'keys.manage', input: nothing, output: done },
  /** Makes the new recovery key count; with `change_ledger_key` the whole ledger then gets a new key as well. */
  'keys.accept_recovery': {
    may: 'keys.manage',
    input: z.strictObject({ typed_groups: z.array(z.string().max(8)).length(2), change_ledger_key: z.boolean() }),
    output: done,
  },
} as const;

export const KEY_STEPS = ['copy', 'slots', 'file', 'check', 'switch', 'finish'] as const;
export type KeyStep = (typeof KEY_STEPS)[number];

export const peopleEvents = {
  'people.changed': nothing,
  /** How far a change of the ledger key is. */
  'keys.progress': z.strictObject({ step: z.enum(KEY_STEPS) }),
} as const;
