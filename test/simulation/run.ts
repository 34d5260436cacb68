import { listenToCrashPoints } from '../../main/platform/crash-points.ts';
import { sql } from '../../main/ledger/open.ts';
import { ENDED, type News } from './evidence.ts';
import { atQuiet, onEvent } from './invariants.ts';
import { Misfortune } from './misfortune.ts';
import { OUTSIDE, settled } from './scheduler.ts';
import { StaffPeople } from './staff-people.ts';
import type { Template } from './template.ts';
import { World, type Finding } from './world.ts';

/** Events with faults. The healthy time after them adds at least a quarter of that, and half of it as a rule. */
export const EVENTS = 240;

export type RunOptions = {
  /** Events with faults; a quarter as many healthy ones follow at least. */
  readonly events: number;
  readonly keepTrace: boolean;
  /** Called with the settled world before its ledger is put back, for the controls. */
  readonly atEnd?: (world: World) => Promise<void> | void;
};

export type RunResult = {
  readonly seed: number;
  readonly trace_hash: string;
  readonly events: number;
  readonly facts: number;
  readonly attempts: number;
  readonly simulated_ms: number;
  readonly findings: readonly Finding[];
  readonly world: World;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Healthy time until everything must be settled: half an hour, and what the ladder for doubts waits by itself. */
const HEAL_MS = 90 * MINUTE_MS;

const FOR_PEOPLE: ReadonlySet<string> = new Set(['manual', 'orphan']);

/** One run: a day with faults, a healthy time after it, and the comparison of all books. */
export async function runSeed(seed: number, template: Template, options: RunOptions): Promise<RunResult> {
  const { disk } = template;
  disk.begin();
  await template.room.begin();
  try {
    const world = new World(seed, template, options.keepTrace);
    const { evidence, scheduler } = world;
    evidence.beginHere();
    const first = evidence.seq;
    const began_ms = scheduler.now_ms;
    world.startLater(0);
    const misfortune = new Misfortune(world);
    keepBusy(world, misfortune);
    await live(world, options.events);
    if (world.findings.length === 0) await heal(world, misfortune, options.events * 1.25);
    if (world.findings.length === 0) for (const finding of await atQuiet(world)) world.find(...finding);
    await options.atEnd?.(world);
    return {
      seed,
      trace_hash: world.traceHash,
      events: world.events,
      facts: evidence.seq - first,
      attempts: world.attempts(false).length,
      simulated_ms: scheduler.now_ms - began_ms,
      findings: world.findings,
      world,
    };
  } finally {
    listenToCrashPoints(() => {});
    disk.end();
  }
}

/** People and misfortunes, each after a while of its own. */
function keepBusy(world: World, misfortune: Misfortune): void {
  const { scheduler, dice, people } = world;
  const staffPeople = new StaffPeople(world);
  const again = (what: string, gaps_ms: readonly number[], work: () => void): void => {
    const plan = (): void =>
      void scheduler.plan(dice.below(dice.pick(gaps_ms)), OUTSIDE, what, () => {
        if (world.calm) return;
        work();
        plan();
      });
    plan();
  };
  again('person', [200, 1500, 5000, 14_000], () => people.act());
  again('staff', [8000, 30_000, 90_000], () => staffPeople.act());
  again('misfortune', [5000, 30_000, 60_000], () => misfortune.strike());
}

async function live(world: World, events: number): Promise<void> {
  while (world.events < events && world.findings.length === 0) await oneEvent(world);
}

/** The next thing happens, and is looked at. */
async function oneEvent(world: World): Promise<void> {
  const { scheduler, evidence } = world;
  const what = await scheduler.step();
  await world.realTime();
  if (what === undefined) throw new Error('nothing is left to happen');
  world.events += 1;
  world.note(what);
  lookAtNews(world);
  evidence.busy = world.life?.outbox.busy ?? 0;
}

export function lookAtNews(world: World): News {
  const { evidence, scheduler } = world;
  evidence.now_ms = scheduler.now_ms;
  const news = evidence.catchUp(world.template.disk.commits);
  for (const fact of news.facts) world.note(`${fact.seq} ${fact.type} ${fact.hash.toString('hex').slice(0, 8)}`);
  for (const finding of onEvent(world, news)) world.find(...finding);
  return news;
}

async function heal(world: World, misfortune: Misfortune, events: number): Promise<void> {
  const { scheduler, people } = world;
  world.calm = true;
  misfortune.end();
  world.note('calm');
  if (!world.life) world.startLater(0);
  await runQuietly(world, () => world.life !== null, MINUTE_MS);
  people.calmDown();
  const began_ms = scheduler.now_ms;
  await runQuietly(
    world,
    decided(world, () => nothingOpen(world)),
    HEAL_MS,
  );
  world.note(`settled after ${scheduler.now_ms - began_ms} ms`);
  // Fees and refunds may come a day later; whoever comes back then finds them.
  scheduler.leap(30 * HOUR_MS);
  people.calmDown();
  const done = (): boolean => nothingOpen(world) && allObserved(world) && world.events >= events;
  // What a manager decides meanwhile has a fee that comes later still; and the anchors follow a commit after a moment.
  for (let round = 0; round === 0 || (!done() && round < 10); round += 1) {
    await runQuietly(world, decided(world, done), HEAL_MS);
    await runQuietly(world, () => false, 2000);
  }
}

/** What waits for people, and for nothing else, is decided by people meanwhile. */
function decided(world: World, done: () => boolean): () => boolean {
  let again_ms = 0;
  return () => {
    const open = world.attempts(true);
    const waits = open.every(id => FOR_PEOPLE.has(world.evidence.shadows.get(id)!.state));
    if (waits && open.length > 0 && world.scheduler.now_ms > again_ms) {
      again_ms = world.scheduler.now_ms + MINUTE_MS;
      for (const id of open) world.people.settle(id);
    }
    return done();
  };
}

export async function runQuietly(world: World, done: () => boolean, longest_ms: number): Promise<void> {
  const end_ms = world.scheduler.now_ms + longest_ms;
  let looked = 0;
  while (world.findings.length === 0 && world.scheduler.now_ms <= end_ms) {
    looked += 1;
    if (looked % 6 === 0 && done()) return;
    await oneEvent(world);
  }
  await settled();
}

export function nothingOpen(world: World): boolean {
  if (!world.life || world.life.outbox.busy > 0 || world.life.attempts.inFlight > 0) return false;
  for (const [state, count] of world.evidence.inState) {
    if (count > 0 && !ENDED.has(state)) return world.attempts(true).length === 0;
  }
  const { connection } = world.template.disk;
  return sql(connection, "SELECT 1 FROM payment WHERE sync = 'queued' LIMIT 1").get() === undefined;
}

/** Whether the ledger has read the newest version of everything in Square's books. */
export function allObserved(world: World): boolean {
  const { connection } = world.template.disk;
  const seen = sql(
    connection,
    'SELECT status, fee_minor, refunded_minor FROM square_payment WHERE square_payment_id = ?',
  );
  const back = sql(connection, 'SELECT status FROM square_refund WHERE square_refund_id = ?').pluck();
  const refunds = world.books.refunds.every(refund => back.get(refund.square_refund_id) === refund.status);
  const payments = world.books.payments.every(payment => {
    const row = seen.get(payment.square_payment_id) as Record<string, unknown> | undefined;
    if (!row) return payment.status === 'CANCELED' && payment.key !== null ? false : payment.status === 'FAILED';
    const fee_settles = payment.status !== 'COMPLETED' || row['fee_minor'] === payment.fee_minor;
    return row['status'] === payment.status && fee_settles && row['refunded_minor'] === payment.refunded_minor;
  });
  return refunds && payments;
}
