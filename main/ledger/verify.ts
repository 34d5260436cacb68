import { AppError } from '../../common/errors.ts';
import { GENESIS_HASH, recordHash } from './canonical.ts';
import { PROJECTIONS } from './events/index.ts';
import { projectRecord, type JournalRow, type OpenPersonal } from './journal.ts';
import { migrate } from './migrate.ts';
import { guarded, openScratchDatabase, type Database } from './open.ts';
import { settleWatermarks, stopWatching, tellingColumns } from './watermarks.ts';

export type Verdict = {
  readonly ok: boolean;
  readonly records: number;
  readonly postings: number;
  /** The last hash of the chain, in hexadecimal; of several chains, the last one's. */
  readonly head: string;
  /** Sentences, the first bad record first. Empty when all is well. */
  readonly problems: string[];
  /** Tables that the journal contradicts. With a sound journal, `rebuild` repairs them. */
  readonly differing: string[];
};
type Progress = (done: number, of: number) => void;

/** How a check goes about its work. */
export type Manner = {
  readonly progress?: Progress;
  /**
   * Waits between two steps, so that the desk goes on. Only on a connection that nobody writes to: the lists are read
   * with open cursors. Without it, the journal alone gives way to other work.
   */
  readonly pause?: () => Promise<void>;
  /** Records in one step. */
  readonly step?: number;
  /** True when the engine's own check of this file has just been made, which cannot give way. */
  readonly engineChecked?: boolean;
};
/** Lets what waits go first. */
export const giveWay = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
const manner = (given: Manner) => ({
  progress: given.progress ?? ((): void => {}),
  pause: given.pause ?? giveWay,
  pauses: given.pause !== undefined,
  step: given.step ?? 500,
  engineChecked: given.engineChecked ?? false,
});
type WholeManner = ReturnType<typeof manner>;

/**
 * Checks a ledger against itself: the engine's own check, every hash and every gap of the journal, and every projection
 * against one made anew in memory. Reads only. Gives way to other work between steps, so the desk goes on; where
 * somebody writes meanwhile, give it a connection of its own with an open read transaction.
 */
export async function verify(database: Database, open: OpenPersonal, given: Manner = {}): Promise<Verdict> {
  const how = manner(given);
  const problems: string[] = [];
  const check = how.engineChecked ? 'ok' : database.pragma('integrity_check', { simple: true });
  if (check !== 'ok') problems.push(`The database engine reports: ${String(check)}.`);
  const scratch = openScratchDatabase();
  try {
    migrate(scratch, null);
    // Taking the triggers away takes as long as some hundred records with them.
    if (Number(database.prepare('SELECT count(*) FROM journal').pluck().get()) > MANY) stopWatching(scratch);
    const replayed = await replay(database, row => project(scratch, row, open, problems), problems, how, scratch);
    const postings = Number(database.prepare('SELECT count(*) FROM posting').pluck().get());
    const differing = problems.length === 0 ? await compare(database, scratch, how) : [];
    problems.push(...differing.map(table => `The table ${table} differs from the journal; rebuild repairs it.`));
    return { ok: problems.length === 0, ...replayed, postings, problems, differing };
  } finally {
    scratch.close();
  }
}

/** Checks the journal alone: every hash, every gap. Answers sentences, the first bad record first. */
export async function verifyJournal(database: Database, given: Manner = {}): Promise<string[]> {
  const problems: string[] = [];
  await replay(database, () => {}, problems, manner(given), null);
  return problems;
}

