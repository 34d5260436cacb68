import { z } from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { PERMISSIONS, ROLES } from '../permissions.ts';
import { isTimeZone } from '../time.ts';
import {
  amount,
  attemptId,
  currency,
  day,
  done,
  freeText,
  instant_ms,
  newPassword,
  nothing,
  pastedId,
  positiveAmount,
} from './shapes.ts';

export const mode = z.enum(['training', 'live']);
export type Mode = z.infer<typeof mode>;

const personShape = { person_id: z.string(), name: z.string(), role: z.enum(ROLES) };
export const appearance = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  contrast: z.enum(['system', 'normal', 'more']),
});

/** Everything the renderer needs to decide which screen it is. Asked at start and after every `session.changed`. */
export const sessionState = z.strictObject({
  phase: z.enum(['setup', 'signed_out', 'choose_password', 'locked', 'open', 'broken']),
  mode: mode.nullable(),
  /** The people who can open this desk's ledger, for the sign-in page. */
  people: z.array(z.strictObject({ ...personShape, needs_password: z.boolean() })),
  person: z.strictObject({ ...personShape, permissions: z.array(z.enum(PERMISSIONS)) }).nullable(),
  office: z
    .strictObject({
      name: z.string(),
      desk: z.string(),
      currency,
      time_zone: z.string(),
      locale: z.string(),
      today: day,
    })
    .nullable(),
  /** Why the ledger cannot be opened. The screen says what happened and what to do. */
  broken: z
    .strictObject({
      code: z.enum(ERROR_CODES),
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    })
    .nullable(),
  /** Milliseconds until a password may be tried again. */
  wait_ms: z.int().nonnegative(),
  /** True in the Chromium preview, where live credentials are refused. */
  preview: z.boolean(),
  /** The other office on this desk, if there is one: training beside live. */
  other_mode: mode.nullable(),
  version: z.string(),
  appearance,
});
export type SessionState = z.infer<typeof sessionState>;

export const setupInput = z.strictObject({
  mode,
  office_name: freeText(100, 1),
  desk_code: z.string().regex(/^[A-Z][A-Z0-9]{0,3}$/),
  time_zone: z.string().max(60).refine(isTimeZone),
  currency,
  owner_name: freeText(100, 1),
  password: newPassword,
});
export type SetupInput = z.infer<typeof setupInput>;

export const officeCalls = {
  'session.state': { may: 'anyone', input: nothing, output: sessionState },
  'session.sign_in': {
    may: 'anyone',
    input: z.strictObject({ person_id: z.string().max(64), password: z.string().max(256) }),
    output: sessionState,
  },
  /** Closes the screen, not the ledger: queued and doubtful payments go on being settled. */
  'session.lock': { may: 'signed_in', input: nothing, output: sessionState },
  'session.unlock': {
    may: 'signed_in',
    input: z.strictObject({ password: z.string().max(256) }),
    output: sessionState,
  },
  'session.sign_out': { may: 'signed_in', input: nothing, output: sessionState },
  /** Changes between the training office and the live one; both stay on this desk, never mixed. */
  'session.switch_mode': { may: 'not_locked', input: z.strictObject({ mode }), output: sessionState },
  /** Makes the keys and answers the recovery key, shown once. Nothing is on disk before `setup.finish`. */
  'setup.begin': {
    may: 'anyone',
    input: setupInput,
    output: z.strictObject({ recovery_groups: z.array(z.string()).length(8), ask_groups: z.array(z.int()).length(2) }),
  },
  'setup.print_key': { may: 'anyone', input: nothing, output: done },
  /** Creates the ledger and signs the owner in. Live needs the two groups typed back; training may skip them. */
  'setup.finish': {
    may: 'anyone',
    input: z.strictObject({ typed_groups: z.array(z.string().max(8)).length(2).nullable() }),
    output: sessionState,
  },
  'log.renderer_error': {
    may: 'anyone',
    input: z.strictObject({ message: z.string().max(2000), stack: z.string().max(8000) }),
    output: done,
  },
  'appearance.set': { may: 'anyone', input: appearance, output: done },
} as const;

export const settingsView = z.strictObject({
  mode,
  preview: z.boolean(),
  two_phase: z.boolean(),
  /** Up to how much one person alone may give back in a day. */
  refund_limit: amount,
  data_folder: z.string(),
  ledger_records: z.int(),
  square: z.strictObject({
    connected: z.boolean(),
    environment: z.enum(['simulator', 'sandbox', 'production']).nullable(),
    application_id: z.string().nullable(),
    location_id: z.string().nullable(),
    location_name: z.string().nullable(),
    merchant_name: z.string().nullable(),
  }),
  training: z.strictObject({ network: z.enum(['up', 'down']), next_fault: z.string().nullable() }).nullable(),
});
export type SettingsView = z.infer<typeof settingsView>;

const squareCredentials = z.strictObject({
  application_id: pastedId(120, 1),
  access_token: pastedId(400, 1),
  location_id: pastedId(50),
});

