import { createContext } from 'svelte';
import type { AppError } from '../../../common/errors.ts';
import { messages } from './messages/messages.ts';

export type NoticeTone = 'plain' | 'danger';

/** How long a short confirmation stays. Refusals stay until they are closed. */
const SHOWN_FOR_MS = 6000;

/** One short sentence at a time about something just done: `Receipt saved`. Never for what happened to money. */
export class Notices {
  current: { readonly text: string; readonly tone: NoticeTone } | null = $state.raw(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string, tone: NoticeTone = 'plain'): void {
    clearTimeout(this.timer);
    this.current = { text, tone };
    if (tone === 'plain') this.timer = setTimeout(() => this.dismiss(), SHOWN_FOR_MS);
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
