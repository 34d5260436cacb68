import type { z } from 'zod';
import type { May, Permission } from '../permissions.ts';
import type { Result } from '../errors.ts';
import { cardFieldCalls, cardFieldEvents } from './card-fields.ts';
import { copyCalls, copyEvents } from './copies.ts';
import { customerCalls, customerEvents } from './customers.ts';
import { invoiceCalls, invoiceEvents } from './invoices.ts';
import { officeCalls, officeEvents, settingsCalls, syncCalls, syncEvents } from './office.ts';
import { paymentCalls, paymentEvents } from './payments.ts';
import { peopleCalls, peopleEvents } from './people.ts';
import { promiseCalls } from './promises.ts';
import { refundCalls } from './refunds.ts';
import { reportCalls } from './reports.ts';

/**
 * The table of contents of the app: everything the renderer may ask, who may ask it, what goes in and what comes out.
 * Handlers, the bridge and the renderer's `api` are typed from here, so a missing handler or a wrong input does not
 * compile.
 */
export const calls = {
  ...officeCalls,
  ...peopleCalls,
  ...settingsCalls,
  ...syncCalls,
  ...customerCalls,
  ...invoiceCalls,
  ...paymentCalls,
  ...refundCalls,
  ...promiseCalls,
  ...cardFieldCalls,
  ...reportCalls,
  ...copyCalls,
} as const satisfies Record<string, { may: May; input: z.ZodType; output: z.ZodType }>;

/** Events announce that something changed; the renderer asks again. */
export const events = {
  ...officeEvents,
  ...peopleEvents,
  ...syncEvents,
  ...customerEvents,
  ...invoiceEvents,
  ...paymentEvents,
  ...cardFieldEvents,
  ...copyEvents,
} as const satisfies Record<string, z.ZodType>;

export type CallName = keyof typeof calls;
export type CallInput<Name extends CallName> = z.input<(typeof calls)[Name]['input']>;
export type CallParsed<Name extends CallName> = z.output<(typeof calls)[Name]['input']>;
export type CallOutput<Name extends CallName> = z.output<(typeof calls)[Name]['output']>;

export type EventName = keyof typeof events;
export type EventPayload<Name extends EventName> = z.output<(typeof events)[Name]>;

/** One function per call, given who asks. Spread over the feature folders; `main/index.ts` joins them. */
export type Handlers = {
  [Name in CallName]: (input: CallParsed<Name>, who: Caller) => CallOutput<Name> | Promise<CallOutput<Name>>;
};
/** The person at the desk. `person_id` is empty only for calls that work before sign-in. */
export type Caller = { readonly person_id: string; readonly permissions: readonly Permission[] };

export type Announce = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;

/** What the preload gives the desk page as `window.desk`. */
export type Bridge = {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>>;
  on(listener: (name: EventName, payload: unknown) => void): () => void;
};
