import type { Role } from '../../common/permissions.ts';
import type { Result } from '../../common/errors.ts';
import { waitAfter } from '../../main/staff/tries.ts';
import { makeDice, type Dice } from '../torture/dice.ts';
import type { Life } from './desk.ts';
import type { Memory } from './staff-room.ts';
import type { World } from './world.ts';

const MOST_PEOPLE = 9;
/** Refusals after which everything is as it was. */
const CHANGES_NOTHING: ReadonlySet<string> = new Set([
  ...['wrong_password', 'too_many_tries', 'not_allowed', 'not_signed_in', 'desk_locked', 'person_not_found'],
  ...['password_same', 'password_needed'],
]);
const GUESSED: ReadonlySet<string> = new Set(['wrong_password', 'too_many_tries']);
const NEW_ROLES: readonly Role[] = ['clerk', 'clerk', 'lead', 'manager', 'owner', 'accountant', 'auditor'];

/** Who comes, goes, forgets a password and gets another role: through the real session, slots and counted tries. */
export class StaffPeople {
  readonly #world: World;
  readonly #dice: Dice;
  #made = 0;

  constructor(world: World) {
    this.#world = world;
    this.#dice = makeDice(world.seed, 'staff');
  }

  /** One thing that somebody does. */
  act(): void {
    const { life } = this.#world;
    if (!life || life.session.opened === null) return;
    const roll = this.#dice.below(100);
    const work =
      roll < 18
        ? this.#signIn(life, true)
        : roll < 45
          ? this.#signIn(life, false)
          : roll < 55
            ? this.#ownPassword(life)
            : this.#change(life, roll);
    void this.#world.inRealTime(work);
  }