async function replay(
  database: Database,
  use: (row: JournalRow) => void,
  problems: string[],
  how: WholeManner,
  scratch: Database | null,
): Promise<{ records: number; head: string }> {
  const of = Number(database.prepare('SELECT count(*) FROM journal').pluck().get());
  const page = database.prepare(
    `SELECT * FROM journal WHERE (desk, incarnation, seq) > (?, ?, ?) ORDER BY desk, incarnation, seq LIMIT ${how.step}`,
  );
  let last: Pick<JournalRow, 'desk' | 'incarnation' | 'seq' | 'hash'> = {
    desk: '',
    incarnation: 0,
    seq: 0,
    hash: GENESIS_HASH,
  };
  let records = 0;
  // The journal is read page by page: an open cursor would hold up the writer.
  for (;;) {
    const rows = page.all(last.desk, last.incarnation, last.seq) as JournalRow[];
    if (rows.length === 0) break;
    const known = problems.length;
    const step = (): void => {
      for (const row of rows) {
        const sameChain = row.desk === last.desk && row.incarnation === last.incarnation;
        const before = sameChain ? last : { seq: 0, hash: GENESIS_HASH };
        checkRecord(row, before, problems);
        if (problems.length === known) use(row);
        last = row;
      }
    };
    if (scratch) scratch.transaction(step)();
    else step();
    records += rows.length;
    how.progress(records, of);
    if (problems.length > known) break;
    await how.pause();
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
async function compare(database: Database, scratch: Database, how: WholeManner): Promise<string[]> {
  const differing: string[] = [];
  for (const table of PROJECTIONS) if (!(await agrees(database, scratch, table, how))) differing.push(table);
  return differing;
}

/** Both are read side by side in the order of their key, so that neither has to be sorted or held in memory. */
async function agrees(database: Database, scratch: Database, table: string, how: WholeManner): Promise<boolean> {
  const columns = tellingColumns(scratch, table);
  const info = scratch.pragma(`table_info(${table})`) as { name: string; pk: number }[];
  const key = info.filter(({ pk }) => pk > 0).sort((left, right) => left.pk - right.pk);
  const order = (key.length > 0 ? key.map(({ name }) => name) : columns).join(', ');
  const text = `SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${order}`;
  const kept = database.prepare(text).raw().iterate();
  const made = scratch.prepare(text).raw().iterate();
  try {
    for (let read = 1; ; read += 1) {
      const [left, right] = [kept.next(), made.next()];
      if (left.done || right.done) return left.done === right.done;
      if (JSON.stringify(left.value) !== JSON.stringify(right.value)) return false;
      if (how.pauses && read % how.step === 0) await how.pause();
    }
  } finally {
    kept.return?.();
    made.return?.();
  }
}

const REPORTED = 500;
const MANY = 500;

/** Throws the projections away and makes them again from the journal, in one transaction. The journal is not touched. */
export function rebuild(database: Database, open: OpenPersonal, progress: Progress = () => {}): number {
  const work = (): number => {
    const steps = remake(database, open, progress);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  };
  return database.transaction(work).immediate();
}

/**
 * The same, and other work has its turn between two steps. Only while nobody else uses this connection: what they wrote
 * would belong to this transaction, and what they read would be half made.
 */
export async function rebuildInTurns(
  database: Database,
  open: OpenPersonal,
  progress: Progress = () => {},
): Promise<number> {
  const steps = remake(database, open, progress);
  const next = (): IteratorResult<void, number> => guarded(() => steps.next());
  guarded(() => database.exec('BEGIN IMMEDIATE'));
  try {
    for (let step = next(); ; step = next()) {
      if (step.done) {
        guarded(() => database.exec('COMMIT'));
        return step.value;
      }
      await giveWay();
    }
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Yields now and then, in the middle of the transaction that it belongs to. Answers how many records there were. */
function* remake(database: Database, open: OpenPersonal, progress: Progress): Generator<void, number> {
  const rows = database.prepare('SELECT * FROM journal ORDER BY desk, incarnation, seq').all() as JournalRow[];
  const watchAgain = stopWatching(database);
  for (const table of PROJECTIONS) database.exec(`DELETE FROM ${table}`);
  // What is not made anew keeps its rows; an index that is behind them would hide some.
  database.exec('REINDEX');
  for (const [index, row] of rows.entries()) {
    projectRecord(database, row, open);
    if ((index + 1) % REPORTED !== 0) continue;
    progress(index + 1, rows.length);
    yield;
  }
  settleWatermarks(database);
  watchAgain();
  progress(rows.length, rows.length);
  return rows.length;
}
