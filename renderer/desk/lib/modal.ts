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
