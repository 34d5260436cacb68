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
  /** Where the keyboard was when the fields were to take it, until they say that they have it. */
  private askedAt: Element | null = null;
  /** The place of the fields on the page, where the keyboard waits when they are lost. Digits typed there go nowhere. */
  home: HTMLElement | null = null;

  /** Hears the fields until the returned function is called, which also hides them. */
  follow(): () => void {
    call('card_fields.state', {}).then(
      view => (this.view = view),
      () => undefined,
    );
    const stop = on('card_fields.changed', view => {
      const had = this.hadKeyboard;
      this.view = view;
      if (view.focused) this.askedAt = null;
      if (had && view.phase !== 'live') this.waitAtHome();
      this.focusIfStillWanted();
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
    call('card_fields.place', { rectangle }).then(
      () => this.focusIfStillWanted(),
      () => {
        // The place was not taken; the next measurement asks again.
        this.placed = '';
      },
    );
  }

  /** Fields that load or have no place yet cannot take the keyboard. */
  private get usable(): boolean {
    return this.view.phase === 'live' && this.placed !== 'null' && this.placed !== '';
  }

  /** Takes the keyboard into the fields; while they are on their way, as soon as they are there. */
  focus(): void {
    const { activeElement } = document;
    if (!this.usable) {
      this.waitingAt = activeElement;
      return;
    }
    this.askedAt = activeElement;
    call('card_fields.focus', {}).then(
      ({ taken }) => {
        // The fields had just gone, and the page does not know it yet.
        if (!taken) [this.waitingAt, this.askedAt] = [activeElement, null];
      },
      () => (this.askedAt = null),
    );
  }

  /** True as well while they are taking it. The page of a native view shows in the preview as a frame of this one. */
  private get hadKeyboard(): boolean {
    const { activeElement, body } = document;
    const onTheWay =
      activeElement === this.askedAt || activeElement === body || activeElement instanceof HTMLIFrameElement;
    return this.view.focused || (this.askedAt !== null && onTheWay);
  }

  /** The clerk may go on typing a card without looking up: that must not end in the amount. */
  private waitAtHome(): void {
    this.askedAt = null;
    this.home?.focus({ preventScroll: true });
    this.waitingAt = this.home;
  }

  /** Unless the keyboard went elsewhere meanwhile: then the clerk has thought better of it. */
  private focusIfStillWanted(): void {
    if (this.waitingAt === null || !this.usable) return;
    const stayed = this.waitingAt === document.activeElement;
    this.waitingAt = null;
    if (stayed) this.focus();
  }

  /**
   * Gives the keyboard back to the page. A payment view that shows keeps what is typed, whatever the page focuses, so it
   * is hidden for a moment; the slot shows it again with its next look. What was typed is kept.
   */
  giveBack(): void {
    if (this.view.focused) this.place(null);
  }

  clear(): void {
    call('card_fields.clear', {}).catch(() => undefined);
  }

  reload(): void {
    this.view = { ...this.view, phase: 'loading', failure: null };
    call('card_fields.reload', {}).catch(() => (this.view = { ...this.view, phase: 'failed', failure: 'script' }));
  }
}
