import { calls, type CallName } from '../../common/contract/index.ts';
import type { AttemptView, TakeInput } from '../../common/contract/payments.ts';
import type { Result } from '../../common/errors.ts';
import { ROLE_PERMISSIONS } from '../../common/permissions.ts';
import { money } from '../../common/money.ts';
import type { Dice } from '../torture/dice.ts';
import type { Life } from './desk.ts';
import type { Fault } from './faults.ts';
import type { StaffRoom } from './staff-room.ts';
import { BOSSES, CUSTOMERS, type Person, type Visitor } from './staff.ts';

/** Few amounts, so that the same one comes again for the same customer. */
const AMOUNTS = [500, 1250, 1250, 4000, 10_000, 99_999, 1];

export type PeoplePorts = {
  readonly dice: Dice;
  readonly life: () => Life | null;
  readonly hit: (fault: Fault, attempt_id: string | null) => void;
  readonly told: (name: CallName, result: Result<unknown>) => void;
  readonly refused: (attempt_id: string) => void;
  readonly asks: (attempt_id: string, person_id: string) => void;
  /** A call that had to be refused was not. */
  readonly accepted: (what: string) => void;
  readonly openAttempts: () => string[];
  readonly allAttempts: () => string[];
  /** Who belongs to the office now. */
  readonly present: () => Person[];
  /** Who was removed. */
  readonly gone: () => string[];
  readonly room: StaffRoom;
  /** Somebody who may decides about an attempt, and proves it; they may be somebody else before Square has answered. */
  readonly decides: (attempt_id: string, person_id: string) => void;
};

/** The people at the desk: impatient, forgetful, sometimes with the wrong role, and always through the real door. */
export class People {
  readonly #ports: PeoplePorts;
  #inputs: TakeInput[] = [];

  constructor(ports: PeoplePorts) {
    this.#ports = ports;
  }

  /** One thing that somebody does. */
  act(): void {
    const { dice } = this.#ports;
    const roll = dice.below(100);
    if (roll < 52) this.#take();
    else if (roll < 58) this.#twice();
    else if (roll < 62) this.#otherInput();
    else if (roll < 67) this.#mayNot();
    else if (roll < 75) this.#askNow();
    else if (roll < 79) this.#cancelQueued();
    else if (roll < 83) this.#again();
    else if (roll < 86) this.#wayOut();
    else if (roll < 94) this.#look();
    else this.#ask('sync.now', {}, this.#worker());
  }

  /** What people do when they are told that all is well again. */
  calmDown(): void {
    this.#ask('sync.now', {}, this.#worker());
  }

