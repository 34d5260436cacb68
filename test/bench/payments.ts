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
 * Cash taken at a desk that is not connected, as fast as it goes: number, reference, sealed request, journal, postings,
 * projections, receipt number, outbox and anchors, one durable commit each. Beside it, in turns, the least that any
 * ledger would have to do: the same journal rows inserted into a second encrypted file with the same pragmas, one
 * durable commit each.
 */
export async function benchPayments(): Promise<Section> {
  const office = await TempOffice.create({ clock: systemClock, connected: false });
  const bare = openBare(office.ledger.database);
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
    bare.copy(rowsSince(office.ledger.database, 0));
    const payments: number[] = [];
    const inserts: number[] = [];
    const ratios: number[] = [];
    const paymentCpu: number[] = [];
    const insertCpu: number[] = [];
    for (let block = 0; block < BLOCKS; block += 1) {
      const from = office.ledger.head.seq;
      const before = process.cpuUsage();
      const taking_ms = await timedAsync(() => takeMany(PER_BLOCK));
      paymentCpu.push(cpuSince(before) / PER_BLOCK);
      const rows = rowsSince(office.ledger.database, from);
      if (rows.length !== PER_BLOCK) throw new Error(`a payment is one fact, but there are ${rows.length}`);
      const between = process.cpuUsage();
      const inserting_ms = timed(() => bare.copy(rows));
      insertCpu.push(cpuSince(between) / PER_BLOCK);
      payments.push((PER_BLOCK * 1000) / taking_ms);
      inserts.push((PER_BLOCK * 1000) / inserting_ms);
      ratios.push(inserting_ms / taking_ms);
    }
    if (office.bugs.length > 0) throw new Error(`the office met a bug: ${String(office.bugs[0])}`);
    return {
      figures: [
        figureOf('durable cash payments', 'per s', payments),
        figureOf('bare durable inserts of the same rows', 'per s', inserts),
        figureOf('payments to bare inserts', 'ratio', ratios, '>= 0.5'),
        figureOf('processor time of a payment', 'ms', paymentCpu),
        figureOf('processor time of a bare insert', 'ms', insertCpu),
      ],
      not_measured: [],
    };
  } finally {
    bare.close();
    await office.close();
  }
}

/** Milliseconds of this process on a processor: unlike the clock, hardly moved by what else the machine does. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const rowsSince = (database: Database, seq: number): JournalRow[] =>
  database.prepare('SELECT * FROM journal WHERE seq > ? ORDER BY seq').all(seq) as JournalRow[];

/** A second file with the ledger's own journal table and its triggers, and nothing else. */
function openBare(ledger: Database): { copy(rows: readonly JournalRow[]): void; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'tillside-bench-'));
  const database = openDatabase({ file: join(folder, 'bare.db'), key: systemRandom(32), create: true });
  const made = ledger.prepare("SELECT sql FROM sqlite_master WHERE tbl_name = 'journal' AND sql IS NOT NULL").pluck();
  for (const text of made.all() as string[]) database.exec(text);
  const insert = database.prepare(
    `INSERT INTO journal (desk, incarnation, seq, type, version, actor, happened_at_ms, recorded_at_ms, body, prev_hash,
       hash)
     VALUES (@desk, @incarnation, @seq, @type, @version, @actor, @happened_at_ms, @recorded_at_ms, @body, @prev_hash,
       @hash)`,
  );
  return {
    copy(rows) {
      for (const row of rows) insert.run(row);
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
