import type { AttemptState, AttemptView, AttemptWord } from '../../common/contract/payments.ts';
import type { AttemptId, CustomerId } from '../../common/ids.ts';
import { money, parseAmount, type Currency, type Money } from '../../common/money.ts';
import { sql, type Database } from '../ledger/open.ts';
import { refundsOf } from './refund-lines.ts';

/** A row of the payment projection, with the names that belong to its ids. */
export type PaymentRow = {
  attempt_id: string;
  number: number;
  reference: string;
  desk: string;
  tender: AttemptView['tender'];
  channel: AttemptView['channel'];
  customer_id: string | null;
  customer_name: string | null;
  amount_minor: number;
  currency: Currency;
  state: AttemptState;
  word: AttemptWord;
  day: string;
  happened_at_ms: number;
  actor: string;
  actor_name: string | null;
  input_hash: string;
  two_phase: 0 | 1;
  token_minted_at_ms: number | null;
  card_brand: string | null;
  card_last4: string | null;
  receipt_number: string | null;
  decline: AttemptView['decline'];
  refusal: AttemptView['refusal'];
  sync: AttemptView['sync'];
  sends: number;
  maybe_sent: 0 | 1;
  next_try_at_ms: number | null;
  doubt_since_ms: number | null;
  doubt_reason: string | null;
  last_probe: 'send' | 'look_up' | 'cancel' | null;
  not_found: number;
  not_found_since_cancel: number;
  first_not_found_ms: number | null;
  last_not_found_ms: number | null;
  cancel_asked: 0 | 1;
  cancel_answered_at_ms: number | null;
  watched_until_ms: number | null;
  square_payment_id: string | null;
  version_token: string | null;
  fee_minor: number | null;
  tendered_minor: number | null;
  change_minor: number | null;
  check_number: string | null;
  check_bank: string | null;
  finished_at_ms: number | null;
  foreign_payment: 0 | 1;
  lost: 0 | 1;
};

/** The word a person reads, in SQL, so that a list can filter and count by it. One place, used by every query. */
const WORD = `CASE
  WHEN state IN ('recorded', 'completed') THEN 'paid'
  WHEN state = 'declined' THEN 'declined'
  WHEN state = 'invalid' THEN 'refused'
  WHEN state = 'cancelled' THEN 'cancelled'
  WHEN state = 'closed_not_charged' THEN 'not_charged'
  WHEN state = 'orphan' THEN 'found_later'
  WHEN state IN ('unknown', 'manual') OR (state = 'sending' AND maybe_sent = 1) THEN 'in_doubt'
  WHEN state = 'ready' AND next_try_at_ms IS NOT NULL THEN 'queued'
  WHEN state = 'capture_unknown' OR (state = 'approved' AND (next_try_at_ms IS NOT NULL OR foreign_payment = 1)) THEN 'held'
  ELSE 'working' END`;

const SELECT = `SELECT payment.*, ${WORD} AS word,
  EXISTS (SELECT 1 FROM lost_payment WHERE lost_payment.attempt_id = payment.attempt_id) AS lost, customer.name AS customer_name, person.name AS actor_name
  FROM payment LEFT JOIN customer USING (customer_id) LEFT JOIN person ON person.person_id = payment.actor`;

export function findPayment(database: Database, attempt_id: string): PaymentRow | undefined {
  return sql(database, `${SELECT} WHERE attempt_id = ?`).get(attempt_id) as PaymentRow | undefined;
}

export function findByReference(database: Database, reference: string): PaymentRow | undefined {
  return sql(database, `${SELECT} WHERE reference = ? AND foreign_payment = 0`).get(reference) as
    PaymentRow | undefined;
}

export function findBySquareId(database: Database, square_payment_id: string): PaymentRow | undefined {
  return sql(database, `${SELECT} WHERE square_payment_id = ?`).get(square_payment_id) as PaymentRow | undefined;
}

/**
 * States that somebody still has to look at. The term stands word for word in the index `payment_open`, which is how
 * the engine knows that it may use it: finding the few open attempts must not cost a walk through all finished ones.
 */
const OPEN = "state NOT IN ('recorded', 'completed', 'declined', 'cancelled')";
export type OpenState = Exclude<AttemptState, 'recorded' | 'completed' | 'declined' | 'cancelled'>;

/** Everything that still has to be sent or asked, in the order in which it happened. */
export function openWork(database: Database): PaymentRow[] {
  return sql(
    database,
    `${SELECT} WHERE next_try_at_ms IS NOT NULL ORDER BY happened_at_ms, attempt_id`,
  ).all() as PaymentRow[];
}

