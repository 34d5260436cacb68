import { z } from 'zod';
import { amount, customerId, day, done, positiveAmount, promiseId } from './shapes.ts';

/**
 * What became of a promise, told by the money alone: `kept` once so much was received after it was given, `broken` when
 * its day went by without. `replaced` and `withdrawn` count as neither.
 */
export const promiseState = z.enum(['open', 'kept', 'broken', 'replaced', 'withdrawn']);

export const promiseView = z.strictObject({
  promise_id: promiseId,
  amount,
  due_on: day,
  made_on: day,
  made_by: z.string().nullable(),
  state: promiseState,
  /** What was received since it was given, up to its day, less what was given back of it. */
  received: amount,
});
export type PromiseView = z.infer<typeof promiseView>;

export const promiseCalls = {
  /** The newest first, with how many of those that are decided were kept. */
  'promises.of': {
    may: 'customers.see',
    input: z.strictObject({ customer_id: customerId }),
    output: z.strictObject({ promises: z.array(promiseView), kept: z.int(), broken: z.int() }),
  },
  'promises.new': {
    may: 'customers.edit',
    input: z.strictObject({}),
    output: z.strictObject({ promise_id: promiseId }),
  },
  /**
   * The customer says that they pay so much up to that day, today included. An open promise is replaced. The same id with
   * the same content answers the same.
   */
  'promises.make': {
    may: 'customers.edit',
    input: z.strictObject({ promise_id: promiseId, customer_id: customerId, amount: positiveAmount, due_on: day }),
    output: promiseView,
  },
  /** It was noted by mistake. A promise that is kept or broken stays what it is. */
  'promises.withdraw': {
    may: 'customers.edit',
    input: z.strictObject({ promise_id: promiseId }),
    output: done,
  },
} as const;
