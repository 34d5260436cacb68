import { sql, type Database } from '../../main/ledger/open.ts';
import { ENDED, type Fact, type Shadow, type Told } from './evidence.ts';
import { when } from './invariant.ts';
import type { BookedPayment } from './square-shapes.ts';
import { BOSSES } from './staff.ts';
import type { World } from './world.ts';

/** What must hold between the ledger, Square's books, the wire, and what people were told. */
export const database = (world: World): Database => world.template.disk.connection;
export const own = (world: World): Shadow[] => [...world.evidence.shadows.values()].filter(({ foreign }) => !foreign);
export const isPaid = ({ state }: Shadow): boolean => state === 'completed' || state === 'recorded';
export const paidCard = (world: World): Shadow | undefined =>
  own(world).find(({ state, square_payment_id }) => state === 'completed' && square_payment_id !== null);
const holds = ({ status }: BookedPayment): boolean => status === 'COMPLETED' || status === 'APPROVED';
export const atSquare = (world: World, key: string): BookedPayment[] =>
  world.books.payments.filter(payment => payment.key === key && key !== '');

const IN_DOUBT: ReadonlySet<string> = new Set([
  'sending',
  'unknown',
  'manual',
  'capturing',
  'capture_unknown',
  'orphan',
]);
const PAID_WORDS: ReadonlySet<string> = new Set(['paid']);
const ENDED_WORDS: ReadonlySet<string> = new Set(['declined', 'refused', 'cancelled', 'not_charged']);
const WORDS: Readonly<Record<string, string>> = {
  completed: 'paid',
  recorded: 'paid',
  declined: 'declined',
  invalid: 'refused',
  cancelled: 'cancelled',
  closed_not_charged: 'not_charged',
  unknown: 'in_doubt',
  manual: 'in_doubt',
  orphan: 'found_later',
  capture_unknown: 'held',
};

/** Square's definite word behind the fact that ends, or holds, an attempt. */
export function unfounded(world: World, { type, parsed, seq }: Fact): string[] {
  const shadow = world.evidence.shadows.get(String(parsed['attempt_id']));
  if (!shadow || shadow.foreign) return [];
  const id = String(parsed['square_payment_id']);
  const payment = world.books.byId.get(id);
  const name = `record ${seq} (${type}, ${shadow.reference})`;
  const fits = payment?.amount.minor === shadow.amount_minor && payment.reference === shadow.reference;
  const there = atSquare(world, shadow.key).filter(holds);
  switch (type) {
    case 'attempt.completed':
    case 'record.confirmed':
      return when(!fits || !payment.captured, `${name}: Square has not taken it`);
    case 'attempt.approved':
      return when(!fits, `${name}: Square holds no such payment`);
    case 'attempt.declined':
    case 'attempt.refused':
    case 'record.refused':
    case 'attempt.cancelled':
      return when(there.length > 0, `${name}: Square has ${there[0]?.square_payment_id} ${there[0]?.status}`);
    case 'attempt.looked_up': {
      if (parsed['answer'] !== 'not_found') return [];
      const shown = there.find(one => one.listed_at_ms <= world.scheduler.now_ms - 60_000);
      return when(shown !== undefined, `${name}: it was not found, and Square shows ${shown?.square_payment_id}`);
    }
    case 'attempt.closed_not_charged': {
      const listed = there.filter(one => one.listed_at_ms <= world.scheduler.now_ms - 60_000);
      return when(listed.length > 0, `${name}: Square shows ${listed[0]?.square_payment_id}`);
    }
    default:
      return [];
  }
}

export function untrue(world: World, told: Told): string[] {
  const shadow = world.evidence.shadows.get(told.attempt_id);
  if (!shadow) return [`${told.attempt_id} was shown and is not on the books`];
  const expected = WORDS[told.state];
  return [
    ...when(told.amount_minor !== shadow.amount_minor, `${shadow.reference} was shown with ${told.amount_minor}`),
    ...when(
      expected !== undefined && told.word !== expected,
      `${shadow.reference} is ${told.state} and was called ${told.word}`,
    ),
  ];
}

/** What was said stays true: paid for ever, and an end until Square shows something else. */
export function takenBack(world: World, told: Told): string[] {
  const shadow = world.evidence.shadows.get(told.attempt_id);
  if (!shadow) return [`${told.attempt_id} (${told.word}) is lost`];
  const lost = PAID_WORDS.has(told.word) && (!isPaid(shadow) || shadow.receipt_number !== told.receipt_number);
  const reopened =
    ENDED_WORDS.has(told.word) &&
    !ENDED.has(shadow.state) &&
    !IN_DOUBT.has(shadow.state) &&
    shadow.state !== 'approved';
  return when(
    lost || reopened,
    `${shadow.reference} was ${told.word} ${told.receipt_number} and is ${shadow.state} ${shadow.receipt_number}`,
  );
}

export function chargedTwice(world: World): string[] {
  const { payments } = world.books;
  const found: string[] = [];
  for (; world.evidence.paymentsSeen < payments.length; world.evidence.paymentsSeen += 1) {
    const { reference, square_payment_id } = payments[world.evidence.paymentsSeen]!;
    if (reference === null) continue;
    const alike = payments.filter(one => one.reference === reference && (one.captured || one.status === 'APPROVED'));
    if (alike.length > 1)
      found.push(`${reference} was charged ${alike.length} times, the last as ${square_payment_id}`);
  }
  return found;
}

