import type { Mode, SessionState as SessionView } from '../../../../common/contract/office.ts';
import type { AppError } from '../../../../common/errors.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';

export type DoorDeed = 'open' | 'leave' | 'switch';

/** The door: who wants in, the password while it is typed, and how long the next try has to wait. */
export class SignInState {
  person_id = $state('');
  password = $state('');
  busy: DoorDeed | null = $state(null);
  failure: AppError | null = $state.raw(null);
  /** How far the tables are that are made anew before the desk opens, in records; null when none are. */
  mending: { readonly done: number; readonly of: number } | null = $state.raw(null);
  /** True after an empty password was offered, so that the field says what is missing. */
  passwordMissing = $state(false);

  /** When a password may be tried again, on the page's own steady clock. */
  private waits_until_ms = $state(0);
  private now_ms = $state(performance.now());
  readonly wait_seconds = $derived(Math.max(0, Math.ceil((this.waits_until_ms - this.now_ms) / 1000)));

  /** Hears how far the opening is, until the returned function is called. */
  follow(): () => void {
    return on('ledger.mending', progress => {
      if (this.busy === 'open') this.mending = progress;
    });
  }

  choose(person_id: string): void {
    this.person_id = person_id;
    this.password = '';
    this.passwordMissing = false;
    this.failure = null;
  }

  /** Takes the wait that the session names, in milliseconds from now. */
  takeWait(wait_ms: number): void {
    this.now_ms = performance.now();
    this.waits_until_ms = this.now_ms + wait_ms;
  }

  tick(): void {
    this.now_ms = performance.now();
  }

  /** Opens or unlocks the desk; answers the new session, or null with `failure` set. */
  async open(phase: 'signed_out' | 'locked'): Promise<SessionView | null> {
    if (this.busy !== null || this.wait_seconds > 0) return null;
    this.passwordMissing = this.password === '';
    if (this.passwordMissing) return null;
    const password = this.password;
    return this.act('open', () =>
      phase === 'locked'
        ? call('session.unlock', { password })
        : call('session.sign_in', { person_id: this.person_id, password }),
    );
  }

  leave(): Promise<SessionView | null> {
    return this.act('leave', () => call('session.sign_out', {}));
  }

  switchTo(mode: Mode): Promise<SessionView | null> {
    return this.act('switch', () => call('session.switch_mode', { mode }));
  }

  private async act(deed: DoorDeed, work: () => Promise<SessionView>): Promise<SessionView | null> {
    if (this.busy !== null) return null;
    this.busy = deed;
    this.failure = null;
    try {
      return await work();
    } catch (problem) {
      this.failure = asAppError(problem);
      const wait_ms = this.failure.details['wait_ms'];
      if (typeof wait_ms === 'number') this.takeWait(wait_ms);
      return null;
    } finally {
      this.password = '';
      this.busy = null;
      this.mending = null;
    }
  }
}
