import type { Dice } from '../torture/dice.ts';

/** Everything that goes wrong in the simulated world, by the name under which it is counted. */
export const FAULTS = {
  // The line, and Square's answers to what moves money.
  offline: 'no connection is made',
  request_lost: 'the connection breaks before Square has the request',
  reply_lost: 'Square acts, and the answer is lost',
  processed_late: 'the desk gives up waiting, and Square acts afterwards',
  reply_slow: 'the answer comes late, and others overtake it',
  request_doubled: 'the line delivers a request twice',
  error_before: 'Square answers 5xx and has done nothing',
  error_after: 'Square answers 5xx and has acted',
  rate_limited: 'Square answers 429 with a time to wait',
  unreadable: 'something answers that is not Square',
  mismatched: 'the answer speaks of another payment',
  unauthorized: 'Square refuses the token of the desk',
  missing_scope: 'Square refuses the right of the desk',
  declined: 'the bank says no',
  refused: 'Square says that the request is wrong',
  key_forgotten: 'Square has forgotten the key when it is sent again',
  hold_ended: 'Square ends a hold by itself',
  outage: 'nothing of Square can be reached for a while',
  outage_of_payments: 'payments fail, and lists answer',
  // Reading.
  list_lags: 'a change is not yet in the list',
  list_fails: 'the list cannot be read',
  cursor_expired: 'the list ends in its middle',
  look_up_fails: 'a payment cannot be looked up',
  cancel_of_nothing: 'a cancel by key succeeds although there is nothing',
  fee_late: 'a fee appears later',
  fee_changed: 'a fee changes after it was booked',
  booked_late: 'Square books a charge of which it had said that there is none',
  foreign_payment: 'a payment is made elsewhere',
  foreign_refund: 'a payment is refunded elsewhere',
  square_clock: 'the clock of Square differs',
  // The disk.
  full_before: 'the disk is full before a commit',
  full_within: 'the disk is full at the end of a commit',
  io_error: 'the disk reports an error in a commit',
  kill_before_commit: 'the process dies right before a commit',
  kill_after_commit: 'the process dies right after a commit',
  power_cut: 'the power goes',
  anchors_lost: 'the anchors are gone at the next start',
  anchor_torn: 'one of the anchors is damaged at the next start',
  anchor_full: 'an anchor cannot be written',
  old_copy: 'an old copy of the ledger is put in its place',
  no_room: 'there is no room for a result, and the charge is refused',
  // The process.
  kill: 'the process dies between two steps',
  kill_at_slots: 'the process dies between the two copies of the key slots',
  kill_at_tries: 'the process dies when a wrong password was counted',
  kill_at_call: 'the process dies when a request is to leave',
  kill_at_reply: 'the process dies with an answer in its hands',
  quit: 'the app is closed in order, and started later',
  second_process: 'a second process takes the ledger over',
  suspend: 'the computer sleeps',
  // Time.
  clock_forward: 'the wall clock is set forward',
  clock_back: 'the wall clock is set back',
  clock_hour: 'the wall clock is an hour wrong',
  clock_years: 'the wall clock is years wrong',
  // People.
  double_click: 'a key is pressed twice',
  other_input: 'an attempt is asked for again with another input',
  wrong_role: 'somebody asks who may not',
  locked: 'somebody asks at a locked desk',
  ask_now: 'somebody asks Square now',
  cancel_queued: 'somebody takes a payment out of the queue',
  again_same: 'somebody tries the same payment again',
  manager_way_out: 'a manager ends a doubt',
  wrong_password: 'somebody types a wrong password',
  removed_person: 'somebody asks who does not belong to the office any more',
  staff_changed: 'people come, go, and get other roles and passwords',
  fields_fail: 'the card fields give no token',
  line_after_token: 'the line goes after the card was typed',
} as const;

export type Fault = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as Fault[];

/** What a run hit: how often each fault happened, and in which state of an attempt. */
export class Coverage {
  readonly cells = new Map<string, number>();
  readonly counts = new Map<Fault, number>();

  count(fault: Fault, states: Iterable<string>): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    for (const state of states) {
      const cell = `${fault} ${state}`;
      this.cells.set(cell, (this.cells.get(cell) ?? 0) + 1);
    }
  }
}

/**
 * How bad the day is. Each seed is fond of some faults and spares others, because a day on which everything goes wrong
 * at once never gets far enough for the rare things.
 */
export class Mood {
  readonly #dice: Dice;
  readonly #weights: Readonly<Record<Fault, number>>;
  /** Of all calls to Square, this share meets trouble. */
  readonly trouble: number;

  constructor(dice: Dice) {
    this.#dice = dice;
    this.#weights = Object.fromEntries(FAULT_NAMES.map(fault => [fault, dice.pick([0, 0.3, 1, 1, 3])])) as Record<
      Fault,
      number
    >;
    this.trouble = dice.pick([0.05, 0.2, 0.35, 0.5]);
  }

  weight(fault: Fault): number {
    return this.#weights[fault];
  }

  /** One of these faults, the beloved ones more often; undefined when the mood spares all of them. */
  pick(faults: readonly Fault[]): Fault | undefined {
    const total = faults.reduce((sum, fault) => sum + this.#weights[fault], 0);
    let left = this.#dice.fraction() * total;
    for (const fault of faults) {
      left -= this.#weights[fault];
      if (left < 0) return fault;
    }
    return undefined;
  }
}
