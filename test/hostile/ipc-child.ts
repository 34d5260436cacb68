import { join } from 'node:path';
import { calls, type CallName } from '../../common/contract/index.ts';
import { ERROR_CODES } from '../../common/errors.ts';
import { ROLE_PERMISSIONS, ROLES, type May, type Role } from '../../common/permissions.ts';
import { resolveElectronToStub } from '../support/electron-stub.ts';
import { makeDice, type Dice } from '../torture/dice.ts';
import { serveJobs } from '../verify/children.ts';
import type { DoorOffice, Weakness } from './door-office.ts';
import {
  ask,
  Counter,
  crossed,
  describe,
  isRight,
  isUncloneable,
  judgeRefusal,
  leakIn,
  noise,
  readLog,
  secretIn,
  timed,
} from './judging.ts';
import { LARGE, mutate, strangeValue } from './malformed.ts';
import { rightInputs } from './right-inputs.ts';
import { STRANGERS } from './strangers.ts';

resolveElectronToStub();

/** `folder` goes away with the suite, because a child is ended without a word. */
export type IpcSetup = { readonly folder: string; readonly seed: number; readonly weakness: Weakness };
export type IpcJob = {
  readonly name: CallName | 'unknown names' | 'payment page';
  readonly part: number;
  readonly inputs: number;
};
export type IpcAnswer = {
  readonly asked: number;
  readonly refused: number;
  /** Mutants that the schema takes for right; they ran. */
  readonly valid: number;
  readonly other_senders: number;
  readonly slowest_ms: number;
  readonly slowest_cpu_ms: number;
  readonly noise_ms: number;
  readonly log_lines: number;
  readonly problems: readonly string[];
};

/** Enough right inputs to see that they may; each may write to the ledger. */
const MOST_RUN = 5;

serveJobs<IpcSetup, IpcJob, IpcAnswer>(({ folder, seed, weakness }) => {
  process.on('disconnect', () => process.exit(0));
  // One ledger has one owner at a time, and starting an office takes a second, so all jobs share it.
  const opening = import('./door-office.ts').then(({ openDoorOffice }) =>
    openDoorOffice(join(folder, String(process.pid)), weakness),
  );
  const uncaught: string[] = [];
  process.on('uncaughtException', error => uncaught.push(`uncaught: ${String(error)}`));
  process.on('unhandledRejection', error => uncaught.push(`unhandled: ${String(error)}`));
  return async ({ name, part, inputs }) => {
    const office = await opening;
    const dice = makeDice(seed, `${name} ${part}`);
    const count = new Counter();
    await office.home();
    const work = async (): Promise<void> => {
      if (name === 'unknown names') return tryNames(office, dice, inputs, count);
      if (name === 'payment page') return tryTelling(office, dice, inputs, count);
      const malformed = await tryInputs(office, name, dice, inputs, count);
      await trySenders(office, name, malformed, count);
      await runRight(office, name, rightInputs(name, office.known), count);
    };
    await work().catch((error: unknown) => count.problem(`${name}: the test itself broke: ${String(error)}`));
    await office.home().catch((error: unknown) => count.problem(`${name}: nobody gets in again: ${String(error)}`));
    const log_lines = readLog(office.logFolder, count);
    for (const one of uncaught.splice(0)) count.problem(one);
    const { asked, refused, valid, other_senders, slowest_ms, slowest_cpu_ms, problems } = count;
    const times = { slowest_ms, slowest_cpu_ms, noise_ms: await noise() };
    return { asked, refused, valid, other_senders, ...times, log_lines, problems };
  };
});

