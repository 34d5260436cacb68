import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { calls } from '../../../../common/contract/index.ts';
import type { Money } from '../../../../common/money.ts';
import type { Table } from '../../../../common/table.ts';
import { csv } from '../../../../main/exports/csv.ts';
import { findReport, reports } from '../../../../main/reports/index.ts';
import { reportHandlers } from '../../../../main/reports/handlers.ts';
import { balances, cardOf, cashOf, checkOf, dollars } from '../../../support/builders.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
const kinds = { card: cardOf, cash: cashOf, check: checkOf };
beforeAll(async () => {
  office = await TempOffice.create();
});
afterAll(() => office.close());

const ever = { from: '2000-01-01', to: '2099-12-31' };
const run = (id: string, range = ever): Table => findReport(id)!.run(office.ledger.database, range);
const minorOf = (cell: unknown): number => (cell === null || cell === undefined ? 0 : (cell as Money).minor);
const sumOf = (table: Table, key: string): number => table.rows.reduce((sum, row) => sum + minorOf(row[key]), 0);

describe('whatever was taken', () => {
  const step = fc.record({
    kind: fc.constantFrom('card', 'cash', 'check', 'foreign', 'declined', 'day'),
    minor: fc.integer({ min: 100, max: 500_000 }),
    channel: fc.constantFrom('desk' as const, 'phone' as const),
  });

  test('every report adds up to the ledger, and its rows to its totals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async steps => {
        for (const { kind, minor, channel } of steps) {
          const wish = { amount: dollars(minor), channel };
          if (kind === 'day') (office.clock as FakeClock).jump(20 * 3_600_000);
          else if (kind === 'foreign')
            office.simulator.control.createForeignPayment({ amount_minor: minor, source: 'CARD' });
          else if (kind === 'declined') {
            const minted_at_ms = office.clock.now();
            office.fields.answers.push({
              kind: 'token',
              token: 'cnon:card-nonce-declined',
              brand: null,
              last4: null,
              minted_at_ms,
            });
            await office.take(cardOf(office, wish));
          } else await office.take(kinds[kind as keyof typeof kinds](office, wish));
        }
        await office.settle();
        office.simulator.control.advance(10_000);
        await office.sync.now();
        const account = balances(office.ledger.database);
        const received = 0 - (account['unallocated_receipts'] ?? 0);
        const fees = account['square_fees'] ?? 0;
        for (const id of ['payments', 'by-tender']) {
          const table = run(id);
          expect([sumOf(table, 'amount'), sumOf(table, 'fee')]).toEqual([received, fees]);
          expect([minorOf(table.totals!['amount']), minorOf(table.totals!['fee'])]).toEqual([received, fees]);
        }
        const byTender = run('by-tender');
        expect(byTender.rows.reduce((count, row) => count + Number(row['count']), 0)).toBe(run('payments').rows.length);
        expect(sumOf(byTender, 'net')).toBe(received - fees);
      }),
      { numRuns: 8 },
    );
  }, 40_000);

  test('the days of a period together are the period', async () => {
    for (const days_later of [0, 1, 2]) {
      (office.clock as FakeClock).jump(days_later * 24 * 3_600_000);
      await office.take(cashOf(office, { amount: dollars(1000 + days_later) }));
    }
    const days = office.ledger.database.prepare('SELECT DISTINCT day FROM payment').pluck().all() as string[];
    expect(days.length).toBeGreaterThan(2);
    const each = days.map(day => sumOf(run('payments', { from: day, to: day }), 'amount'));
    expect(each.reduce((sum, one) => sum + one, 0)).toBe(sumOf(run('payments'), 'amount'));
  });

  test('a period with nothing in it is empty and adds up to nothing', () => {
    const empty = run('payments', { from: '1999-01-01', to: '1999-12-31' });
    expect([empty.rows.length, minorOf(empty.totals!['amount'])]).toEqual([0, 0]);
    expect(run('by-tender', { from: '1999-01-01', to: '1999-12-31' }).rows).toEqual([]);
  });

  test('every report fits its contract, names each column once and can be written as CSV', () => {
    for (const report of reports) {
      const table = run(report.id);
      expect(() => calls['reports.run'].output.parse(table)).not.toThrow();
      expect(new Set(table.columns.map(column => column.key)).size).toBe(table.columns.length);
      for (const row of table.rows) {
        expect(Object.keys(row).sort()).toEqual(table.columns.map(column => column.key).sort());
      }
      const lines = [...csv.write(table)].join('').trimEnd().split('\r\n');
      expect(lines).toHaveLength(table.rows.length + 2);
    }
  });
});

describe('the calls', () => {
  const saved: { name: string; content: string }[] = [];
  const handlers = reportHandlers({
    ledger: () => office.ledger,
    save: (name, _kind, content) => {
      saved.push({ name, content: Buffer.from(content).toString('utf8') });
      return Promise.resolve('/chosen/file.csv');
    },
  });

  test('an export holds what the screen shows', async () => {
    const request = { report_id: 'payments', parameters: ever, format: 'csv' };
    const { path, rows } = await handlers['reports.export'](request);
    expect([path, rows]).toEqual(['/chosen/file.csv', run('payments').rows.length]);
    expect(saved.at(-1)).toEqual({
      name: 'Payments 2000-01-01 to 2099-12-31.csv',
      content: [...csv.write(run('payments'))].join(''),
    });
  });

  test('an unknown report or format and a missing day are refused, and nothing is written', async () => {
    const before = saved.length;
    const refusals = [
      { report_id: 'nothing', parameters: ever, format: 'csv' },
      { report_id: '__proto__', parameters: ever, format: 'csv' },
      { report_id: 'payments', parameters: ever, format: 'exe' },
    ];
    for (const request of refusals) {
      await expect(handlers['reports.export'](request)).rejects.toMatchObject({ code: 'report_unknown' });
    }
    const half = { report_id: 'payments', parameters: { from: '2026-01-01' }, format: 'csv' };
    await expect(handlers['reports.export'](half)).rejects.toMatchObject({
      code: 'invalid_input',
      details: { field: 'parameters.to' },
    });
    expect(saved).toHaveLength(before);
  });

  test('the list names every report and every format', () => {
    expect(handlers['reports.list']().reports.map(report => report.id)).toEqual(reports.map(report => report.id));
    expect(() => calls['reports.list'].output.parse(handlers['reports.list']())).not.toThrow();
  });
});
