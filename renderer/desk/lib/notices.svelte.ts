import { createContext } from 'svelte';
import type { AppError } from '../../../common/errors.ts';
import { messages } from './messages/messages.ts';

export type NoticeTone = 'plain' | 'danger';

/** How long a short confirmation stays. Refusals stay until they are closed. */
const SHOWN_FOR_MS = 6000;
/** What can be undone stays longer, so that the keyboard gets there too. */
const UNDO_FOR_MS = 20_000;

/** One thing that can be done about what was just said: `Undo`. */
export type NoticeAction = { readonly label: string; readonly run: () => void };
type Shown = { readonly text: string; readonly tone: NoticeTone; readonly action: NoticeAction | null };

/** One short sentence at a time about something just done: `Receipt saved`. Never for what happened to money. */
export class Notices {
  current: Shown | null = $state.raw(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string, tone: NoticeTone = 'plain', action: NoticeAction | null = null): void {
    clearTimeout(this.timer);
    this.current = { text, tone, action };
    const shownFor_ms = action === null ? SHOWN_FOR_MS : UNDO_FOR_MS;
    if (tone === 'plain') this.timer = setTimeout(() => this.dismiss(), shownFor_ms);
  }

  refuse(error: AppError): void {
    const words = messages.errors[error.code];
    this.show(`${words.title} ${words.help}`, 'danger');
  }

  dismiss(): void {
    clearTimeout(this.timer);
    this.current = null;
  }
}

export const [getNotices, setNotices] = createContext<Notices>();
