/** What happens by itself as simulated time goes by. A kind of record that has a due time has one line here. */
import { settleDeviceCode } from './devices.ts';
import { settleDispute } from './dispute-life.ts';
import { settlePayment, settleRefund } from './payment-life.ts';
import type { Change, TableName, Tables } from './records.ts';
import { settleCheckout } from './terminal-life.ts';
import type { World } from './world.ts';

type Settler<T extends TableName> = (world: World, record: Tables[T], at_ms: number) => Change[];

const SETTLERS: { [T in TableName]?: Settler<T> } = {
  payments: settlePayment,
  refunds: settleRefund,
  device_codes: settleDeviceCode,
  terminal_checkouts: settleCheckout,
  disputes: settleDispute,
};

/** Runs everything that is due up to now, each at its own time and in its own commit. */
export function settle(world: World): void {
  const now_ms = world.now();
  for (let due = world.books.due(now_ms)[0]; due; due = world.books.due(now_ms)[0]) {
    const settler = SETTLERS[due.table] as Settler<TableName> | undefined;
    const record = world.books.get(due.table, due.id);
    if (!settler || !record) throw new Error(`Nothing settles ${due.table}.`);
    world.books.commit(due.at_ms, settler(world, record, due.at_ms));
  }
}
