import type { JournalRecord } from '../../main/ledger/canonical.ts';
import { journalLines } from '../../main/ledger/export.ts';
import type { Database } from '../../main/ledger/open.ts';

/** One line of an export: a record with everything that was hashed, and its postings. See scripts/verify-journal.mjs. */
export type ExportedRecord = { -readonly [Name in keyof JournalRecord]: JournalRecord[Name] } & {
  prev_hash: string;
  hash: string;
  postings: Record<string, string | number | null>[];
};
export type ExportedHead = { desk: string; incarnation: number; seq: number; hash: string };
export type ExportedHeader = { format: string; ledger_id: string; records: number; heads: ExportedHead[] };

/** The app's own export, read back, to be changed. */
export function exportJournal(database: Database): { header: ExportedHeader; records: ExportedRecord[] } {
  const [header, ...records] = Array.from(journalLines(database), line => JSON.parse(line) as unknown);
  return { header: header as ExportedHeader, records: records as ExportedRecord[] };
}

export const asLines = (exported: { header: ExportedHeader; records: readonly ExportedRecord[] }): string =>
  [exported.header, ...exported.records].map(line => `${JSON.stringify(line)}\n`).join('');
