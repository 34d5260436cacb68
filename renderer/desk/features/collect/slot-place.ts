import type { Rectangle } from './card-fields-state.svelte.ts';

/** Sentences that appear above move the slot without resizing anything that could be observed. */
const LOOK_AGAIN_MS = 250;

/**
 * Watches where an element lies on the page and reports its rectangle in CSS pixels, or null while any corner of it is
 * scrolled away or under something of ours: the payment view is above every layer, so it must not show there.
 */
export function watchPlace(element: HTMLElement, report: (rectangle: Rectangle | null) => void): () => void {
  const look = (): void => report(placeOf(element));
  const sizes = new ResizeObserver(look);
  sizes.observe(element);
  sizes.observe(document.documentElement);
  addEventListener('resize', look);
  document.addEventListener('scroll', look, { capture: true, passive: true });
  const timer = setInterval(look, LOOK_AGAIN_MS);
  look();
  return () => {
    sizes.disconnect();
    removeEventListener('resize', look);
    document.removeEventListener('scroll', look, { capture: true });
    clearInterval(timer);
  };
}

function placeOf(element: HTMLElement): Rectangle | null {
  const box = element.getBoundingClientRect();
  if (box.width < 1 || box.height < 1) return null;
  const inset = 3;
  const corners: [number, number][] = [
    [box.left + inset, box.top + inset],
    [box.right - inset, box.top + inset],
    [box.left + inset, box.bottom - inset],
    [box.right - inset, box.bottom - inset],
  ];
  if (!corners.every(([x, y]) => isOnTop(element, x, y))) return null;
  return { x: rounded(box.left), y: rounded(box.top), width: rounded(box.width), height: rounded(box.height) };
}

/** What does not belong to the app's own tree is the payment view itself, drawn there by the preview host. */
function isOnTop(element: HTMLElement, x: number, y: number): boolean {
  const app = document.getElementById('app');
  const top = document.elementsFromPoint(x, y).find(candidate => app?.contains(candidate));
  return top !== undefined && element.contains(top);
}

function rounded(length_px: number): number {
  return Math.max(0, Math.round(length_px * 100) / 100);
}