/** As much of an open attempt as the outbox needs to plan with. */
export type WorkRow = Pick<PaymentRow, 'attempt_id' | 'customer_id' | 'next_try_at_ms' | 'state'>;
const WORK = 'SELECT attempt_id, customer_id, next_try_at_ms, state FROM payment';

/**
 * What the outbox may send: first `openWork` in its order, then open attempts without a planned time, where the desk
 * stopped between writing them down and hearing an answer. A reader may stop early; until it has ended, the connection
 * is busy and nothing may be written.
 */
export function* workInTurn(database: Database): Generator<WorkRow> {
  yield* rowsOf(database, 'next_try_at_ms IS NOT NULL ORDER BY happened_at_ms, attempt_id');
  const stranded = 'foreign_payment = 0 AND next_try_at_ms IS NULL';
  yield* rowsOf(database, `${stranded} AND state IN ('ready', 'approved') AND ${OPEN}`);
  yield* rowsOf(database, `${stranded} AND state = 'recorded' AND sync = 'queued'`);
}

const rowsOf = (database: Database, condition: string): IterableIterator<WorkRow> =>
  sql(database, `${WORK} WHERE ${condition}`).iterate() as IterableIterator<WorkRow>;

export function inStates(database: Database, states: readonly OpenState[]): PaymentRow[] {
  const wanted = states.map(() => '?').join(', ');
  return sql(database, `${SELECT} WHERE foreign_payment = 0 AND state IN (${wanted}) AND ${OPEN}`).all(
    ...states,
  ) as PaymentRow[];
}

/** Refunds that still wait to be sent or followed, and those of them that may have left without an answer. */
export function openRefunds(database: Database): { waiting: number; in_doubt: number } {
  return sql(
    database,
    `SELECT count(*) AS waiting, count(*) FILTER (WHERE maybe_sent = 1 AND sync = 'queued') AS in_doubt
     FROM refund WHERE next_try_at_ms IS NOT NULL`,
  ).get() as { waiting: number; in_doubt: number };
}

/**
 * An attempt whose outcome is not known, for the same customer and amount: it stops another charge. The plus sign keeps
 * the engine from searching by customer, because payments without one are far more than open ones.
 */
export function findDoubt(database: Database, customer_id: string | null, amount: Money): PaymentRow | undefined {
  return sql(
    database,
    `${SELECT} WHERE state IN ('sending', 'unknown', 'manual', 'approved', 'capturing', 'capture_unknown', 'orphan')
     AND ${OPEN} AND foreign_payment = 0 AND +customer_id IS ? AND amount_minor = ? AND payment.currency = ?`,
  ).get(customer_id, amount.minor, amount.currency) as PaymentRow | undefined;
}

export type Likeness = {
  readonly customer_id: string | null;
  readonly amount: Money;
  readonly brand: string | null;
  readonly last4: string | null;
  readonly since_ms: number;
};

/**
 * The newest payment of the same amount by the same customer or the same card (brand and last four digits) that came in
 * since a time, or that still waits however long ago it was taken. Each half has its own index.
 */
export function findAlike(database: Database, { amount, ...like }: Likeness): PaymentRow | undefined {
  const counts = `amount_minor = @minor AND payment.currency = @currency
    AND state NOT IN ('declined', 'invalid', 'cancelled', 'closed_not_charged')
    AND (happened_at_ms >= @since_ms OR state NOT IN ('recorded', 'completed'))
    ORDER BY happened_at_ms DESC LIMIT 1`;
  const values = { ...like, minor: amount.minor, currency: amount.currency };
  const find = (condition: string): PaymentRow | undefined =>
    sql(database, `${SELECT} WHERE ${condition} AND ${counts}`).get(values) as PaymentRow | undefined;
  const found = [
    like.customer_id === null ? undefined : find('payment.customer_id = @customer_id'),
    like.last4 === null ? undefined : find('card_last4 = @last4 AND card_brand IS @brand'),
  ];
  return found.sort((left, right) => (right?.happened_at_ms ?? 0) - (left?.happened_at_ms ?? 0))[0];
}

export function recentOf(database: Database, customer_id: string, limit: number): PaymentRow[] {
  return sql(database, `${SELECT} WHERE customer_id = ? ORDER BY happened_at_ms DESC LIMIT ?`).all(
    customer_id,
    limit,
  ) as PaymentRow[];
}

/** Captured card payments of the last five weeks for which Square has shown no fee yet, the newest first. */
export function withoutFee(database: Database, now_ms: number): { square_payment_id: string; created_at_ms: number }[] {
  const FIVE_WEEKS_MS = 35 * 24 * 3600_000;
  return sql(
    database,
    `SELECT square_payment_id, created_at_ms FROM square_payment WHERE status = 'COMPLETED' AND fee_minor = 0
     AND source_type NOT IN ('CASH', 'EXTERNAL') AND created_at_ms > ? ORDER BY created_at_ms DESC LIMIT 50`,
  ).all(now_ms - FIVE_WEEKS_MS) as { square_payment_id: string; created_at_ms: number }[];
}

