import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One payment as the simulator's own durable books hold it. */
export type BookedPayment = {
  readonly id: string;
  readonly reference: string;
  readonly amount_minor: number;
  readonly status: string;
};

export type BookedRefund = { readonly id: string; readonly status: string; readonly reason: string };

type BookLine = { changes: { table: string; id: string; value: Record<string, unknown> | null }[] };
type Booked = { reference_id?: string; reason?: string; status: string; amount_money: { amount: number } };
type SquarePayment = Booked & { source_type: string; refund_ids?: string[] };

/** The newest state of every record of a table. A torn last line is not there, as for the simulator itself. */
function readTable<Value>(directory: string, name: 'payment' | 'refund'): (Value & { id: string })[] {
  const file = join(directory, 'books.jsonl');
  if (!existsSync(file)) return [];
  const found = new Map<string, Value & { id: string }>();
  const text = readFileSync(file, 'utf8');
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    if (!line.includes(`"${name}s"`)) continue;
    for (const { table, id, value } of (JSON.parse(line) as BookLine).changes) {
      if (table === `${name}s` && value) found.set(id, value[name] as Value & { id: string });
    }
  }
  return [...found.values()];
}

/** Reads the books of a simulator from its file, alive or dead. */
export const readBooks = (directory: string): BookedPayment[] =>
  readTable<SquarePayment>(directory, 'payment').map(({ id, reference_id: reference = '', status, amount_money }) => ({
    ...{ id, reference, status, amount_minor: amount_money.amount },
  }));

export const readRefunds = (directory: string): BookedRefund[] =>
  readTable<Booked>(directory, 'refund').map(({ id, status, reason = '' }) => ({ id, status, reason }));

/** Taken from a card, and nothing of it was given back. */
export function readRefundable(directory: string): { id: string; amount_minor: number }[] {
  const whole = readTable<SquarePayment>(directory, 'payment').filter(
    ({ status, source_type, refund_ids }) => status === 'COMPLETED' && source_type === 'CARD' && !refund_ids,
  );
  return whole.map(({ id, amount_money }) => ({ id, amount_minor: amount_money.amount }));
}

/** Attempts that were charged, or recorded, more than once. */
export function chargedTwice(payments: readonly BookedPayment[]): string[] {
  const byReference = Map.groupBy(
    payments.filter(({ status }) => status === 'APPROVED' || status === 'COMPLETED'),
    ({ reference }) => reference,
  );
  return [...byReference]
    .filter(([, found]) => found.length > 1)
    .map(([reference, found]) => `attempt ${reference} was charged ${found.length} times`);
}

/** Refunds of the desk that Square made more than once. */
export function refundedTwice(refunds: readonly BookedRefund[]): string[] {
  const byReason = Map.groupBy(
    refunds.filter(({ reason }) => reason !== ''),
    ({ reason }) => reason,
  );
  return [...byReason]
    .filter(([, found]) => found.length > 1)
    .map(([reason, found]) => `refund ${reason} was made ${found.length} times`);
}
