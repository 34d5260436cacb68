import type { IpcMainEvent, Rectangle } from 'electron';
import { ipcMain } from 'electron';
import { allowance, PAGE_LOG } from '../platform/allowance.ts';
import type {
  CardFieldsSetup,
  CardFieldsState,
  PaymentViewOptions,
  TokenizeRequest,
  TokenizeResult,
} from './card-fields.ts';
import { isSameSetup, OFF } from './card-fields.ts';
import type { Theme } from './colors.ts';
import { fieldColor } from './colors.ts';
import type { ForwardedKey } from './forwarded-keys.ts';
import { forwardedKey } from './forwarded-keys.ts';
import type { NativeFields } from './native-fields.ts';
import { closeNativeFields, openNativeFields } from './native-fields.ts';
import { PAY_ORIGIN } from './origins.ts';
import type { PageMessage } from './payment-messages.ts';
import { parsePageMessage } from './payment-messages.ts';
import type { SquareSite } from './policies.ts';
import { squareSiteOf } from './policies.ts';
import { isMainFrameAt } from './sender.ts';
import type { TokenizeTurn } from './tokenize-turn.ts';
import { createTokenizeTurn } from './tokenize-turn.ts';

/** The page itself gives the script 15 s and the fields 15 s; this catches a page that can no longer speak. */
const LOADING_LIMIT_MS = 40_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** The keys a clerk means when the keyboard leaves the fields; the desk treats them as if pressed there. */
const LEAVING_KEYS = {
  escape: { key: 'Escape', shift: false },
  submit: { key: 'Enter', shift: false },
  forward: { key: 'Tab', shift: false },
  backward: { key: 'Tab', shift: true },
};

/** The state machine behind `PaymentView`: off, loading, live, failed, and back to loading by itself. */
export class CardFieldsView {
  state: CardFieldsState = OFF;
  readonly stateListeners = new Set<(state: CardFieldsState) => void>();
  readonly keyListeners = new Set<(key: ForwardedKey) => void>();
  readonly #options: PaymentViewOptions;
  readonly #turn: TokenizeTurn;
  readonly #mayLog: () => boolean;
  #setup: CardFieldsSetup | null = null;
  #fields: NativeFields | null = null;
  #place: Rectangle | null = null;
  #theme: Theme = { theme: 'light', contrast: 'normal' };
  /** True once this load of the page has said `ready`; messages of the load before it are ignored. */
  #greeted = false;
  /** True from the wish to type into the fields until they say who has the keyboard, or it is taken back. */
  #handedOver = false;
  #leaving = false;
  #loads = 0;
  #failures = 0;
  #retryPlanned = false;
  #stopTimer: () => void = () => {};

  constructor(options: PaymentViewOptions) {
    this.#options = options;
    this.#turn = createTokenizeTurn(options.clock);
    this.#mayLog = allowance(options.clock, PAGE_LOG);
    const hear = (event: IpcMainEvent, kind: unknown, data: unknown) => this.#hear(event, kind, data);
    ipcMain.on('pay:tell', hear);
    options.desk.window.on('closed', () => {
      ipcMain.removeListener('pay:tell', hear);
      this.setup(null);
    });
  }

