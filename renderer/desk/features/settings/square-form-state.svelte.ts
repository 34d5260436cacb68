import type { CallOutput } from '../../../../common/contract/index.ts';
import type { SettingsView } from '../../../../common/contract/office.ts';
import type { AppError } from '../../../../common/errors.ts';
import { asAppError, call } from '../../lib/api.svelte.ts';

export type SquareTest = CallOutput<'square.test'>;
export type Finding = SquareTest['findings'][number];
export type SquareDeed = 'test' | 'connect' | 'disconnect';

/**
 * The Square credentials while they are typed. The token is forgotten here as soon as it is sealed in the main
 * process; it is never asked back.
 */
export class SquareFormState {
  application_id = $state('');
  access_token = $state('');
  location_id = $state('');
  open = $state(false);
  /** Problems are shown once a button was pressed, not while the first letter is typed. */
  asked = $state(false);
  test: SquareTest | null = $state.raw(null);
  busy: SquareDeed | null = $state(null);
  done: SquareDeed | null = $state(null);
  failure: AppError | null = $state.raw(null);

  readonly typed = $derived(this.application_id.trim() !== '' && this.access_token.trim() !== '');

  /** A test tells about exactly what was typed then; a changed field makes it void. */
  changed(): void {
    this.test = null;
    this.failure = null;
  }

  chooseLocation(location_id: string): void {
    this.location_id = location_id;
    void this.runTest();
  }

  async runTest(): Promise<void> {
    this.asked = true;
    if (!this.typed) return;
    await this.act('test', async () => {
      this.test = await call('square.test', this.credentials());
      const active = this.test.locations.filter(location => location.status === 'ACTIVE');
      const only = active.length === 1 ? active[0] : undefined;
      if (this.location_id === '' && only) {
        this.location_id = only.location_id;
        this.test = await call('square.test', this.credentials());
      }
    });
  }

  /** Answers the settings as they are then, or null with `failure` set. */
  async connect(): Promise<SettingsView | null> {
    this.asked = true;
    if (!this.typed || this.location_id.trim() === '') return null;
    let view: SettingsView | null = null;
    await this.act('connect', async () => {
      view = await call('square.connect', this.credentials());
      this.access_token = '';
      this.test = null;
      this.asked = false;
      this.open = false;
    });
    return view;
  }

  async disconnect(): Promise<SettingsView | null> {
    let view: SettingsView | null = null;
    await this.act('disconnect', async () => {
      view = await call('square.disconnect', {});
    });
    return view;
  }

  private credentials(): { application_id: string; access_token: string; location_id: string } {
    return {
      application_id: this.application_id,
      access_token: this.access_token,
      location_id: this.location_id,
    };
  }

  private async act(deed: SquareDeed, work: () => Promise<void>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = deed;
    this.done = null;
    this.failure = null;
    try {
      await work();
      this.done = deed;
    } catch (problem) {
      this.failure = asAppError(problem);
    } finally {
      this.busy = null;
    }
  }
}
