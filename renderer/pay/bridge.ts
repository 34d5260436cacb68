/** What the payment page tells the app and what it is told. Main checks every message again, by value. */
export type Theme = { theme: 'light' | 'dark'; contrast: 'normal' | 'more' };

export type Setup = { applicationId: string; locationId: string; scriptUrl: string; theme: Theme };

export type TokenizeRequest = {
  amount: string;
  currencyCode: string;
  intent: 'CHARGE';
  customerInitiated: boolean;
  sellerKeyedIn: boolean;
  billingContact: { givenName?: string; familyName?: string; countryCode?: string };
};

export type Command =
  | ({ kind: 'setup' } & Setup)
  | { kind: 'theme'; theme: Theme }
  | { kind: 'tokenize'; number: number; request: TokenizeRequest }
  | { kind: 'clear' }
  | { kind: 'focus' }
  | { kind: 'shown' };

export type TokenizeAnswer =
  | { kind: 'token'; token: string; brand: string | null; last4: string | null }
  | { kind: 'invalid'; fields: string[]; message_codes: string[] }
  | { kind: 'cancelled' }
  | { kind: 'failed'; reason: string };

export type Told = {
  ready: null;
  height: { height_px: number };
  changed: { complete: boolean; brand: string | null; focused: boolean; empty: boolean };
  'focus-left': { toward: 'escape' | 'submit' | 'forward' | 'backward' };
  tokenised: { number: number; result: TokenizeAnswer };
  failed: { failure: 'script' | 'fields'; reason: string };
};

export type Bridge = {
  tell<Kind extends keyof Told>(kind: Kind, data: Told[Kind]): void;
  listen(listener: (command: Command) => void): () => void;
};

/** A code for the log: the name of an error class, never its message, which may quote what was typed. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
