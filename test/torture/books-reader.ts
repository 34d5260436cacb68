import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One payment as the simulator's own durable books hold it. */
export type BookedPayment = {
  readonly id: string;
  readonly reference: string;
  readonly amount_minor: number;
  readonly status: string;
};

type Line = {
  changes: {
    table: string;
    id: string;
    value: { payment: { id: string; reference_id?: string; status: string; amount_money: { amount: number } } } | null;
  }[];
};

/** Reads the books of a simulator from its file, alive or dead; a torn last line is not there, as for itself. */
export function readBooks(directory: string): BookedPayment[] {
  const file = join(directory, 'books.jsonl');
  if (!existsSync(file)) return [];
  const payments = new Map<string, BookedPayment>();
  const text = readFileSync(file, 'utf8');
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    if (!line.includes('"payments"')) continue;
    for (const { table, id, value } of (JSON.parse(line) as Line).changes) {
      if (table !== 'payments' || !value) continue;
      const { reference_id: reference = '', status, amount_money } = value.payment;
      payments.set(id, { id, reference, status, amount_minor: amount_money.amount });
    }
  }
  return [...payments.values()];
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
