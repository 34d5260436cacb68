import { expect, test } from 'vitest';
import { money } from '../../../../common/money.ts';
import type { Gateway, GatewayPayment, ListWindow } from '../../../../main/gateway/gateway.ts';
import { silentLog } from '../../../../main/platform/log.ts';
import { Sync } from '../../../../main/payments/sync.ts';
import { TempOffice } from '../../../support/temp-office.ts';

const HOUR_MS = 3600_000;

/** A list of which each page holds one payment, in the order that there was when the first page was asked for. */
function pagesOfOne(payments: readonly GatewayPayment[], onPage: (page: number) => boolean) {
  let snapshot: readonly number[] = [];
  return ({ cursor, from_ms }: ListWindow) => {
    const isIn = ({ updated_at_ms }: GatewayPayment): boolean => updated_at_ms >= from_ms;
    if (cursor === null) {
      const order = [...payments.keys()].filter(index => isIn(payments[index]!));
      snapshot = order.sort((left, right) => payments[left]!.updated_at_ms - payments[right]!.updated_at_ms);
    }
    const page = cursor === null ? 0 : Number(cursor);
    if (!onPage(page)) return Promise.resolve({ kind: 'unreachable' });
    const found = snapshot.slice(page, page + 1).map(index => payments[index]!);
    const next = page + 1 < snapshot.length ? String(page + 1) : null;
    return Promise.resolve({ kind: 'ok', value: { payments: found, cursor: next } });
  };
}

test('a payment that changes while the pages are read, and comes in its old place, hides none that comes after it', async () => {
  const office = await TempOffice.create();
  try {
    const start_ms = office.clock.now();
    const common = { status: 'COMPLETED', source_type: 'CARD', fee_minor: 5, refunded_minor: 0 } as const;
    const payments: GatewayPayment[] = [1, 2, 3, 4].map(hour => ({
      ...{ ...common, reference: null, card: null, version_token: null, amount: money(1000 + hour, 'USD') },
      ...{ square_payment_id: `SQ${hour}`, created_at_ms: start_ms + hour * HOUR_MS },
      updated_at_ms: start_ms + hour * HOUR_MS,
    }));
    (office.clock as unknown as { jump(by_ms: number): void }).jump(10 * HOUR_MS);
    let dropped = false;
    const listPayments = pagesOfOne(payments, page => {
      // Between the first page and the second the fee of the second payment changes; before the third the line drops.
      if (page === 1) payments[1] = { ...payments[1]!, fee_minor: 9, updated_at_ms: office.clock.now() };
      if (page !== 2 || dropped) return true;
      dropped = true;
      return false;
    });
    const listRefunds = () => Promise.resolve({ kind: 'ok', value: { refunds: [], cursor: null } });
    const gateway = { listPayments, listRefunds } as unknown as Gateway;
    const { ledger, connection, clock, newId } = office;
    const ports = { ledger, connection, clock, newId, announce: () => {}, log: silentLog, sighted: () => {} };
    const sync = new Sync({ ...ports, gateway: () => gateway });
    await sync.now();
    connection.report(true);
    await sync.now();
    await sync.stop();
    const known = ledger.database.prepare('SELECT square_payment_id FROM square_payment ORDER BY 1').pluck().all();
    expect(dropped).toBe(true);
    expect(known).toEqual(['SQ1', 'SQ2', 'SQ3', 'SQ4']);
  } finally {
    await office.close();
  }
});