/** Answers the malformed inputs that were refused, for others to send as well. */
async function tryInputs(
  office: DoorOffice,
  name: CallName,
  dice: Dice,
  inputs: number,
  count: Counter,
): Promise<unknown[]> {
  const examples = rightInputs(name, office.known);
  const schema = calls[name].input;
  const before = office.digest();
  let mark = office.mark();
  const malformed: unknown[] = [];
  const large = LARGE.flatMap((value, number) => spread(examples[0], value, number));
  for (let number = 0; malformed.length < inputs; number += 1) {
    if (number > inputs * 20) throw new Error('too few malformed inputs can be made');
    const input = number < large.length ? large[number] : crossed(mutate(dice, dice.pick(examples), schema));
    if (number >= large.length && isRight(name, input)) {
      count.valid += 1;
      if (count.ran >= MOST_RUN) continue;
      await runRight(office, name, [input], count);
      mark = office.mark();
      continue;
    }
    const what = (): string => `${name}, ${describe(input)}`;
    const answer = await timed(what, () => ask(office, office.event(), name, input), count);
    count.asked += 1;
    malformed.push(input);
    judgeRefusal(name, input, answer, ['invalid_input', 'card_number_in_text'], count);
    if (office.mark() !== mark && (await changesAgain(office, name, input)))
      count.problem(`${name}: something changed by ${describe(input)}: ${mark} ${office.mark()}`);
    mark = office.mark();
  }
  if (count.ran === 0 && office.digest() !== before) count.problem(`${name}: a table or a file changed`);
  return malformed;
}

/** What an earlier right input began may end only now. What this one changes, it changes each time. */
async function changesAgain(office: DoorOffice, name: CallName, input: unknown): Promise<boolean> {
  await office.settle();
  const before = office.mark();
  await ask(office, office.event(), name, input);
  return office.mark() !== before;
}

/** The large value itself, in the place of one of the fields, and beside them. */
function spread(example: unknown, value: unknown, number: number): unknown[] {
  const object = example as Record<string, unknown>;
  const keys = Object.keys(object);
  const inside = keys.length > 0 ? [{ ...object, [keys[number % keys.length]!]: value }] : [];
  return [value, ...inside, { ...object, more: value }];
}

/** Right inputs run: the answer is a value of the contract, or a refusal with a code of the closed list. */
async function runRight(office: DoorOffice, name: CallName, inputs: readonly unknown[], count: Counter) {
  for (const input of inputs) {
    count.ran += 1;
    const answer = await ask(office, office.event(), name, input);
    if (typeof answer === 'string') count.problem(`${name}: a right input was refused at the channel: ${answer}`);
    else if (answer.ok === true) {
      const parsed = calls[name].output.safeParse(answer.value);
      if (!parsed.success) count.problem(`${name}: the answer to ${describe(input)} breaks the contract`);
      if (isUncloneable(answer.value)) count.problem(`${name}: the answer cannot cross`);
      const secret = secretIn(answer.value);
      if (secret !== undefined) count.problem(`${name}: the answer to ${describe(input)} holds ${secret}`);
    } else {
      const code = String(answer.error?.code);
      const leak = leakIn(answer);
      if (leak !== undefined) count.problem(`${name}: the refusal of ${describe(input)} tells ${leak}`);
      if (code === 'internal' || !ERROR_CODES.some(known => known === code))
        count.problem(`${name}: ${code} to the right input ${describe(input)}`);
    }
    await office.home();
  }
}

/** Strangers are refused before anything is looked at, so each of them sends only a part. */
const PART_OF_STRANGERS = 4;

async function trySenders(office: DoorOffice, name: CallName, malformed: readonly unknown[], count: Counter) {
  const { may } = calls[name];
  const inputs = [...rightInputs(name, office.known), ...malformed];
  const before = office.digest();
  type Codes = (input: unknown) => readonly string[] | null;
  const through = async (what: string, event: unknown, among: readonly unknown[], codes: Codes) => {
    const mark = office.mark();
    for (const input of among) {
      const expected = codes(input);
      if (expected === null) continue;
      const say = (): string => `${name} as ${what}, ${describe(input)}`;
      const answer = await timed(say, () => ask(office, event, name, input), count);
      count.asked += 1;
      count.other_senders += 1;
      if (expected.length > 0) judgeRefusal(`${name} as ${what}`, input, answer, expected, count);
      else if (answer !== 'This call was refused.') count.problem(`${name} from ${what}: ${describe(answer)}`);
      else count.refused += 1;
    }
    if (office.mark() !== mark) count.problem(`${name} from ${what}: something changed`);
  };
  const right = inputs.length - malformed.length;
  for (const [turn, { what, event }] of STRANGERS.entries()) {
    const part = inputs.filter((_, at) => at < right || (at + turn) % PART_OF_STRANGERS === 0);
    await through(what, event(office), part, () => []);
  }
  // The owner has sent the malformed ones already, and runs the right ones elsewhere.
  for (const role of ROLES.filter(one => one !== 'owner')) {
    office.as(role);
    await through(role, office.event(), inputs, codesFor(may, role, right, inputs));
  }
  await office.home();
  office.session.lock();
  if (may !== 'anyone' && may !== 'signed_in') {
    await through('a locked desk', office.event(), inputs, () => ['desk_locked']);
  }
  office.session.signOut();
  if (may !== 'anyone' && may !== 'not_locked')
    await through('nobody', office.event(), inputs, () => ['not_signed_in']);
  await office.home();
  if (office.digest() !== before) count.problem(`${name}: a table or a file changed by another sender`);
}

