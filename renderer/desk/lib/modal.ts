import { tick } from 'svelte';

/**
 * Opens a modal dialog; the returned function closes it and gives the focus back. The browser would do that by itself,
 * but a component's dialog has already left the page by the time it is closed, and then the focus would be nowhere.
 */
export function openModal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    dialog.close();
    if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
  };
}

/**
 * For dialogs that follow one another: remembers where the keyboard was before the first one, and brings it back after
 * the last one, or to the page where that place is gone.
 */
export class FocusBefore {
  private before: Element | null = null;

  remember(): void {
    if (document.activeElement?.closest('dialog') === null) this.before = document.activeElement;
  }

  async bringBack(): Promise<void> {
    await tick();
    if (document.activeElement !== document.body) return;
    const there = this.before instanceof HTMLElement && this.before.isConnected ? this.before : null;
    (there ?? document.getElementById('page'))?.focus({ preventScroll: true });
  }
}
