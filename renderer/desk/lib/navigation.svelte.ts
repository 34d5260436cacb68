import { createContext } from 'svelte';
import type { AttemptId } from '../../../common/ids.ts';

export type PageId = 'collect' | 'activity' | 'customers' | 'reports' | 'sync' | 'settings';

/** What the page that is opened should do at once. It reads its part and forgets it with `taken()`. */
export type PageRequest = {
  /** Collect: take a payment from this customer. Customers: open this one. */
  readonly customer_id?: string;
  /** Collect: an amount on the keypad, without a customer. */
  readonly quick?: boolean;
  /** Activity: show only what waits for the internet or an answer. */
  readonly waiting?: boolean;
  /** Activity: the story of this payment. */
  readonly attempt_id?: AttemptId;
};

/** Which page is open. There is no address bar, so there is no router: a page is a name. */
export class Navigation {
  page: PageId = $state('collect');
  request: PageRequest = $state.raw({});

  go(page: PageId, request: PageRequest = {}): void {
    this.request = request;
    this.page = page;
  }

  taken(): void {
    this.request = {};
  }
}

export const [getNavigation, setNavigation] = createContext<Navigation>();
