import type { Channel, TakeInput, TenderId } from '../../../common/contract/payments.ts';
import type { Money } from '../../../common/money.ts';
import type { PaymentRequest } from '../../gateway/gateway.ts';
import type { Account } from '../../ledger/accounts.ts';

export type DetailsOf<Id extends TenderId> = Extract<TakeInput['details'], { tender: Id }>;

/** What a tender that is final at the desk puts on the books, and how Square is told of it. */
export type RecordedTender = {
  readonly account: Account;
  readonly tendered_minor: number | null;
  readonly change_minor: number | null;
  readonly check_number: string | null;
  readonly check_bank: string | null;
  readonly source: PaymentRequest['source'];
};

/**
 * A way to pay, in one file. `charged` tenders ask Square for money and need the internet; `recorded` ones are final at
 * the desk and are told to Square later.
 */
export type Tender<Id extends TenderId = TenderId> = {
  readonly id: Id;
  /** The key that chooses it on Collect. */
  readonly key: string;
  /** What taking this amount costs the office, or null where Square publishes no price. */
  cost(amount: Money, channel: Channel): Money | null;
} & (
  | { readonly kind: 'charged' }
  | { readonly kind: 'recorded'; record(amount: Money, details: DetailsOf<Id>): RecordedTender }
);

export function defineTender<const Id extends TenderId>(tender: Tender<Id>): Tender<Id> {
  return tender;
}
