import type { Card, Payments } from '@square/web-sdk';
import type { Bridge, Setup, Theme, TokenizeRequest } from './bridge.ts';
import { errorName } from './bridge.ts';
import { applyTheme, cardStyle } from './card-style.ts';
import { createFieldStates, WATCHED_EVENTS } from './field-states.ts';
import { loadSquare } from './load-square.ts';
import { answerOf } from './tokenize-answer.ts';

const ATTACH_LIMIT_MS = 15_000;

/** Square moves the keyboard between fields in two steps; the sum is told after both. */
const SETTLE_MS = 30;

/** A bank's challenge needs room. It may be open when a token has not come after this long. */
const CHALLENGE_AFTER_MS = 700;
const CHALLENGE_HEIGHT_PX = 420;

export type CardForm = {
  start(setup: Setup): Promise<void>;
  setTheme(theme: Theme): Promise<void>;
  tokenize(number: number, request: TokenizeRequest): Promise<void>;
  clear(): Promise<void>;
  /** Nothing while a token is awaited: a challenge of the bank may have the keyboard. */
  focus(): Promise<void>;
  resize(): void;
};

/** Square's card fields on this page. What happens is told through the bridge; nothing of it is kept here. */
export function createCardForm(bridge: Bridge, place: HTMLElement): CardForm {
  const states = createFieldStates();
  const height = watchHeight(bridge, place);
  let card: Card | null = null;
  let asking = false;
  let settling: ReturnType<typeof setTimeout> | undefined;
  const tellState = () => bridge.tell('changed', states.sum());

  function watch(attached: Card): void {
    for (const type of WATCHED_EVENTS) {
      attached.addEventListener(type, event => {
        states.take(event.detail);
        clearTimeout(settling);
        settling = setTimeout(tellState, SETTLE_MS);
      });
    }
    attached.addEventListener('escape', () => bridge.tell('focus-left', { toward: 'escape' }));
    attached.addEventListener('submit', () => bridge.tell('focus-left', { toward: 'submit' }));
  }

  return {
    async start(setup) {
      applyTheme(setup.theme);
      const square = await loadSquare(setup.scriptUrl).catch(tellFailure(bridge, 'script'));
      if (square === null) return;
      card = await attach(square.payments.bind(square, setup.applicationId, setup.locationId), place).catch(
        tellFailure(bridge, 'fields'),
      );
      if (card === null) return;
      watch(card);
      tellState();
    },
    async setTheme(theme) {
      applyTheme(theme);
      await card?.configure({ style: cardStyle() }).catch(() => {});
    },
    async tokenize(number, request) {
      if (card === null) return bridge.tell('tokenised', { number, result: { kind: 'failed', reason: 'not_live' } });
      asking = true;
      const timer = setTimeout(() => height.atLeast(CHALLENGE_HEIGHT_PX), CHALLENGE_AFTER_MS);
      try {
        bridge.tell('tokenised', { number, result: answerOf(await card.tokenize(request)) });
      } catch (error) {
        bridge.tell('tokenised', { number, result: { kind: 'failed', reason: errorName(error) } });
      } finally {
        asking = false;
        clearTimeout(timer);
        height.atLeast(0);
      }
    },
    async clear() {
      await card?.clear().catch(() => {});
      states.forget();
      tellState();
    },
    async focus() {
      if (!asking) await card?.focus('cardNumber').catch(() => {});
    },
    resize: () => card?.recalculateSize(),
  };
}

function tellFailure(bridge: Bridge, failure: 'script' | 'fields'): (error: unknown) => null {
  return error => {
    bridge.tell('failed', { failure, reason: errorName(error) });
    return null;
  };
}

/** Creates and attaches the fields. Rejects after 15 s, since Square's frames can stay blank without a word. */
async function attach(createPayments: () => Payments, place: HTMLElement): Promise<Card> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error("Square's fields did not appear."), { name: 'attach_timeout' })),
      ATTACH_LIMIT_MS,
    );
  });
  try {
    return await Promise.race([limit, createAndAttach(createPayments(), place)]);
  } finally {
    clearTimeout(timer);
  }
}

async function createAndAttach(payments: Payments, place: HTMLElement): Promise<Card> {
  const labels = { includeInputLabels: true };
  // A style that Square refuses one day must cost the looks, not the payments.
  const card = await payments.card({ ...labels, style: cardStyle() }).catch(() => payments.card(labels));
  await card.attach(place);
  return card;
}

/** Tells the height whenever it changes, and at least as much as a challenge needs while one may be open. */
function watchHeight(bridge: Bridge, place: HTMLElement): { atLeast(height_px: number): void } {
  const box = place.parentElement ?? place;
  let least_px = 0;
  let told_px = -1;
  const tell = () => {
    const height_px = Math.max(least_px, Math.ceil(box.getBoundingClientRect().height));
    if (height_px === told_px) return;
    told_px = height_px;
    bridge.tell('height', { height_px });
  };
  new ResizeObserver(tell).observe(box);
  return {
    atLeast(height_px) {
      least_px = height_px;
      tell();
    },
  };
}
