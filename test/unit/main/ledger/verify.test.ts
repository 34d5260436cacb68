import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events } from '../../../../main/ledger/events/index.ts';
import { NEXT_STATES } from '../../../../main/ledger/events/attempt-states.ts';
import { sql, type Database } from '../../../../main/ledger/open.ts';
import { rebuild, verify } from '../../../../main/ledger/verify.ts';
import {
  cardOf,
  cashOf,
  checkOf,
  dollars,
  openNothing,
  projectionsOf,
  scratchJournal,
} from '../../../support/builders.ts';
import { TempOffice } from '../../../support/temp-office.ts';

const LENGTH = 12;

/** A journal of settings and one payment, without its triggers, as someone with the key and an SQL tool has it. */
function forgeable(): Database {
  const journal = scratchJournal();
  for (let index = 1; index <= LENGTH; index += 1) {
    journal.add({ type: 'setting.changed', body: { name: 'office_name', value: `Office ${index} Ünïcode` } });
  }
  journal.database.exec('DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete');
  return journal.database;
}
const problemsOf = async (database: Database): Promise<string[]> => (await verify(database, openNothing)).problems;
const seqs = fc.integer({ min: 1, max: LENGTH });

describe('verify finds a forged journal and names the first bad record', () => {
  test('an honest journal has no problems, and its head is the last hash', async () => {
    const database = forgeable();
    const verdict = await verify(database, openNothing);
    const head = sql(database, 'SELECT hash FROM journal WHERE seq = ?').pluck().get(LENGTH) as Buffer;
    const nothing = { problems: [], differing: [] };
    expect(verdict).toEqual({ ok: true, records: LENGTH, postings: 0, head: head.toString('hex'), ...nothing });
  });

  test('any single bit of any text or hash', { timeout: 60_000 }, async () => {
    const columns = fc.constantFrom('type', 'actor', 'body', 'prev_hash', 'hash');
    await fc.assert(
      fc.asyncProperty(seqs, columns, fc.nat(), async (seq, column, spot) => {
        const database = forgeable();
        const bytes = sql(database, `SELECT CAST(${column} AS BLOB) FROM journal WHERE seq = ?`)
          .pluck()
          .get(seq) as Buffer;
        const changed = Buffer.from(bytes);
        changed[Math.floor(spot / 8) % changed.length]! ^= 1 << (spot % 8);
        const value = column.endsWith('hash') ? '?' : 'CAST(? AS TEXT)';
        sql(database, `UPDATE journal SET ${column} = ${value} WHERE seq = ?`).run(changed, seq);
        expect((await problemsOf(database))[0]).toContain(`Record D1/1/${seq}:`);
      }),
      { numRuns: 150 },
    );
  });

  test('any single bit of any number, even one that no time could be', { timeout: 60_000 }, async () => {
    const columns = fc.constantFrom('version', 'happened_at_ms', 'recorded_at_ms');
    await fc.assert(
      fc.asyncProperty(seqs, columns, fc.nat(63), async (seq, column, bit) => {
        const database = forgeable();
        const held = database
          .prepare(`SELECT ${column} FROM journal WHERE seq = ?`)
          .safeIntegers()
          .pluck()
          .get(seq) as bigint;
        const changed = BigInt.asIntN(64, held ^ (1n << BigInt(bit)));
        sql(database, `UPDATE journal SET ${column} = ? WHERE seq = ?`).run(changed, seq);
        expect((await problemsOf(database))[0]).toContain(`Record D1/1/${seq}:`);
      }),
      { numRuns: 100 },
    );
  });

  test('a record that was taken out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: LENGTH - 1 }), async seq => {
        const database = forgeable();
        sql(database, 'DELETE FROM journal WHERE seq = ?').run(seq);
        expect((await problemsOf(database))[0]).toBe(`Record D1/1/${seq + 1}: a record is missing before it.`);
      }),
      { numRuns: LENGTH },
    );
  });

  test('a last record that was taken out leaves its traces behind', async () => {
    const database = forgeable();
    sql(database, 'DELETE FROM journal WHERE seq = ?').run(LENGTH);
    expect(await problemsOf(database)).toEqual(['The table setting differs from the journal; rebuild repairs it.']);
  });

  test('two records that changed places', async () => {
    await fc.assert(
      fc.asyncProperty(seqs, seqs, async (left, right) => {
        fc.pre(left !== right);
        const database = forgeable();
        const move = sql(database, 'UPDATE journal SET seq = ? WHERE seq = ?');
        move.run(999, left);
        move.run(left, right);
        move.run(right, 999);
        expect((await problemsOf(database))[0]).toContain(`Record D1/1/${Math.min(left, right)}:`);
      }),
      { numRuns: 40 },
    );
  });

  test('a record that was slipped in', async () => {
    await fc.assert(
      fc.asyncProperty(seqs, async seq => {
        const database = forgeable();
        for (let at = LENGTH; at > seq; at -= 1)
          sql(database, 'UPDATE journal SET seq = ? WHERE seq = ?').run(at + 1, at);
        database.exec(
          `INSERT INTO journal SELECT desk, incarnation, ${seq + 1}, type, version, actor, happened_at_ms, recorded_at_ms,
             body, prev_hash, hash FROM journal WHERE seq = ${seq}`,
        );
        expect((await problemsOf(database))[0]).toContain(`Record D1/1/${seq + 1}:`);
      }),
      { numRuns: LENGTH },
    );
  });

  test('a record that was moved to another desk', async () => {
    const database = forgeable();
    sql(database, "UPDATE journal SET desk = 'D2' WHERE seq = 5").run();
    expect((await problemsOf(database))[0]).toBe('Record D1/1/6: a record is missing before it.');
    const single = forgeable();
    sql(single, "UPDATE journal SET desk = 'D2' WHERE seq = ?").run(LENGTH);
    expect((await problemsOf(single))[0]).toBe(`Record D2/1/${LENGTH}: a record is missing before it.`);
  });

  test('a fact of a type from the future is not guessed at', async () => {
    const journal = scratchJournal();
    journal.add({ type: 'setting.changed', body: { name: 'locale', value: 'en-US' } });
    const { recordHash } = await import('../../../../main/ledger/canonical.ts');
    const row = { desk: 'D1', incarnation: 1, seq: 2, type: 'moon.landed', version: 1, actor: 'a', body: '{}' };
    const whole = { ...row, happened_at_ms: 1, recorded_at_ms: 1 };
    const prev_hash = journal.head().hash;
    journal.database
      .prepare(
        `INSERT INTO journal VALUES (@desk, @incarnation, @seq, @type, @version, @actor, @happened_at_ms, @recorded_at_ms,
           @body, @prev_hash, @hash)`,
      )
      .run({ ...whole, prev_hash, hash: recordHash(prev_hash, whole) });
    await expect(verify(journal.database, openNothing)).rejects.toMatchObject({ code: 'ledger_newer' });
  });
});

