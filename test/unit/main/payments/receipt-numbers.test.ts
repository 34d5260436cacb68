import { expect, test } from 'vitest';
import { openScratchDatabase } from '../../../../main/ledger/open.ts';
import { nextReceiptNumber } from '../../../../main/payments/receipt-numbers.ts';

const next = (given: readonly number[], desk = 'D1'): string => {
  const database = openScratchDatabase();
  database.exec(`CREATE TABLE payment (receipt_number TEXT UNIQUE); CREATE TABLE ledger_identity (incarnation INTEGER);
    INSERT INTO ledger_identity VALUES (1)`);
  const insert = database.prepare('INSERT INTO payment VALUES (?)');
  for (const number of given) insert.run(`${desk}-${String(number).padStart(6, '0')}`);
  insert.run('D10-000777');
  insert.run('D1.2-000888');
  return nextReceiptNumber(database, 'D1');
};
const upTo = (last: number, first: number): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at);

test('receipt numbers go on by one, also beyond the six digits that they are padded to', () => {
  expect(next([])).toBe('D1-000001');
  expect(next([1, 2, 3])).toBe('D1-000004');
  expect(next(upTo(999_999, 999_990))).toBe('D1-1000000');
  for (const last of [1_000_000, 1_000_001, 1_000_002, 1_000_006, 1_000_007, 1_000_008, 1_001_234])
    expect(next(upTo(last, 999_990))).toBe(`D1-${last + 1}`);
});

test('the numbers of another desk or of another life of this one do not count', () => {
  expect(next([5, 6], 'D2')).toBe('D1-000001');
});
