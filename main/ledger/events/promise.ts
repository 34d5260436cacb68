import { z } from 'zod';
import { assert } from '../../../common/errors.ts';
import { sql } from '../open.ts';
import { defineEvent } from './event.ts';
import { currency, minor } from './shapes.ts';

/** A customer said that they pay so much up to that day. It moves no money; whether it was kept, the money tells. */
export const promiseMade = defineEvent({
  type: 'promise.made',
  versions: [
    z.strictObject({
      promise_id: z.string(),
      customer_id: z.string(),
      amount_minor: minor,
      currency,
      due_on: z.string(),
      /** The business day on which it was given. */
      day: z.string(),
    }),
  ],
  subjects: body => [body.promise_id, body.customer_id],
  project(body, { database, record }) {
    sql(
      database,
      `INSERT INTO promise (promise_id, customer_id, amount_minor, currency, due_on, day, made_at_ms, actor)
       VALUES (@promise_id, @customer_id, @amount_minor, @currency, @due_on, @day, @made_at_ms, @actor)`,
    ).run({ ...body, made_at_ms: record.happened_at_ms, actor: record.actor });
  },
});

export const promiseEnded = defineEvent({
  type: 'promise.ended',
  versions: [z.strictObject({ promise_id: z.string(), why: z.enum(['replaced', 'withdrawn']) })],
  subjects: body => [body.promise_id],
  project(body, { database }) {
    const { changes } = sql(database, 'UPDATE promise SET ended = ? WHERE promise_id = ? AND ended IS NULL').run(
      body.why,
      body.promise_id,
    );
    assert(changes === 1, 'a promise that stands was ended');
  },
});
