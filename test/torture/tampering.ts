import { recordHash } from '../../main/ledger/canonical.ts';
import type { Dice } from './dice.ts';
import type { ExportedHeader, ExportedRecord } from './export-journal.ts';

export type Exported = { header: ExportedHeader; records: ExportedRecord[] };

/**
 * One way to change an export. Answers the number of the line that must be named (the header is line 1), or `end` where
 * only the header or a witness outside the file can tell.
 */
type Tampering = { readonly name: string; apply(exported: Exported, dice: Dice): number | 'end' };

const lineOf = (index: number): number => index + 2;
const other = (text: string, dice: Dice): string => {
  const at = dice.below(text.length);
  const letter = text[at] === '7' ? '3' : '7';
  return `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
};

/** Changes one record in place. */
function inRecord(name: string, change: (record: ExportedRecord, dice: Dice) => void): Tampering {
  return {
    name,
    apply({ records }, dice) {
      const index = dice.below(records.length);
      change(records[index]!, dice);
      return lineOf(index);
    },
  };
}

/** Changes a record that has postings. */
function inPostings(name: string, change: (postings: ExportedRecord['postings'], dice: Dice) => void): Tampering {
  return {
    name,
    apply({ records }, dice) {
      const posting = records.flatMap((record, index) => (record.postings.length > 0 ? [index] : []));
      const index = dice.pick(posting);
      change(records[index]!.postings, dice);
      return lineOf(index);
    },
  };
}

/** Makes every hash from `index` on anew, and the header with them, as somebody would who knows the format. */
export function rehash({ header, records }: Exported, index: number): void {
  let previous: Buffer = index === 0 ? Buffer.alloc(32) : Buffer.from(records[index - 1]!.hash, 'hex');
  for (const [offset, record] of records.slice(index).entries()) {
    record.seq = index + offset + 1;
    record.prev_hash = previous.toString('hex');
    previous = recordHash(previous, record);
    record.hash = previous.toString('hex');
  }
  const last = records.at(-1)!;
  header.records = records.length;
  header.heads = [{ desk: last.desk, incarnation: last.incarnation, seq: last.seq, hash: last.hash }];
}

export const TAMPERINGS: readonly Tampering[] = [
  inRecord('a character of the body', (record, dice) => (record.body = other(record.body, dice))),
  inRecord('who did it', record => (record.actor = `${record.actor}x`)),
  inRecord('the type', record => (record.type = record.type === 'setting.changed' ? 'staff.added' : 'setting.changed')),
  inRecord('the version', record => (record.version += 1)),
  inRecord('when it happened', (record, dice) => (record.happened_at_ms += 1 + dice.below(1_000_000))),
  inRecord('when it was recorded', (record, dice) => (record.recorded_at_ms -= 1 + dice.below(1_000_000))),
  inRecord('the number', (record, dice) => (record.seq += 1 + dice.below(5))),
  inRecord('the desk', record => (record.desk = 'D0')),
  inRecord('the hash', (record, dice) => (record.hash = dice.bytes(32).toString('hex'))),
  inRecord('the hash before', (record, dice) => (record.prev_hash = dice.bytes(32).toString('hex'))),
  inRecord('one more field', record => Object.assign(record, { approved: true })),
  inPostings(
    'the amount of a posting',
    (postings, dice) => (postings[0]!['amount_minor'] = 1 + dice.below(90) * 1_000_003),
  ),
  inPostings('the account of a posting', postings => (postings[0]!['debit_account'] = 'bank')),
  inPostings('the day of a posting', postings => (postings[0]!['day'] = '2020-02-02')),
  inPostings('a posting left out', postings => void postings.pop()),
  inPostings('a posting twice', postings => void postings.push({ ...postings[0]!, line: postings.length + 1 })),
  inPostings(
    'a posting that does not balance',
    postings => (postings[0]!['credit_account'] = postings[0]!['debit_account']!),
  ),
  {
    name: 'a record left out',
    apply({ header, records }, dice) {
      const index = dice.below(records.length - 1);
      records.splice(index, 1);
      header.records -= 1;
      return lineOf(index);
    },
  },
  {
    name: 'a record twice',
    apply({ header, records }, dice) {
      const index = dice.below(records.length);
      records.splice(index + 1, 0, structuredClone(records[index]!));
      header.records += 1;
      return lineOf(index + 1);
    },
  },
  {
    name: 'two records exchanged',
    apply({ records }, dice) {
      const index = dice.below(records.length - 1);
      [records[index], records[index + 1]] = [records[index + 1]!, records[index]!];
      return lineOf(index);
    },
  },
  {
    name: 'the last records left out',
    apply({ records }, dice) {
      records.splice(records.length - 1 - dice.below(5));
      return 'end';
    },
  },
  {
    name: 'the last records left out, and the header with them',
    apply(exported, dice) {
      exported.records.splice(exported.records.length - 1 - dice.below(5));
      rehash(exported, exported.records.length - 1);
      return 'end';
    },
  },
  {
    name: 'the past rewritten, with all hashes made anew',
    apply(exported, dice) {
      const index = dice.below(exported.records.length);
      exported.records[index]!.actor = 'somebody else';
      rehash(exported, index);
      return 'end';
    },
  },
];
