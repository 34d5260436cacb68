import { z } from 'zod';
import { ACCOUNTS, type Account } from '../accounts.ts';
import { channel } from '../../../common/contract/payments.ts';
import { insertPayment, setColumns } from './attempt-states.ts';
import { defineEvent } from './event.ts';
import { meant, MEANT_NOTHING, payerColumn, projectShares } from './planned-shares.ts';
import { currency, minor } from './shapes.ts';

/** Money taken by hand (cash, check): final at the desk, whether Square can be reached or not, and told to Square later. */
const version1 = z.strictObject({
  attempt_id: z.string(),
  number: z.int(),
  reference: z.string(),
  tender: z.string(),
  channel,
  customer_id: z.string().nullable(),
  amount_minor: minor,
  currency,
  day: z.string(),
  input_hash: z.string(),
  receipt_number: z.string(),
  account: z.enum(Object.keys(ACCOUNTS) as [Account, ...Account[]]),
  idempotency_key: z.string(),
  body_hash: z.string(),
  tendered_minor: z.int().nullable(),
  change_minor: z.int().nullable(),
  check_number: z.string().nullable(),
  check_bank: z.string().nullable(),
});

const version2 = z.strictObject({ ...version1.shape, ...meant });

export const tenderRecorded = defineEvent({
  type: 'tender.recorded',
  versions: [version1.transform(body => ({ ...body, ...MEANT_NOTHING })), version2],
  subjects: body => [body.attempt_id, ...(body.customer_id ? [body.customer_id] : [])],
  post: ({ account, customer_id, amount_minor, currency, day }) => [
    { debit: account, credit: 'unallocated_receipts', customer_id, amount_minor, currency, day },
  ],
  project(body, context) {
    const { database, record } = context;
    const { account: _account, idempotency_key: _key, body_hash: _hash, pays: _pays, payer: _payer, ...rest } = body;
    projectShares(body, context);
    insertPayment(database, {
      ...rest,
      ...payerColumn(body, context),
      desk: record.desk,
      incarnation: record.incarnation,
      state: 'recorded',
      happened_at_ms: record.happened_at_ms,
      finished_at_ms: record.happened_at_ms,
      actor: record.actor,
      sync: 'queued',
      next_try_at_ms: record.recorded_at_ms,
    });
  },
});

/** Square holds the record too: it answered with its own object. */
export const recordConfirmed = defineEvent({
  type: 'record.confirmed',
  versions: [z.strictObject({ attempt_id: z.string(), square_payment_id: z.string() })],
  subjects: body => [body.attempt_id],
  project(body, { database }) {
    setColumns(database, body.attempt_id, {
      square_payment_id: body.square_payment_id,
      sync: 'confirmed',
      next_try_at_ms: null,
    });
  },
});

/** Square will never take this record. The money is in the drawer all the same, so it stays; the proof page says why. */
export const recordRefused = defineEvent({
  type: 'record.refused',
  versions: [z.strictObject({ attempt_id: z.string(), square_code: z.string() })],
  subjects: body => [body.attempt_id],
  project(body, { database }) {
    setColumns(database, body.attempt_id, { sync: 'refused', next_try_at_ms: null });
  },
});