  #worker(): Visitor {
    const roll = this.#ports.dice.below(10);
    const wished = roll < 7 ? 'clerk' : roll < 9 ? 'manager' : 'owner';
    const present = this.#ports.present();
    const fitting = present.filter(({ role }) => role === wished);
    return this.#sits(fitting.length > 0 ? fitting : present.filter(({ role }) => role === 'owner'));
  }

  #sits(candidates: readonly Person[]): Visitor {
    return { person_id: this.#ports.dice.pick(candidates).person_id, locked: false };
  }

  #ask(name: CallName, input: unknown, visitor: Visitor, then?: (result: Result<unknown>) => void): void {
    const life = this.#ports.life();
    if (!life || !(name in calls)) return;
    if (name === 'payments.take') this.#ports.asks((input as TakeInput).attempt_id, visitor.person_id);
    void life.ask(name, input as never, visitor).then(result => {
      this.#ports.told(name, result);
      then?.(result);
    });
  }

  #newInput(): TakeInput | undefined {
    const { dice } = this.#ports;
    const life = this.#ports.life();
    if (!life) return undefined;
    const amount = money(dice.pick(AMOUNTS), 'USD');
    const channel = dice.chance(0.3) ? 'phone' : 'desk';
    const kind = dice.pick(['card', 'card', 'card', 'cash', 'check']);
    const details: TakeInput['details'] =
      kind === 'card'
        ? { tender: 'card', read_back: channel === 'phone' && dice.chance(0.9) }
        : kind === 'cash'
          ? { tender: 'cash', tendered: money(amount.minor + dice.pick([0, 0, 500]), 'USD') }
          : { tender: 'check', number: String(1000 + dice.below(9000)), bank: 'First Bank' };
    const input = {
      attempt_id: life.attempts.newAttemptId() as never,
      channel: kind === 'card' ? channel : 'desk',
      amount,
      customer_id: (dice.chance(0.75) ? dice.pick(CUSTOMERS) : null) as never,
      again_because: null,
      pays: [],
      payer_name: null,
      details,
    } satisfies TakeInput;
    this.#inputs.push(input);
    return input;
  }

  #take(): void {
    const input = this.#newInput();
    if (input) this.#sendTake(input);
  }

  #sendTake(input: TakeInput, visitor = this.#worker()): void {
    this.#ask('payments.take', input, visitor, result => {
      if (!result.ok && result.error.code === 'looks_like_duplicate') this.#insist(input, visitor);
    });
  }

  /** Goes on after the warning, with a reason. */
  #insist(input: TakeInput, visitor: Visitor): void {
    const { dice } = this.#ports;
    if (dice.chance(0.3)) return;
    const again: TakeInput = { ...input, again_because: 'second visit today' };
    this.#inputs.push(again);
    this.#ask('payments.take', again, visitor);
  }

  #twice(): void {
    const input = this.#newInput();
    if (!input) return;
    this.#ports.hit('double_click', null);
    const visitor = this.#worker();
    this.#sendTake(input, visitor);
    this.#sendTake(input, visitor);
  }

  #otherInput(): void {
    const { dice } = this.#ports;
    const known = this.#inputs.at(-1 - dice.below(Math.min(4, Math.max(1, this.#inputs.length))));
    if (!known) return this.#take();
    this.#ports.hit('other_input', known.attempt_id);
    const recorded = this.#ports.allAttempts().includes(known.attempt_id);
    const other = { ...known, amount: money(known.amount.minor + 100, 'USD') };
    this.#ask('payments.take', other, this.#worker(), result => {
      const answered = result.ok ? viewsIn('payments.take', result)[0] : undefined;
      if (!recorded || !answered || answered.amount.minor === other.amount.minor) return;
      this.#ports.accepted(`${known.attempt_id} was accepted with another input`);
    });
  }

  #mayNot(): void {
    const { dice } = this.#ports;
    const input = this.#newInput();
    if (!input) return;
    // Nobody asks for it again under the same number.
    this.#inputs.pop();
    this.#ports.refused(input.attempt_id);
    const present = this.#ports.present();
    const without = present.filter(({ role }) => !ROLE_PERMISSIONS[role].includes('payments.take'));
    const gone = this.#ports.gone();
    const kind = dice.pick(['locked', 'wrong_role', 'removed_person'] as const);
    if (kind === 'wrong_role' && without.length > 0) {
      this.#ports.hit('wrong_role', null);
      return this.#ask('payments.take', input, this.#sits(without));
    }
    if (kind === 'removed_person' && gone.length > 0) {
      this.#ports.hit('removed_person', null);
      return this.#ask('payments.take', input, { person_id: dice.pick(gone), locked: false });
    }
    this.#ports.hit('locked', null);
    this.#ask('payments.take', input, { ...this.#worker(), locked: true });
  }

  #askNow(): void {
    const attempt_id = this.#some();
    if (!attempt_id) return this.#take();
    this.#ports.hit('ask_now', attempt_id);
    this.#ask('payments.ask_now', { attempt_id }, this.#worker());
  }

  #cancelQueued(): void {
    const attempt_id = this.#some();
    if (!attempt_id) return this.#take();
    this.#ports.hit('cancel_queued', attempt_id);
    this.#ask('payments.cancel_queued', { attempt_id }, this.#worker());
  }

  /** The same customer, the same amount, a new attempt: what somebody does who believes that it did not work. */
  #again(): void {
    const life = this.#ports.life();
    const last = this.#inputs.at(-1);
    if (!life || !last) return this.#take();
    this.#ports.hit('again_same', last.attempt_id);
    const input: TakeInput = { ...last, again_because: null, attempt_id: life.attempts.newAttemptId() as never };
    this.#inputs.push(input);
    this.#sendTake(input);
  }

  #wayOut(): void {
    const attempt_id = this.#some();
    if (!attempt_id) return this.#take();
    this.#ports.hit('manager_way_out', attempt_id);
    this.settle(attempt_id);
  }

  /** A manager ends a doubt, or decides about what was found later. */
  settle(attempt_id: string): void {
    const { dice, room } = this.#ports;
    const bosses = this.#ports.present().filter(({ role }) => BOSSES.has(role));
    const boss = this.#sits(room.surely(bosses));
    const password = dice.pick(room.passwordsOf(boss.person_id));
    room.proves(boss.person_id);
    this.#ports.decides(attempt_id, boss.person_id);
    const common = { attempt_id, reason: 'called the bank', password };
    this.#ask('payments.close_doubt' as CallName, common, boss);
    const choice = dice.pick(['keep', 'give_back']);
    this.#ask('payments.settle_found' as CallName, { ...common, choice }, boss);
  }

  #look(): void {
    const { dice } = this.#ports;
    const all = this.#ports.allAttempts();
    if (all.length === 0) return this.#take();
    this.#ask('payments.get', { attempt_id: dice.pick(all) }, this.#worker());
  }

  #some(): string | undefined {
    const { dice } = this.#ports;
    const open = this.#ports.openAttempts();
    const list = open.length > 0 && dice.chance(0.85) ? open : this.#ports.allAttempts();
    return list.length > 0 ? dice.pick(list) : undefined;
  }
}

/** The views in an answer of the door. */
export function viewsIn(name: CallName, result: Result<unknown>): AttemptView[] {
  if (!result.ok) return [];
  if (name === 'payments.get') return [(result.value as { attempt: AttemptView }).attempt];
  const view = result.value as Partial<AttemptView>;
  return view.attempt_id !== undefined && view.word !== undefined ? [view as AttemptView] : [];
}