describe('an attempt never moves back', () => {
  test('nothing leads out of a paid state, and out of "not charged" only "charged after all"', () => {
    for (const state of ['recorded', 'completed'] as const) expect(NEXT_STATES[state]).toEqual([]);
    for (const state of ['declined', 'invalid', 'cancelled', 'closed_not_charged'] as const) {
      expect(NEXT_STATES[state]).toEqual(['orphan']);
    }
    expect(NEXT_STATES.orphan).toEqual(['approved', 'completed', 'cancelled']);
  });

  test('every open state leads to an end', () => {
    for (const state of Object.keys(NEXT_STATES) as (keyof typeof NEXT_STATES)[]) {
      const reached = new Set([state]);
      for (const one of reached) for (const next of NEXT_STATES[one]) reached.add(next);
      expect(
        [...reached].some(one => ['recorded', 'completed', 'cancelled'].includes(one)),
        state,
      ).toBe(true);
    }
  });

  test('every type of fact is named once', () => {
    expect(new Set(events.map(event => event.type)).size).toBe(events.length);
  });
});

describe('rebuild', () => {
  let office: TempOffice;
  beforeAll(async () => {
    office = await TempOffice.create();
  });
  afterAll(() => office.close());
  const open = (subject: string, sealed: string): unknown => office.ledger.openPersonal(subject, sealed);

  test('whatever the office went through, the rebuilt books are the same books', async () => {
    const literal = fc.constantFrom(
      'cnon:card-nonce-ok',
      'cnon:card-nonce-ok',
      'cnon:card-nonce-declined',
      'cnon:nonsense',
    );
    const minor = fc.integer({ min: 100, max: 90_000 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant('card' as const), minor, literal, channel: fc.constantFrom('desk', 'phone') }),
      fc.record({ kind: fc.constantFrom('cash', 'check', 'foreign'), minor }),
      fc.record({
        kind: fc.constantFrom('customer', 'sync', 'two_phase'),
        name: fc.string({ unit: 'grapheme', maxLength: 20 }),
      }),
      fc.record({
        kind: fc.constant('fault'),
        fault: fc.constantFrom('drop_after_commit', 'html_502', 'drop_before_commit'),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async steps => {
        for (const one of steps) await act(one as Step);
        await office.settle();
        const before = projectionsOf(office.ledger.database);
        expect(rebuild(office.ledger.database, open)).toBe(office.ledger.head.seq);
        expect(projectionsOf(office.ledger.database)).toEqual(before);
        expect(await office.verify()).toMatchObject({ ok: true, problems: [] });
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  type Step = {
    kind: string;
    minor?: number;
    literal?: string;
    channel?: 'desk' | 'phone';
    name?: string;
    fault?: string;
  };
  async function act(step: Step): Promise<void> {
    const { simulator, fields, clock } = office;
    const amount = dollars(step.minor ?? 100);
    if (step.kind === 'card') {
      fields.answers.push({
        kind: 'token',
        token: step.literal!,
        brand: 'VISA',
        last4: '5858',
        minted_at_ms: clock.now(),
      });
      // The same amount may be in doubt from an earlier step; that refusal is one of the histories.
      await office.take(cardOf(office, { amount, channel: step.channel! })).catch(() => (fields.answers.length = 0));
    } else if (step.kind === 'cash') await office.take(cashOf(office, { amount })).catch(() => {});
    else if (step.kind === 'check') await office.take(checkOf(office, { amount })).catch(() => {});
    else if (step.kind === 'foreign')
      simulator.control.createForeignPayment({ amount_minor: step.minor!, source: 'CARD' });
    else if (step.kind === 'customer') office.addCustomer(step.name || 'Nobody', { note: step.name! });
    else if (step.kind === 'sync') {
      simulator.control.advance(10_000);
      await office.sync.now();
    } else if (step.kind === 'two_phase') {
      const value = step.name!.length % 2 === 0 ? 'on' : 'off';
      office.ledger.write(office.person_id, write => write.fact('setting.changed', { name: 'two_phase', value }));
    } else simulator.control.addFault({ fault: step.fault as 'html_502', method: 'POST', path: '/v2/payments' });
  }

  test.each([
    ['posting', 'UPDATE posting SET amount_minor = amount_minor + 1'],
    ['payment', "UPDATE payment SET state = 'completed', receipt_number = NULL"],
    ['customer', "UPDATE customer SET name = 'Somebody else'"],
    ['customer_search', 'DELETE FROM customer_search'],
    ['setting', "UPDATE setting SET value = 'off' WHERE name = 'currency'"],
    ['person', "UPDATE person SET role = 'clerk'"],
    ['journal_subject', 'DELETE FROM journal_subject'],
    ['square_payment', 'UPDATE square_payment SET fee_minor = fee_minor + 1'],
  ])('a changed %s is found by verify and repaired by rebuild', async (table, forgery) => {
    office.addCustomer('Carmen Salgado');
    await office.take(cashOf(office));
    await office.settle();
    await office.sync.now();
    const before = projectionsOf(office.ledger.database);
    office.ledger.database.exec(forgery);
    const verdict = await office.verify();
    expect(verdict.problems).toEqual([`The table ${table} differs from the journal; rebuild repairs it.`]);
    rebuild(office.ledger.database, open);
    expect(projectionsOf(office.ledger.database)).toEqual(before);
    expect(await office.verify()).toMatchObject({ ok: true });
  });
});