export function passedDoubt(world: World, facts: readonly Fact[]): string[] {
  return facts.flatMap(fact => {
    if (fact.type !== 'attempt.started' && fact.type !== 'tender.recorded') return [];
    const shadow = world.evidence.shadows.get(String(fact.parsed['attempt_id']))!;
    // Anybody may take the same again with a reason; past a doubt, only who may also end one.
    const allowed =
      world.evidence.roles.behind(fact).some(role => BOSSES.has(role)) &&
      facts.some(one => one.type === 'duplicate.allowed' && one.parsed['attempt_id'] === shadow.attempt_id);
    const doubt = own(world).find(
      one =>
        one !== shadow &&
        IN_DOUBT.has(one.state) &&
        one.since_ms < world.scheduler.now_ms &&
        one.customer_id === shadow.customer_id &&
        one.amount_minor === shadow.amount_minor,
    );
    return when(
      doubt !== undefined && !allowed,
      `${shadow.reference} was taken while ${doubt?.reference} is ${doubt?.state}`,
    );
  });
}

const sumOf = (world: World, column: string, account: string): number =>
  Number(
    sql(database(world), `SELECT coalesce(sum(amount_minor), 0) FROM posting WHERE ${column} = ?`).pluck().get(account),
  );
export const balance = (world: World, account: string): number =>
  sumOf(world, 'debit_account', account) - sumOf(world, 'credit_account', account);

/** What Square will pay out, from its own books. */
export function settledAtSquare(world: World): number {
  const taken = world.books.payments.filter(one => one.status === 'COMPLETED' && one.source_type === 'CARD');
  const sum = taken.reduce((total, one) => total + one.amount.minor - one.fee_minor, 0);
  const back = world.books.refunds.filter(one => one.status === 'COMPLETED' && one.settles);
  return sum - back.reduce((total, one) => total + one.amount.minor, 0);
}

export function booksDiffer(world: World): string[] {
  const found = own(world).flatMap(shadow => {
    const there = atSquare(world, shadow.key).filter(one => one.captured);
    const here = isPaid(shadow);
    const refused = shadow.state === 'recorded' && there.length === 0;
    const same = here
      ? there.length === 1 && there[0]?.square_payment_id === shadow.square_payment_id
      : there.length === 0;
    return when(!same && !refused, `${shadow.reference} is ${shadow.state} here, and Square has ${there.length}`);
  });
  return found;
}

export function unseen(world: World): string[] {
  const known = sql(database(world), 'SELECT status, refunded_minor FROM square_payment WHERE square_payment_id = ?');
  return world.books.payments.flatMap(payment => {
    const row = known.get(payment.square_payment_id) as { status: string; refunded_minor: number } | undefined;
    if (payment.status !== 'COMPLETED' && row === undefined) return [];
    const same = row?.status === payment.status && row.refunded_minor === payment.refunded_minor;
    const flagged = payment.key !== null || world.evidence.bySquareId.get(payment.square_payment_id)?.foreign === true;
    return when(
      !same || !flagged,
      `${payment.square_payment_id} is ${payment.status} at Square and ${row?.status ?? 'unknown'} here`,
    );
  });
}

export const damaged = (world: World, text: string): boolean => database(world).prepare(text).run().changes > 0;

export function saidAgain({ evidence }: World, { type, parsed, seq }: Fact): string[] {
  if (type !== 'square.payment.observed') return [];
  const id = String(parsed['square_payment_id']);
  const text = [parsed['status'], parsed['fee_minor'], parsed['refunded_minor']].join(' ');
  const before = evidence.news.get(id);
  evidence.news.set(id, text);
  return when(before === text, `record ${seq} says of ${id} what was said before: ${text}`);
}

/** The proof that a doubt may be closed on, counted from the facts alone. */
export function unproven(world: World, { type, parsed, seq }: Fact): string[] {
  if (type !== 'attempt.closed_not_charged') return [];
  const facts = sql(
    database(world),
    `SELECT journal.type, body FROM journal_subject JOIN journal USING (desk, incarnation, seq) WHERE subject_id = ? AND seq < ? ORDER BY seq`,
  ).all(String(parsed['attempt_id']), seq) as { type: string; body: string }[];
  const steps = facts.flatMap(fact => {
    const body = JSON.parse(fact.body) as { answer?: string };
    if (fact.type === 'attempt.looked_up' && body.answer === 'not_found') return ['search'];
    return fact.type === 'attempt.cancel_asked' && body.answer === 'done' ? ['cancel'] : [];
  });
  const cancelled = steps.indexOf('cancel');
  const before = steps.slice(0, cancelled).length;
  const after = steps.slice(cancelled).filter(step => step === 'search').length;
  const enough = parsed['because'] === 'person' ? before >= 1 && after >= 1 : before >= 1 && after >= 2;
  return when(cancelled < 0 || !enough, `record ${seq} closes a doubt after ${steps.join(', ') || 'nothing'}`);
}

export function putInDoubt(world: World, one: Shadow): boolean {
  Object.assign(one, { state: 'unknown', since_ms: 0 });
  return damaged(world, `UPDATE payment SET state = 'unknown' WHERE attempt_id = '${one.attempt_id}'`);
}
