import type { PeopleView } from '../../common/contract/people.ts';
import { AppError } from '../../common/errors.ts';
import { ROLES, type Role } from '../../common/permissions.ts';
import { PASSWORD_COST } from '../ledger/keys.ts';
import { readSettings } from '../office/settings.ts';
import { assertNewPassword } from './new-password.ts';
import { peopleOf, personOf, type Person } from './queries.ts';
import type { Session } from './session.ts';

/**
 * Who belongs to the office. The ledger says who somebody is and what they may do; the slots only open it. So what is
 * cut short between the two is harmless: without a slot a person needs a new password, without a place in the ledger a
 * slot opens nothing for its person.
 */
export class People {
  readonly #session: Session;
  readonly #newId: () => string;

  constructor(session: Session, newId: () => string) {
    this.#session = session;
    this.#newId = newId;
  }

  async view(): Promise<PeopleView> {
    const { ledger, vault, person } = this.#session;
    const doors = new Map((await vault.people()).map(door => [door.person_id, door]));
    const everyone = peopleOf(ledger.database);
    const actor = person!;
    const people = everyone.map(one => {
      const door = doors.get(one.person_id);
      const state: PeopleView['people'][number]['state'] = !door?.usable
        ? 'needs_password'
        : door.must_choose
          ? 'must_choose'
          : 'ready';
      const may = mayChange(actor.role, one.role);
      const lastOwner = isLastOwner(one, everyone, id => doors.get(id)?.usable ?? false);
      return { ...one, state, may_change: may, may_remove: may && !lastOwner };
    });
    const roles = ROLES.filter(role => mayChange(actor.role, role));
    return { people, roles: [...roles], idle_minutes: readSettings(ledger.database).idle_minutes };
  }

