import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { crashPoint } from '../platform/crash-points.ts';
import type { JournalRow } from './journal.ts';
import type { Database } from './open.ts';

/**
 * The journal as lines of JSON for people who trust no code of ours: first a header with the heads of all chains, then
 * every record with what was hashed and its postings. `scripts/verify-journal.mjs` checks it. Personal data stays sealed.
 */
export function* journalLines(database: Database): Generator<string> {
  const heads = database
    .prepare('SELECT desk, incarnation, max(seq) AS seq, hash FROM journal GROUP BY desk, incarnation')
    .all() as Pick<JournalRow, 'desk' | 'incarnation' | 'seq' | 'hash'>[];
  yield JSON.stringify({
    format: 'tillside journal 1',
    ledger_id: database.prepare('SELECT ledger_id FROM ledger_identity').pluck().get(),
    records: database.prepare('SELECT count(*) FROM journal').pluck().get(),
    heads: heads.map(head => ({ ...head, hash: head.hash.toString('hex') })),
  });
  const postings = database.prepare(
    `SELECT line, debit_account, credit_account, customer_id, amount_minor, currency, day FROM posting
     WHERE desk = ? AND incarnation = ? AND seq = ? ORDER BY line`,
  );
  const rows = database.prepare('SELECT * FROM journal ORDER BY desk, incarnation, seq').iterate();
  for (const row of rows as IterableIterator<JournalRow>) {
    const { prev_hash, hash, ...record } = row;
    const hashes = { prev_hash: prev_hash.toString('hex'), hash: hash.toString('hex') };
    yield JSON.stringify({ ...record, ...hashes, postings: postings.all(row.desk, row.incarnation, row.seq) });
  }
}

/**
 * Writes the journal to a new file. Answers how many records it has. A file that exists is never overwritten: it could
 * be the ledger itself, which no process may open in any other way.
 */
export function exportJournal(database: Database, file: string): number {
  const handle = openSync(file, 'wx', 0o600);
  let lines = 0;
  try {
    // One state of the ledger, however long it takes: a desk may be writing at the same time.
    database.transaction(() => {
      for (const line of journalLines(database)) {
        const bytes = Buffer.from(`${line}\n`, 'utf8');
        for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written);
        lines += 1;
        crashPoint('CP38');
      }
    })();
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return lines - 1;
}