  setup(setup: CardFieldsSetup | null): void {
    if (isSameSetup(this.#setup, setup)) return;
    const site = setup === null ? null : squareSiteOf(setup.scriptUrl);
    if (setup !== null && site === null) {
      throw new Error(
        "The card fields load from Square or from the built-in simulator only. Check the script's address.",
      );
    }
    this.#unload();
    if (setup === null || site === null) return;
    this.#fields = this.#openFields(setup, site);
    this.#setup = setup;
    this.#load();
  }

  place(rectangle: Rectangle | null): void {
    this.#place = rectangle !== null && rectangle.width >= 1 && rectangle.height >= 1 ? rectangle : null;
    this.#show();
    if (this.state.phase === 'failed') this.#planRetry();
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#fields?.view.setBackgroundColor(fieldColor(theme));
    this.command({ kind: 'theme', theme });
  }

  async tokenize(request: TokenizeRequest): Promise<TokenizeResult> {
    if (this.state.phase !== 'live') return { kind: 'failed', reason: 'not_live' };
    const result = await this.#turn.begin(number => this.command({ kind: 'tokenize', number, request }));
    if (this.#leaving) this.leave();
    return result.kind === 'token' ? { ...result, minted_at_ms: this.#options.clock.now() } : result;
  }

  leave(): void {
    this.place(null);
    this.#leaving = this.#turn.isOpen();
    if (!this.#leaving) this.command({ kind: 'clear' });
  }

  focus(): boolean {
    if (this.state.phase !== 'live' || this.#fields === null) return false;
    this.#handedOver = true;
    this.#fields.contents.focus();
    this.command({ kind: 'focus' });
    return true;
  }

  reload(): void {
    // Coming back online calls this too. Fields that work may hold digits, or the keyboard may be on its way to them.
    if (this.state.phase !== 'live') this.#load();
  }

  /** Tells the page to do something. Before it has said `ready` there is nobody to tell. */
  command(command: { kind: string } & Record<string, unknown>): void {
    const contents = this.#fields?.contents;
    if (contents === undefined || contents.isDestroyed() || !this.#greeted) return;
    contents.send('pay:command', command);
  }

  #openFields(setup: CardFieldsSetup, site: SquareSite): NativeFields {
    const fields = openNativeFields(this.#options, setup, site);
    const { view, contents } = fields;
    contents.on('before-input-event', (_event, input) => {
      const key = forwardedKey(input);
      if (key !== null) this.#tellKey(key);
    });
    contents.on('render-process-gone', (_event, details) => {
      if (this.#fields === fields) this.#fail('fields', details.reason);
    });
    view.setBackgroundColor(fieldColor(this.#theme));
    return fields;
  }

  #unload(): void {
    const fields = this.#fields;
    this.#fields = null;
    this.#setup = null;
    this.#failures = 0;
    this.#cancelTimer();
    this.#turn.abandon('unloaded');
    if (fields !== null) closeNativeFields(this.#options, fields);
    this.#change(OFF);
  }

  /** Loads the page anew. The only cure for a script that failed, because the failure stays with the page. */
  #load(): void {
    const fields = this.#fields;
    if (fields === null || fields.contents.isDestroyed()) return;
    this.#loads += 1;
    const load = this.#loads;
    this.#greeted = false;
    this.#turn.abandon('reloaded');
    this.#cancelTimer();
    this.#stopTimer = this.#options.clock.after(LOADING_LIMIT_MS, () => this.#fail('fields', 'no_answer'));
    this.#change({ ...OFF, phase: 'loading', height_px: this.state.height_px });
    fields.openPage();
    fields.contents.loadURL(`${PAY_ORIGIN}/`).catch(() => {
      if (this.#fields === fields && this.#loads === load) this.#fail('script', 'page_not_loaded');
    });
  }

  #fail(failure: 'script' | 'fields', reason: string): void {
    this.#options.log('card_fields_failed', { failure, reason, failures: this.#failures + 1 });
    this.#turn.abandon('fields_lost');
    this.#cancelTimer();
    this.#greeted = false;
    this.#change({ ...OFF, phase: 'failed', failure, height_px: this.state.height_px });
    this.#planRetry();
    this.#failures += 1;
  }

  /** 1, 2, 4 up to 30 s apart, and only while somebody looks at the place where the fields should be. */
  #planRetry(): void {
    if (this.#retryPlanned || this.#place === null) return;
    this.#retryPlanned = true;
    const delay_ms = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10));
    this.#stopTimer = this.#options.clock.after(delay_ms, () => {
      this.#retryPlanned = false;
      if (this.#place !== null && this.state.phase === 'failed') this.#load();
    });
  }

  #cancelTimer(): void {
    this.#stopTimer();
    this.#stopTimer = () => {};
    this.#retryPlanned = false;
  }

  #hear(event: IpcMainEvent, kind: unknown, data: unknown): void {
    const contents = this.#fields?.contents;
    if (contents === undefined || contents.isDestroyed() || !isMainFrameAt(event, contents, PAY_ORIGIN)) return;
    const message = parsePageMessage(kind, data);
    if (message === null && this.#mayLog()) this.#options.log('card_fields_unknown_message', {});
    if (message === null) return;
    if (message.kind === 'ready') this.#greet();
    else if (this.#greeted) this.#follow(message);
  }

  #greet(): void {
    if (this.#setup === null || this.#greeted || this.state.phase !== 'loading') return;
    const { applicationId, locationId, scriptUrl } = this.#setup;
    this.#greeted = true;
    this.#fields?.openNetwork();
    this.command({ kind: 'setup', applicationId, locationId, scriptUrl, theme: this.#theme });
  }

  #follow(message: Exclude<PageMessage, { kind: 'ready' }>): void {
    switch (message.kind) {
      case 'height':
        return this.#change({ ...this.state, height_px: message.height_px });
      case 'changed': {
        const { complete, brand, focused } = message;
        if (this.state.phase === 'loading') this.#cancelTimer();
        this.#failures = 0;
        if (focused) this.#handedOver = false;
        return this.#change({ ...this.state, phase: 'live', failure: null, complete, brand, focused });
      }
      case 'focus-left':
        this.#giveKeyboardBack();
        return this.#tellKey({ ...LEAVING_KEYS[message.toward], control: false, alt: false });
      case 'tokenised':
        if (!this.#turn.finish(message.number, message.result)) this.#options.log('card_token_came_late', {});
        return;
      case 'failed':
        return this.#fail(message.failure, message.reason);
    }
  }

  #tellKey(key: ForwardedKey): void {
    for (const listener of this.keyListeners) listener(key);
  }

  #change(next: CardFieldsState): void {
    const before = this.state;
    const names = Object.keys(next) as (keyof CardFieldsState)[];
    if (names.every(name => before[name] === next[name])) return;
    this.state = next;
    if (before.phase !== next.phase) this.#show();
    // Fields that are gone must not keep the keyboard: the next digits would go where nobody sees them.
    if ((before.focused || this.#handedOver) && next.phase !== 'live') this.#giveKeyboardBack();
    for (const listener of this.stateListeners) listener(next);
  }

  #giveKeyboardBack(): void {
    this.#handedOver = false;
    const { window } = this.#options.desk;
    if (!window.isDestroyed()) window.webContents.focus();
  }

  /** A failed page has nothing to show, so the desk's own words at that place must be seen. */
  #show(): void {
    const { window } = this.#options.desk;
    if (window.isDestroyed()) return;
    const place = this.#fields === null || this.state.phase === 'failed' ? null : this.#place;
    // A single view cannot be kept off the pictures that other programs take of the screen, so its window is.
    window.setContentProtection(place !== null);
    if (this.#fields === null) return;
    if (place === null) {
      this.#fields.view.setVisible(false);
      if (this.state.focused || this.#handedOver) this.#giveKeyboardBack();
      return;
    }
    const zoom = window.webContents.getZoomFactor();
    this.#fields.contents.setZoomFactor(zoom);
    this.#fields.view.setBounds({
      x: Math.round(place.x * zoom),
      y: Math.round(place.y * zoom),
      width: Math.round(place.width * zoom),
      height: Math.round(place.height * zoom),
    });
    this.#fields.view.setVisible(true);
    this.command({ kind: 'shown' });
  }
}
