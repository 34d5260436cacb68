import { expect, test } from 'vitest';
import { canonicalJson, recordHash, type JournalRecord } from '../../../../main/ledger/canonical.ts';
import { migrate } from '../../../../main/ledger/migrate.ts';
import { initial } from '../../../../main/ledger/migrations/10-initial.ts';
import { projectRecord } from '../../../../main/ledger/journal.ts';
import { openScratchDatabase, type Database } from '../../../../main/ledger/open.ts';
import { rebuild, verify } from '../../../../main/ledger/verify.ts';
import { balances, openNothing, projectionsOf } from '../../../support/builders.ts';

/** Facts as an earlier version of the app wrote them, one after another. */
function oldJournal(database: Database) {
  let seq = 0;
  let previous: Buffer = Buffer.alloc(32);
  return (type: string, version: number, body: object): void => {
    const record: JournalRecord = {
      ...{ desk: 'D1', incarnation: 1, seq: (seq += 1), type, version, actor: 'square' },
      ...{ happened_at_ms: seq, recorded_at_ms: seq, body: canonicalJson(body as never) },
    };
    const hash = recordHash(previous, record);
    database
      .prepare(
        `INSERT INTO journal VALUES (@desk, @incarnation, @seq, @type, @version, @actor, @happened_at_ms, @recorded_at_ms,
           @body, @prev_hash, @hash)`,
      )
      .run({ ...record, prev_hash: previous, hash });
    projectRecord(database, record, openNothing);
    previous = hash;
  };
}

const refund = (change: object) => ({
  ...{ square_refund_id: 'R1', square_payment_id: 'P1', attempt_id: null, status: 'COMPLETED', amount_minor: 500 },
  ...{ currency: 'USD', reason: 'wrong visit', settles: true, created_at_ms: 1, updated_at_ms: 1, day: '2026-01-15' },
  ...change,
});
const postingsOf = (database: Database): unknown[] =>
  database.prepare('SELECT seq, debit_account, customer_id, amount_minor FROM posting ORDER BY seq').all();

test('a refund that an earlier version booked for nobody is taken back from nobody, whatever is known since', async () => {
  const database = openScratchDatabase();
  migrate(database, null);
  const add = oldJournal(database);
  add('square.refund.observed', 1, refund({}));
  add('square.refund.observed', 1, refund({ square_refund_id: 'R2', status: 'PENDING' }));
  add('square.refund.observed', 2, refund({ status: 'FAILED', updated_at_ms: 2, customer_id: 'customer' }));
  add('square.refund.observed', 2, refund({ square_refund_id: 'R2', updated_at_ms: 2, customer_id: 'customer' }));
  expect(postingsOf(database)).toEqual([
    { seq: 1, debit_account: 'unallocated_receipts', customer_id: null, amount_minor: 500 },
    { seq: 3, debit_account: 'square_clearing', customer_id: null, amount_minor: 500 },
    { seq: 4, debit_account: 'unallocated_receipts', customer_id: 'customer', amount_minor: 500 },
  ]);
  const before = projectionsOf(database);
  rebuild(database, openNothing);
  expect(projectionsOf(database)).toEqual(before);
});

test('a ledger of before refunds is brought up to date with its books as they were', async () => {
  const database = openScratchDatabase();
  migrate(database, null, [initial]);
  // As it was projected then: a row without a customer, and its posting.
  database.exec(
    `INSERT INTO square_refund (square_refund_id, square_payment_id, attempt_id, status, amount_minor, currency, reason,
       created_at_ms, updated_at_ms, day, settles, booked)
     VALUES ('R1', 'P1', NULL, 'COMPLETED', 500, 'USD', 'wrong visit', 1, 1, '2026-01-15', 1, 1)`,
  );
  migrate(database, null);
  database.exec('DELETE FROM square_refund');
  oldJournal(database)('square.refund.observed', 1, refund({}));
  expect(balances(database)).toEqual({ unallocated_receipts: 500, square_clearing: -500 });
  expect(await verify(database, openNothing)).toMatchObject({ ok: true, problems: [] });
});
