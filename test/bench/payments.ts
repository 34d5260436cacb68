import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalRow } from '../../main/ledger/journal.ts';
import { openDatabase, type Database } from '../../main/ledger/open.ts';
import { systemClock } from '../../main/platform/clock.ts';
import { systemRandom } from '../../main/platform/ids.ts';
import { cashOf, dollars } from '../support/builders.ts';
import { TempOffice } from '../support/temp-office.ts';
import { figureOf, timed, timedAsync, type Section } from './measure.ts';
import { addPeople, manyPeople } from './people.ts';

const BLOCKS = 20;
const PER_BLOCK = 100;
const WARM_UP = 100;

/**
 * Cash taken at a desk that is not connected, as fast as it goes: checks, number, reference, sealed request, journal,
 * postings, projections, receipt number, outbox and anchors, one durable commit each. Beside it, in turns, two peers in
 * encrypted files of their own with the same pragmas, one durable commit a payment: the same bytes (every row that the
 * payment stored, into the same tables with the same indices, by bare SQL), and the journal's row alone, the least that
 * any ledger would have to write.
 */
export async function benchPayments(): Promise<Section> {
  const office = await TempOffice.create({ clock: systemClock, connected: false });
  const same = openBare(office.ledger.database, TABLES);
  const journal = openBare(office.ledger.database, ['journal']);
  try {
    // The desk looks for room on the disk before each payment; a temporary office leaves that out unless told.
    office.room = () => void statfsSync(office.folder);
    const customers = addPeople(office.ledger, office.newId, manyPeople(200), office.person_id);
    let taken = 0;
    const takeMany = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1, taken += 1) {
        const customer_id = customers[taken % customers.length]!;
        await office.take(cashOf(office, { customer_id, amount: dollars(1000 + taken) }));
        // Each key press is a turn of the event loop of its own, in which anchors and timers have their chance.
        await new Promise(resolve => setImmediate(resolve));
      }
      await office.settle();
    };
    await takeMany(WARM_UP);
    for (const peer of [same, journal]) peer.copy(storedSince(office.ledger.database, 0));
    const rates = { payments: [] as number[], same: [] as number[], journal: [] as number[] };
    const ratios = { same: [] as number[], journal: [] as number[] };
    const cpu = { payments: [] as number[], same: [] as number[], journal: [] as number[] };
    for (let block = 0; block < BLOCKS; block += 1) {
      const from = office.ledger.head.seq;
      const before = process.cpuUsage();
      const taking_ms = await timedAsync(() => takeMany(PER_BLOCK));
      cpu.payments.push(cpuSince(before) / PER_BLOCK);
      rates.payments.push((PER_BLOCK * 1000) / taking_ms);
      const stored = storedSince(office.ledger.database, from);
      if (stored.length !== PER_BLOCK) throw new Error(`a payment is one fact, but there are ${stored.length}`);
      for (const [name, peer] of [
        ['same', same],
        ['journal', journal],
      ] as const) {
        const start = process.cpuUsage();
        const inserting_ms = timed(() => peer.copy(stored));
        cpu[name].push(cpuSince(start) / PER_BLOCK);
        rates[name].push((PER_BLOCK * 1000) / inserting_ms);
        ratios[name].push(inserting_ms / taking_ms);
      }
    }
    if (office.bugs.length > 0) throw new Error(`the office met a bug: ${String(office.bugs[0])}`);
    return {
      figures: [
        figureOf('durable cash payments', 'per s', rates.payments),
        figureOf('bare durable inserts of the same bytes', 'per s', rates.same),
        figureOf('payments to bare inserts of the same bytes', 'ratio', ratios.same, '>= 0.5'),
        figureOf('bare durable inserts of the journal row alone', 'per s', rates.journal),
        figureOf('payments to bare inserts of the journal row alone', 'ratio', ratios.journal),
        figureOf('processor time of a payment', 'ms', cpu.payments),
        figureOf('processor time of bare inserts of the same bytes', 'ms', cpu.same),
        figureOf('processor time of a bare insert of the journal row', 'ms', cpu.journal),
      ],
      not_measured: [],
    };
  } finally {
    same.close();
    journal.close();
    await office.close();
  }
}

/** Milliseconds of this process on a processor: unlike the clock, hardly moved by what else the machine does. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Where a cash payment leaves rows, and the column by which they are found again. */
const TABLES = ['journal', 'journal_subject', 'posting', 'payment', 'pending_request'] as const;
type Row = Readonly<Record<string, unknown>>;
/** The rows of one payment, by table. */
type Stored = Readonly<Record<(typeof TABLES)[number], Row[]>>;

function storedSince(ledger: Database, seq: number): Stored[] {
  const facts = ledger.prepare('SELECT * FROM journal WHERE seq > ? ORDER BY seq').all(seq) as JournalRow[];
  return facts.map(fact => {
    const by = (table: string, column: string, value: unknown): Row[] =>
      ledger.prepare(`SELECT * FROM ${table} WHERE ${column} = ?`).all(value) as Row[];
    const { attempt_id } = JSON.parse(fact.body) as { attempt_id?: string };
    return {
      journal: [fact],
      journal_subject: by('journal_subject', 'seq', fact.seq),
      posting: by('posting', 'seq', fact.seq),
      payment: by('payment', 'attempt_id', attempt_id ?? ''),
      pending_request: by('pending_request', 'attempt_id', attempt_id ?? ''),
    };
  });
}

/** Another encrypted file with some of the ledger's own tables, their indices and their triggers. */
function openBare(ledger: Database, tables: readonly (keyof Stored)[]) {
  const folder = mkdtempSync(join(tmpdir(), 'tillside-bench-'));
  const database = openDatabase({ file: join(folder, 'bare.db'), key: systemRandom(32), create: true });
  const made = ledger.prepare('SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL').pluck();
  const inserts = tables.map(table => {
    for (const text of made.all(table) as string[]) database.exec(text);
    const columns = (database.pragma(`table_info(${table})`) as { name: string }[]).map(column => column.name);
    const values = columns.map(column => `@${column}`).join(', ');
    return { table, statement: database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values})`) };
  });
  const insertOne = database.transaction((stored: Stored) => {
    for (const { table, statement } of inserts) for (const row of stored[table]) statement.run(row);
  });
  return {
    copy(payments: readonly Stored[]) {
      for (const payment of payments) insertOne.immediate(payment);
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