/** A line of the connection test: what was checked and whether it holds. */
export const connectionFinding = z.strictObject({
  check: z.enum(['environment', 'token', 'merchant', 'scopes', 'location', 'cards', 'currency']),
  ok: z.boolean(),
  error: z.enum(ERROR_CODES).nullable(),
  detail: z.string(),
});

/** What goes wrong on demand while training, each once. */
export const TRAINING_FAULTS = [
  'drop_after_commit',
  'drop_before_commit',
  'delay',
  'http_500',
  'html_502',
  'http_429',
  'line_drops_after_token',
] as const;

export const settingsCalls = {
  'settings.get': { may: 'settings.manage', input: nothing, output: settingsView },
  'settings.set_two_phase': {
    may: 'settings.manage',
    input: z.strictObject({ two_phase: z.boolean() }),
    output: settingsView,
  },
  'square.test': {
    may: 'settings.manage',
    input: squareCredentials,
    output: z.strictObject({
      findings: z.array(connectionFinding),
      locations: z.array(
        z.strictObject({ location_id: z.string(), name: z.string(), status: z.string(), currency: z.string() }),
      ),
    }),
  },
  /** Tests, then seals the token. The token never leaves the main process again. */
  'square.connect': { may: 'settings.manage', input: squareCredentials, output: settingsView },
  'square.disconnect': { may: 'settings.manage', input: nothing, output: settingsView },
  'training.set_network': {
    may: 'training.steer',
    input: z.strictObject({ network: z.enum(['up', 'down']) }),
    output: done,
  },
  'training.next_fault': {
    may: 'training.steer',
    input: z.strictObject({ fault: z.enum(TRAINING_FAULTS).nullable() }),
    output: done,
  },
  /** A payment made on another device of the same office, so that sync has something to find. */
  'training.foreign_payment': {
    may: 'training.steer',
    input: z.strictObject({ amount: positiveAmount }),
    output: done,
  },
  'ledger.verify': {
    may: 'ledger.verify',
    input: nothing,
    output: z.strictObject({
      ok: z.boolean(),
      records: z.int(),
      postings: z.int(),
      head: z.string(),
      problems: z.array(z.string()),
      took_ms: z.number(),
    }),
  },
} as const;

export const officeEvents = {
  'session.changed': nothing,
  'ledger.verify_progress': z.strictObject({ done: z.int(), of: z.int() }),
  /** While an office is opened whose tables have to be made anew from the journal, in records. */
  'ledger.mending': z.strictObject({ done: z.int(), of: z.int() }),
  'setup.progress': z.strictObject({ step: z.enum(['keys', 'ledger', 'customers', 'square', 'ready']) }),
  /** Keys pressed inside Square's fields, which the desk page cannot hear by itself. */
  'keys.pressed': z.strictObject({ key: z.string(), control: z.boolean(), alt: z.boolean(), shift: z.boolean() }),
} as const;

export const syncView = z.strictObject({
  online: z.boolean(),
  since_ms: instant_ms,
  last_synced_ms: instant_ms.nullable(),
  queued: z.strictObject({ count: z.int(), sum: amount }),
  in_doubt: z.strictObject({ count: z.int(), sum: amount }),
  /** What only a person can bring to an end; `first` is the one to look at first. */
  for_people: z.strictObject({ found_later: z.int(), manual: z.int(), first: attemptId.nullable() }),
  /** Money on its way back: not at its end, and of that without an answer. */
  refunds: z.strictObject({ waiting: z.int(), in_doubt: z.int() }),
  paused_because: z.enum(['unauthorized', 'missing_scope', 'not_connected']).nullable(),
  next_try_at_ms: instant_ms.nullable(),
});
export type SyncView = z.infer<typeof syncView>;

export const proofDay = z.strictObject({
  day,
  created: z.strictObject({ count: z.int(), sum: amount }),
  confirmed: z.strictObject({ count: z.int(), sum: amount }),
  waiting: z.strictObject({ count: z.int(), sum: amount }),
  foreign: z.strictObject({ count: z.int(), sum: amount }),
  /** Refunds that Square did or is doing. */
  refunded: z.strictObject({ count: z.int(), sum: amount }),
  /** Those of them that nobody asked for at this desk. */
  refunded_elsewhere: z.strictObject({ count: z.int(), sum: amount }),
  /** Created here and neither confirmed nor waiting: must be none. */
  differences: z.array(z.strictObject({ attempt_id: z.string(), reference: z.string(), why: z.string() })),
});
export type ProofDay = z.infer<typeof proofDay>;

export const syncCalls = {
  'sync.state': { may: 'sync.see', input: nothing, output: syncView },
  'sync.now': { may: 'sync.see', input: nothing, output: syncView },
  'sync.proof': {
    may: 'sync.see',
    input: z.strictObject({ from: day, to: day }),
    output: z.strictObject({ days: z.array(proofDay) }),
  },
} as const;

export const syncEvents = { 'sync.changed': nothing } as const;
