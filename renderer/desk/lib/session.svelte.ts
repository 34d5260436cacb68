import { createContext } from 'svelte';
import type { SessionState as SessionView } from '../../../common/contract/office.ts';
import type { Permission } from '../../../common/permissions.ts';
import type { AppError } from '../../../common/errors.ts';
import { asAppError, call, on } from './api.svelte.ts';
import type { Place } from './format.ts';

/**
 * Who is at the desk and which screen that makes it. One for the whole app, handed down by context. Calls that answer
 * a session (`session.sign_in`, `session.lock`, `setup.finish` ...) give it to `accept`, so the screen changes at once.
 */
export class SessionState {
  /** Null only until the first answer. */
  state: SessionView | null = $state.raw(null);
  /** Why the session could not be asked; the app shows it instead of a screen. */
  failure: AppError | null = $state.raw(null);
  private asked = 0;
  private asking = 0;
  readonly office = $derived(this.state?.office ?? null);
  readonly person = $derived(this.state?.person ?? null);
  readonly training = $derived(this.state?.mode === 'training');

  /** Asks now and after every `session.changed`, until the returned function is called. */
  follow(): () => void {
    void this.refresh();
    return on('session.changed', () => void this.refresh());
  }

  async refresh(): Promise<void> {
    const turn = (this.asked += 1);
    this.asking += 1;
    try {
      const state = await call('session.state', {});
      if (turn === this.asked) this.show(state);
    } catch (problem) {
      if (turn === this.asked) this.failure = asAppError(problem);
    } finally {
      this.asking -= 1;
    }
  }

  /** An answer that is still on its way may be older than this one, and must not be the last word. */
  accept(state: SessionView): void {
    this.show(state);
    if (this.asking > 0) void this.refresh();
  }

  private show(state: SessionView): void {
    this.state = state;
    this.failure = null;
  }

  can(permission: Permission): boolean {
    return this.person?.permissions.includes(permission) ?? false;
  }

  /** Where dates and amounts are written for; before there is an office, where the machine says it is. */
  get place(): Place {
    if (this.office) return { locale: this.office.locale, time_zone: this.office.time_zone };
    return { locale: navigator.language, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  }
}

export const [getSession, setSession] = createContext<SessionState>();