export function nextNumber(database: Database, desk: string, incarnation: number): number {
  return Number(
    sql(database, 'SELECT coalesce(max(number), 0) + 1 FROM payment WHERE desk = ? AND incarnation = ?')
      .pluck()
      .get(desk, incarnation),
  );
}

export type ActivityFilter = {
  readonly from: string;
  readonly to: string;
  readonly word: AttemptWord | null;
  readonly text: string;
  readonly after: { readonly happened_at_ms: number; readonly attempt_id: string } | null;
  readonly limit: number;
};

/** Newest first, with counts and sums by word over everything that the dates and the text find. */
export function listActivity(database: Database, filter: ActivityFilter, currency: Currency) {
  const { where, values } = activityCondition(filter, currency);
  const groups = sql(
    database,
    `SELECT ${WORD} AS word, count(*) AS count, sum(amount_minor) AS sum FROM payment LEFT JOIN customer USING (customer_id)
     WHERE ${where} GROUP BY 1`,
  ).all(...values) as { word: AttemptWord; count: number; sum: number }[];
  const page = [...values];
  let narrowed = where;
  if (filter.word) {
    narrowed += ` AND ${WORD} = ?`;
    page.push(filter.word);
  }
  if (filter.after) {
    narrowed += ' AND (happened_at_ms, attempt_id) < (?, ?)';
    page.push(filter.after.happened_at_ms, filter.after.attempt_id);
  }
  const rows = sql(
    database,
    `${SELECT} WHERE ${narrowed} ORDER BY happened_at_ms DESC, attempt_id DESC LIMIT ${filter.limit + 1}`,
  ).all(...page) as PaymentRow[];
  return { rows: rows.slice(0, filter.limit), more: rows.length > filter.limit, groups };
}

function activityCondition(filter: ActivityFilter, currency: Currency): { where: string; values: (string | number)[] } {
  const values: (string | number)[] = [filter.from, filter.to];
  let where = 'day BETWEEN ? AND ?';
  const text = filter.text.trim();
  if (text !== '') {
    const like = `%${text.replace(/[\\%_]/g, letter => `\\${letter}`)}%`;
    where += ` AND (customer.name LIKE ? ESCAPE '\\' OR reference LIKE ? ESCAPE '\\' OR receipt_number LIKE ? ESCAPE '\\'
      OR card_last4 = ? OR check_number = ? OR amount_minor = ?)`;
    // 12.50 and 12 both find the payment of 12.50 or 12.00; letters find no amount.
    const amount = parseAmount(text, currency);
    values.push(like, like, like, text, text, 'money' in amount ? amount.money.minor : -1);
  }
  return { where, values };
}

const orNull = (minor: number | null, currency: Currency): Money | null =>
  minor === null ? null : money(minor, currency);

/** What crosses the door. `gives_up_at_ms` is when a queued token gets too old to be sent. */
export function viewOf(database: Database, row: PaymentRow, tokenLife_ms: number): AttemptView {
  const waiting = row.word === 'queued' && row.token_minted_at_ms !== null;
  return {
    attempt_id: row.attempt_id as AttemptId,
    reference: row.reference,
    tender: row.tender,
    channel: row.channel,
    amount: money(row.amount_minor, row.currency),
    customer:
      row.customer_id === null ? null : { customer_id: row.customer_id as CustomerId, name: row.customer_name ?? '' },
    state: row.state,
    word: row.word,
    day: row.day,
    happened_at_ms: row.happened_at_ms,
    taken_by: row.actor_name ?? '',
    card: row.card_last4 === null ? null : { brand: row.card_brand ?? 'OTHER_BRAND', last4: row.card_last4 },
    receipt_number: row.receipt_number,
    decline: row.decline,
    refusal: row.refusal,
    sync: row.sync,
    sends: row.sends,
    next_check_at_ms: row.next_try_at_ms,
    doubt_since_ms: row.doubt_since_ms,
    not_found: row.not_found,
    watched_until_ms: row.watched_until_ms,
    gives_up_at_ms: waiting ? row.token_minted_at_ms! + tokenLife_ms : null,
    tendered: orNull(row.tendered_minor, row.currency),
    change: orNull(row.change_minor, row.currency),
    check_number: row.check_number,
    fee: orNull(row.fee_minor, row.currency),
    ...refundsOf(database, row),
    square_payment_id: row.square_payment_id,
    foreign: row.foreign_payment === 1,
    lost_in_restore: row.lost === 1,
  };
}
