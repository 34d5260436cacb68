import { AppError } from '../../common/errors.ts';
import { GENESIS_HASH, recordHash } from './canonical.ts';
import { PROJECTIONS } from './events/index.ts';
import { projectRecord, type JournalRow, type OpenPersonal } from './journal.ts';
import { sha256Hex, unseal } from './keys.ts';
import { migrate } from './migrate.ts';
import { openScratchDatabase, type Database } from './open.ts';

export type Verdict = {
  readonly ok: boolean;
  readonly records: number;
  readonly postings: number;
  /** The last hash of the chain, in hexadecimal; of several chains, the last one's. */
  readonly head: string;
  /** Sentences, the first bad record first. Empty when all is well. */
  readonly problems: string[];
};
type Progress = (done: number, of: number) => void;
const STEP = 500;

/**
 * Checks a ledger against itself: the engine's own check, every hash and every gap of the journal, and every projection
 * against one made anew in memory. Reads only. Gives way to other work between steps, so the desk goes on.
 */
export async function verify(database: Database, open: OpenPersonal, progress: Progress = () => {}): Promise<Verdict> {
  const problems: string[] = [];
  const check = database.pragma('integrity_check', { simple: true });
  if (check !== 'ok') problems.push(`The database engine reports: ${String(check)}.`);
  const scratch = openScratchDatabase();
  try {
    const replayed = await replay(database, scratch, open, problems, progress);
    const postings = Number(database.prepare('SELECT count(*) FROM posting').pluck().get());
    if (problems.length === 0) problems.push(...compare(database, scratch));
    return { ok: problems.length === 0, ...replayed, postings, problems };
  } finally {
    scratch.close();
  }
}

async function replay(
  database: Database,
  scratch: Database,
  open: OpenPersonal,
  problems: string[],
  progress: Progress,
): Promise<{ records: number; head: string }> {
  migrate(scratch, null);
  const of = Number(database.prepare('SELECT count(*) FROM journal').pluck().get());
  const page = database.prepare(
    `SELECT * FROM journal WHERE (desk, incarnation, seq) > (?, ?, ?) ORDER BY desk, incarnation, seq LIMIT ${STEP}`,
  );
  let last: Pick<JournalRow, 'desk' | 'incarnation' | 'seq' | 'hash'> = {
    desk: '',
    incarnation: 0,
    seq: 0,
    hash: GENESIS_HASH,
  };
  let records = 0;
  // The lists are read page by page: an open cursor over the journal would hold up the writer.
  for (;;) {
    const rows = page.all(last.desk, last.incarnation, last.seq) as JournalRow[];
    if (rows.length === 0) break;
    const known = problems.length;
    scratch.transaction(() => {
      for (const row of rows) {
        const sameChain = row.desk === last.desk && row.incarnation === last.incarnation;
        const before = sameChain ? last : { seq: 0, hash: GENESIS_HASH };
        checkRecord(row, before, problems);
        if (problems.length === known) project(scratch, row, open, problems);
        last = row;
      }
    })();
    records += rows.length;
    progress(records, of);
    if (problems.length > known) break;
    await new Promise(resolve => setImmediate(resolve));
  }
  return { records, head: last.hash.toString('hex') };
}

function checkRecord(row: JournalRow, before: { seq: number; hash: Buffer }, problems: string[]): void {
  const name = `Record ${row.desk}/${row.incarnation}/${row.seq}`;
  if (row.seq !== before.seq + 1) problems.push(`${name}: a record is missing before it.`);
  else if (!row.prev_hash.equals(before.hash)) problems.push(`${name}: does not follow the record before it.`);
  else if (!hasItsHash(before.hash, row)) problems.push(`${name}: its content was changed.`);
}

/** A changed number can be one that no record could ever have been hashed with. */
function hasItsHash(previous: Buffer, row: JournalRow): boolean {
  try {
    return recordHash(previous, row).equals(row.hash);
  } catch {
    return false;
  }
}

function project(scratch: Database, row: JournalRow, open: OpenPersonal, problems: string[]): void {
  try {
    projectRecord(scratch, row, open);
  } catch (error) {
    if (error instanceof AppError && error.code === 'ledger_newer') throw error;
    problems.push(`Record ${row.desk}/${row.incarnation}/${row.seq}: cannot be projected (${row.type}).`);
  }
}

/** Names the tables that differ from what the journal says. */
function compare(database: Database, scratch: Database): string[] {
  return PROJECTIONS.filter(table => digest(database, table) !== digest(scratch, table)).map(
    table => `The table ${table} differs from the journal; rebuild repairs it.`,
  );
}

function digest(database: Database, table: string): string {
  const columns = database.pragma(`table_info(${table})`) as { name: string }[];
  const order = columns.map((_, index) => index + 1).join(', ');
  let running = '';
  const rows = database.prepare(
    `SELECT ${columns.map(column => column.name).join(', ')} FROM ${table} ORDER BY ${order}`,
  );
  for (const row of rows.raw().iterate()) running = sha256Hex(running + JSON.stringify(row));
  return running;
}

/** Throws the projections away and makes them again from the journal, in one transaction. The journal is not touched. */
export function rebuild(database: Database, open: OpenPersonal, progress: Progress = () => {}): number {
  const rows = database.prepare('SELECT * FROM journal ORDER BY desk, incarnation, seq');
  const of = Number(database.prepare('SELECT count(*) FROM journal').pluck().get());
  let done = 0;
  database
    .transaction(() => {
      for (const table of PROJECTIONS) database.exec(`DELETE FROM ${table}`);
      for (const row of rows.all() as JournalRow[]) {
        projectRecord(database, row, open);
        done += 1;
        if (done % STEP === 0) progress(done, of);
      }
    })
    .immediate();
  progress(done, of);
  return done;
}

/** Opens personal data with the field key alone, for a check without a running desk. */
export function personalOpener(database: Database, fieldKey: Buffer): OpenPersonal {
  const find = database.prepare('SELECT wrapped FROM subject_key WHERE subject_id = ?').pluck();
  return (subject_id, sealed) => {
    const wrapped = find.get(subject_id) as Buffer | undefined;
    const key = wrapped && unseal(fieldKey, wrapped, `subject ${subject_id}`);
    const plain = key && unseal(key, Buffer.from(sealed, 'base64'), subject_id);
    return plain ? JSON.parse(plain.toString('utf8')) : null;
  };
}
