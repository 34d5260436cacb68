import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { calls, type CallName } from '../../common/contract/index.ts';
import type { DoorOffice } from './door-office.ts';
import { CANARY_CARD, CANARY_WORD } from './malformed.ts';

/** How an answer of the door is judged: refused with the right code, at once, and without telling anything. */

/** The schemas as they are written, because a control replaces them. */
const PARSE = Object.fromEntries(Object.entries(calls).map(([name, { input }]) => [name, input.safeParse.bind(input)]));

/** Longer than this nothing may keep the loop for one call. */
const STALL_MS = 100;
const DETAIL_LIMIT = 5;

/** What an answer to a refused call may never hold: places on this computer, queries, stacks, secrets, what was asked. */
const LEAKS = [
  /[/\\](?:home|tmp|var|usr|root|work|dev|Users|node_modules)[/\\]|[A-Z]:\\/,
  /\b(?:SELECT|INSERT|UPDATE|DELETE|ATTACH|UNION|FROM|WHERE)\b|SQLITE|sqlite/,
  /\bat \S+:\d+:\d+|node:|\.ts\b|TypeError|RangeError|Error:/,
  /EAAA|Bearer|correct horse/,
  new RegExp(`${CANARY_WORD}|${CANARY_CARD.slice(0, 12)}`),
];

/** What no answer at all may hold, to nobody: the token for Square, a password. */
const SECRETS = /EAAA|Bearer|correct horse/;

/** What one job found, and how much it did. */
export class Counter {
  asked = 0;
  refused = 0;
  valid = 0;
  ran = 0;
  other_senders = 0;
  slowest_ms = 0;
  slowest_cpu_ms = 0;
  readonly problems: string[] = [];
  problem(text: string): void {
    if (this.problems.length < DETAIL_LIMIT) this.problems.push(text);
  }
}

export type Answered = { ok?: unknown; value?: unknown; error?: { code?: unknown; details?: unknown } };

/** Asks once. What rejects is what `listenForCalls` refuses; only a fixed sentence may cross then. */
export async function ask(
  office: DoorOffice,
  event: unknown,
  name: unknown,
  input: unknown,
): Promise<Answered | string> {
  try {
    return (await office.ask(event, name, input)) as Answered;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** As Electron does it: what can be cloned arrives as a clone. The rest arrives as it is, which is harder than reality. */
export function crossed(input: unknown): unknown {
  try {
    return structuredClone(input);
  } catch {
    return input;
  }
}

/** Never walks what is large, nor asks a getter: what is described may have been made to hang whoever looks at it. */
export const describe = (input: unknown): string =>
  inspect(input, { depth: 2, maxArrayLength: 3, maxStringLength: 60, breakLength: Infinity }).slice(0, 200);

export function leakIn(answer: Answered | string): string | undefined {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer.error);
  return LEAKS.map(leak => leak.exec(text)?.[0]).find(found => found !== undefined);
}

/** Answers a secret that the value of an answer tells. */
export const secretIn = (value: unknown): string | undefined => SECRETS.exec(JSON.stringify(value) ?? '')?.[0];

/**
 * A slow refusal is asked again, because other work of this machine may have been in the way. What the thread itself
 * computed does not depend on other work; what it waited for counts only beyond how late the loop comes by itself.
 */
export async function timed(
  what: () => string,
  again: () => Promise<Answered | string>,
  count: Counter,
): Promise<Answered | string> {
  let answer: Answered | string = '';
  let best_ms = Infinity;
  let best_cpu_ms = Infinity;
  for (let turn = 0; turn < 5 && best_ms > STALL_MS && (turn === 0 || best_ms < 10 * STALL_MS); turn += 1) {
    const began_ms = performance.now();
    const cpu = process.threadCpuUsage();
    answer = await again();
    const { user, system } = process.threadCpuUsage(cpu);
    best_ms = Math.min(best_ms, performance.now() - began_ms);
    best_cpu_ms = Math.min(best_cpu_ms, (user + system) / 1000);
  }
  count.slowest_ms = Math.max(count.slowest_ms, best_ms);
  count.slowest_cpu_ms = Math.max(count.slowest_cpu_ms, best_cpu_ms);
  if (best_cpu_ms > STALL_MS) count.problem(`${what()} computed for ${Math.round(best_cpu_ms)} ms`);
  else if (best_ms > STALL_MS && best_ms > STALL_MS + (await noise()))
    count.problem(`${what()} took ${Math.round(best_ms)} ms`);
  return answer;
}

export function isRight(name: CallName, input: unknown): boolean {
  try {
    return PARSE[name]!(input).success;
  } catch {
    return false;
  }
}

export function judgeRefusal(
  what: string,
  input: unknown,
  answer: Answered | string,
  codes: readonly string[],
  count: Counter,
) {
  const leak = leakIn(answer);
  if (leak !== undefined) count.problem(`${what}: the refusal of ${describe(input)} tells ${leak}`);
  if (typeof answer === 'string') return count.problem(`${what}: refused at the channel: ${answer}`);
  if (answer.ok !== false) return count.problem(`${what}: took ${describe(input)}`);
  const code = String(answer.error?.code);
  // A getter that throws cannot cross a real channel; here it counts as a fault inside, as long as nothing happens.
  if (!codes.includes(code) && !(code === 'internal' && isUncloneable(input)))
    return count.problem(`${what}: answered ${code} to ${describe(input)}`);
  count.refused += 1;
}

export function isUncloneable(input: unknown): boolean {
  try {
    structuredClone(input);
    return false;
  } catch {
    return true;
  }
}

/** Each event is one line of JSON, whatever was asked, and no line holds what was asked. */
export function readLog(folder: string, count: Counter): number {
  let lines = 0;
  for (const file of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      if (line === '') continue;
      lines += 1;
      if (!line.startsWith('{"at":') || !line.endsWith('}'))
        count.problem(`not a line of the log: ${line.slice(0, 200)}`);
      if (line.includes(CANARY_CARD)) count.problem(`a card number in the log: ${line.slice(0, 200)}`);
      const { event } = JSON.parse(line) as { event: string };
      if (event !== 'renderer' && line.includes(CANARY_WORD))
        count.problem(`an input in the log: ${line.slice(0, 300)}`);
      if (event === 'uncaught') count.problem(line.slice(0, 300));
    }
    rmSync(join(folder, file));
  }
  return lines;
}

/** How late the loop comes when nothing at all is asked: the machine's own part in every time measured here. */
export async function noise(): Promise<number> {
  let worst_ms = 0;
  for (let turn = 0; turn < 5; turn += 1) {
    const began_ms = performance.now();
    await new Promise(resolve => setTimeout(resolve, 5));
    worst_ms = Math.max(worst_ms, performance.now() - began_ms - 5);
  }
  return worst_ms;
}
