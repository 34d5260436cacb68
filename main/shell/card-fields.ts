import type { Rectangle } from 'electron';
import type { Clock } from '../platform/clock.ts';
import type { Theme } from './colors.ts';
import type { DeskWindow } from './desk-window.ts';
import type { ForwardedKey } from './forwarded-keys.ts';
import type { PageResult } from './payment-messages.ts';

export type CardFieldsSetup = {
  applicationId: string;
  locationId: string;
  /** Square's production or sandbox script, or `SIMULATOR_SCRIPT_ORIGIN + '/v1/square.js'`. */
  scriptUrl: string;
  /** Where the simulator listens on this machine, such as `http://127.0.0.1:4300`. Required with the simulator. */
  simulatorBaseUrl?: string;
};

export type CardFieldsState = {
  phase: 'off' | 'loading' | 'live' | 'failed';
  complete: boolean;
  brand: string | null;
  focused: boolean;
  /** In CSS pixels of the desk page. */
  height_px: number;
  failure: 'script' | 'fields' | null;
};

export type TokenizeRequest = {
  /** Major units with the currency's decimals, such as `120.00`. */
  amount: string;
  currencyCode: string;
  intent: 'CHARGE';
  customerInitiated: boolean;
  sellerKeyedIn: boolean;
  billingContact: { givenName?: string; familyName?: string; countryCode?: string };
};

export type TokenizeResult =
  | { kind: 'token'; token: string; brand: string | null; last4: string | null; minted_at_ms: number }
  | Exclude<PageResult, { kind: 'token' }>;

export type PaymentView = {
  /** Loads the fields for this Square application; null unloads them. The same set-up again changes nothing. */
  setup(setup: CardFieldsSetup | null): void;
  /** Covers this rectangle of the desk page (its CSS pixels; zoom is applied here); null hides. Digits survive. */
  place(rectangle: Rectangle | null): void;
  setTheme(theme: Theme): void;
  /** One at a time. Ends with `failed` when the view is loaded again or after 5 minutes. Never rejects. */
  tokenize(request: TokenizeRequest): Promise<TokenizeResult>;
  clear(): void;
  /** Nobody is at the desk any more: hides the fields, and empties them as soon as no token is awaited. */
  leave(): void;
  /** Leads the keyboard into the fields. False, and nothing happens, while there are none that could be typed into. */
  focus(): boolean;
  /** Tries again at once. Live fields are left alone. */
  reload(): void;
  state(): CardFieldsState;
  onState(listener: (state: CardFieldsState) => void): () => void;
  onKey(listener: (key: ForwardedKey) => void): () => void;
};

export type PaymentViewOptions = {
  desk: DeskWindow;
  bundleDirectory: string;
  preloadFile: string;
  clock: Clock;
  log: (event: string, details: Record<string, string | number | boolean>) => void;
};

/** What is known about fields that are not there. */
export const OFF: CardFieldsState = {
  phase: 'off',
  complete: false,
  brand: null,
  focused: false,
  height_px: 0,
  failure: null,
};

/** Equal set-ups need no new load, which would wipe typed digits. */
export function isSameSetup(one: CardFieldsSetup | null, other: CardFieldsSetup | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.applicationId === other.applicationId &&
    one.locationId === other.locationId &&
    one.scriptUrl === other.scriptUrl &&
    one.simulatorBaseUrl === other.simulatorBaseUrl
  );
}