/** Null where the role may and the input is one of the first, which are right: that runs elsewhere. */
function codesFor(
  may: May,
  role: Role,
  right: number,
  inputs: readonly unknown[],
): (input: unknown) => readonly string[] | null {
  const free = may === 'anyone' || may === 'not_locked' || may === 'signed_in' || may === 'desk_open';
  if (!free && !ROLE_PERMISSIONS[role].includes(may)) return () => ['not_allowed'];
  const runs = new Set(inputs.slice(0, right));
  return input => (runs.has(input) ? null : ['invalid_input', 'card_number_in_text']);
}

async function tryNames(office: DoorOffice, dice: Dice, inputs: number, count: Counter) {
  const mark = office.mark();
  const real = Object.keys(calls);
  for (let number = 0; number < inputs; number += 1) {
    const one = dice.pick(real);
    const near = [
      `${one} `,
      ` ${one}`,
      `${one}\u0000`,
      one.toUpperCase(),
      one.replace('.', '/'),
      [one],
      `${one}.${one}`,
    ];
    const name: unknown = dice.chance(0.5) ? dice.pick<unknown>(near) : crossed(strangeValue(dice));
    const answer = await timed(
      () => 'a name',
      () => ask(office, office.event(), name, {}),
      count,
    );
    count.asked += 1;
    judgeRefusal('a name', name, answer, ['unknown_call'], count);
  }
  if (office.mark() !== mark) count.problem('a name that is none changed something');
}

const KINDS = ['ready', 'height', 'changed', 'focus-left', 'tokenised', 'failed', 'setup', '__proto__', 'toString'];
const TOLD: readonly unknown[] = [
  { height_px: 120 },
  { complete: true, brand: 'VISA', focused: true, empty: false },
  { toward: 'submit' },
  { number: 1, result: { kind: 'token', token: 'cnon:card-nonce-ok', brand: 'VISA', last4: '1111' } },
  { number: 1, result: { kind: 'invalid', fields: ['cardNumber'], message_codes: ['VALIDATION_ERROR'] } },
  { failure: 'script', reason: 'script_timeout' },
];

/** What the payment page says reaches no ledger; from any other sender it does not even reach the view. */
function tryTelling(office: DoorOffice, dice: Dice, inputs: number, count: Counter) {
  const before = office.digest();
  const strangers = STRANGERS.filter(one => one.what !== 'the payment view');
  for (let number = 0; number < inputs; number += 1) {
    const told = dice.pick(TOLD) as Record<string, unknown>;
    const key = dice.pick(Object.keys(told));
    const data = crossed(
      dice.chance(0.3) ? told : dice.chance(0.5) ? { ...told, [key]: strangeValue(dice) } : strangeValue(dice),
    );
    const kind = dice.chance(0.9) ? dice.pick(KINDS) : crossed(strangeValue(dice));
    const stranger = dice.pick(strangers);
    const mark = office.mark();
    count.asked += 2;
    try {
      office.tell(stranger.event(office), kind, data);
      if (office.mark() !== mark) count.problem(`${stranger.what} told ${describe([kind, data])} and was heard`);
      office.tell(office.payEvent(), kind, data);
      count.refused += 1;
    } catch (error) {
      if (!isUncloneable([kind, data]))
        count.problem(`${describe([kind, data])} from the payment page: ${String(error)}`);
    }
  }
  if (office.digest() !== before) count.problem('a table or a file changed by the payment page');
}
