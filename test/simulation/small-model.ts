import { money } from '../../common/money.ts';
import type { CommitFault } from './disk.ts';
import type { Fault } from './faults.ts';
import { STAFF } from './staff.ts';
import { allObserved, nothingOpen, runQuietly } from './run.ts';
import { makeTemplate, type Template } from './template.ts';
import { World } from './world.ts';

/**
 * The small model, complete: one card payment, one crash at every place where one can happen, two retries, and three
 * fates of each call: answered, lost before Square, lost after Square. In offices of one phase and of two.
 */
type Crash =
  | { readonly kind: 'none' }
  | { readonly kind: CommitFault; readonly at: number }
  | { readonly kind: 'call' | 'reply'; readonly at: number };

/** The words of the line for the three fates. */
const FATES: readonly Fault[] = ['square_clock', 'request_lost', 'reply_lost'];
const COMMITS = 8;
const CALLS = 3;

export async function everyInterleaving(): Promise<{ count: number; problems: string[] }> {
  const problems: string[] = [];
  let count = 0;
  for (const two_phase of [true, false]) {
    const template = makeTemplate(two_phase);
    for (const fates of threeFates()) {
      for (const crash of crashes()) {
        count += 1;
        for (const what of await onePayment(template, fates, crash)) {
          problems.push(
            `small model, ${two_phase ? 'two phases' : 'one phase'}, ${fates.join(' ')}, ${JSON.stringify(crash)}: ${what}`,
          );
        }
      }
    }
  }
  return { count, problems };
}

const threeFates = (): Fault[][] =>
  FATES.flatMap(first => FATES.flatMap(second => FATES.map(third => [first, second, third])));

function crashes(): Crash[] {
  const found: Crash[] = [{ kind: 'none' }];
  for (let at = 1; at <= COMMITS; at += 1) {
    found.push({ kind: 'kill_before_commit', at }, { kind: 'kill_after_commit', at });
  }
  for (let at = 1; at <= CALLS; at += 1) found.push({ kind: 'call', at }, { kind: 'reply', at });
  return found;
}

async function onePayment(template: Template, fates: readonly Fault[], crash: Crash): Promise<string[]> {
  template.disk.begin();
  await template.room.begin();
  try {
    const world = new World(7, template, false);
    world.calm = true;
    world.line.troubled = false;
    world.evidence.beginHere();
    world.startDesk();
    await runQuietly(world, () => world.life !== null && world.events > 5, 5000);
    world.line.script = [...fates];
    if (crash.kind === 'call' || crash.kind === 'reply')
      Object.assign(world.line, { dieAt: crash.kind, dieIn: crash.at });
    else if (crash.kind !== 'none') world.commitFault = { fault: crash.kind, in: crash.at };
    const life = world.life!;
    const input = {
      attempt_id: life.attempts.newAttemptId() as never,
      channel: 'desk',
      amount: money(1250, 'USD'),
      customer_id: null,
      details: { tender: 'card', read_back: false },
    } as const;
    void life.ask('payments.take', input, { person_id: STAFF[2]!.person_id, locked: false });
    await runQuietly(world, () => world.events > 30 && nothingOpen(world) && allObserved(world), 90 * 60_000);
    world.commitFault = null;
    world.line.dieAt = null;
    const charged = world.books.payments.filter(({ captured }) => captured).length;
    const paid = [...world.evidence.shadows.values()].filter(({ state }) => state === 'completed').length;
    if (charged !== paid) world.find('I30', `${charged} charges at Square and ${paid} on the books`);
    if (!nothingOpen(world)) world.find('I23', 'it does not settle');
    return world.findings.map(({ invariant, what }) => `${invariant} ${what}`);
  } finally {
    template.disk.end();
  }
}
