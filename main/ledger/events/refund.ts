import { z } from 'zod';
import { ACCOUNTS, type Account } from '../accounts.ts';
import { refundKind, refundRefusal, type RefundState } from '../../../common/contract/refund-shapes.ts';
import { assert } from '../../../common/errors.ts';
import { sql, type Database } from '../open.ts';
import type { FactContext } from './event.ts';
import { defineEvent } from './event.ts';
import { at_ms, currency, minor, typed } from './shapes.ts';

/**
 * Money given back from this desk. What goes back through Square is posted by `square.refund.observed` alone, when Square
 * says that it is done; asked-for and pending money is on nobody's books. What is handed out here is posted at once.
 */

/**
 * Which state may follow which. `refused` is Square's definite no, also days after it said yes; a refund that was said to
 * be refused and turns up at Square all the same is taken for what Square shows.
 */
export const NEXT_REFUND_STATES: Record<RefundState, readonly RefundState[]> = {
  requested: ['sending', 'unknown', 'pending', 'completed', 'refused'],
  sending: ['requested', 'unknown', 'pending', 'completed', 'refused'],
  unknown: ['sending', 'unknown', 'pending', 'completed', 'refused'],
  pending: ['pending', 'completed', 'refused'],
  // Closed as given by a person, it becomes whatever Square shows of it later.
  completed: ['refused', 'pending', 'completed'],
  refused: ['pending', 'completed'],
  // Handed out at the desk: whatever Square says of the record, the money is gone from here.
  recorded: [],
};

type Columns = Readonly<Record<string, string | number | null>>;

/** Moves a refund; one that was handed out at the desk stays where it is, and only its columns change. */
export function moveRefund(database: Database, refund_id: string, to: RefundState, columns: Columns): void {
  const from = stateOf(database, refund_id);
  if (from === 'recorded') return setColumns(database, refund_id, columns);
  assert(NEXT_REFUND_STATES[from].includes(to), `a refund does not go from ${from} to ${to}`);
  setColumns(database, refund_id, { ...columns, state: to });
}

function stateOf(database: Database, refund_id: string): RefundState {
  const state = sql(database, 'SELECT state FROM refund WHERE refund_id = ?').pluck().get(refund_id);
  assert(state !== undefined, 'the refund is known');
  return state as RefundState;
}

function setColumns(database: Database, refund_id: string, columns: Columns): void {
  const names = Object.keys(columns);
  const text = `UPDATE refund SET ${names.map(name => `${name} = @${name}`).join(', ')} WHERE refund_id = @refund_id`;
  const { changes } = sql(database, text).run({ ...columns, refund_id });
  assert(changes === 1, 'one refund was changed');
}

/** Every fact of a refund belongs to its payment's story too. */
const about = { refund_id: z.string(), attempt_id: z.string() };
const subjects = (body: { refund_id: string; attempt_id: string }): string[] => [body.refund_id, body.attempt_id];
const account = z.enum(Object.keys(ACCOUNTS) as [Account, ...Account[]]);

/** Somebody asked, and whoever has to agree did. The number, the key and the bytes exist before anything leaves. */
export const refundRequested = defineEvent({
  type: 'refund.requested',
  versions: [
    z.strictObject({
      ...about,
      number: z.int(),
      reference: z.string(),
      kind: refundKind,
      customer_id: z.string().nullable(),
      amount_minor: minor,
      currency,
      /** Where money that is handed out here comes from; null for what goes back through Square. */
      account: account.nullable(),
      /** What the person typed. */
      typed,
      /** The second person, who proved with a password that they agree; null where one was enough. */
      approved_by: z.string().nullable(),
      /** Null when Square is not told, because it does not know the payment as what is given back. */
      idempotency_key: z.string().nullable(),
      body_hash: z.string().nullable(),
      input_hash: z.string(),
      day: z.string(),
    }),
  ],
  subjects: body => [...subjects(body), ...(body.customer_id ? [body.customer_id] : [])],
  post: ({ account: from, customer_id, amount_minor, currency: money, day }) =>
    from === null
      ? []
      : [{ debit: 'unallocated_receipts', credit: from, customer_id, amount_minor, currency: money, day }],
  project(body, { database, record }) {
    const { account: from, typed: _typed, idempotency_key, body_hash: _hash, ...rest } = body;
    const tells = idempotency_key !== null;
    sql(
      database,
      `INSERT INTO refund (refund_id, attempt_id, number, reference, desk, incarnation, kind, customer_id, amount_minor,
         currency, state, day, happened_at_ms, actor, approved_by, input_hash, sync, sends, maybe_sent, next_try_at_ms,
         finished_at_ms)
       VALUES (@refund_id, @attempt_id, @number, @reference, @desk, @incarnation, @kind, @customer_id, @amount_minor,
         @currency, @state, @day, @happened_at_ms, @actor, @approved_by, @input_hash, @sync, 0, 0, @next_try_at_ms,
         @finished_at_ms)`,
    ).run({
      ...rest,
      desk: record.desk,
      incarnation: record.incarnation,
      state: from === null ? 'requested' : 'recorded',
      happened_at_ms: record.happened_at_ms,
      actor: record.actor,
      sync: tells ? 'queued' : 'none',
      next_try_at_ms: tells ? record.recorded_at_ms : null,
      finished_at_ms: from === null ? null : record.happened_at_ms,
    });
  },
});

