import type { CallName, CallOutput, CallParsed, EventName } from '../../../common/contract/index.ts';
import type { SessionState } from '../../../common/contract/office.ts';
import type { FakePayments } from './fake-payments.ts';
import type { Situation } from './situations.ts';

/** One answer per call of the contract; a call that is missing does not compile. */
export type Answers = { [Name in CallName]: (input: CallParsed<Name>) => CallOutput<Name> };

/** What every part of the fake desk shares: its situation, who is signed in, and a way to announce. */
export type FakeWorld = {
  readonly situation: Situation;
  readonly announce: (name: EventName, payload: unknown) => void;
  readonly payments: FakePayments;
  session: SessionState;
  online: boolean;
};
