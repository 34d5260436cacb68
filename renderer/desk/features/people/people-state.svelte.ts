import type { PeopleView } from '../../../../common/contract/people.ts';
import type { AppError } from '../../../../common/errors.ts';
import type { Role } from '../../../../common/permissions.ts';
import { asAppError, call, on } from '../../lib/api.svelte.ts';
import { messages } from '../../lib/messages/messages.ts';
import { passwordError } from './password-text.ts';

export type ListedPerson = PeopleView['people'][number];
export type PersonDeed = 'add' | 'role' | 'password' | 'remove';

/** The list of people, and the one form that changes it. */
export class PeopleState {
  view: PeopleView | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  /** The sentence about what was done last. */
  said = $state('');

  follow(): () => void {
    void this.refresh();
    return on('people.changed', () => void this.refresh());
  }

  async refresh(): Promise<void> {
    await this.take(call('people.list', {}));
  }

  async setIdle(minutes: number): Promise<void> {
    if (await this.take(call('people.set_idle_lock', { minutes }))) this.said = messages.staff.lock.saved(minutes);
  }

  private async take(asked: Promise<PeopleView>): Promise<boolean> {
    try {
      this.view = await asked;
      this.failure = null;
      return true;
    } catch (problem) {
      this.failure = asAppError(problem);
      return false;
    }
  }
}

/** What is typed into the form of one deed. `person` is null only while somebody is added. */
export class PersonForm {
  readonly deed: PersonDeed;
  readonly person: ListedPerson | null;
  name = $state('');
  role: Role = $state('clerk');
  first_password = $state('');
  proof = $state('');
  asked = $state(false);
  busy = $state(false);
  failure: AppError | null = $state.raw(null);

  constructor(deed: PersonDeed, person: ListedPerson | null) {
    this.deed = deed;
    this.person = person;
    if (person) this.role = person.role;
  }

  get needsPassword(): boolean {
    return this.deed === 'add' || this.deed === 'password';
  }

  private get complete(): boolean {
    if (this.proof === '' || (this.deed === 'add' && this.name.trim() === '')) return false;
    return !this.needsPassword || passwordError(this.first_password) === undefined;
  }

  /** Answers the changed list, or null with `failure` set or something still to be typed. */
  async send(): Promise<PeopleView | null> {
    this.asked = true;
    if (!this.complete || this.busy) return null;
    this.busy = true;
    this.failure = null;
    try {
      return await this.call();
    } catch (problem) {
      this.failure = asAppError(problem);
      return null;
    } finally {
      this.busy = false;
      this.proof = '';
      this.asked = false;
    }
  }

  private call(): Promise<PeopleView> {
    const { name, role, first_password, proof } = this;
    const person_id = this.person?.person_id ?? '';
    if (this.deed === 'add') return call('people.add', { name, role, first_password, proof });
    if (this.deed === 'role') return call('people.change_role', { person_id, role, proof });
    if (this.deed === 'password') return call('people.set_password', { person_id, first_password, proof });
    return call('people.remove', { person_id, proof });
  }

  /** The sentence about it, once it is done. */
  get done(): string {
    const text = messages.staff.people;
    const name = this.person?.name ?? this.name.trim();
    if (this.deed === 'add') return text.added(name);
    if (this.deed === 'role') return text.changed(name, messages.shell.roles[this.role]);
    return this.deed === 'password' ? text.passwordSet(name) : text.removed(name);
  }
}
