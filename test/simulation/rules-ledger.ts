import { createHash } from 'node:crypto';
import type { AttemptState } from '../../common/contract/payments.ts';
import { sql, type Database } from '../../main/ledger/open.ts';
import { ENDED, type Fact, type News } from './evidence.ts';
import { when } from './invariant.ts';
import type { World } from './world.ts';

/** What must hold of the ledger in itself. Rules are written down a second time here; nothing is asked of its own code. */
export const database = (world: World): Database => world.template.disk.connection;

export const change = (world: World, text: string): boolean => {
  const { connection } = world.template.disk;
  for (const name of ['journal_no_update', 'journal_no_delete']) connection.exec(`DROP TRIGGER IF EXISTS ${name}`);
  return connection.prepare(text).run().changes > 0;
};

type Posting = { debit_account: string; credit_account: string; amount_minor: number; currency: string };
const postingsOf = (world: World, { desk, incarnation, seq }: Fact): Posting[] =>
  sql(
    database(world),
    'SELECT debit_account, credit_account, amount_minor, currency FROM posting WHERE desk = ? AND incarnation = ? AND seq = ? ORDER BY line',
  ).all(desk, incarnation, seq) as Posting[];

const MONEY_IN: Readonly<Record<string, string>> = {
  cash: 'drawer_cash',
  check: 'undeposited_checks',
  card: 'square_clearing',
};
const isFee = ({ debit_account, credit_account }: Posting): boolean =>
  debit_account === 'square_fees' || credit_account === 'square_fees';

function isRefund(world: World, { parsed }: Fact, posting: Posting): boolean {
  const { debit_account, credit_account, amount_minor } = posting;
  const id = parsed['square_payment_id'];
  const refunds = world.books.refunds.filter(one => one.square_payment_id === id && one.amount.minor === amount_minor);
  return debit_account === 'unallocated_receipts' && credit_account === 'square_clearing' && refunds.length > 0;
}

export function wrongPostings(world: World, fact: Fact): string[] {
  const found = postingsOf(world, fact);
  const name = `record ${fact.seq} (${fact.type})`;
  const money = found.filter(posting => !isFee(posting));
  const broken = found.filter(one => !(one.amount_minor > 0) || one.debit_account === one.credit_account);
  if (broken.length > 0) return [`${name} has a posting that is no movement`];
  if (fact.type === 'tender.recorded' || fact.type === 'attempt.completed') {
    const shadow = world.evidence.shadows.get(String(fact.parsed['attempt_id']));
    const [one, ...more] = money;
    const right =
      one?.debit_account === MONEY_IN[shadow?.tender ?? ''] &&
      one?.credit_account === 'unallocated_receipts' &&
      one?.amount_minor === shadow?.amount_minor;
    // What was given back before it came onto the books comes onto them in the same moment.
    const others = more.filter(posting => !isRefund(world, fact, posting));
    return when(!right || others.length > 0, `${name} posts ${JSON.stringify(found)}`);
  }
  return when(found.length > 0 && !fact.type.startsWith('square.'), `${name} posts, and moves no money`);
}

/** The chain's hash, made from its published recipe. */
function hashOf(before: Buffer, fact: Fact): Buffer {
  const { actor, desk, happened_at_ms, incarnation, recorded_at_ms, seq, type, version } = fact;
  const head = JSON.stringify({ actor, desk, happened_at_ms, incarnation, recorded_at_ms, seq, type, version });
  return createHash('sha256').update('tillside journal 1\n').update(before).update(`${head}\n${fact.body}`).digest();
}

export function brokenChain({ facts, before }: News): string[] {
  let { seq, hash } = before;
  for (const fact of facts) {
    if (fact.seq !== seq + 1) return [`record ${fact.seq} follows ${seq}`];
    if (!fact.prev_hash.equals(hash)) return [`record ${fact.seq} does not follow the one before`];
    if (!hashOf(hash, fact).equals(fact.hash)) return [`record ${fact.seq} has a wrong hash`];
    ({ seq, hash } = fact);
  }
  return [];
}

/** From an end only what the watch finds leads on; from money nothing does. */
export function movedBack(before: AttemptState | null, after: AttemptState): boolean {
  if (before === null || before === after) return false;
  if (before === 'completed' || before === 'recorded') return true;
  const found = ['orphan', 'approved', 'capturing', 'capture_unknown', 'completed', 'cancelled'];
  return ENDED.has(before) && !found.includes(after);
}

/** Runs of digits that pass the check of card numbers. */
export function cardNumbersIn(text: string): string[] {
  return (text.match(/(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])/g) ?? []).filter(run => {
    const digits = run.replace(/\D/g, '');
    let sum = 0;
    for (const [index, digit] of [...digits].reverse().entries()) {
      const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
      sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return sum % 10 === 0 && /^[3-6]/.test(digits);
  });
}

const numberOf = (receipt: string): number => Number(receipt.slice(receipt.lastIndexOf('-') + 1));

export function receiptGap(world: World, news: News): string[] {
  const numbers = news.touched
    .map(({ shadow }) => shadow)
    .filter(({ attempt_id, receipt_number }) => receipt_number !== null && !world.evidence.numbered.has(attempt_id))
    .map(({ attempt_id, receipt_number }) => ({ attempt_id, number: numberOf(receipt_number!) }))
    .sort((left, right) => left.number - right.number);
  for (const { attempt_id, number } of numbers) {
    world.evidence.numbered.add(attempt_id);
    if (number !== world.evidence.numbered.size)
      return [`receipt ${number} comes as number ${world.evidence.numbered.size}`];
  }
  return [];
}

type Pending = { attempt_id: string; idempotency_key: string; body_hash: string; state: AttemptState };
export const pendingOf = (world: World, attempt_id: string): Pending | undefined =>
  sql(
    database(world),
    'SELECT attempt_id, idempotency_key, body_hash, state FROM pending_request JOIN payment USING (attempt_id) WHERE attempt_id = ?',
  ).get(attempt_id) as Pending | undefined;

export const count = (world: World, text: string): number => Number(sql(database(world), text).pluck().get());
