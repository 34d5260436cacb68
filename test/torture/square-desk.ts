import { readRefundable } from './books-reader.ts';
import type { Dice } from './dice.ts';
import { TOKEN, type SimulatorProcess } from './victims.ts';

/** Long enough that a desk which is just starting finds it pending. */
const PENDING_MS = 12_000;

/** Square's own page, at which an office gives money back without this desk. Answers the refund's id, or why there is none. */
export async function refundAtSquare(
  square: SimulatorProcess,
  books: string,
  dice: Dice,
): Promise<{ readonly id: string } | { readonly none: string }> {
  const payment = readRefundable(books).at(-1);
  if (!payment) return { none: 'no payment that can be given back' };
  // A refund that Square says is on its way may still fail days later.
  await post(`${square.control}/_control/settings`, {
    refund_delay_ms: PENDING_MS,
    refund_outcome: dice.pick(['COMPLETED', 'COMPLETED', 'REJECTED', 'FAILED']),
  });
  const answer = await post(`http://127.0.0.1:${square.port}/v2/refunds`, {
    idempotency_key: dice.bytes(16).toString('hex'),
    payment_id: payment.id,
    amount_money: { amount: 1 + dice.below(payment.amount_minor), currency: 'USD' },
  });
  const { refund } = answer as { refund?: { id: string } };
  return refund ? { id: refund.id } : { none: JSON.stringify(answer) };
}

async function post(address: string, body: object): Promise<unknown> {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
  });
  return answer.json();
}
