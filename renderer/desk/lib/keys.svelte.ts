import { createContext, untrack } from 'svelte';

/** One key and what it does. Keys are written as people read them: `F2`, `Ctrl+K`, `Alt+1`, `K`, `/`, `?`, `Esc`. */
export type KeyBinding = {
  readonly key: string;
  /** A verb, shown in the status bar and on the key map: `Find customer`. */
  readonly label: string;
  readonly run: () => void;
  /** `bar` also shows it in the status bar; `map` only on the overlay; `silent` nowhere. */
  readonly show?: 'bar' | 'map' | 'silent';
  /** Headline on the key map; bindings without one stand under the page's own. */
  readonly group?: string;
};

/** A key as it was pressed, from the page or from inside Square's fields. */
export type KeyPress = {
  readonly key: string;
  readonly control: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  /** Where the press belongs to typing, single letters do nothing. */
  readonly typing: boolean;
  /** On a button or a link, Enter and Space belong to it. */
  readonly pressable: boolean;
};

/** Where a list of keys stands among the others, for as long as its component is mounted. */
export type KeyPlace = { readonly change: (bindings: readonly KeyBinding[]) => void; readonly leave: () => void };

type Layer = { readonly bindings: readonly KeyBinding[]; readonly covers: boolean };

/**
 * The one place that knows which keys work now. Components register while they are mounted; the last one to register
 * a key has it. A layer that covers the page (dialog, menu, palette) takes every key until it is gone.
 */
export class KeyRegistry {
  private layers: readonly Layer[] = $state.raw([]);
  /** True while something lies over the page: the payment view must make room then. */
  readonly covered = $derived(this.layers.some(layer => layer.covers));
  /** What works now, first registered first, each key once. */
  readonly active = $derived(lastOfEachKey(fromLastCover(this.layers)));

  register(bindings: readonly KeyBinding[], covers = false): () => void {
    return this.place(bindings, covers).leave;
  }

  /** The same, for a list that changes: the new one takes the old one's place, also below a dialog. */
  place(bindings: readonly KeyBinding[], covers = false): KeyPlace {
    let layer: Layer = { bindings, covers };
    this.layers = [...this.layers, layer];
    return {
      change: list => {
        const before = layer;
        layer = { bindings: list, covers };
        this.layers = this.layers.map(other => (other === before ? layer : other));
      },
      leave: () => {
        this.layers = this.layers.filter(other => other !== layer);
      },
    };
  }

  /** Runs what the press stands for; false when it stands for nothing here. */
  press(press: KeyPress): boolean {
    const name = nameOf(press);
    if (press.typing && !worksWhileTyping(name)) return false;
    if (press.pressable && (name === 'Enter' || name === 'Space')) return false;
    const binding = this.active.find(candidate => candidate.key === name);
    if (!binding) return false;
    binding.run();
    return true;
  }
}

/** The layers that can be reached: from the topmost one that covers the page, or all of them. */
function fromLastCover(layers: readonly Layer[]): readonly Layer[] {
  return layers.slice(
    Math.max(
      0,
      layers.findLastIndex(layer => layer.covers),
    ),
  );
}

/** Later layers win. The page's own keys come first; within each kind the order is that of registering. */
function lastOfEachKey(layers: readonly Layer[]): KeyBinding[] {
  const all = layers.flatMap(layer => layer.bindings);
  const list = all.filter((binding, index) => all.findLastIndex(other => other.key === binding.key) === index);
  return [...list.filter(binding => !binding.group), ...list.filter(binding => binding.group)];
}

const NAMES: Readonly<Record<string, string>> = { Escape: 'Esc', ' ': 'Space', ArrowUp: 'Up', ArrowDown: 'Down' };

/** `Ctrl+K` for control and k. Shift is part of the sign (`?`), so it is named only with keys that have no sign. */
export function nameOf(press: Pick<KeyPress, 'key' | 'control' | 'alt' | 'shift'>): string {
  const key = NAMES[press.key] ?? (press.key.length === 1 ? press.key.toUpperCase() : press.key);
  const shift = press.shift && key.length > 1;
  return `${press.control ? 'Ctrl+' : ''}${press.alt ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`;
}

export function worksWhileTyping(name: string): boolean {
  return /^F\d+$/.test(name) || name === 'Esc' || name.startsWith('Ctrl+') || name.startsWith('Alt+');
}

/** Reads a browser event. A tick, a radio or a button takes no letters, so single letters work on them. */
export function pressOf(event: KeyboardEvent): KeyPress {
  const target = event.target instanceof HTMLElement ? event.target : null;
  return {
    key: event.key,
    control: event.ctrlKey || event.metaKey,
    alt: event.altKey,
    shift: event.shiftKey,
    typing: target !== null && takesText(target),
    pressable: target !== null && target.closest('button, a[href], summary, input, select') !== null,
  };
}

function takesText(target: HTMLElement): boolean {
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) {
    return true;
  }
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type);
}

export const [getKeys, setKeys] = createContext<KeyRegistry>();

/**
 * Registers keys while the calling component is mounted. The list is a function so that it may depend on state: when
 * that changes, the new list takes the old one's place. `covers` is for what lies over the page.
 */
export function useKeys(bindings: () => readonly KeyBinding[], covers = false): void {
  const keys = getKeys();
  let place: KeyPlace | null = null;
  // Syncs with the key registry, which listens to the window's keyboard.
  $effect(() => {
    const list = bindings();
    untrack(() => {
      if (place) place.change(list);
      else place = keys.place(list, covers);
    });
  });
  // Apart from the effect above, so that a list that only changes keeps its place.
  $effect(() => () => place?.leave());
}
