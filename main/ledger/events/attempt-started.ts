import { z } from 'zod';
import { channel } from '../../../common/contract/payments.ts';
import { insertPayment } from './attempt-states.ts';
import { defineEvent } from './event.ts';
import { meant, MEANT_NOTHING, payerColumn, projectShares } from './planned-shares.ts';
import { currency, minor } from './shapes.ts';

/** Somebody pressed the button: the attempt, its number, its reference and its one key exist before anything is asked. */
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
  two_phase: z.boolean(),
  read_back: z.boolean(),
});

const version2 = z.strictObject({ ...version1.shape, ...meant });

export const attemptStarted = defineEvent({
  type: 'attempt.started',
  versions: [version1.transform(body => ({ ...body, ...MEANT_NOTHING })), version2],
  subjects: body => [body.attempt_id, ...(body.customer_id ? [body.customer_id] : [])],
  project(body, context) {
    const { database, record } = context;
    const { two_phase, read_back: _, pays: _pays, payer: _payer, ...rest } = body;
    projectShares(body, context);
    insertPayment(database, {
      ...rest,
      ...payerColumn(body, context),
      two_phase: two_phase ? 1 : 0,
      desk: record.desk,
      incarnation: record.incarnation,
      state: 'intent',
      happened_at_ms: record.happened_at_ms,
      actor: record.actor,
    });
  },
});