/** Written before the first byte leaves: from here on it is "maybe sent", never "not sent". */
export const refundSending = defineEvent({
  type: 'refund.sending',
  versions: [z.strictObject({ ...about, count: z.int() })],
  subjects,
  project(body, { database }) {
    moveRefund(database, body.refund_id, 'sending', { sends: body.count, next_try_at_ms: null });
  },
});

/** The definite word that nothing left this desk, or that Square refused to look at it. */
export const refundNotSent = defineEvent({
  type: 'refund.not_sent',
  versions: [z.strictObject({ ...about, reason: z.string(), next_try_at_ms: at_ms })],
  subjects,
  project(body, { database }) {
    moveRefund(database, body.refund_id, 'requested', { next_try_at_ms: body.next_try_at_ms });
  },
});

/** No definite answer. The money may be on its way back; only Square's word can end it. */
export const refundUnknown = defineEvent({
  type: 'refund.unknown',
  versions: [z.strictObject({ ...about, reason: z.string(), next_try_at_ms: at_ms })],
  subjects,
  project(body, { database, record }) {
    const since = sql(database, 'SELECT doubt_since_ms FROM refund WHERE refund_id = ?').pluck().get(body.refund_id);
    moveRefund(database, body.refund_id, 'unknown', {
      maybe_sent: 1,
      doubt_reason: body.reason,
      doubt_since_ms: (since as number | null) ?? record.recorded_at_ms,
      next_try_at_ms: body.next_try_at_ms,
    });
  },
});

/** Square has it and has not given the money back yet, for instance because the balance there is short. */
export const refundPending = defineEvent({
  type: 'refund.pending',
  versions: [z.strictObject({ ...about, square_refund_id: z.string(), next_try_at_ms: at_ms })],
  subjects,
  project(body, { database }) {
    const { square_refund_id, next_try_at_ms } = body;
    moveRefund(database, body.refund_id, 'pending', { square_refund_id, next_try_at_ms, ...ACCEPTED });
  },
});

/** Square gave it back; of a record, Square holds it too. */
export const refundCompleted = defineEvent({
  type: 'refund.completed',
  versions: [z.strictObject({ ...about, square_refund_id: z.string() })],
  subjects,
  project(body, { database, record }) {
    const { square_refund_id } = body;
    moveRefund(database, body.refund_id, 'completed', { square_refund_id, ...ACCEPTED, ...ended(record) });
  },
});

/** `not_made`: Square refused the request itself. `rejected` and `failed`: Square made it, and it came to nothing. */
export const refundRefused = defineEvent({
  type: 'refund.refused',
  versions: [
    z.strictObject({
      ...about,
      how: z.enum(['not_made', 'rejected', 'failed']),
      reason: refundRefusal,
      square_code: z.string(),
      square_refund_id: z.string().nullable(),
    }),
  ],
  subjects,
  project(body, { database, record }) {
    const { reason, square_code, square_refund_id } = body;
    moveRefund(database, body.refund_id, 'refused', {
      ...{ refusal: reason, square_code, sync: 'refused' },
      ...(square_refund_id === null ? {} : { square_refund_id }),
      ...ended(record),
    });
  },
});

const ACCEPTED = { sync: 'confirmed', refusal: null, square_code: null } as const;
export const ended = (record: FactContext['record']) => ({
  next_try_at_ms: null,
  finished_at_ms: record.happened_at_ms,
});
