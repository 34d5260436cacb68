import type { Announce } from '../common/contract/index.ts';
import { customerHandlers } from './customers/handlers.ts';
import { invoiceHandlers } from './invoices/handlers.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Clock } from './platform/clock.ts';
import { promiseHandlers } from './promises/handlers.ts';

/** What a feature needs that lives on the ledger alone, without Square and without windows. */
export type BookNeeds = {
  readonly ledger: () => Ledger;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly announce: Announce;
};

/** The calls of those features. To add one: a folder, and its line here. */
export const bookHandlers = (needs: BookNeeds) => ({
  ...customerHandlers(needs),
  ...invoiceHandlers(needs),
  ...promiseHandlers(needs),
});
