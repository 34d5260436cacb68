import type { CardFieldsView } from '../../../common/contract/card-fields.ts';
import type { EventName } from '../../../common/contract/index.ts';

type Rectangle = { x: number; y: number; width: number; height: number };

const STYLE = 'position:fixed;z-index:999;overflow:hidden;display:grid;gap:8px;font:14px/20px sans-serif;';
const BOX = 'border:1px solid #8888;border-radius:6px;padding:4px 12px 6px;';

/**
 * A stand-in for the payment view: drawn over the desk page, outside its tree, exactly where it was placed. A click
 * fills it, a double click empties it. It holds no card and takes no typing.
 */
export class FakeFields {
  view: CardFieldsView = { phase: 'off', complete: false, brand: null, focused: false, height_px: 0, failure: null };
  private rectangle: Rectangle | null = null;
  private readonly box = document.createElement('div');
  private readonly announce: (name: EventName, payload: unknown) => void;
  private readonly fails: boolean;
  private readonly loads_ms: number;

  constructor(announce: (name: EventName, payload: unknown) => void, fails: boolean, loads_ms: number) {
    this.announce = announce;
    this.fails = fails;
    this.loads_ms = loads_ms;
    this.box.id = 'fake-payment-view';
    this.draw();
    this.box.addEventListener('click', () => this.fill());
    this.box.addEventListener('dblclick', () => this.clear());
    document.body.append(this.box);
  }

  place(rectangle: Rectangle | null): void {
    this.rectangle = rectangle;
    this.draw();
    if (rectangle !== null && this.view.phase === 'off') this.load();
  }

  private draw(): void {
    const shown = this.rectangle !== null && this.view.phase === 'live';
    const { x, y, width, height } = this.rectangle ?? { x: 0, y: 0, width: 0, height: 0 };
    this.box.style.cssText = `${STYLE}left:${x}px;top:${y}px;width:${width}px;height:${height}px;`;
    if (!shown) this.box.style.display = 'none';
  }

  load(): void {
    this.change({ phase: 'loading', failure: null });
    setTimeout(() => {
      if (this.fails) this.change({ phase: 'failed', failure: 'script' });
      else this.change({ phase: 'live', height_px: 116 });
    }, this.loads_ms);
  }

  fill(): void {
    this.change({ complete: true, brand: 'VISA', focused: true });
  }

  clear(): void {
    if (this.view.phase === 'live') this.change({ complete: false, brand: null, focused: false });
  }

  focus(): void {
    if (this.view.phase === 'live') this.change({ focused: true });
  }

  private change(part: Partial<CardFieldsView>): void {
    this.view = { ...this.view, ...part };
    const dots = this.view.complete;
    const field = (label: string, value: string): HTMLElement => {
      const element = document.createElement('div');
      element.style.cssText = BOX;
      element.append(label, document.createElement('br'), dots ? value : '\u00a0');
      return element;
    };
    const row = document.createElement('div');
    row.style.cssText = 'display:grid;grid-template-columns:1fr 1fr 1fr;gap:8px;';
    row.append(field('Expires', '••/••'), field('CVV', '•••'), field('ZIP', '•••••'));
    this.box.replaceChildren(field('Card number', '•••• •••• •••• ••••'), row);
    this.draw();
    this.announce('card_fields.changed', this.view);
  }
}