  #change(life: Life, roll: number): Promise<void> {
    const present = this.#world.present();
    if (roll < 70 && present.length < MOST_PEOPLE) return this.#add(life);
    if (roll < 80) return this.#changeRole(life);
    if (roll < 88) return this.#setPassword(life);
    return this.#remove(life);
  }

  #memory(person_id: string): Memory {
    const { memories } = this.#world.template.room;
    let memory = memories.get(person_id);
    if (!memory) memories.set(person_id, (memory = { passwords: [], certain: false, wrong: 0, wrong_at_ms: 0 }));
    return memory;
  }

  /** Signs in with the password one knows, or with a slip of the finger, or with one that was never right. */
  async #signIn(life: Life, right: boolean): Promise<void> {
    const { evidence } = this.#world;
    const gone = evidence.roles.everybody().filter(person_id => evidence.roles.at(person_id) === null);
    const removed = gone.length > 0 && this.#dice.chance(0.35);
    const person_id = removed ? this.#dice.pick(gone) : this.#dice.pick(this.#world.present()).person_id;
    const memory = this.#memory(person_id);
    const known = memory.passwords.length > 0;
    const password = right && known ? this.#dice.pick(memory.passwords) : `slip of the finger ${this.#dice.below(9)}`;
    if (removed) this.#world.hit('removed_person', evidence.states());
    else if (!right) this.#world.hit('wrong_password', evidence.states());
    const before = { wrong: memory.wrong, since_ms: life.clock.now() - memory.wrong_at_ms };
    const result = await life.askAsIs('session.sign_in', { person_id, password });
    if (!result) return this.#forgotten(memory);
    this.#judge(person_id, { right: right && known && !removed, removed }, result, before);
    if (result.ok && life.session.mustChoose) await this.#choose(life, person_id);
  }

  #judge(
    person_id: string,
    typed: { right: boolean; removed: boolean },
    result: Result<unknown>,
    before: { wrong: number; since_ms: number },
  ): void {
    const memory = this.#memory(person_id);
    const code = result.ok ? 'ok' : result.error.code;
    this.#world.note(`sign in ${person_id} ${code}`);
    const mustWait = before.since_ms >= 0 && before.since_ms < waitAfter(before.wrong);
    if (mustWait && code !== 'too_many_tries') {
      this.#world.find('I37', `${person_id} was let try ${before.since_ms} ms after ${before.wrong} wrong passwords`);
    }
    if (result.ok && !typed.right) this.#world.find('I36', `${person_id} came in and may not`);
    if (code === 'wrong_password' && typed.right && memory.certain) {
      this.#world.find('I36', `the right password of ${person_id} was refused`);
    }
    if (code === 'wrong_password') {
      memory.wrong += 1;
      memory.wrong_at_ms = this.#world.life?.clock.now() ?? 0;
    } else if (result.ok) {
      memory.wrong = 0;
    }
  }

  /** The process died with the answer in its hands: whether the slip was counted, nobody here knows. */
  #forgotten(memory: Memory): void {
    memory.wrong = 0;
  }

  async #choose(life: Life, person_id: string): Promise<void> {
    const own = this.#newPassword();
    await this.#trying(person_id, own, () => life.askAsIs('people.choose_password', { new_password: own }));
  }

  async #ownPassword(life: Life): Promise<void> {
    const { person_id } = this.#dice.pick(this.#world.present());
    const [old_password] = this.#memory(person_id).passwords;
    if (old_password === undefined) return;
    life.sit({ person_id, locked: false });
    const new_password = this.#newPassword();
    await this.#trying(person_id, new_password, () =>
      life.askAsIs('people.change_own_password', { old_password, new_password }),
    );
  }

  async #add(life: Life): Promise<void> {
    const proof = this.#sitDown(life);
    const name = `Newcomer ${(this.#made += 1)}`;
    const first_password = this.#newPassword();
    const role = this.#dice.pick(NEW_ROLES);
    const result = await life.askAsIs('people.add', { name, role, first_password, proof });
    this.#note('add', result);
    const find = this.#world.template.disk.connection.prepare('SELECT person_id FROM person WHERE name = ?').pluck();
    const made = find.get(name) as string | undefined;
    if (made === undefined) return;
    const memory = this.#memory(made);
    Object.assign(memory, { passwords: [first_password], certain: result?.ok === true });
  }

  async #changeRole(life: Life): Promise<void> {
    const proof = this.#sitDown(life);
    const { person_id } = this.#dice.pick(this.#world.present());
    const role = this.#dice.pick(NEW_ROLES);
    this.#note('change role', await life.askAsIs('people.change_role', { person_id, role, proof }));
  }

  async #setPassword(life: Life): Promise<void> {
    const proof = this.#sitDown(life);
    const { person_id } = this.#dice.pick(this.#world.present());
    const first_password = this.#newPassword();
    await this.#trying(person_id, first_password, () =>
      life.askAsIs('people.set_password', { person_id, first_password, proof }),
    );
  }

  async #remove(life: Life): Promise<void> {
    const proof = this.#sitDown(life);
    const { person_id } = this.#dice.pick(this.#world.present());
    const result = await life.askAsIs('people.remove', { person_id, proof });
    this.#note('remove', result);
    const memory = this.#memory(person_id);
    // A slot that went before the rest was cut short is gone all the same, and what was counted with it.
    if (!result?.ok) memory.certain = false;
    memory.wrong = 0;
  }

  /** An owner or a manager takes the chair; answers the password that they believe is theirs. */
  #sitDown(life: Life): string {
    const bosses = this.#world.present().filter(({ role }) => role === 'owner' || role === 'manager');
    const { person_id } = this.#dice.pick(bosses);
    life.sit({ person_id, locked: false });
    const { passwords } = this.#memory(person_id);
    return passwords.length === 0 || this.#dice.chance(0.05) ? 'not the password' : this.#dice.pick(passwords);
  }

  /** A change of a password: until the desk says yes, either of the two may count. */
  async #trying(person_id: string, password: string, work: () => Promise<Result<unknown> | undefined>): Promise<void> {
    const memory = this.#memory(person_id);
    const { passwords, certain } = memory;
    Object.assign(memory, { passwords: [...passwords, password], certain: false });
    const result = await work();
    this.#note(`password of ${person_id}`, result);
    if (result?.ok) Object.assign(memory, { passwords: [password], certain: true, wrong: 0 });
    else if (result && CHANGES_NOTHING.has(result.error.code)) Object.assign(memory, { passwords, certain });
  }

  #note(what: string, result: Result<unknown> | undefined): void {
    const { evidence, life } = this.#world;
    // Whoever proved who they are has no wrong passwords behind them any more.
    const actor = life?.session.person?.person_id;
    if (actor !== undefined && (result?.ok || !GUESSED.has(result?.error.code ?? ''))) this.#memory(actor).wrong = 0;
    if (result?.ok) this.#world.hit('staff_changed', evidence.states(), what);
    else this.#world.note(`${what}: ${result ? result.error.code : 'no answer'}`);
  }

  #newPassword(): string {
    return `simulated pass ${this.#dice.bytes(4).toString('hex')}`;
  }
}
