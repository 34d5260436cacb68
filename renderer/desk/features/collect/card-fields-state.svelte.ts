import type { CardFieldsView } from '../../../../common/contract/card-fields.ts';
import { call, on } from '../../lib/api.svelte.ts';

const OFF: CardFieldsView = {
  phase: 'off',
  complete: false,
  brand: null,
  focused: false,
  height_px: 0,
  failure: null,
};

export type Rectangle = { x: number; y: number; width: number; height: number };

/** What the desk knows about Square's fields: where they lie and whether they are usable. Never what is in them. */
export class CardFields {
  view: CardFieldsView = $state.raw(OFF);
  private placed = 'null';
  /** Where the keyboard was when the fields were asked for before they had loaded. */
  private waitingAt: Element | null = null;

  /** Hears the fields until the returned function is called, which also hides them. */
  follow(): () => void {
    call('card_fields.state', {}).then(
      view => (this.view = view),
      () => undefined,
    );
    const stop = on('card_fields.changed', view => {
      this.view = view;
      if (view.phase === 'live') this.focusIfStillWanted();
    });
    return () => {
      stop();
      this.place(null);
    };
  }

  /** Lays the fields over a rectangle of the page in CSS pixels, or hides them. Repeats cost nothing. */
  place(rectangle: Rectangle | null): void {
    const wanted = JSON.stringify(rectangle);
    if (wanted === this.placed) return;
    this.placed = wanted;
    call('card_fields.place', { rectangle }).catch(() => {
      // The place was not taken; the next measurement asks again.
      this.placed = '';
    });
  }

  /** Takes the keyboard into the fields; while they load, as soon as they are there, unless it went elsewhere. */
  focus(): void {
    if (this.view.phase !== 'live') this.waitingAt = document.activeElement;
    else call('card_fields.focus', {}).catch(() => undefined);
  }

  private focusIfStillWanted(): void {
    const stayed = this.waitingAt !== null && this.waitingAt === document.activeElement;
    this.waitingAt = null;
    if (stayed) this.focus();
  }

  clear(): void {
    call('card_fields.clear', {}).catch(() => undefined);
  }

  reload(): void {
    this.view = { ...this.view, phase: 'loading', failure: null };
    call('card_fields.reload', {}).catch(() => (this.view = { ...this.view, phase: 'failed', failure: 'script' }));
  }
}
