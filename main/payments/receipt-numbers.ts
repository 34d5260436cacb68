import { printedDesk } from '../ledger/incarnation.ts';
import { sql, type Database } from '../ledger/open.ts';

/** `D1-000042`, or `D1.2-000042` after a restore: gapless per incarnation, given in the commit that makes the money final. */
export function nextReceiptNumber(database: Database, desk: string): string {
  const incarnation = Number(sql(database, 'SELECT incarnation FROM ledger_identity').pluck().get());
  const name = printedDesk({ desk, incarnation });
  return receiptText(name, lastReceipt(database, name) + 1);
}

const receiptText = (name: string, number: number): string => `${name}-${String(number).padStart(6, '0')}`;

/** The last number that is as wide as the text is padded to. Up to there the order of texts is that of the numbers. */
const LAST_PADDED = 999_999;

/** Beyond, 1000000 is a text before 999999. There is no gap, so the last number is found by doubling and halving. */
function lastReceipt(database: Database, name: string): number {
  const newest = 'SELECT max(receipt_number) FROM payment WHERE receipt_number BETWEEN ? AND ?';
  const last = sql(database, newest).pluck().get(receiptText(name, 0), receiptText(name, LAST_PADDED));
  const number = last === null ? 0 : Number(String(last).slice(name.length + 1));
  if (number < LAST_PADDED) return number;
  const one = sql(database, 'SELECT 1 FROM payment WHERE receipt_number = ?').pluck();
  const exists = (candidate: number): boolean => one.get(receiptText(name, candidate)) !== undefined;
  let known = LAST_PADDED;
  let step = 1;
  for (; exists(known + step); step *= 2) known += step;
  for (; step >= 1; step /= 2) if (exists(known + step)) known += step;
  return known;
}
