import type { Clock } from '../platform/clock.ts';
import type { PageResult } from './payment-messages.ts';

/** A bank's challenge may take its time; after this the clerk gets the desk back and nothing was charged. */
export const TOKENIZE_LIMIT_MS = 5 * 60_000;

/**
 * One wish for a token at a time. Every wish has a number, so an answer that arrives after its wish has ended, or
 * after the page was loaded again, finds nobody.
 */
export type TokenizeTurn = {
  /** Runs `ask` with the number of the wish. Ends with `failed` and `busy` when another wish is still open. */
  begin(ask: (number: number) => void): Promise<PageResult>;
  /** False when no such wish is open: the answer is to be dropped, never charged. */
  finish(number: number, result: PageResult): boolean;
  /** Ends an open wish because the page that held it is gone. */
  abandon(reason: string): void;
  isOpen(): boolean;
};

export function createTokenizeTurn(clock: Clock): TokenizeTurn {
  let count = 0;
  let open: { number: number; settle(result: PageResult): void } | null = null;

  function finish(number: number, result: PageResult): boolean {
    if (open === null || open.number !== number) return false;
    open.settle(result);
    return true;
  }

  return {
    finish,
    isOpen: () => open !== null,
    abandon(reason) {
      if (open !== null) finish(open.number, { kind: 'failed', reason });
    },
    begin(ask) {
      if (open !== null) return Promise.resolve({ kind: 'failed', reason: 'busy' });
      count += 1;
      const number = count;
      return new Promise(resolve => {
        const stopTimer = clock.after(TOKENIZE_LIMIT_MS, () => finish(number, { kind: 'failed', reason: 'timeout' }));
        open = {
          number,
          settle(result) {
            stopTimer();
            open = null;
            resolve(result);
          },
        };
        ask(number);
      });
    },
  };
}
