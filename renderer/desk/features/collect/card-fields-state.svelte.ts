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
    if (!this.usable) this.waitingAt = document.activeElement;
    else call('card_fields.focus', {}).catch(() => undefined);
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
