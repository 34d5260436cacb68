import { z } from 'zod';
import { assert } from '../../../common/errors.ts';
import { sql } from '../open.ts';
import { customerColumns, indexCustomer } from './customer-added.ts';
import { defineEvent } from './event.ts';

export const customerChanged = defineEvent({
  type: 'customer.changed',
  versions: [z.strictObject({ customer_id: z.string(), personal: z.string() })],
  subjects: body => [body.customer_id],
  project(body, context) {
    const { database } = context;
    const columns = customerColumns(body, context);
    const { changes } = sql(
      database,
      `UPDATE customer SET name = @name, sort_name = @sort_name, phone = @phone, phone_digits = @phone_digits,
         email = @email, note = @note WHERE customer_id = @customer_id`,
    ).run({ ...columns, customer_id: body.customer_id });
    assert(changes === 1, 'one customer was changed');
    const number = sql(database, 'SELECT number FROM customer WHERE customer_id = ?').pluck().get(body.customer_id);
    sql(database, 'DELETE FROM customer_search WHERE customer_id = ?').run(body.customer_id);
    indexCustomer(database, { ...columns, customer_id: body.customer_id, number: number as number });
  },
});

/** No longer offered when payments are taken; what they paid and owe stays as it is. */
export const customerArchived = defineEvent({
  type: 'customer.archived',
  versions: [z.strictObject({ customer_id: z.string(), archived: z.boolean() })],
  subjects: body => [body.customer_id],
  project(body, { database, record }) {
    const { changes } = sql(database, 'UPDATE customer SET archived_at_ms = ? WHERE customer_id = ?').run(
      body.archived ? record.happened_at_ms : null,
      body.customer_id,
    );
    assert(changes === 1, 'one customer was put away or taken back');
  },
});