  /** Throws person_exists, password_common, not_allowed, and what a wrong proof throws. */
  async add(wish: { name: string; role: Role; first_password: string; proof: string }): Promise<PeopleView> {
    assertNewPassword(wish.first_password);
    return this.#change(wish.proof, async (ledgerKey, actor) => {
      const { ledger, vault } = this.#session;
      const { name, role } = wish;
      if (!mayChange(actor.role, role)) throw new AppError('not_allowed');
      const same = (one: Person): boolean => one.name.toLowerCase() === name.toLowerCase();
      if (peopleOf(ledger.database).some(same)) throw new AppError('person_exists');
      const person_id = this.#newId();
      ledger.write(actor.person_id, write => {
        const personal = write.sealPersonal(person_id, { name });
        write.fact('staff.added', { person_id, role, personal });
      });
      await vault.setPassword(ledgerKey, { person_id, name, role }, wish.first_password, this.#firstPassword);
    });
  }

  /** Throws last_owner, person_not_found, not_allowed, and what a wrong proof throws. */
  changeRole({ person_id, role, proof }: { person_id: string; role: Role; proof: string }): Promise<PeopleView> {
    return this.#change(proof, async (ledgerKey, actor) => {
      const { ledger, vault } = this.#session;
      const person = await this.#mayBeChanged(actor, person_id, role !== 'owner');
      if (!mayChange(actor.role, role)) throw new AppError('not_allowed');
      if (person.role === role) return;
      ledger.write(actor.person_id, write => write.fact('staff.role_changed', { person_id, role }));
      await vault.setRole(ledgerKey, { ...person, role });
    });
  }

  /** Throws password_common, person_not_found, not_allowed, and what a wrong proof throws. */
  async setPassword(wish: { person_id: string; first_password: string; proof: string }): Promise<PeopleView> {
    assertNewPassword(wish.first_password);
    return this.#change(wish.proof, async (ledgerKey, actor) => {
      const { ledger, vault } = this.#session;
      // One's own is changed with the old one, not set.
      if (wish.person_id === actor.person_id) throw new AppError('not_allowed');
      const person = await this.#mayBeChanged(actor, wish.person_id, false);
      await vault.setPassword(ledgerKey, person, wish.first_password, this.#firstPassword);
      const { person_id } = person;
      ledger.write(actor.person_id, write => write.fact('staff.password_changed', { person_id, how: 'set' }));
    });
  }

  /** The slot goes first: from then on the person opens nothing any more. Throws as `changeRole`. */
  remove({ person_id, proof }: { person_id: string; proof: string }): Promise<PeopleView> {
    const { ledger, vault } = this.#session;
    return this.#change(proof, async (ledgerKey, actor) => {
      await this.#mayBeChanged(actor, person_id, true);
      await vault.remove(ledgerKey, person_id);
      if (actor.person_id !== person_id) {
        await vault.freshen(ledgerKey, actor, proof, this.#session.ports.cost ?? PASSWORD_COST);
      }
      ledger.write(actor.person_id, write => write.fact('staff.removed', { person_id }));
    });
  }

  /** The old password proves who asks. Throws password_same, password_common, and what a wrong password throws. */
  async changeOwnPassword(old_password: string, new_password: string): Promise<void> {
    assertNewPassword(new_password);
    if (old_password === new_password) throw new AppError('password_same');
    await this.#session.withProof(old_password, (ledgerKey, person) => this.#own(ledgerKey, person, new_password));
  }

  /** After signing in with a first password. Throws not_allowed when there is nothing to choose. */
  async choosePassword(new_password: string): Promise<void> {
    const session = this.#session;
    assertNewPassword(new_password);
    return session.inTurn(async () => {
      const { person, opened } = session;
      if (!person || !opened || !session.mustChoose) throw new AppError('not_allowed');
      if (await session.vault.isPasswordOf(person.person_id, new_password)) throw new AppError('password_same');
      await this.#own(opened.ledgerKey, person, new_password);
      session.passwordChosen();
    });
  }

  setIdleLock(minutes: number): Promise<PeopleView> {
    const { ledger, person } = this.#session;
    if (readSettings(ledger.database).idle_minutes !== minutes) {
      const value = String(minutes);
      ledger.write(person!.person_id, write => write.fact('setting.changed', { name: 'idle_minutes', value }));
    }
    return this.view();
  }

  get #firstPassword() {
    return { cost: this.#session.ports.cost ?? PASSWORD_COST, must_choose: true };
  }

  async #own(ledgerKey: Buffer, { person_id }: Person, password: string): Promise<void> {
    const { ledger, vault } = this.#session;
    const person = personOf(ledger.database, person_id);
    if (!person) throw new AppError('person_not_found');
    await vault.setPassword(ledgerKey, person, password, { ...this.#firstPassword, must_choose: false });
    ledger.write(person_id, write => write.fact('staff.password_changed', { person_id, how: 'own' }));
  }

  async #change(proof: string, work: (ledgerKey: Buffer, actor: Person) => Promise<void>): Promise<PeopleView> {
    const session = this.#session;
    await session.withProof(proof, work);
    session.personChanged();
    session.ports.announce('people.changed', {});
    if (!session.person) throw new AppError('not_signed_in');
    return this.view();
  }

  /** Somebody who belongs here, whom the actor may change, and who is not the last one that everything hangs on. */
  async #mayBeChanged(actor: Person, person_id: string, endsOwner: boolean): Promise<Person> {
    const { ledger, vault } = this.#session;
    const everyone = peopleOf(ledger.database);
    const person = everyone.find(one => one.person_id === person_id);
    if (!person) throw new AppError('person_not_found');
    if (!mayChange(actor.role, person.role)) throw new AppError('not_allowed');
    const usable = new Set((await vault.people()).filter(door => door.usable).map(door => door.person_id));
    if (endsOwner && isLastOwner(person, everyone, id => usable.has(id))) throw new AppError('last_owner');
    return person;
  }
}

/** Nobody makes themselves, or anybody else, more than they are: only an owner makes, changes or removes an owner. */
function mayChange(actor: Role, role: Role): boolean {
  return actor === 'owner' || (actor === 'manager' && role !== 'owner');
}

/** An owner who cannot sign in here could not repair anything, so only those who can are counted. */
function isLastOwner(person: Person, everyone: readonly Person[], usable: (person_id: string) => boolean): boolean {
  const others = everyone.filter(one => one.role === 'owner' && one.person_id !== person.person_id);
  return person.role === 'owner' && !others.some(one => usable(one.person_id));
}
