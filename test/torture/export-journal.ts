import type { JournalRecord } from '../../main/ledger/canonical.ts';
import type { JournalRow } from '../../main/ledger/journal.ts';
import type { Database } from '../../main/ledger/open.ts';

/** One line of an export: a record with everything that was hashed, and its postings. See scripts/verify-journal.mjs. */
export type ExportedRecord = { -readonly [Name in keyof JournalRecord]: JournalRecord[Name] } & {
  prev_hash: string;
  hash: string;
  postings: Record<string, string | number | null>[];
};
export type ExportedHead = { desk: string; incarnation: number; seq: number; hash: string };
export type ExportedHeader = { format: string; ledger_id: string; records: number; heads: ExportedHead[] };

/** The whole journal in the shape that outsiders check: a header, then the records in their order. */
export function exportJournal(database: Database): { header: ExportedHeader; records: ExportedRecord[] } {
  const rows = database.prepare('SELECT * FROM journal ORDER BY desk, incarnation, seq').all() as JournalRow[];
  const postingsOf = database.prepare(
    `SELECT line, debit_account, credit_account, customer_id, amount_minor, currency, day FROM posting
     WHERE desk = ? AND incarnation = ? AND seq = ? ORDER BY line`,
  );
  const heads = new Map<string, ExportedHead>();
  const records = rows.map(row => {
    const { desk, incarnation, seq, type, version, actor, happened_at_ms, recorded_at_ms, body } = row;
    const hash = row.hash.toString('hex');
    heads.set(`${desk}/${incarnation}`, { desk, incarnation, seq, hash });
    const postings = postingsOf.all(desk, incarnation, seq) as ExportedRecord['postings'];
    const hashed = { desk, incarnation, seq, type, version, actor, happened_at_ms, recorded_at_ms, body };
    return { ...hashed, prev_hash: row.prev_hash.toString('hex'), hash, postings };
  });
  const ledger_id = database.prepare('SELECT ledger_id FROM ledger_identity').pluck().get() as string;
  return {
    header: { format: 'tillside journal 1', ledger_id, records: records.length, heads: [...heads.values()] },
    records,
  };
}

export const asLines = (exported: { header: ExportedHeader; records: readonly ExportedRecord[] }): string =>
  [exported.header, ...exported.records].map(line => `${JSON.stringify(line)}\n`).join('');
